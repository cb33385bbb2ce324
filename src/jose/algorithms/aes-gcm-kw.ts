import { encodeBase64url } from '../../util/base64url.ts'
import { freshKey, invalidParameter, type KeyManagementRow, readBytes, secretOf, wrapping } from './key-management.ts'

const ivLength = 12
const tagLength = 16
const nothing = new Uint8Array()

/** Key encryption with AES-GCM and a key of this many bits; IV and tag travel in the header. @spec RFC 7518 §4.7 */
export function aesGcmKeyWrap(bits: number): KeyManagementRow {
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
        const iv = key.crypto.randomBytes(ivLength)
        const input = { key: secret, iv, additionalData: nothing }
        const { ciphertext, tag } = await key.encryption.aesGcm.seal(input, cek)
        return { cek, encryptedKey: ciphertext, header: { tag: encodeBase64url(tag), iv: encodeBase64url(iv) } }
      }
    },
    receiver(key) {
      const secret = secretOf(key)
      return ({ header, encryptedKey }) => {
        const iv = fixedLength(header, 'iv', 'Initialization Vector', ivLength)
        const tag = fixedLength(header, 'tag', 'Authentication Tag', tagLength)
        const input = { key: secret, iv, additionalData: nothing }
        return key.encryption.aesGcm.open(input, { ciphertext: encryptedKey, tag })
      }
    },
  })
}

/** @spec RFC 7518 §4.7.1.1 §4.7.1.2 a shorter tag would be easier to guess. */
function fixedLength(
  header: Readonly<Record<string, unknown>>,
  name: string,
  meaning: string,
  length: number,
): Uint8Array {
  const bytes = readBytes(header, name, meaning)
  if (bytes?.length === length) return bytes
  throw invalidParameter(name, meaning, `${length} bytes in base64url`)
}
