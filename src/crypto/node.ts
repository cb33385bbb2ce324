import type { Awaitable } from '../util/awaitable.ts'
import { keyAlgorithmOf } from './der.ts'
import { derKeyKind } from './der-keys.ts'
import { derToRaw, rawToDer } from './ecdsa-signature.ts'
import type {
  BufferConstructor,
  Callback,
  KeyObject,
  NodeBytes,
  NodeCrypto,
  NodeProcess,
  SigningKey,
} from './node-types.ts'
import { kindOf, PlatformUnsupportedError } from './platform-unsupported.ts'
import type {
  AesGcmInput,
  CryptoBackend,
  Data,
  HashName,
  KeyMembers,
  KeyPairScheme,
  NativeDescription,
  ScryptParameters,
  SignatureScheme,
  Signer,
  Verifier,
} from './primitives.ts'
import { curveWidths, digestLengths, publicHalf } from './schemes.ts'
import { createWebBackend } from './web.ts'

/*
 * node:crypto, through `process.getBuiltinModule`: Node, and Bun, Deno and Workers where they offer it. Every operation
 * answers at once, except RSA signatures (250 µs and more), password hashing and the making of keys, which go to the
 * thread pool and leave the event loop free.
 */

const hashNames: Readonly<Record<HashName, string>> = {
  'sha-1': 'sha1',
  'sha-256': 'sha256',
  'sha-384': 'sha384',
  'sha-512': 'sha512',
}

/** The backend over node:crypto, or nothing where the runtime has none. */
export function createNodeBackend(): CryptoBackend | undefined {
  const runtime = globalThis as { process?: NodeProcess; Buffer?: BufferConstructor }
  const crypto = runtime.process?.getBuiltinModule?.('node:crypto') as NodeCrypto | undefined
  if (crypto === undefined || runtime.Buffer === undefined) return undefined
  return {
    name: 'node',
    ...digests(crypto),
    ...derivations(crypto),
    ...ciphers(crypto),
    ...keys(crypto, runtime.Buffer),
  }
}

type Digests = Pick<CryptoBackend, 'randomBytes' | 'timingSafeEqual' | 'hash' | 'hashBase64url' | 'hmac'>

function digests(crypto: NodeCrypto): Digests {
  // The one-shot form of Node ≥ 20.12 takes a third of the time; Bun and Deno may lack it.
  const oneShot = typeof crypto.hash === 'function'
  return {
    randomBytes: (length) => crypto.randomBytes(length),
    timingSafeEqual: (a, b) => a.length === b.length && crypto.timingSafeEqual(a, b),
    hash: (name, data) =>
      oneShot && crypto.hash
        ? crypto.hash(hashNames[name], data, 'buffer')
        : crypto.createHash(hashNames[name]).update(data).digest(),
    hashBase64url: (name, data) =>
      oneShot && crypto.hash
        ? crypto.hash(hashNames[name], data, 'base64url')
        : crypto.createHash(hashNames[name]).update(data).digest('base64url'),
    hmac: (name, key, data) => crypto.createHmac(hashNames[name], key).update(data).digest(),
  }
}

type Derivations = Pick<CryptoBackend, 'hkdf' | 'pbkdf2'> & Required<Pick<CryptoBackend, 'scrypt'>>

function derivations(crypto: NodeCrypto): Derivations {
  return {
    hkdf: (name, secret, salt, info, length) =>
      new Uint8Array(crypto.hkdfSync(hashNames[name], secret, salt, info, length)),
    pbkdf2: (name, password, salt, iterations, length) =>
      pooled((done) => crypto.pbkdf2(password, salt, iterations, length, hashNames[name], done)),
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
      const cipher = crypto.createCipheriv(`aes-${key.length * 8}-gcm`, key, iv)
      if (additionalData) cipher.setAAD(additionalData)
      const sealed = new Uint8Array(data.length + tagLength)
      sealed.set(cipher.update(data))
      cipher.final()
      sealed.set(cipher.getAuthTag(), data.length)
      return sealed
    },
    aesGcmDecrypt({ key, iv, data, additionalData }: AesGcmInput): Uint8Array | undefined {
      if (data.length < tagLength) return undefined
      const decipher = crypto.createDecipheriv(`aes-${key.length * 8}-gcm`, key, iv, { authTagLength: tagLength })
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

/** Runs a callback-style operation of the thread pool. */
function pooled<T>(start: (done: Callback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, value) => (error ? reject(error) : resolve(value)))
  })
}

