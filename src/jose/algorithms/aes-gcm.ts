import type { ContentEncryptionRow } from './content-encryption.ts'

/** AES in Galois/Counter Mode with a key of this many bytes. @spec RFC 7518 §5.3 */
export function aesGcm(keyLength: number): ContentEncryptionRow {
  return (name) => ({
    name,
    keyLength,
    ivLength: 12,
    isCommitting: false,
    seal: ({ encryption }, input, plaintext) => encryption.aesGcm.seal(input, plaintext),
    open: ({ encryption }, input, sealed) => encryption.aesGcm.open(input, sealed),
  })
}
