import { encodeBase64url } from '../util/base64url.ts'
import { keyAlgorithmOf } from './der.ts'
import { derKeyParameters } from './der-keys.ts'
import { kindOf, PlatformUnsupportedError } from './platform-unsupported.ts'
import type {
  AesGcmInput,
  CryptoBackend,
  Data,
  KeyMaterial,
  KeyMembers,
  KeyPairScheme,
  NativeDescription,
  SignatureScheme,
  Signer,
  Verifier,
} from './primitives.ts'
import { describeCryptoKey, publicHalf } from './schemes.ts'
import { webDigests } from './web-digests.ts'
import { kindParameters } from './web-public-key.ts'
import { ownBytes, type SignatureParameters, signatureParameters, webVerifier } from './web-signatures.ts'

/* WebCrypto, which browsers and every server runtime have. It cannot be asked at once: everything is a promise. */

/** The backend over `globalThis.crypto`. */
export function createWebBackend(): CryptoBackend {
  return { name: 'web', ...webDigests, ...derivations, ...ciphers, ...keys }
}

const derivations: Pick<CryptoBackend, 'hkdf' | 'pbkdf2'> = {
  hkdf: (name, secret, salt, info, length) =>
    derive({ name: 'HKDF', hash: name.toUpperCase(), salt: ownBytes(salt), info: ownBytes(info) }, secret, length),
  pbkdf2: (name, password, salt, iterations, length) =>
    derive({ name: 'PBKDF2', hash: name.toUpperCase(), salt: ownBytes(salt), iterations }, password, length),
}

async function derive(algorithm: HkdfParams | Pbkdf2Params, secret: Data, length: number): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey('raw', ownBytes(secret), algorithm.name, false, ['deriveBits'])
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, length * 8))
}

const ciphers: Pick<CryptoBackend, 'aesGcmEncrypt' | 'aesGcmDecrypt'> = {
  async aesGcmEncrypt(input) {
    const key = await aesKey(input, 'encrypt')
    return new Uint8Array(await crypto.subtle.encrypt(aesParameters(input), key, ownBytes(input.data)))
  },
  async aesGcmDecrypt(input) {
    const key = await aesKey(input, 'decrypt')
    try {
      return new Uint8Array(await crypto.subtle.decrypt(aesParameters(input), key, ownBytes(input.data)))
    } catch {
      return undefined
    }
  },
}

function aesKey(input: AesGcmInput, usage: KeyUsage): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', ownBytes(input.key), 'AES-GCM', false, [usage])
}

function aesParameters({ iv, additionalData }: AesGcmInput): AesGcmParams {
  return { name: 'AES-GCM', iv: ownBytes(iv), ...(additionalData && { additionalData: ownBytes(additionalData) }) }
}

type Keys = Pick<CryptoBackend, 'generateKeyPair' | 'checkKey' | 'importDer' | 'importNative' | 'signer' | 'verifier'>

const keys: Keys = {
  async generateKeyPair(scheme, modulusLength) {
    const publicExponent = new Uint8Array([1, 0, 1])
    const parameters = { ...pairParameters(scheme), modulusLength, publicExponent }
    const usages: KeyUsage[] = scheme.family === 'xdh' ? ['deriveBits'] : ['sign', 'verify']
    const pair = await available(kindOf(scheme), crypto.subtle.generateKey(parameters, true, usages))
    return exportMembers((pair as CryptoKeyPair).privateKey)
  },
  async checkKey(members) {
    const isPrivate = members.d !== undefined || members.priv !== undefined
    await importMembers(publicHalf(members), kindParameters(members), 'verify')
    if (isPrivate) await importMembers(members, kindParameters(members), 'sign')
  },
  async importDer(format, der) {
    const parameters = derKeyParameters(keyAlgorithmOf(format, der))
    const usages = usagesFor(parameters.name, format === 'spki' ? 'verify' : 'sign')
    const kind = parameters.namedCurve ?? (parameters.hash === undefined ? parameters.name : undefined)
    const imported = available(kind, crypto.subtle.importKey(format, ownBytes(der), parameters, true, usages))
    return exportMembers(await imported)
  },
  importNative: async (key) => (key instanceof CryptoKey ? describe(key) : undefined),
  async signer(material, scheme): Promise<Signer> {
    const key = await importMaterial(material, scheme, 'sign')
    const parameters = signatureParameters(scheme, key.algorithm.name)
    return async (data) => encodeBase64url(new Uint8Array(await crypto.subtle.sign(parameters, key, ownBytes(data))))
  },
  async verifier(material, scheme): Promise<Verifier> {
    const key = await importMaterial(material, scheme, 'verify')
    return webVerifier(key, scheme)
  },
}

/** WebCrypto has a name of its own for the failure that is no fault of the key. */
async function available<T>(kind: string | undefined, operation: Promise<T>): Promise<T> {
  try {
    return await operation
  } catch (cause) {
    if (kind === undefined || (cause as { name?: unknown }).name !== 'NotSupportedError') throw cause
    throw new PlatformUnsupportedError(kind, { cause })
  }
}

function pairParameters(scheme: KeyPairScheme): SignatureParameters {
  return scheme.family === 'xdh' ? { name: scheme.curve } : signatureParameters(scheme, undefined)
}

/** Keys for agreement sign nothing: the private half derives, the public half is not operated on. */
function usagesFor(name: string, usage: 'sign' | 'verify'): KeyUsage[] {
  if (!name.startsWith('X')) return [usage]
  return usage === 'sign' ? ['deriveBits'] : []
}

async function describe(key: CryptoKey): Promise<NativeDescription | undefined> {
  const description = describeCryptoKey(key)
  if (description === undefined || !key.extractable) return description && { ...description, material: { native: key } }
  const material = await exportMembers(key)
  return { ...description, material, ...(material.kty !== 'oct' && { publicMembers: publicHalf(material) }) }
}

async function exportMembers(key: CryptoKey): Promise<KeyMembers> {
  const { kty = '', alg, key_ops, use, ext, oth, ...members } = await crypto.subtle.exportKey('jwk', key)
  // In a key of type AKP the algorithm is material; in the others it says what WebCrypto was told.
  return { kty, ...members, ...(kty === 'AKP' && alg !== undefined && { alg }) }
}

function importMaterial(
  material: KeyMaterial,
  scheme: SignatureScheme,
  usage: 'sign' | 'verify',
): Promise<CryptoKey> | CryptoKey {
  if ('native' in material) return material.native as CryptoKey
  const members = usage === 'verify' && material.k === undefined ? publicHalf(material) : material
  return importMembers(members, signatureParameters(scheme, material.crv), usage)
}

function importMembers(
  members: KeyMembers,
  parameters: SignatureParameters,
  usage: 'sign' | 'verify',
): Promise<CryptoKey> {
  const usages = usagesFor(parameters.name, usage)
  return available(kindOf(members), crypto.subtle.importKey('jwk', { ...members }, parameters, false, usages))
}
