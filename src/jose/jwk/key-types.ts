import type { KeyMembers } from '../../crypto/backend.ts'
import { curveWidths } from '../../crypto/schemes.ts'
import { JoseError } from '../errors.ts'

export type MemberName = Exclude<keyof KeyMembers, 'kty'>

/** Which members make up a key of each type. Reading, publishing and fingerprinting a key all follow this table. */
export interface KeyType {
  readonly public: readonly MemberName[]
  readonly private: readonly MemberName[]
}

/**
 * @spec RFC 7518 §6.1
 * @spec RFC 8037 §2
 */
const keyTypes: Readonly<Record<string, KeyType>> = {
  oct: { public: [], private: ['k'] },
  RSA: { public: ['n', 'e'], private: ['d', 'p', 'q', 'dp', 'dq', 'qi'] },
  EC: { public: ['crv', 'x', 'y'], private: ['d'] },
  OKP: { public: ['crv', 'x'], private: ['d'] },
  // draft-ietf-cose-dilithium: the private member is the 32-byte seed that the key is made from.
  AKP: { public: ['alg', 'pub'], private: ['priv'] },
}

/** A curve or parameter set: the type it belongs to, and how many bytes its members have. */
interface KeyShape {
  readonly kty: string
  readonly public: number
  readonly private: number
}

const even = (kty: string, length: number): KeyShape => ({ kty, public: length, private: length })

/** RFC 7518 §6.2.1.2 wants coordinates in full, leading zeros included. */
const shapes: Readonly<Record<string, KeyShape>> = {
  ...Object.fromEntries(Object.entries(curveWidths).map(([crv, width]) => [crv, even('EC', width)])),
  Ed25519: even('OKP', 32),
  Ed448: even('OKP', 57),
  X25519: even('OKP', 32),
  X448: even('OKP', 56),
  'ML-DSA-44': { kty: 'AKP', public: 1312, private: 32 },
  'ML-DSA-65': { kty: 'AKP', public: 1952, private: 32 },
  'ML-DSA-87': { kty: 'AKP', public: 2592, private: 32 },
}

/** Looked up without the prototype chain: `kty: "constructor"` is as unknown as any other. */
export function keyTypeOf(kty: unknown): KeyType {
  const type = typeof kty === 'string' && Object.hasOwn(keyTypes, kty) ? keyTypes[kty] : undefined
  if (type !== undefined) return type
  const known = Object.keys(keyTypes).map((name) => `"${name}"`)
  throw new JoseError('key_unsupported', `"kty" (Key Type) unsupported: expected ${known.join(', ')}`)
}

/** The shape of a curve (`crv`) or parameter set (`alg`), which must be one of the key's type. */
export function keyShapeOf(kty: string, name: 'crv' | 'alg', value: string): KeyShape {
  const shape = Object.hasOwn(shapes, value) ? shapes[value] : undefined
  if (shape?.kty === kty) return shape
  const known = Object.keys(shapes).filter((candidate) => shapes[candidate]?.kty === kty)
  const meaning = name === 'crv' ? 'Curve' : 'Algorithm'
  const expected = known.map((candidate) => `"${candidate}"`).join(', ')
  throw new JoseError('key_unsupported', `"${name}" (${meaning}) unsupported: expected ${expected}`)
}
