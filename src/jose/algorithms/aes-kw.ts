import { freshKey, type KeyManagementRow, secretOf, wrapping } from './key-management.ts'

/** AES Key Wrap with a key of this many bits. @spec RFC 7518 §4.4 */
export function aesKeyWrap(bits: number): KeyManagementRow {
  return (name) => ({
    name,
    kty: 'oct',
    use: 'enc',
    minimumBits: bits,
    exactBits: bits,
    operations: wrapping,
    isDirect: false,
    sender(key) {
      const secret = secretOf(key)
      return async (request) => {
        const cek = freshKey(key, request)
        return { cek, encryptedKey: await key.encryption.aesKeyWrap(secret, cek) }
      }
    },
    receiver(key) {
      const secret = secretOf(key)
      return ({ encryptedKey }) => key.encryption.aesKeyUnwrap(secret, encryptedKey)
    },
  })
}
