import type { Awaitable } from '../util/awaitable.ts'
import { type Data, getDigests } from './digests.ts'

/** The SHA-256 digest of bytes, or of a text in UTF-8. */
export function sha256(data: Data): Awaitable<Uint8Array> {
  return getDigests().hash('sha-256', data)
}

/** The same as base64url: the `S256` challenge, a key's thumbprint, the id under which a token is stored. */
export function sha256Base64url(data: Data): Awaitable<string> {
  return getDigests().hashBase64url('sha-256', data)
}
