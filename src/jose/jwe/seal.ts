import type { Data } from '../../crypto/backend.ts'
import type { Sealed, SecretKey } from '../../crypto/encryption.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import { encodeUtf8 } from '../../util/bytes.ts'
import type { Backends, ContentEncryption } from '../algorithms/content-encryption.ts'
import type { SentKey } from '../algorithms/key-management.ts'
import { compress } from './zip.ts'

export interface SealedContent extends Sealed {
  readonly iv: Uint8Array
}

/** The bytes to encrypt, packed where that was asked for. @spec RFC 7516 §5.1 */
export function plaintextBytes(plaintext: Data, zip: 'DEF' | undefined): Awaitable<Uint8Array> {
  const bytes = typeof plaintext === 'string' ? encodeUtf8(plaintext) : plaintext
  return zip === undefined ? bytes : compress(bytes)
}

/** Encrypts a text with a fresh initialization vector; at once where the platform is quick. @spec RFC 7516 §5.1 */
export function sealContent(
  backends: Backends,
  enc: ContentEncryption,
  key: SecretKey,
  additionalData: Uint8Array,
  plaintext: Uint8Array,
): Awaitable<SealedContent> {
  const iv = backends.crypto.randomBytes(enc.ivLength)
  const sealed = enc.seal(backends, { key, iv, additionalData }, plaintext)
  return 'then' in sealed ? sealed.then((awaited) => withIv(iv, awaited)) : withIv(iv, sealed)
}

function withIv(iv: Uint8Array, { ciphertext, tag }: Sealed): SealedContent {
  return { iv, ciphertext, tag }
}

/** The encrypted key, which may have to be made of the tag. */
export function encryptedKeyOf({ encryptedKey }: SentKey, tag: Uint8Array): Awaitable<Uint8Array> {
  return typeof encryptedKey === 'function' ? encryptedKey(tag) : encryptedKey
}
