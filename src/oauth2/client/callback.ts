import { equalsInConstantTime } from '../../crypto/timing-safe.ts'
import { RequestParameters } from '../../http/form.ts'
import { queryOf } from '../../http/request.ts'
import { ClientError, nameOfRefusal, readRefusal } from './errors.ts'

/** What was kept since the browser was sent away. */
export interface CallbackState {
  readonly state: string
}

/** What is known about the login that a callback claims to answer. */
export interface CallbackExpectation {
  readonly clientId: string
  /** The value that this login was started with. */
  readonly state: string
  /** The authorization server that it was started at, where its identifier is known. */
  readonly issuer?: string | undefined
  /** Where that server has several, whether this is one of them. */
  readonly acceptIssuer?: ((issuer: string) => boolean) | undefined
  /** Whether that server announces `iss` in its responses: then one without it is somebody else's. */
  readonly issuerRequired?: boolean | undefined
}

/**
 * An authorization response that has passed every check. Only `validateCallback` makes one, so whoever holds one may
 * redeem the code in it.
 */
class ValidatedCallback {
  readonly #redirected = true
  readonly code: string
  readonly state: string
  /** The client that it was validated for; another one cannot redeem it. */
  readonly clientId: string
  /** The authorization server it came from, where that is known. */
  readonly issuer?: string
  /** Everything that the server sent along. */
  readonly parameters: RequestParameters

  constructor(code: string, parameters: RequestParameters, expected: CallbackExpectation) {
    this.code = code
    this.state = expected.state
    this.clientId = expected.clientId
    if (expected.issuer !== undefined) this.issuer = expected.issuer
    this.parameters = parameters
  }

  static is(value: object): value is ValidatedCallback {
    return #redirected in value
  }
}

export type AuthorizationCallback = ValidatedCallback

/** Whether a value is a callback that `validateCallback` made, whatever its type claims. */
export function isAuthorizationCallback(value: object): value is AuthorizationCallback {
  return ValidatedCallback.is(value)
}

type Check = (parameters: RequestParameters, expected: CallbackExpectation) => void

/**
 * The checks, in their order. An error in the response is only looked at behind the line: until state and issuer are
 * proven, anybody could have written it.
 */
const CHECKS: readonly Check[] = [
  checkDuplicates,
  checkState,
  checkIssuer,
  // ---- from here on the response is known to come from the authorization server, for this login
  checkRefusal,
]

/**
 * Validates the parameters that came back from the authorization server, by query or by form post.
 *
 * @throws ClientError `callback_invalid`, `state_missing`, `state_mismatch`, `issuer_missing`, `issuer_mismatch`,
 *   `authorization_refused`, `code_missing`
 * @spec RFC 6749 §4.1.2
 */
export function validateCallback(parameters: RequestParameters, expected: CallbackExpectation): AuthorizationCallback {
  for (const check of CHECKS) check(parameters, expected)
  const code = parameters.get('code')
  if (code === undefined) {
    throw new ClientError('code_missing', '"code" (Authorization Code) is missing in the authorization response')
  }
  return new ValidatedCallback(code, parameters, expected)
}

/** A parameter that comes twice is read by one party this way and by the other that way. @spec RFC 6749 §3.1 */
function checkDuplicates(parameters: RequestParameters): void {
  if (parameters.duplicates.length > 0) {
    throw new ClientError('callback_invalid', 'authorization response must not have a parameter more than once')
  }
}

/** The response must answer the request that this browser made. @spec RFC 6749 §10.12 */
function checkState(parameters: RequestParameters, { state }: CallbackExpectation): void {
  const received = parameters.get('state')
  if (received === undefined) {
    throw new ClientError('state_missing', '"state" is missing in the authorization response', { parameter: 'state' })
  }
  if (!equalsInConstantTime(received, state)) {
    throw new ClientError('state_mismatch', '"state" mismatch: expected the value that this login was started with', {
      parameter: 'state',
    })
  }
}

/**
 * The response must come from the server that the request went to. A server that announces `iss` always sends it; one
 * that does not announce it may send it nevertheless, and then it counts as well. Where the client was not told its
 * server's identifier there is nothing to compare with: that a server begins to send one must not break logins.
 *
 * @spec RFC 9207 §2.4
 */
function checkIssuer(parameters: RequestParameters, expected: CallbackExpectation): void {
  const { issuer, issuerRequired, acceptIssuer = (received) => received === issuer } = expected
  const received = parameters.get('iss')
  if (received === undefined && issuerRequired === true) {
    throw new ClientError(
      'issuer_missing',
      '"iss" (Issuer) is missing: the authorization server announces that it sends it',
      {
        parameter: 'iss',
      },
    )
  }
  // Whatever else a matcher may return, such as a promise, is no yes.
  if (received !== undefined && issuer !== undefined && acceptIssuer(received) !== true) {
    throw new ClientError('issuer_mismatch', `"iss" (Issuer) mismatch: expected "${issuer}"`, {
      stage: 'callback',
      parameter: 'iss',
    })
  }
}

/** @spec RFC 6749 §4.1.2.1 */
function checkRefusal(parameters: RequestParameters): void {
  const refusal = readRefusal((name) => parameters.get(name))
  if (refusal === undefined) return
  throw new ClientError('authorization_refused', `authorization server refused the request${nameOfRefusal(refusal)}`, {
    refusal,
  })
}

/** What came back: of a URL its query. @throws ClientError `callback_invalid` */
export function readCallback(response: string | URL | RequestParameters): RequestParameters {
  if (response instanceof RequestParameters) return response
  try {
    return queryOf({ url: String(response) })
  } catch (error) {
    throw new ClientError('callback_invalid', 'authorization response must be parameters in percent-encoded UTF-8', {
      cause: error,
    })
  }
}
