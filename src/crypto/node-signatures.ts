import { derToRaw, rawToDer } from './ecdsa-signature.ts'
import { createMac } from './node-hmac.ts'
import type { BufferConstructor, Callback, KeyObject, NodeBytes, NodeCrypto, SigningKey } from './node-types.ts'
import type { Data, HashName, SignatureScheme, Signer, Verifier } from './primitives.ts'
import { curveWidths, digestLengths, nodeHashNames } from './schemes.ts'

/** What signatures are made with. */
export interface SignaturePlatform {
  readonly crypto: NodeCrypto
  readonly buffer: BufferConstructor
  /** Whether one more RSA signature may hold up this turn of the event loop. */
  readonly mayHoldUp: () => boolean
}

type Scheme<Family> = Extract<SignatureScheme, { family: Family }>

/** Signs with a key of node:crypto. Answers at once, unless it has to be the thread pool. */
export function createNodeSigner(platform: SignaturePlatform, key: KeyObject, scheme: SignatureScheme): Signer {
  const { crypto, buffer } = platform
  switch (scheme.family) {
    case 'hmac': {
      const mac = createMac(crypto, buffer, scheme.hash, key)
      return (data) => mac(data, 'base64url')
    }
    case 'eddsa':
    case 'ml-dsa':
      return (data) => crypto.sign(null, toBytes(buffer, data), key).toString('base64url')
    case 'ecdsa':
      return createEcdsaSigner(platform, key, scheme)
    default:
      return createRsaSigner(platform, key, scheme)
  }
}

function createEcdsaSigner({ crypto, buffer }: SignaturePlatform, key: KeyObject, scheme: Scheme<'ecdsa'>): Signer {
  const hash = nodeHashNames[scheme.hash]
  const width = curveWidths[scheme.curve]
  return (data) => {
    const der = crypto.sign(hash, toBytes(buffer, data), key)
    return derToRaw(der, width, buffer.alloc(2 * width)).toString('base64url')
  }
}

/** Above this a signature takes a millisecond and more. */
const longestHoldUpBits = 2048

/**
 * An RSA signature takes a quarter of a millisecond. The first few in a turn of the event loop are made at once: the
 * way to the thread pool and back would add a tenth. Where many are wanted the pool makes the rest, on all cores, and
 * the loop goes on.
 */
function createRsaSigner(
  { crypto, buffer, mayHoldUp }: SignaturePlatform,
  key: KeyObject,
  scheme: Scheme<'rsa-pkcs1' | 'rsa-pss'>,
): Signer {
  const hash = nodeHashNames[scheme.hash]
  const input = rsaKey(crypto, key, scheme)
  const isQuick = (key.asymmetricKeyDetails?.modulusLength ?? Infinity) <= longestHoldUpBits
  return (data) => {
    const bytes = toBytes(buffer, data)
    if (isQuick && mayHoldUp()) return crypto.sign(hash, bytes, input).toString('base64url')
    return pooled<NodeBytes>((done) => crypto.sign(hash, bytes, input, done)).then((made) => made.toString('base64url'))
  }
}

/** Verifies with a key of node:crypto, at once. */
export function createNodeVerifier(platform: SignaturePlatform, key: KeyObject, scheme: SignatureScheme): Verifier {
  const { crypto, buffer } = platform
  switch (scheme.family) {
    case 'hmac':
      return createHmacVerifier(platform, key, scheme)
    case 'eddsa':
    case 'ml-dsa':
      return (data, signature) => crypto.verify(null, toBytes(buffer, data), key, signature)
    case 'ecdsa':
      return createEcdsaVerifier(platform, key, scheme)
    default:
      return createRsaVerifier(platform, key, scheme)
  }
}

function createHmacVerifier({ crypto, buffer }: SignaturePlatform, key: KeyObject, scheme: Scheme<'hmac'>): Verifier {
  const mac = createMac(crypto, buffer, scheme.hash, key)
  return (data, signature) => {
    const expected = buffer.from(mac(data, 'latin1'), 'latin1')
    return signature.length === expected.length && crypto.timingSafeEqual(signature, expected)
  }
}

/*
 * ECDSA and RSA: `createVerify` costs less than the one-shot `verify`, which sets up OpenSSL's digest machinery anew. For
 * signing there is no difference.
 */

function createEcdsaVerifier({ crypto, buffer }: SignaturePlatform, key: KeyObject, scheme: Scheme<'ecdsa'>): Verifier {
  const hash = nodeHashNames[scheme.hash]
  const width = curveWidths[scheme.curve]
  const fromPool = (length: number): Uint8Array => buffer.allocUnsafe(length)
  return (data, signature) =>
    signature.length === 2 * width && crypto.createVerify(hash).update(data).verify(key, rawToDer(signature, fromPool))
}

/** As long as the modulus: of a PSS signature OpenSSL also takes what is left without its leading zeros. @spec RFC 8017 §8.1.2 */
function createRsaVerifier(
  { crypto }: SignaturePlatform,
  key: KeyObject,
  scheme: Scheme<'rsa-pkcs1' | 'rsa-pss'>,
): Verifier {
  const hash = nodeHashNames[scheme.hash]
  const input = rsaKey(crypto, key, scheme)
  const bits = key.asymmetricKeyDetails?.modulusLength
  const length = bits && Math.ceil(bits / 8)
  return (data, signature) =>
    (length === undefined || signature.length === length) &&
    crypto.createVerify(hash).update(data).verify(input, signature)
}

function rsaKey(
  crypto: NodeCrypto,
  key: KeyObject,
  { family, hash }: Scheme<'rsa-pkcs1' | 'rsa-pss'>,
): KeyObject | SigningKey {
  return family === 'rsa-pss' ? pssKey(crypto, key, hash) : key
}

/** The salt is as long as the digest. @spec RFC 7518 §3.5 */
function pssKey(crypto: NodeCrypto, key: KeyObject, hash: HashName): SigningKey {
  return { key, padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: digestLengths[hash] }
}

function toBytes(buffer: BufferConstructor, data: Data): Uint8Array {
  return typeof data === 'string' ? buffer.from(data) : data
}

/** Runs a callback-style operation of the thread pool. */
export function pooled<T>(start: (done: Callback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, value) => (error ? reject(error) : resolve(value)))
  })
}
