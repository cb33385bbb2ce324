import type { Awaitable } from '../util/awaitable.ts'
import { keyAlgorithmOf } from './der.ts'
import { derKeyKind } from './der-keys.ts'
import { nodeDigests } from './node-digests.ts'
import { findNodePlatform } from './node-platform.ts'
import { createNodePool, pooled } from './node-pool.ts'
import { createNodeSigner, createNodeVerifier, type SignaturePlatform } from './node-signatures.ts'
import type { KeyObject, NodeCrypto } from './node-types.ts'
import { kindOf, PlatformUnsupportedError } from './platform-unsupported.ts'
import type {
  AesGcmInput,
  CryptoBackend,
  KeyMembers,
  KeyPairScheme,
  NativeDescription,
  ScryptParameters,
} from './primitives.ts'
import { nodeHashNames, publicHalf } from './schemes.ts'
import { createWebBackend } from './web.ts'

/*
 * node:crypto. Every operation answers at once, except signatures where many are wanted in one turn of the event loop, password hashing and the
 * making of keys: these go to the thread pool and leave the loop free. Secrets are handed over as key objects, which cost
 * one microsecond to make: from Node 24 on bytes cost nine more.
 */

/** The backend over node:crypto, or nothing where the runtime has none. */
export function createNodeBackend(): CryptoBackend | undefined {
  const platform = findNodePlatform()
  if (platform === undefined) return undefined
  const { crypto } = platform
  return {
    name: 'node',
    ...nodeDigests(platform),
    ...derivations(crypto),
    ...ciphers(crypto),
    ...keys({ ...platform, pool: createNodePool() }),
  }
}

type Derivations = Pick<CryptoBackend, 'hkdf' | 'pbkdf2'> & Required<Pick<CryptoBackend, 'scrypt'>>

function derivations(crypto: NodeCrypto): Derivations {
  return {
    hkdf: (name, secret, salt, info, length) =>
      new Uint8Array(crypto.hkdfSync(nodeHashNames[name], secret, salt, info, length)),
    pbkdf2: (name, password, salt, iterations, length) =>
      pooled((done) => crypto.pbkdf2(password, salt, iterations, length, nodeHashNames[name], done)),
    scrypt: (password, salt, parameters, length) =>
      pooled((done) => crypto.scrypt(password, salt, length, scryptOptions(parameters), done)),
  }
}

/** OpenSSL counts a little more than the 128 · N · r bytes of the algorithm; twice that is room enough. */
function scryptOptions({ cost, blockSize, parallelization }: ScryptParameters): object {
  return { cost, blockSize, parallelization, maxmem: 256 * cost * blockSize }
}

const tagLength = 16

function ciphers(crypto: NodeCrypto): Pick<CryptoBackend, 'aesGcmEncrypt' | 'aesGcmDecrypt'> {
  return {
    aesGcmEncrypt({ key, iv, data, additionalData }: AesGcmInput): Uint8Array {
      const cipher = crypto.createCipheriv(`aes-${key.length * 8}-gcm`, crypto.createSecretKey(key), iv)
      if (additionalData) cipher.setAAD(additionalData)
      const sealed = new Uint8Array(data.length + tagLength)
      sealed.set(cipher.update(data))
      cipher.final()
      sealed.set(cipher.getAuthTag(), data.length)
      return sealed
    },
    aesGcmDecrypt({ key, iv, data, additionalData }: AesGcmInput): Uint8Array | undefined {
      if (data.length < tagLength) return undefined
      const secret = crypto.createSecretKey(key)
      const decipher = crypto.createDecipheriv(`aes-${key.length * 8}-gcm`, secret, iv, { authTagLength: tagLength })
      if (additionalData) decipher.setAAD(additionalData)
      decipher.setAuthTag(data.subarray(data.length - tagLength))
      const plain = decipher.update(data.subarray(0, data.length - tagLength))
      try {
        decipher.final()
        return plain
      } catch {
        return undefined
      }
    },
  }
}

type Keys = Pick<CryptoBackend, 'generateKeyPair' | 'checkKey' | 'importDer' | 'importNative' | 'signer' | 'verifier'>

function keys(platform: SignaturePlatform): Keys {
  const { crypto } = platform
  return {
    async generateKeyPair(scheme, modulusLength) {
      const kind = kindOf(scheme)
      if (kind !== undefined && !has(crypto, kind)) throw new PlatformUnsupportedError(kind)
      return generate(crypto, scheme, modulusLength)
    },
    checkKey(members): void {
      verifyingKey(crypto, members)
      if (members.d !== undefined || members.priv !== undefined) checkPrivate(members, signingKey(crypto, members))
    },
    importDer: (format, der) => probing(crypto, derKind(format, der), () => fromDer(crypto, format, der)),
    importNative: (key) => describe(crypto, key),
    signer: (material, scheme) =>
      'native' in material
        ? createWebBackend().signer(material, scheme)
        : createNodeSigner(platform, signingKey(crypto, material), scheme),
    verifier: (material, scheme) =>
      'native' in material
        ? createWebBackend().verifier(material, scheme)
        : createNodeVerifier(platform, verifyingKey(crypto, material), scheme),
  }
}

