import type { EcCurve, HashName, KeyMembers, NativeDescription } from './primitives.ts'

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
export const curveWidths: Readonly<Record<EcCurve, number>> = {
  'P-256': 32,
  'P-384': 48,
  'P-521': 66,
  secp256k1: 32,
}

/** A key type as WebCrypto's algorithm name tells it, and the JWA name where a `CryptoKey` is bound to one algorithm. */
interface Family {
  readonly kty: string
  readonly alg?: (details: KeyAlgorithmDetails) => string
}

const signsWith =
  (prefix: string) =>
  (details: KeyAlgorithmDetails): string =>
    `${prefix}${hashBits(details)}`
const parameterSet: Family = { kty: 'AKP', alg: ({ name }) => name }

const families: Readonly<Record<string, Family>> = {
  HMAC: { kty: 'oct', alg: /* @__PURE__ */ signsWith('HS') },
  'AES-KW': { kty: 'oct', alg: ({ length }) => `A${length}KW` },
  'AES-GCM': { kty: 'oct' },
  'AES-CBC': { kty: 'oct' },
  'RSASSA-PKCS1-v1_5': { kty: 'RSA', alg: /* @__PURE__ */ signsWith('RS') },
  'RSA-PSS': { kty: 'RSA', alg: /* @__PURE__ */ signsWith('PS') },
  'RSA-OAEP': {
    kty: 'RSA',
    alg: (details) => (hashBits(details) === '1' ? 'RSA-OAEP' : `RSA-OAEP-${hashBits(details)}`),
  },
  ECDSA: { kty: 'EC' },
  ECDH: { kty: 'EC' },
  Ed25519: { kty: 'OKP' },
  Ed448: { kty: 'OKP' },
  X25519: { kty: 'OKP' },
  X448: { kty: 'OKP' },
  'ML-DSA-44': parameterSet,
  'ML-DSA-65': parameterSet,
  'ML-DSA-87': parameterSet,
}

/** The parts of WebCrypto's algorithm dictionaries that are read here. */
interface KeyAlgorithmDetails {
  readonly name: string
  readonly hash?: { readonly name: string }
  readonly namedCurve?: string
  readonly modulusLength?: number
  /** Size of an HMAC or AES key in bits. */
  readonly length?: number
}

/** `256` of `SHA-256`. */
function hashBits({ hash }: KeyAlgorithmDetails): string {
  return hash?.name.slice(4) ?? ''
}

/** What a `CryptoKey` says about itself without being exported; `undefined` where no JWK can say it. */
export function describeCryptoKey(key: CryptoKey): Omit<NativeDescription, 'material'> | undefined {
  const algorithm: KeyAlgorithmDetails = key.algorithm
  const family = Object.hasOwn(families, algorithm.name) ? families[algorithm.name] : undefined
  if (family === undefined) return undefined
  const bits = algorithm.modulusLength ?? algorithm.length
  const crv = algorithm.namedCurve ?? (family.kty === 'OKP' ? algorithm.name : undefined)
  return {
    kty: family.kty,
    isPrivate: key.type !== 'public',
    // The public half of a key for agreement has no usages, which does not mean that it is of no use.
    ...(key.usages.length > 0 && { keyOps: key.usages }),
    ...(crv !== undefined && { crv }),
    ...(family.alg && { alg: family.alg(algorithm) }),
    ...(bits !== undefined && { bits }),
  }
}

/** The public members of a key pair; of a secret only its type. */
export function publicHalf({ kty, crv, x, y, n, e, alg, pub }: KeyMembers): KeyMembers {
  const members = { crv, x, y, n, e, alg, pub }
  return { kty, ...Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) }
}
