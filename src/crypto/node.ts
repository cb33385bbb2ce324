import type { Awaitable } from '../util/awaitable.ts'
import { createNodeSigner, createNodeVerifier, pooled, type SignaturePlatform } from './node-signatures.ts'
import type { BufferConstructor, KeyObject, NodeCrypto, NodeProcess } from './node-types.ts'
import type {
  AesGcmInput,
  CryptoBackend,
  KeyMembers,
  NativeDescription,
  ScryptParameters,
  SignatureScheme,
} from './primitives.ts'
import { nodeHashNames } from './schemes.ts'
import { createTurnBudget } from './turn-budget.ts'
import { createWebBackend } from './web.ts'

/*
 * node:crypto, through `process.getBuiltinModule`: Node, and Bun, Deno and Workers where they offer it. Every operation
 * answers at once, except RSA signatures beyond the first few in a turn of the event loop, password hashing and the
 * making of keys: these go to the thread pool and leave the loop free.
 */

/** A millisecond at most, with keys that are quick enough to be signed with at once. */
const rsaSignaturesPerTurn = 4

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
    ...keys({ crypto, buffer: runtime.Buffer, mayHoldUp: createTurnBudget(rsaSignaturesPerTurn) }),
  }
}

type Digests = Pick<CryptoBackend, 'randomBytes' | 'timingSafeEqual' | 'hash' | 'hashBase64url' | 'hmac'>

function digests(crypto: NodeCrypto): Digests {
  // The one-shot form of Node ≥ 20.12 takes a third of the time; Bun and Deno may lack it.
  const digest = typeof crypto.hash === 'function' ? crypto.hash : undefined
  return {
    randomBytes: (length) => crypto.randomBytes(length),
    timingSafeEqual: (a, b) => a.length === b.length && crypto.timingSafeEqual(a, b),
    hash: (name, data) =>
      digest === undefined
        ? crypto.createHash(nodeHashNames[name]).update(data).digest()
        : digest(nodeHashNames[name], data, 'buffer'),
    hashBase64url: (name, data) =>
      digest === undefined
        ? crypto.createHash(nodeHashNames[name]).update(data).digest('base64url')
        : digest(nodeHashNames[name], data, 'base64url'),
    hmac: (name, key, data) => crypto.createHmac(nodeHashNames[name], key).update(data).digest(),
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

type Keys = Pick<CryptoBackend, 'generateKeyPair' | 'importDer' | 'importNative' | 'signer' | 'verifier'>

function keys(platform: SignaturePlatform): Keys {
  const { crypto } = platform
  return {
    generateKeyPair: (scheme, modulusLength) => generate(crypto, scheme, modulusLength),
    importDer: (format, der) =>
      (format === 'spki'
        ? crypto.createPublicKey({ key: der, format: 'der', type: 'spki' })
        : crypto.createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
      ).export({ format: 'jwk' }),
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

function generate(crypto: NodeCrypto, scheme: SignatureScheme, modulusLength: number): Promise<KeyMembers> {
  return new Promise((resolve, reject) => {
    const [type, options] = generation(scheme, modulusLength)
    crypto.generateKeyPair(type, options, (error, _publicKey, privateKey) => {
      if (error || privateKey === undefined) reject(error)
      else resolve(privateKey.export({ format: 'jwk' }))
    })
  })
}

function generation(scheme: SignatureScheme, modulusLength: number): [type: string, options: object] {
  switch (scheme.family) {
    case 'ecdsa':
      return ['ec', { namedCurve: scheme.curve }]
    case 'eddsa':
      return [scheme.curve.toLowerCase(), {}]
    default:
      return ['rsa', { modulusLength }]
  }
}

/** A `CryptoKey` stays with WebCrypto: Node ≥ 24 does not want one that is not extractable to become a `KeyObject`. */
function describe(crypto: NodeCrypto, key: object): Awaitable<NativeDescription | undefined> {
  if (!(key instanceof crypto.KeyObject)) return createWebBackend().importNative(key)
  const material = key.export({ format: 'jwk' })
  const { kty, crv } = material
  const isPrivate = key.type !== 'public'
  return { material, kty, ...(crv && { crv }), isPrivate, ...publicMembersOf(crypto, key) }
}

function publicMembersOf(crypto: NodeCrypto, key: KeyObject): { publicMembers?: KeyMembers } {
  if (key.type === 'secret') return {}
  const publicKey = key.type === 'private' ? crypto.createPublicKey(key) : key
  return { publicMembers: publicKey.export({ format: 'jwk' }) }
}

function signingKey(crypto: NodeCrypto, members: KeyMembers): KeyObject {
  if (members.k !== undefined) return crypto.createSecretKey(members.k, 'base64url')
  return crypto.createPrivateKey({ key: members, format: 'jwk' })
}

function verifyingKey(crypto: NodeCrypto, members: KeyMembers): KeyObject {
  if (members.k !== undefined) return crypto.createSecretKey(members.k, 'base64url')
  return crypto.createPublicKey({ key: members, format: 'jwk' })
}
