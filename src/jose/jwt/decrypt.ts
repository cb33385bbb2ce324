import { JoseError } from '../errors.ts'
import { decryptCompact } from '../jwe/compact.ts'
import type { DecryptOptions } from '../jwe/decrypt-options.ts'
import type { JweHeader } from '../jwe/header.ts'
import type { Key } from '../jwk/key.ts'
import type { KeySource } from '../jwks/source.ts'
import { acceptDecoded, type JwtExpectations } from './accept.ts'
import type { JwtClaims } from './claims.ts'
import { decodeClaims } from './decode.ts'
import { isNested } from './nested-type.ts'
import { checkReplicated } from './replicated.ts'

export interface DecryptJwtOptions<Claims extends object = JwtClaims> extends DecryptOptions, JwtExpectations<Claims> {}

export interface DecryptedJwt<Claims extends object = JwtClaims> {
  readonly claims: Claims
  readonly header: JweHeader
  /** The key that it was encrypted for. */
  readonly key: Key
}

/**
 * Decrypts a JWT and checks its type and its claims. One that was encrypted with a public key may come from anybody;
 * one that was signed before is refused here: see `decryptAndVerifyJwt`.
 *
 * @example
 * const { claims } = await decryptJwt(jwt, secret, { algorithms: ['dir'], audience: 'app' })
 * @throws JoseError
 * @spec RFC 7519 §7.2
 */
export async function decryptJwt<Claims extends object = JwtClaims>(
  jwt: string,
  keys: Key | KeySource,
  options: DecryptJwtOptions<Claims> = {},
): Promise<DecryptedJwt<Claims>> {
  const { plaintext, header, key } = await decryptCompact(jwt, keys, options)
  if (isNested(header)) {
    throw new JoseError(
      'type_mismatch',
      '"cty" (Content Type) header parameter mismatch: expected claims, not a signed JWT',
    )
  }
  const claims = decodeClaims(plaintext)
  checkReplicated(header, () => claims)
  return { claims: await acceptDecoded(header, claims, options), header, key }
}
