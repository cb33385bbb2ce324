import { type CryptoBackend, type HashName, type KeyMembers, PlatformUnsupportedError } from '../../crypto/backend.ts'
import { derObjectIdentifier } from '../../crypto/der-keys.ts'
import { encodeBase64url } from '../../util/base64url.ts'
import type { SignatureAlgorithm } from '../algorithms/signature-registry.ts'
import { JoseError } from '../errors.ts'
import { element, objectIdentifier, octetString, sequence, smallInteger } from './formats/asn1.ts'
import { keyShapeOf } from './key-types.ts'

export interface DerivationOptions {
  /** Need not be secret. Default: none. */
  readonly salt?: Uint8Array
  /** What the key is for; each purpose has its own. Default: `authwright ` and the algorithm. */
  readonly info?: string
  /** The hash of HKDF, `sha-256` by default. */
  readonly hash?: Exclude<HashName, 'sha-1'>
}

/** A secret that can be guessed makes a key that can be guessed. */
const minimumSecret = 16

/**
 * Makes the material of a key for an algorithm out of a secret, the same one each time.
 *
 * @spec RFC 5869 §2
 */
export async function deriveMembers(
  algorithm: SignatureAlgorithm,
  secret: Uint8Array,
  { salt = new Uint8Array(), info, hash = 'sha-256' }: DerivationOptions,
  backend: CryptoBackend,
): Promise<KeyMembers> {
  if (secret.length < minimumSecret) {
    throw new JoseError('key_too_weak', `secret is too short: expected at least ${minimumSecret} random bytes`)
  }
  const kind = kindOf(algorithm)
  const bytes = await backend.hkdf(hash, secret, salt, info ?? `authwright ${algorithm.name}`, kind.length)
  if (kind.kty === 'oct') return { kty: 'oct', k: encodeBase64url(bytes) }
  return completed(kind.name, kind.toPrivateKey(bytes), backend)
}

interface Kind {
  readonly kty: string
  readonly name: string
  /** How many bytes the derivation yields. */
  readonly length: number
  /** The AlgorithmIdentifier and private key of PKCS #8. */
  toPrivateKey(bytes: Uint8Array): readonly [Uint8Array, Uint8Array]
}

function kindOf({ kty, crv = [], minimumBits, name }: SignatureAlgorithm): Kind {
  const [curve = name] = crv
  const identifier = sequence(objectIdentifier(kty === 'OKP' || kty === 'AKP' ? derObjectIdentifier(curve) : ''))
  switch (kty) {
    case 'oct':
      return { kty, name, length: minimumBits / 8, toPrivateKey: (bytes) => [identifier, bytes] }
    case 'OKP': {
      const { private: length } = keyShapeOf(kty, 'crv', curve)
      return { kty, name: curve, length, toPrivateKey: (seed) => [identifier, octetString(seed)] }
    }
    case 'AKP':
      return { kty, name, length: 32, toPrivateKey: (seed) => [identifier, element(0x80, seed)] }
    case 'EC':
      return ecKind(curve)
    case 'RSA':
      throw new JoseError('key_unsupported', 'key cannot be derived: expected an algorithm whose keys are not RSA keys')
  }
}

/** The number of points on each curve, which private keys stay below (FIPS 186-5, SEC 2). */
const orders: Readonly<Record<string, bigint>> = {
  'P-256': 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  'P-384': 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  'P-521':
    0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
  secp256k1: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
}

/** Eight bytes more than the number has, so that no private key is likelier than another (FIPS 186-5 §A.2.1). */
const extraBytes = 8

function ecKind(crv: string): Kind {
  const { private: width } = keyShapeOf('EC', 'crv', crv)
  const order = orders[crv] ?? 2n
  const identifier = sequence(objectIdentifier(derObjectIdentifier('EC')), objectIdentifier(derObjectIdentifier(crv)))
  const toPrivateKey = (bytes: Uint8Array): readonly [Uint8Array, Uint8Array] => {
    const scalar = (toNumber(bytes) % (order - 1n)) + 1n
    return [identifier, sequence(smallInteger(1), octetString(toBytes(scalar, width)))]
  }
  return { kty: 'EC', name: crv, length: width + extraBytes, toPrivateKey }
}

function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`)
}

function toBytes(value: bigint, width: number): Uint8Array {
  const pairs =
    value
      .toString(16)
      .padStart(2 * width, '0')
      .match(/../g) ?? []
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16))
}

/** The platform finds the public half, which PKCS #8 may leave out. */
async function completed(
  name: string,
  [identifier, privateKey]: readonly [Uint8Array, Uint8Array],
  backend: CryptoBackend,
): Promise<KeyMembers> {
  try {
    return await backend.importDer('pkcs8', sequence(smallInteger(0), identifier, octetString(privateKey)))
  } catch (cause) {
    if (!(cause instanceof PlatformUnsupportedError)) throw cause
    throw new JoseError('algorithm_unsupported', `"${name}" cannot be derived: ${cause.message}`, { cause })
  }
}