/** Tells a platform that lacks a curve from a key that is broken: only the first fails on a key known to be good. */
function probing<T>(crypto: NodeCrypto, kind: string | undefined, step: () => T): T {
  try {
    return step()
  } catch (cause) {
    if (kind === undefined || has(crypto, kind)) throw cause
    throw new PlatformUnsupportedError(kind, { cause })
  }
}

const zeros = (bytes: number): string => 'A'.repeat(Math.ceil((bytes * 8) / 6))

/** Public keys that every platform reads which has their kind: bytes of the right number, and a point of secp256k1. */
function probe(kind: string): KeyMembers {
  const lengths: Readonly<Record<string, number>> = { Ed25519: 32, X25519: 32, Ed448: 57, X448: 56 }
  const sets: Readonly<Record<string, number>> = { 'ML-DSA-44': 1312, 'ML-DSA-65': 1952, 'ML-DSA-87': 2592 }
  const [length, set] = [lengths[kind], sets[kind]]
  if (length !== undefined) return { kty: 'OKP', crv: kind, x: zeros(length) }
  if (set !== undefined) return { kty: 'AKP', alg: kind, pub: zeros(set) }
  const x = 'eb5mfvncu6xVoGKVzocLBwKb_NstzijZWfKBWxb4F5g'
  return { kty: 'EC', crv: kind, x, y: 'SDradyajxGVdpPv8DhEIqP0XtEimhVQZnEfQj_sQ1Lg' }
}

function has(crypto: NodeCrypto, kind: string): boolean {
  try {
    crypto.createPublicKey({ key: probe(kind), format: 'jwk' })
    return true
  } catch {
    return false
  }
}

function fromDer(crypto: NodeCrypto, format: 'spki' | 'pkcs8', der: Uint8Array): KeyMembers {
  const input = { key: der, format: 'der', type: format } as const
  const key = format === 'spki' ? crypto.createPublicKey(input) : crypto.createPrivateKey(input)
  return key.export({ format: 'jwk' })
}

function derKind(format: 'spki' | 'pkcs8', der: Uint8Array): string | undefined {
  try {
    return derKeyKind(keyAlgorithmOf(format, der))
  } catch {
    return undefined
  }
}

function generate(crypto: NodeCrypto, scheme: KeyPairScheme, modulusLength: number): Promise<KeyMembers> {
  const [type, options] = generation(scheme, modulusLength)
  return new Promise((resolve, reject) => {
    crypto.generateKeyPair(type, options, (error, _publicKey, privateKey) => {
      if (error || privateKey === undefined) reject(error)
      else resolve(privateKey.export({ format: 'jwk' }))
    })
  })
}

function generation(scheme: KeyPairScheme, modulusLength: number): [type: string, options: object] {
  switch (scheme.family) {
    case 'ecdsa':
      return ['ec', { namedCurve: scheme.curve }]
    case 'eddsa':
      return [(scheme.curve ?? 'Ed25519').toLowerCase(), {}]
    case 'xdh':
      return [scheme.curve.toLowerCase(), {}]
    case 'ml-dsa':
      return [scheme.parameterSet.toLowerCase(), {}]
    default:
      return ['rsa', { modulusLength }]
  }
}

/** A `CryptoKey` stays with WebCrypto: Node ≥ 24 does not want one that is not extractable to become a `KeyObject`. */
function describe(crypto: NodeCrypto, key: object): Awaitable<NativeDescription | undefined> {
  if (!(key instanceof crypto.KeyObject)) return createWebBackend().importNative(key)
  const material = key.export({ format: 'jwk' })
  const { kty, crv, alg } = material
  const isPrivate = key.type !== 'public'
  return { material, kty, ...(crv && { crv }), ...(alg && { alg }), isPrivate, ...publicMembersOf(crypto, key) }
}

function publicMembersOf(crypto: NodeCrypto, key: KeyObject): { publicMembers?: KeyMembers } {
  if (key.type === 'secret') return {}
  const publicKey = key.type === 'private' ? crypto.createPublicKey(key) : key
  return { publicMembers: publicKey.export({ format: 'jwk' }) }
}

/** For these curves node:crypto does not look at the public half of a private key. @spec RFC 8037 §2 */
function checkPrivate({ kty, x }: KeyMembers, key: KeyObject): void {
  if (kty === 'OKP' && key.export({ format: 'jwk' }).x !== x) throw new TypeError('the halves do not belong together')
}

function signingKey(crypto: NodeCrypto, members: KeyMembers): KeyObject {
  if (members.k !== undefined) return crypto.createSecretKey(members.k, 'base64url')
  return probing(crypto, kindOf(members), () => crypto.createPrivateKey({ key: members, format: 'jwk' }))
}

function verifyingKey(crypto: NodeCrypto, members: KeyMembers): KeyObject {
  if (members.k !== undefined) return crypto.createSecretKey(members.k, 'base64url')
  return probing(crypto, kindOf(members), () => crypto.createPublicKey({ key: publicHalf(members), format: 'jwk' }))
}