type Keys = Pick<CryptoBackend, 'generateKeyPair' | 'checkKey' | 'importDer' | 'importNative' | 'signer' | 'verifier'>

function keys(crypto: NodeCrypto, buffer: BufferConstructor): Keys {
  return {
    async generateKeyPair(scheme, modulusLength) {
      const kind = kindOf(scheme)
      if (kind !== undefined && !has(crypto, kind)) throw new PlatformUnsupportedError(kind)
      return generate(crypto, scheme, modulusLength)
    },
    checkKey(members): void {
      verifyingKey(crypto, members)
      if (members.d !== undefined || members.priv !== undefined) signingKey(crypto, members)
    },
    importDer: (format, der) => probing(crypto, derKind(format, der), () => fromDer(crypto, format, der)),
    importNative: (key) => describe(crypto, key),
    signer: (material, scheme) =>
      'native' in material
        ? createWebBackend().signer(material, scheme)
        : signerOf(crypto, buffer, signingKey(crypto, material), scheme),
    verifier: (material, scheme) =>
      'native' in material
        ? createWebBackend().verifier(material, scheme)
        : verifierOf(crypto, buffer, verifyingKey(crypto, material), scheme),
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

function signingKey(crypto: NodeCrypto, members: KeyMembers): KeyObject {
  if (members.k !== undefined) return crypto.createSecretKey(members.k, 'base64url')
  return probing(crypto, kindOf(members), () => crypto.createPrivateKey({ key: members, format: 'jwk' }))
}

function verifyingKey(crypto: NodeCrypto, members: KeyMembers): KeyObject {
  if (members.k !== undefined) return crypto.createSecretKey(members.k, 'base64url')
  return probing(crypto, kindOf(members), () => crypto.createPublicKey({ key: publicHalf(members), format: 'jwk' }))
}

function signerOf(crypto: NodeCrypto, buffer: BufferConstructor, key: KeyObject, scheme: SignatureScheme): Signer {
  const bytes = (data: Data): Uint8Array => (typeof data === 'string' ? buffer.from(data) : data)
  if (scheme.family === 'eddsa' || scheme.family === 'ml-dsa') {
    return (data) => crypto.sign(null, bytes(data), key).toString('base64url')
  }
  const hash = hashNames[scheme.hash]
  if (scheme.family === 'hmac') return (data) => crypto.createHmac(hash, key).update(data).digest('base64url')
  if (scheme.family === 'ecdsa') {
    const width = curveWidths[scheme.curve]
    return (data) => derToRaw(crypto.sign(hash, bytes(data), key), width, buffer.alloc(2 * width)).toString('base64url')
  }
  const input = scheme.family === 'rsa-pss' ? pssKey(crypto, key, scheme.hash) : key
  return async (data) => {
    const signature = await pooled<NodeBytes>((done) => crypto.sign(hash, bytes(data), input, done))
    return signature.toString('base64url')
  }
}

function verifierOf(crypto: NodeCrypto, buffer: BufferConstructor, key: KeyObject, scheme: SignatureScheme): Verifier {
  const bytes = (data: Data): Uint8Array => (typeof data === 'string' ? buffer.from(data) : data)
  if (scheme.family === 'eddsa' || scheme.family === 'ml-dsa') {
    return (data, signature) => crypto.verify(null, bytes(data), key, signature)
  }
  const hash = hashNames[scheme.hash]
  if (scheme.family === 'hmac') {
    return (data, signature) => {
      // By way of text: a Buffer cut from the pool is cheaper than the one that `digest()` allocates outside the heap.
      const expected = buffer.from(crypto.createHmac(hash, key).update(data).digest('latin1'), 'latin1')
      return signature.length === expected.length && crypto.timingSafeEqual(signature, expected)
    }
  }
  if (scheme.family === 'ecdsa') {
    const length = 2 * curveWidths[scheme.curve]
    return (data, signature) =>
      signature.length === length && crypto.verify(hash, bytes(data), key, rawToDer(signature))
  }
  const input = scheme.family === 'rsa-pss' ? pssKey(crypto, key, scheme.hash) : key
  return (data, signature) => crypto.verify(hash, bytes(data), input, signature)
}

/** The salt is as long as the digest. @spec RFC 7518 §3.5 */
function pssKey(crypto: NodeCrypto, key: KeyObject, hash: HashName): SigningKey {
  return { key, padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: digestLengths[hash] }
}
