import type { Cipher, JwkInput, KeyObject, NodeBytes } from './node-types.ts'
import type { KeyMembers } from './primitives.ts'

/* The further part of node:crypto that encryption uses, in types of our own. */

export type Decipher = Omit<Cipher, 'getAuthTag'>

/** Elliptic-curve Diffie-Hellman on a NIST curve, without key objects. */
export interface EcdhPair {
  setPrivateKey(key: Uint8Array): void
  /** Makes a new pair; answers with the public point, uncompressed. */
  generateKeys(): NodeBytes
  /** Throws where the point is not on the curve. */
  computeSecret(point: Uint8Array): NodeBytes
}

export interface RsaInput {
  readonly key: KeyObject
  readonly padding: number
  readonly oaepHash?: string
}

export interface NodeEncryptionCrypto {
  readonly constants: {
    readonly RSA_PKCS1_OAEP_PADDING: number
    readonly RSA_PKCS1_PADDING: number
    readonly RSA_NO_PADDING: number
  }
  createCipheriv(name: string, key: KeyObject, iv: Uint8Array): Cipher
  createDecipheriv(name: string, key: KeyObject, iv: Uint8Array, options?: { authTagLength: number }): Decipher
  getCipherInfo(name: string): object | undefined
  createECDH(name: string): EcdhPair
  diffieHellman(keys: { readonly privateKey: KeyObject; readonly publicKey: KeyObject }): NodeBytes
  generateKeyPairSync(
    type: string,
    options: { readonly namedCurve?: string; readonly publicKeyEncoding: { readonly format: 'jwk' } },
  ): { readonly publicKey: KeyMembers; readonly privateKey: KeyObject }
  publicEncrypt(input: RsaInput, data: Uint8Array): Uint8Array
  privateDecrypt(input: RsaInput, data: Uint8Array): Uint8Array
  createSecretKey(key: Uint8Array): KeyObject
  createPrivateKey(input: JwkInput): KeyObject
  createPublicKey(input: JwkInput): KeyObject
}
