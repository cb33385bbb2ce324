import { decodeBase64url, encodeBase64url } from '../util/base64url.ts'
import { concatBytes } from '../util/bytes.ts'
import {
  type Aead,
  type Agreement,
  type AgreementCurve,
  agreementCurves,
  type ChaCha20,
  type Decrypter,
  type EncryptionBackend,
  type EphemeralAgreement,
  type LegacyRsa,
  type SecretKey,
} from './encryption-primitives.ts'
import type { NodeEncryptionCrypto } from './node-encryption-types.ts'
import type { KeyObject, NodeProcess } from './node-types.ts'
import type { HashName, KeyMaterial, KeyMembers } from './primitives.ts'
import { createWebEncryption } from './web-encryption.ts'

/* Encryption over node:crypto, which answers at once: the thread pool would cost more than most of it takes. */

/** The encryption of node:crypto, or nothing where the runtime has none. */
export function createNodeEncryption(): EncryptionBackend | undefined {
  const runtime = globalThis as { process?: NodeProcess }
  const crypto = runtime.process?.getBuiltinModule?.('node:crypto') as NodeEncryptionCrypto | undefined
  if (crypto === undefined) return undefined
  const { keyOf, prepareSecret } = cipherKeys(crypto)
  return {
    name: 'node',
    prepareSecret,
    aesGcm: aead(crypto, keyOf, ({ length }) => gcmNames[length] ?? 'no such length'),
    ...blockCiphers(crypto, keyOf),
    ...rsaOaep(crypto),
    ...agreements(crypto),
    legacyRsa: legacyRsa(crypto),
    ...(crypto.getCipherInfo('chacha20-poly1305') && { chaCha20: chaCha20(crypto, keyOf) }),
  }
}

const tagLength = 16

/** By the length of the key; written out, since putting a name together for each text costs more than finding it. */
const gcmNames: Readonly<Record<number, string>> = { 16: 'aes-128-gcm', 24: 'aes-192-gcm', 32: 'aes-256-gcm' }

/** A key that WebCrypto keeps never comes here: see `encryptionBackend`. */
function bytesOf(key: SecretKey): Uint8Array {
  if (key instanceof Uint8Array) return key
  throw new TypeError('a CryptoKey stays with WebCrypto')
}

/** A secret as ciphers take it best: from Node 24 on bytes cost 9 µs more than a key object, which costs one to make. */
type CipherKey = (secret: Uint8Array) => KeyObject

interface CipherKeys {
  readonly keyOf: CipherKey
  /** Keeps the object of a secret that is used again and again, for as long as there is the secret. */
  readonly prepareSecret: (secret: Uint8Array) => void
}

function cipherKeys(crypto: NodeEncryptionCrypto): CipherKeys {
  const prepared = new WeakMap<Uint8Array, KeyObject>()
  return {
    keyOf: (secret) => prepared.get(secret) ?? crypto.createSecretKey(secret),
    prepareSecret: (secret) => {
      prepared.set(secret, crypto.createSecretKey(secret))
    },
  }
}

function aead(crypto: NodeEncryptionCrypto, keyOf: CipherKey, cipherName: (key: Uint8Array) => string): Aead {
  const options = { authTagLength: tagLength }
  return {
    seal({ key, iv, additionalData }, plaintext) {
      const secret = bytesOf(key)
      const cipher = crypto.createCipheriv(cipherName(secret), keyOf(secret), iv)
      cipher.setAAD(additionalData)
      const ciphertext = cipher.update(plaintext)
      cipher.final()
      return { ciphertext, tag: cipher.getAuthTag() }
    },
    open({ key, iv, additionalData }, { ciphertext, tag }) {
      if (tag.length !== tagLength) return undefined
      const secret = bytesOf(key)
      const decipher = crypto.createDecipheriv(cipherName(secret), keyOf(secret), iv, options)
      decipher.setAAD(additionalData)
      decipher.setAuthTag(tag)
      const plaintext = decipher.update(ciphertext)
      try {
        decipher.final()
        return plaintext
      } catch {
        return undefined
      }
    },
  }
}

/** Answers with `undefined` in place of any failure: what failed is nobody's business. */
function quietly(operation: () => Uint8Array): Uint8Array | undefined {
  try {
    return operation()
  } catch {
    return undefined
  }
}

interface Transformer {
  update(data: Uint8Array): Uint8Array
  final(): Uint8Array
}

function transform(transformer: Transformer, data: Uint8Array): Uint8Array {
  const first = transformer.update(data)
  const last = transformer.final()
  if (last.length === 0) return first
  const whole = new Uint8Array(first.length + last.length)
  whole.set(first)
  whole.set(last, first.length)
  return whole
}

type BlockCiphers = Pick<EncryptionBackend, 'aesCbcEncrypt' | 'aesCbcDecrypt' | 'aesKeyWrap' | 'aesKeyUnwrap'>

/** The default initial value of AES Key Wrap. @spec RFC 3394 §2.2.3.1 */
const wrapIv: Uint8Array = new Uint8Array(8).fill(0xa6)

