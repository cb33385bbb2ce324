import { sha256Base64url } from '../crypto/hash.ts'
import type { Awaitable } from '../util/awaitable.ts'

/**
 * The id under which the store keeps a code or token: a hash of its whole value, so that the store holds nothing that
 * could be presented, and a part of the value finds nothing.
 */
export function tokenId(value: string): Awaitable<string> {
  return sha256Base64url(value)
}

/**
 * The id under which a JWT access token is kept. Its `jti` is a name and no secret: whoever checks the token may log it.
 * So it is told apart from an opaque token, which has no dot: presented alone, the name opens nothing.
 *
 * @spec RFC 7519 §4.1.7
 */
export function jwtTokenId(jti: string): Awaitable<string> {
  return sha256Base64url(`jti.${jti}`)
}
