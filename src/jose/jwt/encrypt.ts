import { type EncryptOptions, encryptTyped } from '../jwe/encrypt.ts'
import type { Key } from '../jwk/key.ts'
import type { KeySource } from '../jwks/source.ts'
import type { JwtClaims } from './claims.ts'
import { type JwtTimes, stampClaims } from './sign.ts'

export interface EncryptJwtOptions extends Omit<EncryptOptions, 'cty'>, JwtTimes {}

/**
 * Encrypts claims as a JWT. `iat` is set unless the claims have one, `typ` is `JWT` unless another is asked for.
 *
 * With a public key this proves nothing about who made the token: where that matters, sign first
 * (`signAndEncryptJwt`).
 *
 * @example
 * const jwt = await encryptJwt({ sub: 'u1' }, secret, { alg: 'dir', enc: 'A256GCM', expiresIn: '10m' })
 * @throws JoseError `claim_invalid`, and what `encryptCompact` throws.
 * @spec RFC 7519 §7.1
 */
export async function encryptJwt(
  claims: JwtClaims,
  keys: Key | KeySource,
  options: EncryptJwtOptions = {},
): Promise<string> {
  const typ = options.typ ?? 'JWT'
  return encryptTyped(JSON.stringify(stampClaims(claims, options)), keys, options, { typ })
}
