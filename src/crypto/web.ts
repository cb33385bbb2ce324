import { encodeBase64url } from '../util/base64url.ts'
import { keyAlgorithmOf } from './der.ts'
import type {
  AesGcmInput,
  CryptoBackend,
  Data,
  HashName,
  KeyMaterial,
  KeyMembers,
  NativeDescription,
  SignatureScheme,
  Signer,
  Verifier,
} from './primitives.ts'
import { curveWidths, describeCryptoKey, digestLengths } from './schemes.ts'

/* WebCrypto, which browsers and every server runtime have. It cannot be asked at once: everything is a promise. */

/** The backend over `globalThis.crypto`. */
export function createWebBackend(): CryptoBackend {
  return { name: 'web', ...digests, ...derivations, ...ciphers, ...keys }
}

/** WebCrypto does not read shared memory, and what is copied cannot change while the operation is under way. */
function bytes(data: Data): Uint8Array<ArrayBuffer> {
  return typeof data === 'string' ? new TextEncoder().encode(data) : new Uint8Array(data)
}

const hashNames: Readonly<Record<HashName, string>> = {
  'sha-1': 'SHA-1',
  'sha-256': 'SHA-256',
  'sha-384': 'SHA-384',
  'sha-512': 'SHA-512',
}

const digests: Pick<CryptoBackend, 'randomBytes' | 'timingSafeEqual' | 'hash' | 'hashBase64url' | 'hmac'> = {
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  timingSafeEqual(a, b) {
    if (a.length !== b.length) return false
    let difference = 0
    for (let index = 0; index < a.length; index++) difference |= (a[index] ?? 0) ^ (b[index] ?? 0)
    return difference === 0
  },
  hash: digest,
  hashBase64url: async (name, data) => encodeBase64url(await digest(name, data)),
  async hmac(name, key, data) {
    const algorithm = { name: 'HMAC', hash: hashNames[name] }
    const imported = await crypto.subtle.importKey('raw', bytes(key), algorithm, false, ['sign'])
    return new Uint8Array(await crypto.subtle.sign('HMAC', imported, bytes(data)))
  },
}

async function digest(name: HashName, data: Data): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest(hashNames[name], bytes(data)))
}

const derivations: Pick<CryptoBackend, 'hkdf' | 'pbkdf2'> = {
  hkdf: (name, secret, salt, info, length) =>
    derive({ name: 'HKDF', hash: hashNames[name], salt: bytes(salt), info: bytes(info) }, secret, length),
  pbkdf2: (name, password, salt, iterations, length) =>
    derive({ name: 'PBKDF2', hash: hashNames[name], salt: bytes(salt), iterations }, password, length),
}

async function derive(algorithm: HkdfParams | Pbkdf2Params, secret: Data, length: number): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey('raw', bytes(secret), algorithm.name, false, ['deriveBits'])
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, length * 8))
}

const ciphers: Pick<CryptoBackend, 'aesGcmEncrypt' | 'aesGcmDecrypt'> = {
  async aesGcmEncrypt(input) {
    const key = await aesKey(input, 'encrypt')
    return new Uint8Array(await crypto.subtle.encrypt(aesParameters(input), key, bytes(input.data)))
  },
  async aesGcmDecrypt(input) {
    const key = await aesKey(input, 'decrypt')
    try {
      return new Uint8Array(await crypto.subtle.decrypt(aesParameters(input), key, bytes(input.data)))
    } catch {
      return undefined
    }
  },
}

function aesKey(input: AesGcmInput, usage: KeyUsage): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', bytes(input.key), 'AES-GCM', false, [usage])
}

function aesParameters({ iv, additionalData }: AesGcmInput): AesGcmParams {
  return { name: 'AES-GCM', iv: bytes(iv), ...(additionalData && { additionalData: bytes(additionalData) }) }
}

