import type { Awaitable } from '../util/awaitable.ts'
import type { CryptoBackend, HashName, KeyMaterial, KeyMembers, NativeKey } from './primitives.ts'

/*
 * What encryption stands on, apart from the primitives that signatures need: who only signs and verifies loads none of
 * this. Opening answers `undefined` whatever was wrong, so that nobody can tell one reason from another.
 */

/** The bytes of a secret, or a `CryptoKey` that keeps them. */
export type SecretKey = Uint8Array | NativeKey

/** The curves on which keys are agreed upon. */
export type AgreementCurve = 'P-256' | 'P-384' | 'P-521' | 'X25519' | 'X448'

export interface Sealed {
  readonly ciphertext: Uint8Array
  /** 16 bytes. */
  readonly tag: Uint8Array
}

/** With what a text is sealed or opened. An IV is never used twice with one key. */
export interface SealingInput {
  readonly key: SecretKey
  readonly iv: Uint8Array
  readonly additionalData: Uint8Array
}

/** Authenticated encryption: a cipher that notices any change. */
export interface Aead {
  seal(input: SealingInput, plaintext: Uint8Array): Awaitable<Sealed>
  open(input: SealingInput, sealed: Sealed): Awaitable<Uint8Array | undefined>
}

/** A public key made ready to encrypt with. */
export type Encrypter = (data: Uint8Array) => Awaitable<Uint8Array>

/** A private key made ready to decrypt with. */
export type Decrypter = (data: Uint8Array) => Awaitable<Uint8Array | undefined>

/**
 * A private key made ready to agree with others on a secret; `undefined` where the other key is not on the curve, or
 * would make the secret a known one.
 */
export type Agreement = (peer: KeyMembers) => Awaitable<Uint8Array | undefined>

/** Makes a key pair for one message, and agrees with the one key that it was made ready for. */
export type EphemeralAgreement = () => Awaitable<{ readonly publicKey: KeyMembers; readonly secret: Uint8Array }>

/** Two implementations pass one contract suite, as those of `CryptoBackend` do. */
export interface EncryptionBackend {
  readonly name: CryptoBackend['name']

  /** Tells that a secret will be used again and again, where that is worth knowing. */
  prepareSecret?(secret: Uint8Array): void

  /** AES-GCM with a key of 16, 24 or 32 bytes and an IV of 12. */
  readonly aesGcm: Aead
  /** AES-CBC with PKCS #7 padding. It authenticates nothing: for use below a MAC only. */
  aesCbcEncrypt(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Awaitable<Uint8Array>
  aesCbcDecrypt(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Awaitable<Uint8Array | undefined>
  /** AES Key Wrap (RFC 3394) with the default initial value. */
  aesKeyWrap(key: SecretKey, data: Uint8Array): Awaitable<Uint8Array>
  aesKeyUnwrap(key: SecretKey, data: Uint8Array): Awaitable<Uint8Array | undefined>

  /** RSA-OAEP, MGF1 with the same hash. */
  rsaOaepEncrypter(material: KeyMaterial, hash: HashName): Awaitable<Encrypter>
  rsaOaepDecrypter(material: KeyMaterial, hash: HashName): Awaitable<Decrypter>

  agreement(material: KeyMaterial, curve: AgreementCurve): Awaitable<Agreement>
  /** Throws where the members are no key on the curve. */
  ephemeralAgreement(peer: KeyMembers, curve: AgreementCurve): Awaitable<EphemeralAgreement>

  /** What only some platforms have: OpenSSL does, WebCrypto does not. */
  readonly legacyRsa?: LegacyRsa
  readonly chaCha20?: ChaCha20
}

/** RSAES-PKCS1-v1_5 without a word about its padding, which is the caller's to look at without telling. */
export interface LegacyRsa {
  encrypter(material: KeyMaterial): Encrypter
  /** The bare RSA operation: the whole padded block, or `undefined` where the data has another length or is out of range. */
  rawDecrypter(material: KeyMaterial): Decrypter
}

export interface ChaCha20 {
  /** ChaCha20-Poly1305 (RFC 8439) with an IV of 12 bytes. */
  readonly poly1305: Aead
  /** The first 64 bytes of key stream for a counter and nonce of 16 bytes together. */
  keyStream(key: Uint8Array, counterAndNonce: Uint8Array): Uint8Array
}

/** Length of the secret that two keys on a curve agree upon, in bytes; those on the NIST curves have two coordinates. */
export const agreementCurves: Readonly<Record<AgreementCurve, { readonly width: number; readonly kty: 'EC' | 'OKP' }>> =
  {
    'P-256': { width: 32, kty: 'EC' },
    'P-384': { width: 48, kty: 'EC' },
    'P-521': { width: 66, kty: 'EC' },
    X25519: { width: 32, kty: 'OKP' },
    X448: { width: 56, kty: 'OKP' },
  }
