import {
  type CryptoBackend,
  type KeyMembers,
  type KeyPairScheme,
  PlatformUnsupportedError,
} from '../../crypto/backend.ts'
import { encodeBase64url } from '../../util/base64url.ts'
import { wholeNumber } from '../../util/whole-number.ts'
import type { SignatureAlgorithm } from '../algorithms/signature-registry.ts'
import { JoseError } from '../errors.ts'
import { keyShapeOf } from './key-types.ts'
import { longestModulus } from './rsa.ts'

/** A kind of key, for those that are not made for one signature algorithm. */
export type KeyKind =
  | { readonly kty: 'oct'; readonly bits: number }
  | { readonly kty: 'RSA' }
  | { readonly kty: 'EC'; readonly crv: 'P-256' | 'P-384' | 'P-521' | 'secp256k1' }
  | { readonly kty: 'OKP'; readonly crv: 'Ed25519' | 'Ed448' | 'X25519' | 'X448' }

export interface GenerationOptions {
  readonly crv: 'Ed25519' | 'Ed448' | undefined
  readonly modulusLength: number
}

/** Makes the material of a private key, or of a secret as long as the hash, for one algorithm. */
export function generateForAlgorithm(
  { name, kty, minimumBits, scheme, crv: curves = [] }: SignatureAlgorithm,
  { crv, modulusLength }: GenerationOptions,
  backend: CryptoBackend,
): Promise<KeyMembers> {
  if (kty === 'RSA') checkModulus(name, modulusLength, minimumBits)
  if (scheme.family === 'hmac') return generateKind({ kty: 'oct', bits: minimumBits }, modulusLength, backend)
  if (crv !== undefined && !curves.includes(crv)) {
    throw new JoseError('key_curve_mismatch', `"crv" (Curve) mismatch: ${name} does not work on this curve`)
  }
  const curve = crv ?? (curves[0] === 'Ed448' ? 'Ed448' : 'Ed25519')
  return generatePair(scheme.family === 'eddsa' ? { family: 'eddsa', curve } : scheme, modulusLength, backend)
}

/** Makes the material of a private key or of a secret of a kind. */
export async function generateKind(kind: KeyKind, modulusLength: number, backend: CryptoBackend): Promise<KeyMembers> {
  const { kty } = kind
  if (kty === 'oct') return { kty, k: encodeBase64url(backend.randomBytes(secretLength(kind.bits))) }
  return generatePair(schemeOf(kind, modulusLength), modulusLength, backend)
}

function secretLength(bits: number): number {
  if (Number.isInteger(bits) && bits >= 128 && bits <= 65_536 && bits % 8 === 0) return bits / 8
  throw new JoseError('key_too_weak', '"bits" invalid: expected a multiple of 8 from 128 to 65536')
}

/** Whatever a kind is used for later, its key pairs are made the same way. */
function schemeOf(kind: Exclude<KeyKind, { kty: 'oct' }>, modulusLength: number): KeyPairScheme {
  if (kind.kty === 'RSA') {
    checkModulus('RSA', modulusLength, 2048)
    return { family: 'rsa-pkcs1', hash: 'sha-256' }
  }
  keyShapeOf(kind.kty, 'crv', kind.crv)
  if (kind.kty === 'EC') return { family: 'ecdsa', hash: 'sha-256', curve: kind.crv }
  const { crv } = kind
  return crv === 'X25519' || crv === 'X448' ? { family: 'xdh', curve: crv } : { family: 'eddsa', curve: crv }
}

function checkModulus(name: string, modulusLength: number, minimum: number): void {
  wholeNumber('modulusLength', modulusLength, 0, longestModulus)
  if (modulusLength >= minimum) return
  throw new JoseError('key_too_weak', `"modulusLength" is too small: ${name} expects at least ${minimum} bits`)
}

async function generatePair(scheme: KeyPairScheme, modulusLength: number, backend: CryptoBackend): Promise<KeyMembers> {
  try {
    return await backend.generateKeyPair(scheme, modulusLength)
  } catch (cause) {
    if (!(cause instanceof PlatformUnsupportedError)) throw cause
    throw new JoseError('algorithm_unsupported', `"alg" (Algorithm) unsupported: ${cause.message}`, { cause })
  }
}
