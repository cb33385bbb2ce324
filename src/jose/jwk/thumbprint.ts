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
