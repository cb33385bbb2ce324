import { JoseError } from '../../jose/errors.ts'
import type { JoseHeader, JwtClaims } from '../../jose/jwt/index.ts'
import { ClientError } from '../../oauth2/client/errors.ts'
import { isNonEmptyString, isRecord } from '../../util/assert.ts'
import type { Seconds } from '../../util/clock.ts'
import type { LogoutNotice } from './logout-notice.ts'
import { type ProviderTokenExpectations, verifyProviderToken } from './provider-token.ts'

/** What a valid logout token says. */
export interface LogoutToken {
  readonly logout: LogoutNotice
  /** Its own name: no two tokens of one issuer have the same. */
  readonly jti: string
  /** When it can be used no more, by the most that clocks may differ. */
  readonly deadAt: Seconds
}

const EVENT = 'http://schemas.openid.net/event/backchannel-logout'

const REQUIRED_CLAIMS: readonly string[] = ['iss', 'aud', 'iat', 'exp', 'jti']

/** How a logout token calls itself; one that does not is told by its `events`. @spec OIDC Back-Channel Logout §2.4 */
const TYPES: readonly (string | undefined)[] = ['logout+jwt', 'application/logout+jwt', 'jwt', undefined]

/**
 * Validates a logout token: signed by the provider, for this client, not expired, and a logout token, not an ID token that
 * somebody sends as one.
 *
 * @throws ClientError `logout_token_invalid`, `keys_unavailable`
 * @spec OIDC Back-Channel Logout §2.6
 */
export async function validateLogoutToken(token: string, expected: ProviderTokenExpectations): Promise<LogoutToken> {
  const { claims, header } = await verify(token, expected)
  for (const check of CHECKS) check(claims, header)
  const { iss, sub, sid, jti, exp } = claims
  const logout = {
    issuer: iss,
    ...(sub !== undefined && { subject: sub }),
    ...(typeof sid === 'string' && { sid }),
  }
  return { logout, jti, deadAt: exp + expected.clockTolerance }
}

type LogoutClaims = JwtClaims & { iss: string; jti: string; exp: Seconds }

async function verify(
  token: string,
  expected: ProviderTokenExpectations,
): Promise<{ claims: LogoutClaims; header: JoseHeader }> {
  try {
    return await verifyProviderToken<LogoutClaims>(token, expected, { typ: false, required: REQUIRED_CLAIMS })
  } catch (error) {
    throw toLogoutError(error)
  }
}

type Check = (claims: LogoutClaims, header: JoseHeader) => void

const CHECKS: readonly Check[] = [checkType, checkEvent, checkNonce, checkWhose]

/** @spec RFC 8725 §3.11 */
function checkType(_: LogoutClaims, { typ }: JoseHeader): void {
  if (!TYPES.includes(typ?.toLowerCase())) {
    throw refuse('typ', '"typ" (Type) header parameter mismatch: expected "logout+jwt"')
  }
}

function checkEvent({ events }: LogoutClaims): void {
  if (!isRecord(events) || !isRecord(events[EVENT])) {
    throw refuse('events', `"events" claim mismatch: expected an object with the member "${EVENT}"`)
  }
}

/** An ID token of a login has one, so that it can never pass for a logout token. @spec OIDC Back-Channel Logout §4.1 */
function checkNonce({ nonce }: LogoutClaims): void {
  if (nonce !== undefined) throw refuse('nonce', '"nonce" claim unexpected: logout tokens have none')
}

function checkWhose({ sub, sid }: LogoutClaims): void {
  if (sid !== undefined && !isNonEmptyString(sid))
    throw refuse('sid', '"sid" (Session ID) claim invalid: expected a text')
  if (sub === '') throw refuse('sub', '"sub" (Subject) claim invalid: expected a text')
  if (sub === undefined && sid === undefined) {
    throw refuse('sub', '"sub" (Subject) and "sid" (Session ID) claims missing: expected at least one')
  }
}

function refuse(parameter: string, message: string): ClientError {
  return new ClientError('logout_token_invalid', `logout token refused: ${message}`, { parameter })
}

function toLogoutError(error: unknown): unknown {
  if (!(error instanceof JoseError)) return error
  const isKeyless = error.code === 'jwks_unavailable' || error.code === 'jwks_invalid'
  return new ClientError(
    isKeyless ? 'keys_unavailable' : 'logout_token_invalid',
    `logout token refused: ${error.message}`,
    {
      stage: 'logout',
      cause: error,
      ...(error.claim !== undefined && { parameter: error.claim }),
    },
  )
}
