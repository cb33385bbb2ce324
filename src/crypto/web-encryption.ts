import {
  type Aead,
  type Agreement,
  type AgreementCurve,
  agreementCurves,
  type EncryptionBackend,
  type SealingInput,
  type SecretKey,
} from './encryption-primitives.ts'
import { PlatformUnsupportedError } from './platform-unsupported.ts'
import type { HashName, KeyMaterial, KeyMembers } from './primitives.ts'

/* Encryption over WebCrypto. It has neither RSAES-PKCS1-v1_5 nor ChaCha20; browsers may lack AES-192 and X448 too. */

/** The encryption of `globalThis.crypto`. */
export function createWebEncryption(): EncryptionBackend {
  return { name: 'web', aesGcm, ...aes, ...rsa, ...agreements }
}

/** WebCrypto does not read shared memory, and what is copied cannot change while the operation is under way. */
function bytes(data: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(data)
}

/** Answers with `undefined` in place of any failure: what failed is nobody's business. */
async function quietly(operation: () => Promise<ArrayBuffer>): Promise<Uint8Array | undefined> {
  try {
    return new Uint8Array(await operation())
  } catch {
    return undefined
  }
}

async function aesKey(key: SecretKey, name: 'AES-GCM' | 'AES-CBC' | 'AES-KW', usage: KeyUsage): Promise<CryptoKey> {
  if (!(key instanceof Uint8Array)) return key.native as CryptoKey
  try {
    return await crypto.subtle.importKey('raw', bytes(key), name, false, [usage])
  } catch (cause) {
    throw new PlatformUnsupportedError(`AES-${key.length * 8}`, { cause })
  }
}

const tagLength = 16

const aesGcm: Aead = {
  async seal(input, plaintext) {
    const key = await aesKey(input.key, 'AES-GCM', 'encrypt')
    const sealed = new Uint8Array(await crypto.subtle.encrypt(gcmParameters(input), key, bytes(plaintext)))
    const end = sealed.length - tagLength
    return { ciphertext: sealed.subarray(0, end), tag: sealed.subarray(end) }
  },
  async open(input, { ciphertext, tag }) {
    if (tag.length !== tagLength) return undefined
    const key = await aesKey(input.key, 'AES-GCM', 'decrypt')
    const sealed = new Uint8Array(ciphertext.length + tagLength)
    sealed.set(ciphertext)
    sealed.set(tag, ciphertext.length)
    return quietly(() => crypto.subtle.decrypt(gcmParameters(input), key, sealed))
  },
}

function gcmParameters({ iv, additionalData }: SealingInput): AesGcmParams {
  return { name: 'AES-GCM', iv: bytes(iv), additionalData: bytes(additionalData) }
}

/** What a key is called while it is wrapped: WebCrypto wraps keys, not bytes, and an HMAC key may be of any length. */
const anyKey = { name: 'HMAC', hash: 'SHA-256' } as const

const aes: Pick<EncryptionBackend, 'aesCbcEncrypt' | 'aesCbcDecrypt' | 'aesKeyWrap' | 'aesKeyUnwrap'> = {
  async aesCbcEncrypt(key, iv, data) {
    const imported = await aesKey(key, 'AES-CBC', 'encrypt')
    return new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-CBC', iv: bytes(iv) }, imported, bytes(data)))
  },
  async aesCbcDecrypt(key, iv, data) {
    const imported = await aesKey(key, 'AES-CBC', 'decrypt')
    return quietly(() => crypto.subtle.decrypt({ name: 'AES-CBC', iv: bytes(iv) }, imported, bytes(data)))
  },
  async aesKeyWrap(key, data) {
    const wrapping = await aesKey(key, 'AES-KW', 'wrapKey')
    const wrapped = await crypto.subtle.importKey('raw', bytes(data), anyKey, true, ['sign'])
    return new Uint8Array(await crypto.subtle.wrapKey('raw', wrapped, wrapping, 'AES-KW'))
  },
  async aesKeyUnwrap(key, data) {
    const unwrapping = await aesKey(key, 'AES-KW', 'unwrapKey')
    return quietly(async () => {
      const unwrapped = await crypto.subtle.unwrapKey('raw', bytes(data), unwrapping, 'AES-KW', anyKey, true, ['sign'])
      return crypto.subtle.exportKey('raw', unwrapped)
    })
  },
}

