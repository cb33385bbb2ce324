import type { Data, KeyMembers } from './primitives.ts'

/*
 * The part of node:crypto that is used here, in types of our own: the core compiles without Node's.
 */

export interface NodeBytes extends Uint8Array {
  subarray(start: number, end: number): NodeBytes
  toString(encoding?: string): string
  write(text: string, offset: number, encoding?: 'latin1'): number
}

export interface KeyObject {
  readonly type: 'secret' | 'public' | 'private'
  readonly asymmetricKeyType?: string
  readonly asymmetricKeyDetails?: { readonly modulusLength?: number }
  /** The bytes of a secret. */
  export(): Uint8Array
  export(options: { format: 'jwk' }): KeyMembers
}

export interface Hashing {
  update(data: Data): Hashing
  digest(): NodeBytes
  digest(encoding: 'base64url' | 'latin1'): string
}

export interface Verifying {
  update(data: Data): Verifying
  verify(key: KeyObject | SigningKey, signature: Uint8Array): boolean
}

export interface Cipher {
  setAAD(data: Uint8Array): void
  setAuthTag(tag: Uint8Array): void
  getAuthTag(): Uint8Array
  update(data: Uint8Array): Uint8Array
  final(): Uint8Array
}

export type Callback<T> = (error: Error | null, value: T) => void

export interface SigningKey {
  readonly key: KeyObject
  readonly padding?: number
  readonly saltLength?: number
  readonly dsaEncoding?: 'ieee-p1363'
}

export interface JwkInput {
  readonly key: KeyMembers
  readonly format: 'jwk'
}

export interface DerInput {
  readonly key: Uint8Array
  readonly format: 'der'
  readonly type: string
}

export interface OneShotHash {
  (name: string, data: Data, encoding: 'base64url' | 'latin1'): string
  (name: string, data: Data, encoding: 'buffer'): Uint8Array
}

export interface NodeCrypto {
  readonly constants: { readonly RSA_PKCS1_PSS_PADDING: number }
  readonly KeyObject: new () => KeyObject
  randomBytes(length: number): Uint8Array
  timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean
  hash?: OneShotHash
  createHash(name: string): Hashing
  createVerify(name: string): Verifying
  createHmac(name: string, key: KeyObject): Hashing
  createCipheriv(name: string, key: KeyObject, iv: Uint8Array): Cipher
  createDecipheriv(name: string, key: KeyObject, iv: Uint8Array, options: { authTagLength: number }): Cipher
  hkdfSync(name: string, secret: Uint8Array, salt: Uint8Array, info: Data, length: number): ArrayBuffer
  pbkdf2(
    password: Data,
    salt: Uint8Array,
    rounds: number,
    length: number,
    hash: string,
    done: Callback<Uint8Array>,
  ): void
  scrypt(password: Data, salt: Uint8Array, length: number, options: object, done: Callback<Uint8Array>): void
  createSecretKey(key: Uint8Array): KeyObject
  createSecretKey(key: string, encoding: 'base64url'): KeyObject
  createPrivateKey(input: JwkInput | DerInput): KeyObject
  createPublicKey(input: JwkInput | DerInput | KeyObject): KeyObject
  generateKeyPair(type: string, options: object, done: (error: Error | null, ...pair: KeyObject[]) => void): void
  sign(hash: string | null, data: Uint8Array, key: KeyObject | SigningKey): NodeBytes
  sign(hash: string | null, data: Uint8Array, key: KeyObject | SigningKey, done: Callback<NodeBytes>): void
  verify(hash: string | null, data: Uint8Array, key: KeyObject | SigningKey, signature: Uint8Array): boolean
  verify(
    hash: string | null,
    data: Uint8Array,
    key: KeyObject | SigningKey,
    signature: Uint8Array,
    done: Callback<boolean>,
  ): void
}

export interface BufferConstructor {
  from(text: string, encoding?: 'utf8' | 'latin1'): NodeBytes
  alloc(length: number): NodeBytes
  /** Cut from a pool, and not cleared. */
  allocUnsafe(length: number): NodeBytes
}

export interface NodeProcess {
  getBuiltinModule?(id: string): unknown
  readonly versions?: { readonly openssl?: string }
}
