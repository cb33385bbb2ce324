import type { KeyMembers } from '../../crypto/backend.ts'
import { decodeBase64url } from '../../util/base64url.ts'
import { JoseError } from '../errors.ts'
import { keyShapeOf, keyTypeOf, type MemberName } from './key-types.ts'
import { measureRsa } from './rsa.ts'
import { isDegenerate } from './small-order.ts'

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
  refuseOtherPrimes(jwk)
  const names = isPrivate ? [...type.public, ...privateNames(jwk, type.private)] : type.public
  const members: KeyMembers = { kty: String(kty), ...Object.fromEntries(names.map((name) => [name, read(jwk, name)])) }
  return { members, isPrivate, bits: measure(members) }
}

/** @spec RFC 7518 §6.3.2.7 */
function refuseOtherPrimes(jwk: Readonly<Record<string, unknown>>): void {
  if (jwk['oth'] === undefined) return
  throw new JoseError('key_unsupported', 'JWK "oth" (Other Primes Info) unsupported: expected an RSA key of two primes')
}

/** An RSA key may come as its exponent alone; with one of the other numbers, all of them. @spec RFC 7518 §6.3.2 */
function privateNames(jwk: Readonly<Record<string, unknown>>, names: readonly MemberName[]): readonly MemberName[] {
  const [first, ...others] = names
  return first === undefined || others.some((name) => jwk[name] !== undefined) ? names : [first]
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

function read(jwk: Readonly<Record<string, unknown>>, name: MemberName): string {
  const value = jwk[name]
  if (value === undefined) throw missing(name)
  if (typeof value !== 'string') throw new JoseError('key_invalid', `JWK "${name}" invalid: expected a string`)
  return value
}

function missing(name: MemberName): JoseError {
  return new JoseError('key_invalid', `JWK "${name}" missing: the key type requires it`)
}

/** Names of a curve or parameter set, which are no numbers. */
const designations = ['crv', 'alg'] as const

type Bytes = ReadonlyMap<string, Uint8Array>

function measure({ kty, ...members }: KeyMembers): number {
  const numbers = Object.entries(members).filter(([name]) => name !== 'crv' && name !== 'alg')
  const bytes = new Map(numbers.map(decode))
  for (const name of designations) {
    const value = members[name]
    if (value !== undefined) return checkPoint(value, checkLengths(keyShapeOf(kty, name, value), bytes))
  }
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

function checkLengths(shape: { public: number; private: number }, bytes: Bytes): Bytes {
  for (const [name, value] of bytes) {
    const length = name === 'd' || name === 'priv' ? shape.private : shape.public
    if (value.length !== length) throw new JoseError('key_invalid', `JWK "${name}" invalid: expected ${length} bytes`)
  }
  return bytes
}

/** @spec RFC 8032 §5.1.3 §5.2.3 @spec RFC 7748 §6.1 §6.2 */
function checkPoint(crv: string, bytes: Bytes): 0 {
  const x = bytes.get('x')
  if (x === undefined || !isDegenerate(crv, x)) return 0
  throw new JoseError('key_invalid', 'JWK "x" invalid: expected a point of large order, its coordinate reduced')
}
