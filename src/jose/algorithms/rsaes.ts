import type { HashName } from '../../crypto/backend.ts'
import { freshKey, type KeyManagementRow, wrapping } from './key-management.ts'

/**
 * RSAES-OAEP. SHA-1 is what `RSA-OAEP` means, and is no weakness there: nothing about OAEP needs collisions to be hard.
 *
 * @spec RFC 7518 §4.3
 */
export function rsaOaep(hash: HashName): KeyManagementRow {
  return (name) => ({
    name,
    kty: 'RSA',
    use: 'enc',
    minimumBits: 2048,
    operations: wrapping,
    isDirect: false,
    async sender(key) {
      const encrypt = await key.encryption.rsaOaepEncrypter(key.publicMembers ?? key.material, hash)
      return async (request) => {
        const cek = freshKey(key, request)
        return { cek, encryptedKey: await encrypt(cek) }
      }
    },
    async receiver(key) {
      const decrypt = await key.encryption.rsaOaepDecrypter(key.material, hash)
      return ({ encryptedKey }) => decrypt(encryptedKey)
    },
  })
}
