import type { CryptoBackend } from '../../crypto/backend.ts'
import { concatBytes, encodeUtf8 } from '../../util/bytes.ts'

/** What a key is derived from, and what it is for. */
export interface Derivation {
  readonly secret: Uint8Array
  /** What the key is for: the `enc` where it encrypts content, the `alg` where it wraps a key. */
  readonly algorithm: string
  /** Length of the key in bytes. */
  readonly length: number
  readonly apu: Uint8Array | undefined
  readonly apv: Uint8Array | undefined
  /** The tag of the text, where the key is bound to it (ECDH-1PU). */
  readonly tag?: Uint8Array
}

const digestLength = 32

/** The one-step key derivation of NIST SP 800-56A with SHA-256. @spec RFC 7518 §4.6.2 */
export async function concatKdf(crypto: CryptoBackend, derivation: Derivation): Promise<Uint8Array> {
  const { secret, algorithm, length, apu, apv, tag } = derivation
  const information = concatBytes(
    withLength(encodeUtf8(algorithm)),
    withLength(apu),
    withLength(apv),
    word(length * 8),
    tag === undefined ? new Uint8Array() : withLength(tag),
  )
  const rounds = Array.from({ length: Math.ceil(length / digestLength) }, (_, index) => index + 1)
  const blocks = rounds.map((round) => crypto.hash('sha-256', concatBytes(word(round), secret, information)))
  return concatBytes(...(await Promise.all(blocks))).subarray(0, length)
}

function withLength(data: Uint8Array = new Uint8Array()): Uint8Array {
  return concatBytes(word(data.length), data)
}

/** A number as 32 bits, most significant byte first. */
function word(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}
