import type { EcCurve, KeyMembers } from '../../crypto/primitives.ts'
import { curveWidths } from '../../crypto/schemes.ts'
import { decodeBase64url } from '../../util/base64url.ts'
import { JoseError, orThrow } from '../errors.ts'
import { measureRsa } from './rsa.ts'
import { isDegenerate } from './small-order.ts'

/** The material of a public key, and the size of its modulus; 0 where a curve says it. */
export interface PublicMembers {
  readonly members: KeyMembers
  readonly bits: number
}

type Read = (name: 'x' | 'y' | 'n' | 'e') => Uint8Array

/** The kinds of public keys that signatures of JWTs are verified with, in the hands of those who do nothing else. */
const KINDS: Readonly<Record<string, { names: readonly string[]; measure: (read: Read, crv: string) => number }>> = {
  RSA: { names: ['n', 'e'], measure: (read) => measureRsa(read('n'), read('e'), new Map()) },
  EC: { names: ['crv', 'x', 'y'], measure: measureEc },
  OKP: { names: ['crv', 'x'], measure: measureOkp },
}

/** Takes the public key out of a JWK, checked, and leaves all else behind. @spec RFC 7518 §6 */
export function readPublicMembers(jwk: Readonly<Record<string, unknown>>): PublicMembers {
  const kty = String(jwk['kty'])
  const kind = Object.hasOwn(KINDS, kty) ? KINDS[kty] : undefined
  if (kind === undefined) throw unsupported()
  const entries = kind.names.map((name) => [name, jwk[name]])
  if (entries.some(([, value]) => typeof value !== 'string')) throw invalid()
  const members: KeyMembers = { kty, ...Object.fromEntries(entries) }
  const read: Read = (name) => orThrow(() => decodeBase64url(members[name] ?? ''), ...INVALID)
  return { members, bits: kind.measure(read, members.crv ?? '') }
}

/** Coordinates in full, leading zeros included; whether they are a point of the curve, the platform sees. @spec RFC 7518 §6.2.1.2 */
function measureEc(read: Read, crv: string): 0 {
  const widths: Readonly<Partial<Record<string, number>>> = curveWidths
  const width = Object.hasOwn(widths, crv) ? widths[crv as EcCurve] : undefined
  if (width === undefined) throw unsupported()
  if (read('x').length === width && read('y').length === width) return 0
  throw invalid()
}

/** @spec RFC 8032 §5.1.3 §5.2.3 */
function measureOkp(read: Read, crv: string): 0 {
  if (crv !== 'Ed25519' && crv !== 'Ed448') throw unsupported()
  const x = read('x')
  if (x.length === (crv === 'Ed25519' ? 32 : 57) && !isDegenerate(crv, x)) return 0
  throw invalid()
}

const INVALID = ['key_invalid', 'JWK invalid: its members are no public key of its "kty" and "crv"'] as const

function invalid(): JoseError {
  return new JoseError(...INVALID)
}

function unsupported(): JoseError {
  return new JoseError('key_unsupported', 'JWK unsupported: expected the "kty" and "crv" of a signature algorithm')
}
