import { type Challenge, parseChallenges } from '../../http/authorization.ts'
import { isHttpsOrLoopback, parseUrl } from '../../http/url.ts'
import type { Seconds } from '../../util/clock.ts'
import { isScope } from '../scope.ts'
import { ClientError, nameOfRefusal, readRefusal, toRefusalText } from './errors.ts'

/** What an API says that it wants, spelled as on the wire. What is not of its form is not there. */
export interface AccessChallenge {
  /** Lower-case: `bearer`, `dpop`. */
  readonly scheme: string
  readonly realm?: string
  /** What the token has to be good for. @spec RFC 6750 §3 */
  readonly scope?: string
  readonly error?: string
  readonly error_description?: string
  readonly error_uri?: string
  /** Where the API describes itself, see `fetchResourceMetadata`. @spec RFC 9728 §5.1 */
  readonly resource_metadata?: string
  /** How the person has to have proved who they are, space-separated, @spec RFC 9470 §3 */
  readonly acr_values?: string
  /** and how long ago at most. */
  readonly max_age?: Seconds
}

/**
 * An API did not open. `challenge` is what it asks for; `refusal` its words, where it says what was wrong with the token.
 *
 * @example
 * if (error instanceof ChallengeError && error.challenge.error === 'insufficient_scope') …
 * @spec RFC 6750 §3
 */
export class ChallengeError extends ClientError {
  override readonly name: string = 'ChallengeError'
  readonly challenge: AccessChallenge

  constructor(status: number, challenge: AccessChallenge, endpoint?: string) {
    const refusal = readRefusal((name) => new Map<string, unknown>(Object.entries(challenge)).get(name))
    super('access_refused', `API refused access with status ${status}${nameOfRefusal(refusal)}`, {
      status,
      refusal,
      endpoint,
    })
    this.challenge = challenge
  }
}

/**
 * What a refused call was told, where it was told anything: `undefined` for answers that succeeded, and for refusals without
 * a challenge.
 *
 * @example
 * const response = await client.get('files', { token })
 * const error = readChallenge(response)
 * @spec RFC 9110 §11.6.1
 */
export function readChallenge(response: Pick<Response, 'status' | 'headers' | 'url'>): ChallengeError | undefined {
  const { status, headers, url } = response
  if (status < 400) return undefined
  const challenge = chooseChallenge(parseChallenges(headers.get('www-authenticate') ?? ''))
  return challenge && new ChallengeError(status, toAccessChallenge(challenge), url === '' ? undefined : url)
}

/**
 * The answer, unless the API refused it with a challenge. Calls return what comes, whatever its status: a 404, a 409 or a 422
 * are the API's business and no failure of the protocol. This is for those who want refused access to be an exception.
 *
 * @example
 * const response = throwOnChallenge(await client.get('files', { token }))
 * @throws ChallengeError
 */
export function throwOnChallenge<R extends Pick<Response, 'status' | 'headers' | 'url'>>(response: R): R {
  const error = readChallenge(response)
  if (error !== undefined) throw error
  return response
}

const SCHEMES = ['dpop', 'bearer']

/** Of several, the one that says what was wrong; then one of those that access tokens go with. */
function chooseChallenge(challenges: readonly Challenge[]): Challenge | undefined {
  const ours = challenges.filter(({ scheme }) => SCHEMES.includes(scheme))
  const candidates = [...ours, ...challenges]
  return candidates.find(({ parameters }) => parameters.has('error')) ?? candidates[0]
}

function toAccessChallenge({ scheme, parameters }: Challenge): AccessChallenge {
  const realm = toRefusalText(parameters.get('realm'))
  const scope = scopeOf(parameters.get('scope'))
  const resource_metadata = addressOf(parameters.get('resource_metadata'))
  const acr_values = toRefusalText(parameters.get('acr_values'))
  const max_age = secondsOf(parameters.get('max_age'))
  return {
    scheme,
    ...(realm !== undefined && { realm }),
    ...(scope !== undefined && { scope }),
    ...(resource_metadata !== undefined && { resource_metadata }),
    ...(acr_values !== undefined && { acr_values }),
    ...(max_age !== undefined && { max_age }),
    ...readRefusal((name) => parameters.get(name)),
  }
}

function scopeOf(text: string | undefined): string | undefined {
  return text !== undefined && text !== '' && isScope(text) ? text : undefined
}

/** It is called: nothing that somebody on the way could answer. */
function addressOf(text: string | undefined): string | undefined {
  const url = text === undefined ? undefined : parseUrl(text)
  return url !== undefined && isHttpsOrLoopback(url) ? url.href : undefined
}

function secondsOf(text: string | undefined): Seconds | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}
