import type { Key } from '../jwk/key.ts'
import type { VerificationKey } from '../jwk/verification-key.ts'
import type { KeySource } from '../jwks/source.ts'
import { verifyCompactSignature } from '../jws/compact.ts'
import { checkUnderstood } from '../jws/critical.ts'
import { decodeSegment, type JoseHeader } from '../jws/header.ts'
import type { VerifyOptions } from '../jws/verify.ts'
import { acceptClaims, type JwtExpectations } from './accept.ts'
import type { JwtClaims } from './claims.ts'
import { parseSignedJwt } from './decode.ts'

export interface VerifyJwtOptions<Claims extends object = JwtClaims> extends VerifyOptions, JwtExpectations<Claims> {}

export interface VerifiedJwt<Claims extends object = JwtClaims, K extends VerificationKey = Key> {
  readonly claims: Claims
  readonly header: JoseHeader
  /** The key whose signature it is. */
  readonly key: K
}

/**
 * Verifies a JWT: its form, its signature, its type and its claims, in this order.
 *
 * @example
 * const { claims } = await verifyJwt(jwt, keys, { algorithms: ['ES256'], issuer, audience: 'app' })
 * @throws JoseError
 * @spec RFC 7519 §7.2
 */
export async function verifyJwt<Claims extends object = JwtClaims, K extends VerificationKey = Key>(
  jwt: string,
  keys: K | KeySource<K>,
  options: VerifyJwtOptions<Claims> = {},
): Promise<VerifiedJwt<Claims, K>> {
  const parsed = parseSignedJwt(jwt, options.limits)
  checkUnderstood(parsed.critical, options.critical)
  const verified = verifyCompactSignature(parsed, keys, options)
  const key = 'then' in verified ? await verified : verified
  const accepted = acceptClaims(parsed.header, decodeSegment(parsed.payload, 'payload'), options)
  const claims = accepted instanceof Promise ? await accepted : accepted
  return { claims, header: parsed.header, key }
}
