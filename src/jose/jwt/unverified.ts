import type { Key } from '../jwk/key.ts'
import type { KeySource } from '../jwks/source.ts'
import { decodePayload } from '../jws/compact.ts'
import type { JoseHeader } from '../jws/header.ts'
import { checkRegistered, type UnverifiedOptions } from '../jws/unverified-options.ts'
import type { JwtClaims } from './claims.ts'
import { decodeClaims, parseSignedJwt } from './decode.ts'
import { type VerifiedJwt, type VerifyJwtOptions, verifyJwt } from './verify.ts'

/**
 * A JWT that was taken apart and **not verified**. It has none of the members that a verified one has, so that neither
 * a reader nor the compiler takes one for the other.
 */
export interface UnverifiedJwt {
  /** What anybody may have written. For choosing the keys. */
  readonly unverifiedHeader: JoseHeader
  /** What anybody may have written. For choosing the keys. */
  readonly unverifiedClaims: JwtClaims
  /** The second step. */
  verify<Claims extends object = JwtClaims>(
    keys: Key | KeySource,
    options?: Omit<VerifyJwtOptions<Claims>, 'limits'>,
  ): Promise<VerifiedJwt<Claims>>
}

/**
 * The first of two steps: takes a JWT apart, so that it can say whose keys to verify it with.
 *
 * @example
 * const unverified = parseUnverifiedJwt(jwt)
 * const { keys, issuer } = tenants.get(unverified.unverifiedClaims.iss)
 * const { claims } = await unverified.verify(keys, { algorithms: ['ES256'], issuer })
 * @throws JoseError
 * @spec RFC 7519 §7.2
 */
export function parseUnverifiedJwt(jwt: string, options: UnverifiedOptions = {}): UnverifiedJwt {
  const parsed = parseSignedJwt(jwt, options.limits)
  checkRegistered([parsed.header], options)
  return {
    unverifiedHeader: parsed.header,
    unverifiedClaims: decodeClaims(decodePayload(parsed)),
    verify: (keys, verifyOptions = {}) => verifyJwt(jwt, keys, { ...verifyOptions, ...options }),
  }
}
