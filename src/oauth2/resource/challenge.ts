import { buildChallenge } from '../../http/authorization.ts'
import { NO_STORE } from '../../http/cache-control.ts'
import { empty, type Header, type HttpResponse, json } from '../../http/response.ts'
import type { OAuth2Error } from '../errors.ts'
import { describeAuthentication, describeRequirements, type Requirements } from './requirement.ts'
import type { TokenValidators } from './token-validators.ts'

/** What a refused request is told. */
export interface Refusal {
  readonly realm: string | undefined
  readonly validators: TokenValidators
  readonly requirements: Requirements
  /** Where the resource describes itself. @spec RFC 9728 §5.1 */
  readonly metadataUrl: string | undefined
  /** Absent: the request had no token, and then nothing is said to be wrong with it. */
  readonly error?: OAuth2Error
  /** The scheme that the request used: what was wrong is said about that one. */
  readonly scheme?: string | undefined
  readonly headers?: readonly Header[]
}

/**
 * Answers a request that may not have what it asked for: a challenge for each kind of token that would do, and the same
 * words as JSON for people who read bodies. Where this side is at fault, other credentials would not help: no challenge.
 *
 * @spec RFC 6750 §3
 * @spec RFC 9449 §7.1
 */
export function refuse(refusal: Refusal): HttpResponse {
  const { error, headers: further = [] } = refusal
  const challenges = error !== undefined && error.status >= 500 ? [] : challengesOf(refusal)
  const headers: Header[] = [...challenges, ...NO_STORE, ...further]
  if (error?.retryAfter !== undefined) headers.push(['retry-after', String(error.retryAfter)])
  return error === undefined ? empty(401, headers) : json(error.status, error.toParameters(), headers)
}

/** One line each, since not every client splits a line of several. @spec RFC 9110 §11.6.1 */
function challengesOf({ realm, validators, requirements, metadataUrl, error, scheme }: Refusal): Header[] {
  const about = scheme ?? validators.types[0]
  const wrong = error && {
    ...error.toParameters(),
    ...describeRequirements(requirements),
    ...stepUp(error, requirements),
  }
  return validators.types.map((type) => [
    'www-authenticate',
    buildChallenge(type, {
      realm,
      ...((type === about && wrong) || describeRequirements(requirements)),
      ...validators.challengeOf(type),
      resource_metadata: metadataUrl,
    }),
  ])
}

/** @spec RFC 9470 §3 */
function stepUp({ code }: OAuth2Error, requirements: Requirements): ReturnType<typeof describeAuthentication> {
  return code === 'insufficient_user_authentication' ? describeAuthentication(requirements) : {}
}
