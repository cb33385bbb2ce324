import type { Seconds } from '../../util/clock.ts'
import type { JsonObject } from '../../util/json.ts'
import { type AuthorizationDetail, isAuthorizationDetails } from '../authorization-details.ts'
import { ClientError, type ClientStage, nameOfRefusal, readRefusal } from './errors.ts'
import type { TokenSet } from './token-set.ts'

/** What a token endpoint answered. */
export interface TokenAnswer {
  readonly status: number
  readonly value: JsonObject
}

export interface TokenResponseContext {
  readonly stage: ClientStage
  readonly endpoint: string
  readonly now: Seconds
}

/** What is computed here. `userinfo` is where validated claims go: what a server puts there is no such thing. */
const OWN_MEMBERS: readonly string[] = ['expires_in', 'expires_at', 'userinfo']

/**
 * Reads the answer of a token endpoint, whatever its status.
 *
 * @throws ClientError `token_refused`, `token_response_invalid`, `request_failed`
 * @spec RFC 6749 §5.1
 */
export function validateTokenResponse(answer: TokenAnswer, context: TokenResponseContext): TokenSet {
  requireSuccess(answer, context)
  const reader = new MemberReader(answer, context)
  const expiresIn = reader.seconds('expires_in')
  const expiresAt = expiresIn === undefined ? reader.point('expires_at') : context.now + expiresIn
  return {
    ...reader.others(OWN_MEMBERS),
    access_token: reader.requiredToken('access_token'),
    token_type: reader.requiredText('token_type', ': the hook "accessTokenResponse" of "compliance" can add it'),
    ...optional('refresh_token', reader.text('refresh_token')),
    ...optional('scope', reader.text('scope')),
    ...optional('id_token', reader.text('id_token')),
    ...optional('authorization_details', reader.details('authorization_details')),
    ...optional('expires_in', expiresIn),
    ...optional('expires_at', expiresAt),
  }
}

/** Some servers refuse with status 200: an `error` counts whatever the status is. @spec RFC 6749 §5.2 */
function requireSuccess({ status, value }: TokenAnswer, { stage, endpoint }: TokenResponseContext): void {
  const refusal = readRefusal((name) => value[name])
  if (refusal !== undefined) {
    const message = `token endpoint refused the request${nameOfRefusal(refusal)}`
    throw new ClientError('token_refused', message, { stage, endpoint, status, refusal })
  }
  if (status === 200) return
  const code = status >= 500 ? 'request_failed' : 'token_refused'
  throw new ClientError(code, `token endpoint answered with status ${status} and no "error": expected 200`, {
    stage,
    endpoint,
    status,
  })
}

/** Reads members by their type. Servers write `null` or nothing where they mean that there is none. */
class MemberReader {
  readonly #answer: TokenAnswer
  readonly #context: TokenResponseContext
  readonly #members: ReadonlyMap<string, unknown>

  constructor(answer: TokenAnswer, context: TokenResponseContext) {
    this.#answer = answer
    this.#context = context
    this.#members = new Map(Object.entries(answer.value).filter(([, value]) => value !== null && value !== ''))
  }

  requiredText(name: string, advice = ''): string {
    const text = this.text(name)
    if (text === undefined) throw this.#invalid(name, `is missing${advice}`)
    return text
  }

  /** What goes into a header as it is. @spec RFC 6749 §A.12 */
  requiredToken(name: string): string {
    const token = this.requiredText(name)
    if (/^[\x20-\x7e]+$/.test(token)) return token
    throw this.#invalid(name, 'must be printable ASCII')
  }

  text(name: string): string | undefined {
    const value = this.#members.get(name)
    if (value === undefined || typeof value === 'string') return value
    throw this.#invalid(name, 'must be a text')
  }

  /** A lifetime: a number, or as many servers write it, the text of one. */
  seconds(name: string): Seconds | undefined {
    const value = this.#members.get(name)
    if (value === undefined) return undefined
    const seconds = typeof value === 'string' ? Number(value) : value
    if (typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0) return Math.floor(seconds)
    throw this.#invalid(name, 'must be a number of seconds')
  }

  /** A point in time that a server says on its own account; only a number is one. */
  point(name: string): Seconds | undefined {
    const value = this.#members.get(name)
    return typeof value === 'number' && Number.isFinite(value) ? Math.floor(value) : undefined
  }

  /** @spec RFC 9396 §7 */
  details(name: string): readonly AuthorizationDetail[] | undefined {
    const value = this.#members.get(name)
    if (value === undefined || isAuthorizationDetails(value)) return value
    throw this.#invalid(name, 'must be a list of objects with a "type"')
  }

  others(names: readonly string[]): Record<string, unknown> {
    return Object.fromEntries([...this.#members].filter(([name]) => !names.includes(name)))
  }

  #invalid(name: string, problem: string): ClientError {
    const { stage, endpoint } = this.#context
    const { status } = this.#answer
    const message = `"${name}" in the token response ${problem}`
    return new ClientError('token_response_invalid', message, { stage, endpoint, status, parameter: name })
  }
}

function optional<N extends string, V>(name: N, value: V | undefined): { [K in N]?: V } {
  const member: { [K in N]?: V } = {}
  if (value !== undefined) member[name] = value
  return member
}
