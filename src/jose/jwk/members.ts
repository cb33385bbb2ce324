import type { KeyMembers } from '../../crypto/backend.ts'
import { curveWidths } from '../../crypto/schemes.ts'
import { decodeBase64url } from '../../util/base64url.ts'
import { JoseError } from '../errors.ts'

type MemberName = Exclude<keyof KeyMembers, 'kty'>

/** Which members make up a key of each type. Reading, publishing and fingerprinting a key all follow this table. */
interface KeyType {
  readonly public: readonly MemberName[]
  readonly private: readonly MemberName[]
}

const keyTypes: Readonly<Record<string, KeyType>> = {
  oct: { public: [], private: ['k'] },
  RSA: { public: ['n', 'e'], private: ['d', 'p', 'q', 'dp', 'dq', 'qi'] },
  EC: { public: ['crv', 'x', 'y'], private: ['d'] },
  OKP: { public: ['crv', 'x'], private: ['d'] },
}

/** The length of every coordinate on a curve; RFC 7518 §6.2.1.2 wants it in full, leading zeros included. */
const coordinateLengths: Readonly<Record<string, number>> = { ...curveWidths, Ed25519: 32 }

export interface ReadMembers {
  readonly members: KeyMembers
  readonly isPrivate: boolean
  /** Size of the secret or of the RSA modulus; 0 where the curve says it. */
  readonly bits: number
}

/** Takes the key material out of a JWK, checked, and leaves all else behind. @spec RFC 7518 §6 */
export function readMembers(jwk: Readonly<Record<string, unknown>>): ReadMembers {
  const kty = jwk['kty']
  const type = keyTypeOf(kty)
  const isPrivate = type.private.some((name) => jwk[name] !== undefined)
  if (type.public.length === 0 && !isPrivate) throw missing('k')
  if (jwk['oth'] !== undefined) {
    throw new JoseError(
      'key_unsupported',
      'JWK "oth" (Other Primes Info) unsupported: expected an RSA key of two primes',
    )
  }
  const members: Record<string, string> = { kty: String(kty) }
  for (const name of isPrivate ? [...type.public, ...type.private] : type.public) members[name] = read(jwk, name)
  return { members: { kty: String(kty), ...members }, isPrivate, bits: measure(members) }
}

/** The public half; for symmetric keys there is none. */
export function publicMembers(members: KeyMembers): KeyMembers {
  return pick(members, keyTypeOf(members.kty).public)
}

/** What a thumbprint is made of: the required members, in lexicographic order. @spec RFC 7638 §3.2 */
export function thumbprintMembers(members: KeyMembers): Record<string, string> {
  const type = keyTypeOf(members.kty)
  const required = members.kty === 'oct' ? type.private : type.public
  return Object.fromEntries(Object.entries(pick(members, required)).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function pick(members: KeyMembers, names: readonly MemberName[]): KeyMembers {
  const picked = names.map((name) => [name, members[name]])
  return { kty: members.kty, ...Object.fromEntries(picked) }
}

/** Looked up without the prototype chain: `kty: "constructor"` is as unknown as any other. */
function keyTypeOf(kty: unknown): KeyType {
  const type = typeof kty === 'string' && Object.hasOwn(keyTypes, kty) ? keyTypes[kty] : undefined
  if (type !== undefined) return type
  throw new JoseError('key_unsupported', '"kty" (Key Type) unsupported: expected "oct", "RSA", "EC" or "OKP"')
}

function read(jwk: Readonly<Record<string, unknown>>, name: MemberName): string {
  const value = jwk[name]
  if (value === undefined) throw missing(name)
  if (typeof value !== 'string') throw new JoseError('key_invalid', `JWK "${name}" invalid: expected a string`)
  return value
}

function missing(name: MemberName): JoseError {
  return new JoseError('key_invalid', `JWK "${name}" missing: the key type requires it`)
}

function measure(members: Record<string, string>): number {
  const { crv, ...material } = members
  const bytes = new Map(
    Object.entries(material)
      .filter(([name]) => name !== 'kty')
      .map(decode),
  )
  if (crv !== undefined) return measureCoordinates(crv, bytes)
  const [modulus, exponent] = [bytes.get('n'), bytes.get('e')]
  if (modulus !== undefined && exponent !== undefined) return measureRsa(modulus, exponent, bytes)
  return (bytes.get('k')?.length ?? 0) * 8
}

function decode([name, text]: [string, string]): [string, Uint8Array] {
  try {
    return [name, decodeBase64url(text)]
  } catch {
    throw new JoseError('key_invalid', `JWK "${name}" invalid: expected base64url without padding`)
  }
}

function measureCoordinates(crv: string, bytes: ReadonlyMap<string, Uint8Array>): 0 {
  const length = Object.hasOwn(coordinateLengths, crv) ? coordinateLengths[crv] : undefined
  if (length === undefined) {
    const known = Object.keys(coordinateLengths).map((name) => `"${name}"`)
    throw new JoseError('key_unsupported', `"crv" (Curve) unsupported: expected ${known.join(', ')}`)
  }
  for (const [name, value] of bytes) {
    if (value.length !== length) throw new JoseError('key_invalid', `JWK "${name}" invalid: expected ${length} bytes`)
  }
  return 0
}

/** Keys come from strangers too; a modulus or exponent without bounds lets them choose what a verification costs. */
const longestModulus = 16_384
const longestExponent = 64

/** With e = 1 every message is its own signature; even exponents do not exist in RSA. @spec RFC 8017 §3.1 */
function measureRsa(modulus: Uint8Array, exponent: Uint8Array, all: ReadonlyMap<string, Uint8Array>): number {
  const [bits, exponentBits] = [bitLength(modulus), bitLength(exponent)]
  const isOdd = (exponent.at(-1) ?? 0) % 2 === 1
  if (!isOdd || exponentBits === 1 || exponentBits > longestExponent) {
    throw new JoseError('key_invalid', 'JWK "e" (Exponent) invalid: expected an odd number from 3, of 64 bits at most')
  }
  if (bits > longestModulus) {
    throw new JoseError('key_unsupported', `JWK "n" (Modulus) unsupported: expected ${longestModulus} bits at most`)
  }
  // A private number without bounds lets a stranger choose what a signature costs: minutes, with a hundred kilobytes.
  for (const [name, value] of all) {
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
