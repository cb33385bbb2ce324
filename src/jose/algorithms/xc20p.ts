import type { ChaCha20, SealingInput } from '../../crypto/encryption.ts'
import { concatBytes } from '../../util/bytes.ts'
import { JoseError } from '../errors.ts'
import type { Backends, ContentEncryptionRow } from './content-encryption.ts'
import type { JweAlgorithms } from './jwe-registry.ts'

const keyLength = 32

/** ChaCha20-Poly1305. draft-amringer-jose-chacha-02 §3.1 */
const c20p: ContentEncryptionRow = (name) => ({
  name,
  keyLength,
  ivLength: 12,
  isCommitting: false,
  seal: (backends, input, plaintext) => chaCha20(backends).poly1305.seal(input, plaintext),
  open: (backends, input, sealed) => chaCha20(backends).poly1305.open(input, sealed),
})

/** The same with an IV so long that a random one never comes twice. draft-irtf-cfrg-xchacha-03 §2.3 */
const xc20p: ContentEncryptionRow = (name) => ({
  name,
  keyLength,
  ivLength: 24,
  isCommitting: false,
  seal: (backends, input, plaintext) => chaCha20(backends).poly1305.seal(shortened(backends, input), plaintext),
  open: (backends, input, sealed) => chaCha20(backends).poly1305.open(shortened(backends, input), sealed),
})

/** To be passed to `createJweRegistry`. */
export const chacha: JweAlgorithms = { contentEncryption: { C20P: c20p, XC20P: xc20p } }

function chaCha20({ encryption }: Backends): ChaCha20 {
  if (encryption.chaCha20 !== undefined) return encryption.chaCha20
  throw new JoseError(
    'encryption_unsupported',
    '"enc" (Encryption Algorithm) unsupported: expected a runtime whose node:crypto has ChaCha20, such as Node',
  )
}

/** The first 16 bytes of the IV make a key of their own, the other 8 are an IV for that. */
function shortened(backends: Backends, { key, iv, additionalData }: SealingInput): SealingInput {
  if (!(key instanceof Uint8Array)) throw new TypeError('no CryptoKey is for ChaCha20')
  const derived = hChaCha20(chaCha20(backends), key, iv.subarray(0, 16))
  return { key: derived, iv: concatBytes(new Uint8Array(4), iv.subarray(16)), additionalData }
}

/** `expand 32-byte k`, with which every block begins. @spec RFC 8439 §2.3 */
const constants = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574] as const

/**
 * HChaCha20: the first and the last row of a ChaCha20 block before its input was added. The cipher of the platform
 * adds the input; what was added is known, and taken away again.
 */
function hChaCha20({ keyStream }: ChaCha20, key: Uint8Array, nonce: Uint8Array): Uint8Array {
  const block = viewOf(keyStream(key, nonce))
  const input = viewOf(nonce)
  const derived = new DataView(new ArrayBuffer(keyLength))
  for (const [index, constant] of constants.entries()) {
    const offset = 4 * index
    derived.setUint32(offset, block.getUint32(offset, true) - constant, true)
    derived.setUint32(16 + offset, block.getUint32(48 + offset, true) - input.getUint32(offset, true), true)
  }
  return new Uint8Array(derived.buffer)
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}