/** Two blocks and the one that proves them: OpenSSL finds nothing wrong with nothing. @spec RFC 3394 §2.2.2 */
const shortestWrapped = 24

function blockCiphers(crypto: NodeEncryptionCrypto, keyOf: CipherKey): BlockCiphers {
  const cbc = (key: Uint8Array): string => `aes-${key.length * 8}-cbc`
  const wrap = (key: Uint8Array): string => `id-aes${key.length * 8}-wrap`
  const ciphers: Omit<BlockCiphers, 'aesKeyWrap' | 'aesKeyUnwrap'> = {
    aesCbcEncrypt: (key, iv, data) => transform(crypto.createCipheriv(cbc(key), keyOf(key), iv), data),
    aesCbcDecrypt: (key, iv, data) => quietly(() => transform(crypto.createDecipheriv(cbc(key), keyOf(key), iv), data)),
  }
  // BoringSSL, which some runtimes stand on, has AES Key Wrap under no name.
  if (crypto.getCipherInfo('id-aes128-wrap') === undefined) return { ...webKeyWrap(), ...ciphers }
  return {
    ...ciphers,
    aesKeyWrap(key, data) {
      const secret = bytesOf(key)
      return transform(crypto.createCipheriv(wrap(secret), keyOf(secret), wrapIv), data)
    },
    aesKeyUnwrap(key, data) {
      if (data.length < shortestWrapped) return undefined
      const secret = bytesOf(key)
      return quietly(() => transform(crypto.createDecipheriv(wrap(secret), keyOf(secret), wrapIv), data))
    },
  }
}

function webKeyWrap(): Pick<EncryptionBackend, 'aesKeyWrap' | 'aesKeyUnwrap'> {
  const { aesKeyWrap, aesKeyUnwrap } = createWebEncryption()
  return { aesKeyWrap, aesKeyUnwrap }
}

const hashNames: Readonly<Record<HashName, string>> = {
  'sha-1': 'sha1',
  'sha-256': 'sha256',
  'sha-384': 'sha384',
  'sha-512': 'sha512',
}

/**
 * The longest modulus, in base64url characters, that is decrypted with at once: 2 048 bits take a quarter of a
 * millisecond, 3 072 bits one or two. What is longer goes to the thread pool by way of WebCrypto, so that no token keeps the event loop for long.
 */
const longestAtOnce = 342

function rsaOaep(crypto: NodeEncryptionCrypto): Pick<EncryptionBackend, 'rsaOaepEncrypter' | 'rsaOaepDecrypter'> {
  const padding = crypto.constants.RSA_PKCS1_OAEP_PADDING
  return {
    rsaOaepEncrypter(material, hash) {
      const key = crypto.createPublicKey({ key: membersOf(material), format: 'jwk' })
      const input = { key, padding, oaepHash: hashNames[hash] }
      return (data) => crypto.publicEncrypt(input, data)
    },
    rsaOaepDecrypter(material, hash) {
      const members = membersOf(material)
      if ((members.n?.length ?? 0) > longestAtOnce) return createWebEncryption().rsaOaepDecrypter(members, hash)
      const key = crypto.createPrivateKey({ key: members, format: 'jwk' })
      const input = { key, padding, oaepHash: hashNames[hash] }
      const length = modulusLength(members)
      // RFC 8017 §7.1.2: as long as the modulus. OpenSSL takes it without its leading zeros too.
      return (data) => (data.length === length ? quietly(() => crypto.privateDecrypt(input, data)) : undefined)
    },
  }
}

/** In bytes. */
function modulusLength({ n = '' }: KeyMembers): number {
  const modulus = decodeBase64url(n)
  return modulus.length - modulus.findIndex((byte) => byte !== 0)
}

function membersOf(material: KeyMaterial): KeyMembers {
  if ('native' in material) throw new TypeError('a CryptoKey stays with WebCrypto')
  return material
}

function legacyRsa(crypto: NodeEncryptionCrypto): LegacyRsa {
  return {
    encrypter(material) {
      const key = crypto.createPublicKey({ key: membersOf(material), format: 'jwk' })
      return (data) => crypto.publicEncrypt({ key, padding: crypto.constants.RSA_PKCS1_PADDING }, data)
    },
    rawDecrypter(material): Decrypter {
      const members = membersOf(material)
      const key = crypto.createPrivateKey({ key: members, format: 'jwk' })
      const input = { key, padding: crypto.constants.RSA_NO_PADDING }
      const length = modulusLength(members)
      // RFC 8017 §7.2.2: as long as the modulus, here too.
      return (data) => (data.length === length ? quietly(() => crypto.privateDecrypt(input, data)) : undefined)
    },
  }
}

function chaCha20(crypto: NodeEncryptionCrypto, keyOf: CipherKey): ChaCha20 {
  return {
    poly1305: aead(crypto, keyOf, () => 'chacha20-poly1305'),
    keyStream: (key, counterAndNonce) =>
      crypto.createCipheriv('chacha20', keyOf(key), counterAndNonce).update(new Uint8Array(64)),
  }
}

