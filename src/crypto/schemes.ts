import type { HashName, NativeDescription, SignatureScheme } from './primitives.ts'

/** Length of a digest in bytes. */
export const digestLengths: Readonly<Record<HashName, number>> = {
  'sha-1': 20,
  'sha-256': 32,
  'sha-384': 48,
  'sha-512': 64,
}

/** How many bytes a hash takes in at a time. @spec RFC 6234 §4 */
export const blockLengths: Readonly<Record<HashName, number>> = {
  'sha-1': 64,
  'sha-256': 64,
  'sha-384': 128,
  'sha-512': 128,
}

/** What OpenSSL calls them. */
export const nodeHashNames: Readonly<Record<HashName, string>> = {
  'sha-1': 'sha1',
  'sha-256': 'sha256',
  'sha-384': 'sha384',
  'sha-512': 'sha512',
}

/** Length of a coordinate, and of each half of a signature, in bytes. @spec RFC 7518 §3.4 */
export const curveWidths: Readonly<Record<(SignatureScheme & { family: 'ecdsa' })['curve'], number>> = {
  'P-256': 32,
  'P-384': 48,
  'P-521': 66,
}

/** WebCrypto's algorithm names: the key type, and what a JWA name starts with where a `CryptoKey` is bound to its hash. */
const families: Readonly<Record<string, { kty: string; prefix?: string }>> = {
  HMAC: { kty: 'oct', prefix: 'HS' },
  'RSASSA-PKCS1-v1_5': { kty: 'RSA', prefix: 'RS' },
  'RSA-PSS': { kty: 'RSA', prefix: 'PS' },
  ECDSA: { kty: 'EC' },
  Ed25519: { kty: 'OKP' },
}

/** The parts of WebCrypto's algorithm dictionaries that are read here. */
interface KeyAlgorithmDetails {
  readonly name: string
  readonly hash?: { readonly name: string }
  readonly namedCurve?: string
  readonly modulusLength?: number
  /** Size of an HMAC key in bits. */
  readonly length?: number
}

/** What a `CryptoKey` says about itself without being exported; `undefined` when it is not for signatures. */
export function describeCryptoKey(key: CryptoKey): Omit<NativeDescription, 'material'> | undefined {
  const algorithm: KeyAlgorithmDetails = key.algorithm
  const family = Object.hasOwn(families, algorithm.name) ? families[algorithm.name] : undefined
  if (family === undefined) return undefined
  const bits = algorithm.modulusLength ?? algorithm.length
  const crv = algorithm.namedCurve ?? (family.kty === 'OKP' ? algorithm.name : undefined)
  return {
    kty: family.kty,
    isPrivate: key.type !== 'public',
    keyOps: key.usages,
    ...(crv !== undefined && { crv }),
    ...(family.prefix !== undefined && { alg: `${family.prefix}${algorithm.hash?.name.slice(-3)}` }),
    ...(bits !== undefined && { bits }),
  }
}
