import { equalsInConstantTime } from '../../crypto/timing-safe.ts'
import type { Key } from '../../jose/jwk/index.ts'
import type { KeySource } from '../../jose/jwks/index.ts'
import { type JoseHeader, verifyJwt } from '../../jose/jwt/index.ts'
import { ClientError, type ClientErrorCode } from '../../oauth2/client/errors.ts'
import { type Clock, nowInSeconds, type Seconds } from '../../util/clock.ts'
import { type IdTokenClaims, tokenHash } from '../id-token.ts'
import { toIdTokenError } from './id-token-failure.ts'

/** What is expected of an ID token. */
export interface IdTokenExpectations {
  readonly keys: Key | KeySource
  /** The algorithms that the client was told to accept, never those that the token asks for. */
  readonly algorithms: readonly string[]
  readonly issuer: string
  readonly clientId: string
  /** The nonce of the request. A token that has one where none was sent belongs to another login. */
  readonly nonce?: string | undefined
  /** The `max_age` of the request. */
  readonly maxAge?: Seconds | undefined
  /** Of these authentication context classes the token must name one. */
  readonly acrValues?: readonly string[] | undefined
  /** The access token that came along, for `at_hash`. */
  readonly accessToken?: string | undefined
  /** The claims of the token that this one renews: it must be about the same person and login. */
  readonly renews?: Pick<IdTokenClaims, 'sub'> & Partial<IdTokenClaims>
  /** How far the clocks may be apart. */
  readonly clockTolerance: Seconds
  readonly clock: Clock
}

/** `ok`: looked at and right. `absent`: not there, and it need not be. `not requested`: nothing to compare with. */
export type CheckResult = 'ok' | 'absent' | 'not requested'

/** Which checks an ID token has passed. */
export interface IdTokenReport {
  readonly signature: 'verified'
  /** The algorithm of the signature. */
  readonly alg: string
  readonly iss: 'ok'
  readonly sub: 'ok'
  readonly aud: 'ok'
  readonly exp: 'ok'
  readonly iat: 'ok'
  readonly nbf: CheckResult
  readonly azp: CheckResult
  readonly nonce: CheckResult
  readonly auth_time: CheckResult
  readonly acr: CheckResult
  readonly at_hash: CheckResult
}

export interface ValidatedIdToken {
  readonly claims: IdTokenClaims
  readonly header: JoseHeader
  readonly report: IdTokenReport
}

/**
 * Validates an ID token in full: signature, issuer, subject, audience and times, then what ties it to this login.
 * Claims that nobody here knows are left alone.
 *
 * @throws ClientError `id_token_…`, `keys_unavailable`
 * @spec OIDC Core §3.1.3.7
 */
export async function validateIdToken(idToken: string, expected: IdTokenExpectations): Promise<ValidatedIdToken> {
  const { claims, header } = await verify(idToken, expected)
  const report: IdTokenReport = {
    signature: 'verified',
    alg: header.alg,
    iss: 'ok',
    sub: 'ok',
    aud: 'ok',
    exp: 'ok',
    iat: 'ok',
    nbf: claims['nbf'] === undefined ? 'absent' : 'ok',
    azp: checkAuthorizedParty(claims, expected),
    nonce: checkNonce(claims, expected),
    auth_time: checkAuthenticationTime(claims, expected),
    acr: checkContextClass(claims, expected),
    at_hash: await checkAccessTokenHash(claims, header, expected),
  }
  checkRenewal(claims, expected)
  return { claims, header, report }
}

const REQUIRED_CLAIMS: readonly string[] = ['iss', 'sub', 'aud', 'exp', 'iat']

async function verify(
  idToken: string,
  { keys, algorithms, issuer, clientId, clockTolerance, clock }: IdTokenExpectations,
): Promise<{ claims: IdTokenClaims; header: JoseHeader }> {
  try {
    return await verifyJwt<RequiredClaims>(idToken, keys, {
      algorithms,
      issuer,
      audience: clientId,
      required: REQUIRED_CLAIMS,
      leeway: clockTolerance,
      clock,
    })
  } catch (error) {
    throw toIdTokenError(error)
  }
}

/** The claims that `REQUIRED_CLAIMS` guarantees, in the form that the verification gives them. */
type RequiredClaims = {
  iss: string
  sub: string
  aud: string | string[]
  exp: Seconds
  iat: Seconds
  [claim: string]: unknown
}

function refuse(code: ClientErrorCode, claim: string, message: string): ClientError {
  return new ClientError(code, message, { parameter: claim })
}

