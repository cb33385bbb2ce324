import { type KeyManagementRow, refuseEncryptedKey, secretOf } from './key-management.ts'

const nothing = new Uint8Array()

/** The key is the content encryption key. @spec RFC 7518 §4.5 */
export const direct: KeyManagementRow = (name) => ({
  name,
  kty: 'oct',
  use: 'enc',
  minimumBits: 0,
  exactBits: 'as enc',
  operations: { send: ['encrypt'], receive: ['decrypt'] },
  isDirect: true,
  sender(key) {
    const sent = { cek: secretOf(key), encryptedKey: nothing }
    return () => sent
  },
  receiver(key) {
    const cek = secretOf(key)
    return (request) => {
      refuseEncryptedKey(name, request)
      return cek
    }
  },
})
