/** A curve whose number of points is no prime. */
interface Curve {
  readonly prime: bigint
  /** How many bits of a public key are its coordinate. */
  readonly bits: number
  /** The coordinates of its points of small order. */
  readonly smallOrder: readonly bigint[]
  /** Whether a coordinate must be less than the prime. */
  readonly isReduced: boolean
}

const prime25519 = 2n ** 255n - 19n
const prime448 = 2n ** 448n - 2n ** 224n - 1n

const curves: Readonly<Record<string, Curve>> = {
  // Of order 1, 2, 4, 8 and 8: with either sign of the other coordinate, eight points.
  Ed25519: {
    prime: prime25519,
    bits: 255,
    smallOrder: [
      1n,
      prime25519 - 1n,
      0n,
      0x5fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
      0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
    ],
    isReduced: true,
  },
  // Of order 1, 2 and 4.
  Ed448: { prime: prime448, bits: 455, smallOrder: [1n, prime448 - 1n, 0n], isReduced: true },
  // Those of the curve's twist among them, which is computed with in the same way.
  X25519: {
    prime: prime25519,
    bits: 255,
    smallOrder: [
      0n,
      1n,
      prime25519 - 1n,
      0xb8495f16056286fdb1329ceb8d09da6ac49ff1fae35616aeb8413b7c7aebe0n,
      0x57119fd0dd4e22d8868e1c58c45c44045bef839c55b1d0b1248c50a3bc959c5fn,
    ],
    isReduced: false,
  },
  X448: { prime: prime448, bits: 448, smallOrder: [0n, 1n, prime448 - 1n], isReduced: false },
}

/**
 * Whether a public key is a point of small order. Such a key verifies what nobody signed, for any message or for one in
 * eight, and agrees on a secret that everybody knows; not every platform refuses it. For signatures, coordinates that
 * are not reduced are no points either.
 *
 * @spec RFC 8032 §5.1.3 §5.2.3
 * @spec RFC 7748 §5 §6.1 §6.2
 */
export function isDegenerate(crv: string, x: Uint8Array): boolean {
  const curve = Object.hasOwn(curves, crv) ? curves[crv] : undefined
  if (curve === undefined) return false
  const coordinate = littleEndian(x) & ((1n << BigInt(curve.bits)) - 1n)
  return (curve.isReduced && coordinate >= curve.prime) || curve.smallOrder.includes(coordinate % curve.prime)
}

function littleEndian(bytes: Uint8Array): bigint {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).reverse()
  return BigInt(`0x${hex.join('')}`)
}
