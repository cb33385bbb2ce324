import type { JoseHeader } from '../../jose/jwt/index.ts'
import type { Seconds } from '../../util/clock.ts'
import type { IdTokenClaims } from '../id-token.ts'
import {
  checkAuthenticationTime,
  checkAuthorizedParty,
  checkContextClass,
  checkNonce,
  checkRenewal,
  checkResponseIssuer,
} from './id-token-checks.ts'
import type { CheckResult, IdTokenExpectations } from './id-token-expectations.ts'
import { toIdTokenError } from './id-token-failure.ts'
import { checkHashes } from './id-token-hashes.ts'
import { verifyProviderToken } from './provider-token.ts'

export type { CheckResult, IdTokenExpectations }

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
  readonly c_hash: CheckResult
  readonly s_hash: CheckResult
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
    ...(await checkHashes(claims, header, expected)),
  }
  checkResponseIssuer(claims, expected)
  checkRenewal(claims, expected)
  return { claims, header, report }
}

const REQUIRED_CLAIMS: readonly string[] = ['iss', 'sub', 'aud', 'exp', 'iat']

async function verify(
  idToken: string,
  expected: IdTokenExpectations,
): Promise<{ claims: IdTokenClaims; header: JoseHeader }> {
  const { maxTokenAge } = expected
  try {
    return await verifyProviderToken<RequiredClaims>(idToken, expected, {
      required: REQUIRED_CLAIMS,
      ...(maxTokenAge !== undefined && { maxAge: maxTokenAge }),
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
