import type { Key } from '../jwk/key.ts'
import type { KeySource } from '../jwks/source.ts'
import { checkType, type JoseHeader } from '../jws/header.ts'
import { parseCompact, type VerifyOptions, verifySignature } from '../jws/verify.ts'
import { type ClaimExpectations, checkClaims, type JwtClaims } from './claims.ts'
import { decodeClaims } from './decode.ts'

export interface VerifyJwtOptions extends VerifyOptions, ClaimExpectations {
  /**
   * What the token must say it is (`typ`). Without it, `JWT` or nothing: a token made for another purpose does not
   * pass. `false` takes any.
   */
  readonly typ?: string | readonly string[] | false
}

export interface VerifiedJwt<Claims extends JwtClaims = JwtClaims> {
  readonly claims: Claims
  readonly header: JoseHeader
  /** The key whose signature it is. */
  readonly key: Key
}

/**
 * Verifies a JWT: its form, its signature, its type and its claims, in this order.
 *
 * @example
 * const { claims } = await verifyJwt(jwt, keys, { algorithms: ['ES256'], issuer, audience: 'app' })
 * @throws JoseError
 * @spec RFC 7519 §7.2
 */
export async function verifyJwt<Claims extends JwtClaims = JwtClaims>(
  jwt: string,
  keys: Key | KeySource,
  options: VerifyJwtOptions = {},
): Promise<VerifiedJwt<Claims>> {
  const parsed = parseCompact(jwt, options.limits)
  const verified = verifySignature(parsed, keys, options.algorithms)
  const key = 'then' in verified ? await verified : verified
  checkTokenType(parsed.header, options.typ)
  const claims = decodeClaims<Claims>(parsed)
  checkClaims(claims, options)
  return { claims, header: parsed.header, key }
}

/** Keeps one kind of JWT from being taken for another. @spec RFC 8725 §3.11 */
function checkTokenType(header: JoseHeader, typ: VerifyJwtOptions['typ']): void {
  if (typ === false) return
  if (typ === undefined) checkType(header, ['JWT'], true)
  else checkType(header, typeof typ === 'string' ? [typ] : typ, false)
}
