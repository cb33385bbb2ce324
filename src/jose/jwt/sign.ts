import { isRecord } from '../../util/assert.ts'
import { type Clock, nowInSeconds } from '../../util/clock.ts'
import { type Duration, toSeconds } from '../../util/duration.ts'
import { JoseError } from '../errors.ts'
import type { Key } from '../jwk/key.ts'
import type { SigningKeySource } from '../jwks/source.ts'
import { type SignOptions, signTyped } from '../jws/sign.ts'
import { checkForm, type JwtClaims } from './claims.ts'

export interface JwtTimes {
  /** How long the token lives; sets `exp`. */
  readonly expiresIn?: Duration
  readonly clock?: Clock
}

export interface SignJwtOptions extends SignOptions, JwtTimes {}

/**
 * Signs claims as a JWT. `iat` is set unless the claims have one, `typ` is `JWT` unless another is asked for.
 *
 * @example
 * const jwt = await signJwt({ iss, sub: 'u1', aud: 'app' }, key, { expiresIn: '10m' })
 * @throws JoseError `claim_invalid`, and what `signCompact` throws.
 * @spec RFC 7519 §7.1
 */
export async function signJwt(
  claims: JwtClaims,
  keys: Key | SigningKeySource,
  options: SignJwtOptions = {},
): Promise<string> {
  return signTyped(JSON.stringify(stampClaims(claims, options)), keys, options, options.typ ?? 'JWT')
}

/** Gives claims their times, and checks that they are what others can read. @spec RFC 7519 §4.1 */
export function stampClaims(claims: JwtClaims, { expiresIn, clock = Date.now }: JwtTimes): JwtClaims {
  if (!isRecord(claims)) {
    throw new JoseError('payload_invalid', 'claims invalid: expected an object')
  }
  const iat = nowInSeconds(clock)
  const stamped = expiresIn === undefined ? { iat, ...claims } : { iat, ...claims, exp: iat + toSeconds(expiresIn) }
  checkForm(stamped)
  return stamped
}
