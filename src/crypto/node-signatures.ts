import { derToRaw, rawToDer } from './ecdsa-signature.ts'
import { createMac } from './node-hmac.ts'
import type { NodePlatform } from './node-platform.ts'
import type { NodePool } from './node-pool.ts'
import type { BufferConstructor, KeyObject, NodeBytes, NodeCrypto, SigningKey } from './node-types.ts'
import type { Data, HashName, SignatureScheme, Signer, Verifier } from './primitives.ts'
import { curveWidths, digestLengths, nodeHashNames } from './schemes.ts'
import { signatureCost, verificationCost } from './signature-cost.ts'

/** What signatures are made with. */
export interface SignaturePlatform extends NodePlatform {
  readonly pool: NodePool
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
      return createPlainSigner(platform, key, signatureCost(key, scheme))
    case 'ecdsa':
      return createEcdsaSigner(platform, key, scheme)
    default:
      return createRsaSigner(platform, key, scheme)
  }
}

/** For algorithms that hash for themselves. */
function createPlainSigner({ crypto, buffer, pool }: SignaturePlatform, key: KeyObject, cost: number): Signer {
  return (data) => {
    const bytes = toBytes(buffer, data)
    if (pool.isInline(cost)) return crypto.sign(null, bytes, key).toString('base64url')
    return pool.run<NodeBytes>((done) => crypto.sign(null, bytes, key, done)).then(toText)
  }
}

function toText(signature: NodeBytes): string {
  return signature.toString('base64url')
}

/** On P-256 a signature costs less than the way to the pool and back. */
function createEcdsaSigner(
  { crypto, buffer, pool }: SignaturePlatform,
  key: KeyObject,
  scheme: Scheme<'ecdsa'>,
): Signer {
  const hash = nodeHashNames[scheme.hash]
  const width = curveWidths[scheme.curve]
  const cost = signatureCost(key, scheme)
  const isQuick = scheme.curve === 'P-256'
  const finish = (der: Uint8Array): string => derToRaw(der, width, buffer.alloc(2 * width)).toString('base64url')
  return (data) => {
    const bytes = toBytes(buffer, data)
    if (isQuick || pool.isInline(cost)) return finish(crypto.sign(hash, bytes, key))
    return pool.run<NodeBytes>((done) => crypto.sign(hash, bytes, key, done)).then(finish)
  }
}

/** Above 2048 bits a signature takes a millisecond and more: it never fits into a turn, and the pool makes it. */
function createRsaSigner(
  { crypto, buffer, pool }: SignaturePlatform,
  key: KeyObject,
  scheme: Scheme<'rsa-pkcs1' | 'rsa-pss'>,
): Signer {
  const hash = nodeHashNames[scheme.hash]
  const input = rsaKey(crypto, key, scheme)
  const cost = signatureCost(key, scheme)
  return (data) => {
    const bytes = toBytes(buffer, data)
    if (pool.isInline(cost)) return toText(crypto.sign(hash, bytes, input))
    return pool.run<NodeBytes>((done) => crypto.sign(hash, bytes, input, done)).then(toText)
  }
}

/** Verifies with a key of node:crypto. Answers at once, unless it has to be the thread pool. */
export function createNodeVerifier(platform: SignaturePlatform, key: KeyObject, scheme: SignatureScheme): Verifier {
  switch (scheme.family) {
    case 'hmac':
      return createHmacVerifier(platform, key, scheme)
    case 'eddsa':
    case 'ml-dsa':
      return createPlainVerifier(platform, key, verificationCost(key, scheme))
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

/** For algorithms that hash for themselves. */
function createPlainVerifier({ crypto, buffer, pool }: SignaturePlatform, key: KeyObject, cost: number): Verifier {
  return (data, signature) => {
    const bytes = toBytes(buffer, data)
    if (pool.isInline(cost)) return crypto.verify(null, bytes, key, signature)
    return pool.run((done) => crypto.verify(null, bytes, key, signature, done))
  }
}

/*
 * ECDSA and RSA: at once `createVerify` costs less than the one-shot `verify`, which sets up OpenSSL's digest machinery
 * anew. For signing there is no difference.
 */

function createEcdsaVerifier(
  { crypto, buffer, pool }: SignaturePlatform,
  key: KeyObject,
  scheme: Scheme<'ecdsa'>,
): Verifier {
  const hash = nodeHashNames[scheme.hash]
  const width = curveWidths[scheme.curve]
  const cost = verificationCost(key, scheme)
  const allocate = (length: number): Uint8Array => buffer.allocUnsafe(length)
  return (data, signature) => {
    if (signature.length !== 2 * width) return false
    const der = rawToDer(signature, allocate)
    if (pool.isInline(cost)) return crypto.createVerify(hash).update(data).verify(key, der)
    return pool.run((done) => crypto.verify(hash, toBytes(buffer, data), key, der, done))
  }
}

/** As long as the modulus: of a PSS signature OpenSSL also takes what is left without its leading zeros. @spec RFC 8017 §8.1.2 */
function createRsaVerifier(
  { crypto, buffer, pool }: SignaturePlatform,
  key: KeyObject,
  scheme: Scheme<'rsa-pkcs1' | 'rsa-pss'>,
): Verifier {
  const hash = nodeHashNames[scheme.hash]
  const input = rsaKey(crypto, key, scheme)
  const bits = key.asymmetricKeyDetails?.modulusLength
  const length = bits && Math.ceil(bits / 8)
  const cost = verificationCost(key, scheme)
  return (data, signature) => {
    if (length !== undefined && signature.length !== length) return false
    if (pool.isInline(cost)) return crypto.createVerify(hash).update(data).verify(input, signature)
    return pool.run((done) => crypto.verify(hash, toBytes(buffer, data), input, signature, done))
  }
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
