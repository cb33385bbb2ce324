import { sha256Base64url } from '../../../crypto/hash.ts'
import type { Awaitable } from '../../../util/awaitable.ts'

/**
 * The id under which the store keeps a code or token: a hash of its whole value, so that the store holds nothing that
 * could be presented, and a part of the value finds nothing.
 */
export function tokenId(value: string): Awaitable<string> {
  return sha256Base64url(value)
}