type Agreements = Pick<EncryptionBackend, 'agreement' | 'ephemeralAgreement'>

function agreements(crypto: NodeEncryptionCrypto): Agreements {
  return {
    agreement: (material, curve) =>
      isSlow(curve) ? createWebEncryption().agreement(material, curve) : agreement(crypto, membersOf(material), curve),
    ephemeralAgreement(peer, curve) {
      if (isSlow(curve)) return createWebEncryption().ephemeralAgreement(peer, curve)
      return curve === 'P-256' && prefersPoints() ? ephemeralByPoints(crypto, peer) : ephemeral(crypto, peer, curve)
    },
  }
}

/**
 * On the greater NIST curves agreeing takes some milliseconds: there it goes to the thread pool by way of WebCrypto, so
 * that no token keeps the event loop for long.
 */
function isSlow(curve: AgreementCurve): boolean {
  return agreementCurves[curve].kty === 'EC' && curve !== 'P-256'
}

/** On P-256 to read a stranger's key as a key object, and agree with that, takes half as long again. */
function agreement(crypto: NodeEncryptionCrypto, members: KeyMembers, curve: AgreementCurve): Agreement {
  if (curve === 'P-256') {
    const pair = crypto.createECDH('prime256v1')
    pair.setPrivateKey(decodeBase64url(members.d ?? ''))
    return (peer) => quietly(() => pair.computeSecret(pointOf(peer, curve)))
  }
  const privateKey = crypto.createPrivateKey({ key: members, format: 'jwk' })
  return (peer) =>
    quietly(() => notZero(crypto.diffieHellman({ privateKey, publicKey: publicKeyOf(crypto, peer, curve) })))
}

const uncompressed = 4

/** Writes a public key as an uncompressed point. Whether it is on the curve is left to the platform. */
function pointOf(peer: KeyMembers, curve: AgreementCurve): Uint8Array {
  return concatBytes(Uint8Array.of(uncompressed), ...coordinatesOf(peer, curve))
}

/** @spec RFC 7518 §6.2.1.2 coordinates come in full length. */
function coordinatesOf({ crv, x = '', y = '' }: KeyMembers, curve: AgreementCurve): Uint8Array[] {
  const { width, kty } = agreementCurves[curve]
  const coordinates = (kty === 'EC' ? [x, y] : [x]).map(decodeBase64url)
  if (crv === curve && coordinates.every(({ length }) => length === width)) return coordinates
  throw new TypeError('key is not on the curve')
}

/** Reads a public key. Whether it is on the curve is left to the platform. */
function publicKeyOf(crypto: NodeEncryptionCrypto, peer: KeyMembers, curve: AgreementCurve): KeyObject {
  coordinatesOf(peer, curve)
  return crypto.createPublicKey({ key: peer, format: 'jwk' })
}

/**
 * The public half is written while the pair is made: on Node 20, to export the key object of a pair made this way can
 * wait for ever for the garbage collection that it set off, which wants the same lock.
 */
function ephemeral(crypto: NodeEncryptionCrypto, peer: KeyMembers, curve: AgreementCurve): EphemeralAgreement {
  const theirs = publicKeyOf(crypto, peer, curve)
  const publicKeyEncoding = { format: 'jwk' } as const
  const isNist = agreementCurves[curve].kty === 'EC'
  const [type, options] = isNist
    ? ['ec', { namedCurve: curve, publicKeyEncoding }]
    : [curve.toLowerCase(), { publicKeyEncoding }]
  return () => {
    const { privateKey, publicKey } = crypto.generateKeyPairSync(type, options)
    return { publicKey, secret: notZero(crypto.diffieHellman({ privateKey, publicKey: theirs })) }
  }
}

/** By points. OpenSSL 3.0, with Node 20 and 22, takes a third less time for it than for key objects; later ones take more. */
function ephemeralByPoints(crypto: NodeEncryptionCrypto, peer: KeyMembers): EphemeralAgreement {
  const theirs = pointOf(peer, 'P-256')
  return () => {
    const pair = crypto.createECDH('prime256v1')
    const point = pair.generateKeys()
    const publicKey = {
      kty: 'EC',
      crv: 'P-256',
      x: encodeBase64url(point.subarray(1, 33)),
      y: encodeBase64url(point.subarray(33, 65)),
    }
    return { publicKey, secret: pair.computeSecret(theirs) }
  }
}

function prefersPoints(): boolean {
  const runtime = globalThis as { process?: NodeProcess }
  return runtime.process?.versions?.openssl?.startsWith('3.0.') === true
}

/** Some public keys make zero with every private key; not every library refuses them. @spec RFC 7748 §6.1 */
function notZero(secret: Uint8Array): Uint8Array {
  if (secret.some((byte) => byte !== 0)) return secret
  throw new TypeError('public key is of small order')
}
