import type { Awaitable } from '../util/awaitable.ts'

/** The hash functions that the protocols here name. SHA-1 serves legacy identifiers (`x5t`, OAuth 1) only. */
export type HashName = 'sha-1' | 'sha-256' | 'sha-384' | 'sha-512'

/** Text is taken as UTF-8. */
export type Data = string | Uint8Array

/** How a signature is made: the family and what it leaves open. One row of the algorithm table names one scheme. */
export type SignatureScheme =
  | { readonly family: 'hmac'; readonly hash: HashName }
  | { readonly family: 'rsa-pkcs1'; readonly hash: HashName }
  /** The salt is as long as the digest, MGF1 uses the same hash (RFC 7518 §3.5). */
  | { readonly family: 'rsa-pss'; readonly hash: HashName }
  /** Signatures are `r || s`, each as long as the curve's order (RFC 7518 §3.4). */
  | { readonly family: 'ecdsa'; readonly hash: HashName; readonly curve: EcCurve }
  /** The curve may be left to the key (RFC 8037 §3.1); only the making of a key has to name it. */
  | { readonly family: 'eddsa'; readonly curve?: 'Ed25519' | 'Ed448' }
  | { readonly family: 'ml-dsa'; readonly parameterSet: 'ML-DSA-44' | 'ML-DSA-65' | 'ML-DSA-87' }

export type EcCurve = 'P-256' | 'P-384' | 'P-521' | 'secp256k1'

/** What a key pair can be made for: signatures, or (RFC 8037 §3.2) agreeing on a key. */
export type KeyPairScheme = SignatureScheme | { readonly family: 'xdh'; readonly curve: 'X25519' | 'X448' }

/** The members of a JWK that hold key material; what else a JWK carries is no concern of a backend. */
export interface KeyMembers {
  readonly kty: string
  readonly crv?: string
  readonly x?: string
  readonly y?: string
  readonly n?: string
  readonly e?: string
  readonly k?: string
  readonly d?: string
  readonly p?: string
  readonly q?: string
  readonly dp?: string
  readonly dq?: string
  readonly qi?: string
  /** Of type `AKP`, whose algorithm is part of the material. */
  readonly alg?: string
  readonly pub?: string
  readonly priv?: string
}

/** A key of the platform that keeps its secret to itself: a non-extractable `CryptoKey`. */
export interface NativeKey {
  readonly native: object
}

export type KeyMaterial = KeyMembers | NativeKey

/** Signs with one key and one scheme; answers with the base64url text that a JWS carries. */
export type Signer = (data: Data) => Awaitable<string>

/** Verifies with one key and one scheme; a signature of the wrong length or form is `false`, never an exception. */
export type Verifier = (data: Data, signature: Uint8Array) => Awaitable<boolean>

/** A public key that the platform has read and found to be one, as what it is for. */
export type MakeVerifier = (scheme: SignatureScheme) => Awaitable<Verifier>

/** What a platform key (`CryptoKey`, `KeyObject`) tells about itself. */
export interface NativeDescription {
  readonly material: KeyMaterial
  /** The public members, where the platform lets them out. */
  readonly publicMembers?: KeyMembers
  readonly kty: string
  readonly crv?: string
  readonly isPrivate: boolean
  /** A `CryptoKey` is bound to one algorithm and a list of operations; a `KeyObject` is not. */
  readonly alg?: string
  readonly keyOps?: readonly string[]
  /** Size of a secret or of an RSA modulus, where the platform tells. */
  readonly bits?: number
}

export interface AesGcmInput {
  /** 16, 24 or 32 bytes. */
  readonly key: Uint8Array
  /** 12 bytes, never used twice with one key. */
  readonly iv: Uint8Array
  readonly data: Uint8Array
  readonly additionalData?: Uint8Array
}

export interface ScryptParameters {
  /** Cost, a power of two. */
  readonly cost: number
  readonly blockSize: number
  readonly parallelization: number
}

/** What needs no key pair and hides nothing. Apart from the rest, for those who need no more. */
export interface Digests {
  randomBytes(length: number): Uint8Array
  /** Compares without telling where the difference is. Inputs of different length are unequal; that is no secret. */
  timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean

  hash(name: HashName, data: Data): Awaitable<Uint8Array>
  /** The digest as base64url text, spared the way through bytes where the platform can. */
  hashBase64url(name: HashName, data: Data): Awaitable<string>
  hmac(name: HashName, key: Uint8Array, data: Data): Awaitable<Uint8Array>
}

/**
 * The primitives that the library stands on. Two implementations pass one contract suite: `node:crypto`, which
 * answers at once except where the thread pool pays, and WebCrypto, which always answers later. `await` takes both.
 */
export interface CryptoBackend extends Digests {
  readonly name: 'node' | 'web'

  /** Answers with ciphertext and the 16-byte tag behind it. */
  aesGcmEncrypt(input: AesGcmInput): Awaitable<Uint8Array>
  /** Takes ciphertext and tag as one; `undefined` when they were not made with this key, IV and additional data. */
  aesGcmDecrypt(input: AesGcmInput): Awaitable<Uint8Array | undefined>

  hkdf(name: HashName, secret: Uint8Array, salt: Uint8Array, info: Data, length: number): Awaitable<Uint8Array>
  pbkdf2(name: HashName, password: Data, salt: Uint8Array, iterations: number, length: number): Awaitable<Uint8Array>
  /** Absent where the platform has none (WebCrypto). */
  readonly scrypt?: (
    password: Data,
    salt: Uint8Array,
    parameters: ScryptParameters,
    length: number,
  ) => Awaitable<Uint8Array>

  /**
   * Makes a fresh key pair and answers with the members of the private JWK. This and everything below throws
   * `PlatformUnsupportedError` for curves and parameter sets that the platform does not have.
   */
  generateKeyPair(scheme: KeyPairScheme, modulusLength: number): Awaitable<KeyMembers>
  /** Builds the key once; throws when the members are no key, such as a point that is not on its curve. */
  checkKey(members: KeyMembers): Awaitable<void>
  /** Reads SubjectPublicKeyInfo or PKCS #8 and answers with JWK members; throws when it cannot. */
  importDer(format: 'spki' | 'pkcs8', der: Uint8Array): Awaitable<KeyMembers>
  /** Describes a `CryptoKey` or `KeyObject`; `undefined` for anything else. */
  importNative(key: object): Awaitable<NativeDescription | undefined>
  /** Prepares a key once for many signatures. Throws when the members are no such key. */
  signer(material: KeyMaterial, scheme: SignatureScheme): Awaitable<Signer>
  /** Prepares a key once for many verifications; a private key serves through its public half. */
  verifier(material: KeyMaterial, scheme: SignatureScheme): Awaitable<Verifier>
}
