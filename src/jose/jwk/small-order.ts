/** A curve of EdDSA: the prime of its field, and the second coordinates of its points of small order. */
interface EdwardsCurve {
  readonly prime: bigint
  readonly smallOrder: readonly bigint[]
}

/** Twice a point of small order is one; from the neutral element (0, 1) up, these are all there are. */
const curves: Readonly<Record<string, EdwardsCurve>> = {
  // Of order 1, 2, 4, 8 and 8: with either sign of the first coordinate, eight points.
  Ed25519: {
    prime: 2n ** 255n - 19n,
    smallOrder: [
      1n,
      2n ** 255n - 20n,
      0n,
      0x5fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
      0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
    ],
  },
  // Of order 1, 2 and 4.
  Ed448: { prime: 2n ** 448n - 2n ** 224n - 1n, smallOrder: [1n, 2n ** 448n - 2n ** 224n - 2n, 0n] },
}

/**
 * Whether a public key is a point that verifies what nobody signed: with one of small order there are signatures that
 * hold for any message, or for one in eight, and platforms take it. Coordinates that are not reduced say such points in
 * another way, and are none by RFC 8032 §5.1.3 and §5.2.3.
 *
 * @spec RFC 8032 §5.1.3 §5.2.3
 */
export function isDegenerate(crv: string, x: Uint8Array): boolean {
  const curve = Object.hasOwn(curves, crv) ? curves[crv] : undefined
  if (curve === undefined) return false
  const y = secondCoordinate(x)
  return y >= curve.prime || curve.smallOrder.includes(y)
}

/** Little-endian; the topmost bit is the sign of the first coordinate. */
function secondCoordinate(encoded: Uint8Array): bigint {
  const hex = Array.from(encoded, (byte) => byte.toString(16).padStart(2, '0')).reverse()
  const sign = 1n << BigInt(8 * encoded.length - 1)
  return BigInt(`0x${hex.join('')}`) & (sign - 1n)
}