const hashNames: Readonly<Record<HashName, string>> = {
  'sha-1': 'SHA-1',
  'sha-256': 'SHA-256',
  'sha-384': 'SHA-384',
  'sha-512': 'SHA-512',
}

const rsa: Pick<EncryptionBackend, 'rsaOaepEncrypter' | 'rsaOaepDecrypter'> = {
  async rsaOaepEncrypter(material, hash) {
    const key = await importRsa(material, hash, 'encrypt')
    return async (data) => new Uint8Array(await crypto.subtle.encrypt('RSA-OAEP', key, bytes(data)))
  },
  async rsaOaepDecrypter(material, hash) {
    const key = await importRsa(material, hash, 'decrypt')
    const { modulusLength = 0 } = key.algorithm as Partial<RsaHashedKeyAlgorithm>
    const length = Math.ceil(modulusLength / 8)
    // RFC 8017 §7.1.2: as long as the modulus. OpenSSL takes it without its leading zeros too.
    return async (data) =>
      data.length === length ? quietly(() => crypto.subtle.decrypt('RSA-OAEP', key, bytes(data))) : undefined
  },
}

async function importRsa(material: KeyMaterial, hash: HashName, usage: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
  if ('native' in material) return material.native as CryptoKey
  const { kty, n, e } = material
  const members = usage === 'encrypt' ? { kty, n, e } : material
  return crypto.subtle.importKey('jwk', jwk(members), { name: 'RSA-OAEP', hash: hashNames[hash] }, false, [usage])
}

const agreements: Pick<EncryptionBackend, 'agreement' | 'ephemeralAgreement'> = {
  async agreement(material, curve) {
    const key = 'native' in material ? (material.native as CryptoKey) : await importPrivate(material, curve)
    return agreementOf(key, curve)
  },
  async ephemeralAgreement(peer, curve) {
    const publicKey = await importPublic(peer, curve)
    return async () => {
      const pair = await generatePair(curve)
      const secret = new Uint8Array(await derive(pair.privateKey, publicKey, curve))
      return { publicKey: await exportPublic(pair.publicKey), secret }
    }
  },
}

function agreementOf(key: CryptoKey, curve: AgreementCurve): Agreement {
  return (peer) => quietly(async () => (await derive(key, await importPublic(peer, curve), curve)).buffer)
}

async function derive(
  privateKey: CryptoKey,
  publicKey: CryptoKey,
  curve: AgreementCurve,
): Promise<Uint8Array<ArrayBuffer>> {
  const algorithm = { name: agreementParameters(curve).name, public: publicKey }
  const secret = await crypto.subtle.deriveBits(algorithm, privateKey, agreementCurves[curve].width * 8)
  return new Uint8Array(secret)
}

function agreementParameters(curve: AgreementCurve): { name: string; namedCurve?: string } {
  return agreementCurves[curve].kty === 'EC' ? { name: 'ECDH', namedCurve: curve } : { name: curve }
}

async function generatePair(curve: AgreementCurve): Promise<CryptoKeyPair> {
  return (await crypto.subtle.generateKey(agreementParameters(curve), true, ['deriveBits'])) as CryptoKeyPair
}

/** Checks that the point is on the curve. */
function importPublic(members: KeyMembers, curve: AgreementCurve): Promise<CryptoKey> {
  const { kty, crv, x, y } = members
  return crypto.subtle.importKey('jwk', jwk({ kty, crv, x, y }), agreementParameters(curve), false, [])
}

function importPrivate(members: KeyMembers, curve: AgreementCurve): Promise<CryptoKey> {
  const { kty, crv, x, y, d } = members
  return crypto.subtle.importKey('jwk', jwk({ kty, crv, x, y, d }), agreementParameters(curve), false, ['deriveBits'])
}

function jwk(
  members: Readonly<Record<keyof KeyMembers & string, string | undefined>> | KeyMembers | object,
): JsonWebKey {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}

async function exportPublic(key: CryptoKey): Promise<KeyMembers> {
  const { kty = '', crv = '', x = '', y } = await crypto.subtle.exportKey('jwk', key)
  return { kty, crv, x, ...(y !== undefined && { y }) }
}
