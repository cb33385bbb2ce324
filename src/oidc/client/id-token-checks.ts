import { equalsInConstantTime } from '../../crypto/timing-safe.ts'
import { ClientError, type ClientErrorCode } from '../../oauth2/client/errors.ts'
import { nowInSeconds } from '../../util/clock.ts'
import type { IdTokenClaims } from '../id-token.ts'
import type { CheckResult, IdTokenExpectations } from './id-token-expectations.ts'

/** A claim that does not fit. */
export function refuse(code: ClientErrorCode, claim: string, message: string): ClientError {
  return new ClientError(code, message, { parameter: claim })
}

/** Several audiences share a token only where it says for which of them it was made. @spec OIDC Core §3.1.3.7 */
export function checkAuthorizedParty({ aud, azp }: IdTokenClaims, { clientId }: IdTokenExpectations): CheckResult {
  const isShared = typeof aud !== 'string' && aud.length > 1
  if (azp === undefined && !isShared) return 'absent'
  if (azp === clientId) return 'ok'
  throw refuse('id_token_azp_mismatch', 'azp', `"azp" (Authorized Party) claim mismatch: expected "${clientId}"`)
}

/** @spec OIDC Core §3.1.3.7 */
export function checkNonce({ nonce }: IdTokenClaims, expected: IdTokenExpectations): CheckResult {
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
export function checkAuthenticationTime({ auth_time: at }: IdTokenClaims, expected: IdTokenExpectations): CheckResult {
  const { maxAge, clock, clockTolerance } = expected
  const isTime = typeof at === 'number' && Number.isFinite(at)
  if (at !== undefined && !isTime) {
    throw refuse(
      'id_token_claim_invalid',
      'auth_time',
      '"auth_time" (Authentication Time) claim invalid: expected a number of seconds',
    )
  }
  if (at !== undefined && at > nowInSeconds(clock) + clockTolerance) {
    throw refuse('id_token_claim_invalid', 'auth_time', '"auth_time" (Authentication Time) claim is in the future')
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
export function checkContextClass({ acr }: IdTokenClaims, { acrValues }: IdTokenExpectations): CheckResult {
  if (acrValues === undefined) return acr === undefined ? 'absent' : 'not requested'
  if (acr !== undefined && acrValues.includes(acr)) return 'ok'
  throw refuse(
    'id_token_acr_mismatch',
    'acr',
    `"acr" (Authentication Context Class) claim mismatch: expected ${acrValues.map((value) => `"${value}"`).join(' or ')}`,
  )
}

/** What one issuer's response started must not end with another one's token. @spec RFC 9207 §2.4 */
export function checkResponseIssuer({ iss }: IdTokenClaims, { responseIssuer }: IdTokenExpectations): void {
  if (responseIssuer === undefined || responseIssuer === iss) return
  throw refuse('id_token_issuer_mismatch', 'iss', '"iss" (Issuer) claim mismatch: expected the one of the response')
}

/** A refresh must not turn one person into another, nor one tenant's into another's. @spec OIDC Core §12.2 */
export function checkRenewal({ iss, sub }: IdTokenClaims, { renews }: IdTokenExpectations): void {
  if (renews === undefined) return
  if (renews.sub !== sub)
    throw refuse(
      'id_token_subject_mismatch',
      'sub',
      '"sub" (Subject) claim mismatch: expected the person who logged in',
    )
  if (renews.iss !== undefined && renews.iss !== iss)
    throw refuse('id_token_issuer_mismatch', 'iss', '"iss" (Issuer) claim mismatch: expected the one of the login')
}
