import type { LegacyRsa } from '../../crypto/encryption.ts'
import { JoseError } from '../errors.ts'
import type { ContentEncryption } from './content-encryption.ts'
import type { JweAlgorithms } from './jwe-registry.ts'
import { freshKey, type KeyHandle, type KeyManagementRow, wrapping } from './key-management.ts'

/**
 * RSAES-PKCS1-v1_5, for peers that know nothing else. Its padding has been an oracle again and again since 1998:
 * prefer RSA-OAEP.
 *
 * Whatever the padding looks like, receiving takes the same steps and answers with a key: the one that was sent, or
 * a random one, which the text will not open with.
 *
 * @spec RFC 7518 §4.2
 * @spec RFC 7516 §11.5
 */
const row: KeyManagementRow = (name) => ({
  name,
  kty: 'RSA',
  use: 'enc',
  minimumBits: 2048,
  operations: wrapping,
  isDirect: false,
  sender(key) {
    const encrypt = legacyRsa(key).encrypter(key.publicMembers ?? key.material)
    return async (request) => {
      const cek = freshKey(key, request)
      return { cek, encryptedKey: await encrypt(cek) }
    }
  },
  receiver(key) {
    const decrypt = legacyRsa(key).rawDecrypter(key.material)
    return async ({ encryptedKey, enc }) => {
      const random = key.crypto.randomBytes(enc.keyLength)
      const block = await decrypt(encryptedKey)
      return block === undefined ? random : keyOrRandom(block, enc, random)
    }
  },
})

/** To be passed to `createJweRegistry`. */
export const rsa15: JweAlgorithms = { keyManagement: { RSA1_5: row } }

function legacyRsa({ encryption }: KeyHandle): LegacyRsa {
  if (encryption.legacyRsa !== undefined) return encryption.legacyRsa
  throw new JoseError(
    'algorithm_unsupported',
    '"alg" (Algorithm) unsupported: WebCrypto has no RSA1_5, expected a runtime with node:crypto, such as Node',
  )
}

/**
 * The key at the end of a block `00 02 padding 00 key`, or the random one where the block is anything else. Since the
 * length of the key is known, so is the place of every byte; no branch depends on what is in them.
 *
 * @spec RFC 8017 §7.2.2
 */
function keyOrRandom(block: Uint8Array, { keyLength }: ContentEncryption, random: Uint8Array): Uint8Array {
  const separator = block.length - keyLength - 1
  let wrong = byteAt(block, 0) | (byteAt(block, 1) ^ 2) | byteAt(block, separator)
  for (let index = 2; index < separator; index++) wrong |= isZero(byteAt(block, index))
  // All ones where nothing is wrong, else zero.
  const mask = isZero(wrong) * 0xff
  return random.map((byte, index) => (byteAt(block, separator + 1 + index) & mask) | (byte & ~mask))
}

function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0
}

/** One for zero, zero for every other byte. */
function isZero(byte: number): number {
  return ((byte - 1) >>> 31) & 1
}
