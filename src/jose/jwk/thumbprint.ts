import type { CryptoBackend, HashName, KeyMembers } from '../../crypto/backend.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import { thumbprintMembers } from './members.ts'

export type ThumbprintHash = 'sha256' | 'sha384' | 'sha512'

const hashNames: Readonly<Record<ThumbprintHash, HashName>> = {
  sha256: 'sha-256',
  sha384: 'sha-384',
  sha512: 'sha-512',
}

/** The hash of a key's required members, in base64url. @spec RFC 7638 §3 */
export function thumbprint(members: KeyMembers, hash: ThumbprintHash, backend: CryptoBackend): Awaitable<string> {
  return backend.hashBase64url(hashNames[hash], JSON.stringify(thumbprintMembers(members)))
}

/** What RFC 9278 calls the hashes: as the registry of RFC 6920 has them. */
const uriPrefix = 'urn:ietf:params:oauth:jwk-thumbprint'

/** The fingerprint as a URI, for places that want one. @spec RFC 9278 §3 */
export function thumbprintUri(fingerprint: string, hash: ThumbprintHash): string {
  return `${uriPrefix}:${hashNames[hash]}:${fingerprint}`
}