const keys: Pick<CryptoBackend, 'generateKeyPair' | 'importDer' | 'importNative' | 'signer' | 'verifier'> = {
  async generateKeyPair(scheme, modulusLength) {
    const publicExponent = new Uint8Array([1, 0, 1])
    const parameters = { ...importParameters(scheme), modulusLength, publicExponent }
    const pair = (await crypto.subtle.generateKey(parameters, true, ['sign', 'verify'])) as CryptoKeyPair
    return exportMembers(pair.privateKey)
  },
  async importDer(format, der) {
    const parameters = derParameters(format, der)
    const usage = format === 'spki' ? 'verify' : 'sign'
    return exportMembers(await crypto.subtle.importKey(format, bytes(der), parameters, true, [usage]))
  },
  importNative: async (key) => (key instanceof CryptoKey ? describe(key) : undefined),
  async signer(material, scheme): Promise<Signer> {
    const key = await importMaterial(material, scheme, 'sign')
    const parameters = signatureParameters(scheme)
    return async (data) => encodeBase64url(new Uint8Array(await crypto.subtle.sign(parameters, key, bytes(data))))
  },
  async verifier(material, scheme): Promise<Verifier> {
    const key = await importMaterial(material, scheme, 'verify')
    const parameters = signatureParameters(scheme)
    const length = scheme.family === 'ecdsa' ? 2 * curveWidths[scheme.curve] : undefined
    return async (data, signature) =>
      (length === undefined || signature.length === length) &&
      crypto.subtle.verify(parameters, key, bytes(signature), bytes(data))
  },
}

/** What WebCrypto binds a key to when it is read. */
function importParameters(scheme: SignatureScheme): { name: string; hash?: string; namedCurve?: string } {
  switch (scheme.family) {
    case 'hmac':
      return { name: 'HMAC', hash: hashNames[scheme.hash] }
    case 'rsa-pkcs1':
      return { name: 'RSASSA-PKCS1-v1_5', hash: hashNames[scheme.hash] }
    case 'rsa-pss':
      return { name: 'RSA-PSS', hash: hashNames[scheme.hash] }
    case 'ecdsa':
      return { name: 'ECDSA', namedCurve: scheme.curve }
    case 'eddsa':
      return { name: scheme.curve }
  }
}

/** What WebCrypto is told at each signature. The salt of PSS is as long as the digest. @spec RFC 7518 §3.5 */
function signatureParameters(scheme: SignatureScheme): { name: string; hash?: string; saltLength?: number } {
  const { name } = importParameters(scheme)
  if (scheme.family === 'ecdsa') return { name, hash: hashNames[scheme.hash] }
  if (scheme.family === 'rsa-pss') return { name, saltLength: digestLengths[scheme.hash] }
  return { name }
}

/** The algorithms of DER keys by object identifier; the hash that RSA keys are read with is forgotten on export. */
const derAlgorithms: Readonly<Record<string, { name: string; hash?: string }>> = {
  '2a864886f70d010101': { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  '2a8648ce3d0201': { name: 'ECDSA' },
  '2b6570': { name: 'Ed25519' },
}

const derCurves: Readonly<Record<string, string>> = {
  '2a8648ce3d030107': 'P-256',
  '2b81040022': 'P-384',
  '2b81040023': 'P-521',
}

function derParameters(format: 'spki' | 'pkcs8', der: Uint8Array): { name: string; namedCurve?: string } {
  const identifier = keyAlgorithmOf(format, der)
  const algorithm = derAlgorithms[identifier.algorithm]
  if (algorithm === undefined) throw new TypeError('DER key is of an unknown algorithm')
  if (identifier.curve === undefined) return algorithm
  const namedCurve = derCurves[identifier.curve]
  if (namedCurve === undefined) throw new TypeError('DER key is on an unknown curve')
  return { ...algorithm, namedCurve }
}

async function describe(key: CryptoKey): Promise<NativeDescription | undefined> {
  const description = describeCryptoKey(key)
  if (description === undefined || !key.extractable) return description && { ...description, material: { native: key } }
  const material = await exportMembers(key)
  return { ...description, material, ...(material.kty !== 'oct' && { publicMembers: publicHalf(material) }) }
}

async function exportMembers(key: CryptoKey): Promise<KeyMembers> {
  const { kty = '', alg, key_ops, use, ext, oth, ...members } = await crypto.subtle.exportKey('jwk', key)
  return { kty, ...members }
}

function publicHalf({ kty, crv, x, y, n, e }: KeyMembers): KeyMembers {
  const members = { crv, x, y, n, e }
  return { kty, ...Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) }
}

async function importMaterial(
  material: KeyMaterial,
  scheme: SignatureScheme,
  usage: 'sign' | 'verify',
): Promise<CryptoKey> {
  if ('native' in material) return material.native as CryptoKey
  const members = usage === 'verify' && material.k === undefined ? publicHalf(material) : material
  return crypto.subtle.importKey('jwk', { ...members }, importParameters(scheme), false, [usage])
}