/** Several audiences share a token only where it says for which of them it was made. @spec OIDC Core §3.1.3.7 */
function checkAuthorizedParty({ aud, azp }: IdTokenClaims, { clientId }: IdTokenExpectations): CheckResult {
  const isShared = typeof aud !== 'string' && aud.length > 1
  if (azp === undefined && !isShared) return 'absent'
  if (azp === clientId) return 'ok'
  throw refuse('id_token_azp_mismatch', 'azp', `"azp" (Authorized Party) claim mismatch: expected "${clientId}"`)
}

/** @spec OIDC Core §3.1.3.7 */
function checkNonce({ nonce }: IdTokenClaims, expected: IdTokenExpectations): CheckResult {
  if (expected.nonce === undefined) return checkUnexpectedNonce(nonce, expected)
  if (nonce === undefined) {
    throw refuse('id_token_claim_missing', 'nonce', '"nonce" claim missing: expected the value of the request')
  }
  if (typeof nonce === 'string' && equalsInConstantTime(nonce, expected.nonce)) return 'ok'
  throw refuse('id_token_nonce_mismatch', 'nonce', '"nonce" claim mismatch: expected the value of the request')
}

/** A renewed token may repeat the nonce of the login. @spec OIDC Core §12.2 */
function checkUnexpectedNonce(nonce: string | undefined, { renews }: IdTokenExpectations): CheckResult {
  if (nonce === undefined) return 'not requested'
  if (renews?.nonce === nonce) return 'ok'
  throw refuse('id_token_nonce_unexpected', 'nonce', '"nonce" claim unexpected: the request had none')
}

/** The provider must have seen the person recently enough; that it was asked to is not enough. @spec OIDC Core §3.1.2.1 */
function checkAuthenticationTime({ auth_time: at }: IdTokenClaims, expected: IdTokenExpectations): CheckResult {
  const { maxAge, clock, clockTolerance } = expected
  const isTime = typeof at === 'number' && Number.isFinite(at)
  if (at !== undefined && !isTime) {
    throw refuse(
      'id_token_claim_invalid',
      'auth_time',
      '"auth_time" (Authentication Time) claim invalid: expected a number of seconds',
    )
  }
  if (maxAge === undefined) return at === undefined ? 'absent' : 'not requested'
  if (at === undefined) {
    throw refuse(
      'id_token_claim_missing',
      'auth_time',
      '"auth_time" (Authentication Time) claim missing: "max_age" was requested',
    )
  }
  if (nowInSeconds(clock) - at <= maxAge + clockTolerance) return 'ok'
  throw refuse(
    'id_token_authentication_too_old',
    'auth_time',
    `"auth_time" (Authentication Time) claim is too long ago: expected at most ${maxAge} seconds`,
  )
}

/** @spec OIDC Core §3.1.3.7 */
function checkContextClass({ acr }: IdTokenClaims, { acrValues }: IdTokenExpectations): CheckResult {
  if (acrValues === undefined) return acr === undefined ? 'absent' : 'not requested'
  if (acr !== undefined && acrValues.includes(acr)) return 'ok'
  throw refuse(
    'id_token_acr_mismatch',
    'acr',
    `"acr" (Authentication Context Class) claim mismatch: expected ${acrValues.map((value) => `"${value}"`).join(' or ')}`,
  )
}

/** Where it is there it must be right; a hash that cannot be computed is not (CVE-2026-28498). @spec OIDC Core §3.1.3.8 */
async function checkAccessTokenHash(
  { at_hash: hash }: IdTokenClaims,
  { alg }: JoseHeader,
  { accessToken }: IdTokenExpectations,
): Promise<CheckResult> {
  if (hash === undefined) return 'absent'
  if (accessToken === undefined) return 'not requested'
  const expected = await tokenHash(accessToken, alg).catch(() => undefined)
  if (typeof hash === 'string' && expected !== undefined && equalsInConstantTime(hash, expected)) return 'ok'
  throw refuse(
    'id_token_hash_mismatch',
    'at_hash',
    '"at_hash" (Access Token Hash) claim mismatch: it belongs to another access token',
  )
}

/** A refresh must not turn one person into another. @spec OIDC Core §12.2 */
function checkRenewal({ sub }: IdTokenClaims, { renews }: IdTokenExpectations): void {
  if (renews === undefined || renews.sub === sub) return
  throw refuse('id_token_subject_mismatch', 'sub', '"sub" (Subject) claim mismatch: expected the person who logged in')
}
