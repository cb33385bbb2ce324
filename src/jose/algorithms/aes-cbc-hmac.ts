import type { HashName } from '../../crypto/backend.ts'
import type { SealingInput, SecretKey } from '../../crypto/encryption.ts'
import { concatBytes } from '../../util/bytes.ts'
import { JoseError } from '../errors.ts'
import type { Backends, ContentEncryptionRow } from './content-encryption.ts'

/** AES-CBC for secrecy, then HMAC over all of it; half of the key is for each. @spec RFC 7518 §5.2 */
export function aesCbcHmac(keyLength: number, hash: HashName): ContentEncryptionRow {
  return (name) => ({
    name,
    keyLength,
    ivLength: 16,
    isCommitting: true,
    async seal(backends, input, plaintext) {
      const { macKey, cipherKey } = halves(input.key)
      const ciphertext = await backends.encryption.aesCbcEncrypt(cipherKey, input.iv, plaintext)
      return { ciphertext, tag: await authenticate(backends, hash, macKey, input, ciphertext) }
    },
    async open(backends, input, { ciphertext, tag }) {
      const { macKey, cipherKey } = halves(input.key)
      const expected = await authenticate(backends, hash, macKey, input, ciphertext)
      // The padding is only looked at once the tag has proven that nobody tried it out.
      if (!backends.crypto.timingSafeEqual(tag, expected)) return undefined
      return backends.encryption.aesCbcDecrypt(cipherKey, input.iv, ciphertext)
    },
  })
}

/** @spec RFC 7518 §5.2.2.1 the MAC key comes first. */
function halves(key: SecretKey): { macKey: Uint8Array; cipherKey: Uint8Array } {
  if (!(key instanceof Uint8Array)) {
    throw new JoseError('key_not_extractable', 'key cannot be shown: this "enc" takes its bytes, not a CryptoKey')
  }
  return { macKey: key.subarray(0, key.length / 2), cipherKey: key.subarray(key.length / 2) }
}

/** The first half of the MAC over additional data, IV, ciphertext and the number of bits in the additional data. */
async function authenticate(
  { crypto }: Backends,
  hash: HashName,
  macKey: Uint8Array,
  { iv, additionalData }: SealingInput,
  ciphertext: Uint8Array,
): Promise<Uint8Array> {
  const length = new DataView(new ArrayBuffer(8))
  length.setBigUint64(0, BigInt(additionalData.length * 8))
  const input = concatBytes(additionalData, iv, ciphertext, new Uint8Array(length.buffer))
  const mac = await crypto.hmac(hash, macKey, input)
  return mac.subarray(0, macKey.length)
}
