import { JoseError } from '../errors.ts'

/** Keys come from strangers too; a modulus or exponent without bounds lets them choose what a verification costs. */
export const longestModulus = 16_384
const longestExponent = 64

/** The size of a public key in bits. With e = 1 every message is its own signature. @spec RFC 8017 §3.1 */
export function measureRsa(
  modulus: Uint8Array,
  exponent: Uint8Array,
  members: ReadonlyMap<string, Uint8Array>,
): number {
  const [bits, exponentBits] = [bitLength(modulus), bitLength(exponent)]
  const isOdd = (exponent.at(-1) ?? 0) % 2 === 1
  if (!isOdd || exponentBits === 1 || exponentBits > longestExponent) {
    throw new JoseError('key_invalid', 'JWK "e" (Exponent) invalid: expected an odd number from 3, of 64 bits at most')
  }
  if (bits > longestModulus) {
    throw new JoseError('key_unsupported', `JWK "n" (Modulus) unsupported: expected ${longestModulus} bits at most`)
  }
  // A private number without bounds lets a stranger choose what a signature costs: minutes, with a hundred kilobytes.
  for (const [name, value] of members) {
    if (bitLength(value) > bits) {
      throw new JoseError('key_invalid', `JWK "${name}" invalid: expected a number no longer than the modulus "n"`)
    }
  }
  return bits
}

function bitLength(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => byte !== 0)
  if (first === -1) return 0
  return (bytes.length - first - 1) * 8 + (32 - Math.clz32(bytes[first] ?? 0))
}
