import type { Cipher, JwkInput, KeyObject, NodeBytes } from './node-types.ts'

/* The further part of node:crypto that encryption uses, in types of our own. */

export type Decipher = Omit<Cipher, 'getAuthTag'>

/** Elliptic-curve Diffie-Hellman on a NIST curve: several times cheaper than the same by way of key objects. */
export interface EcdhPair {
  /** Answers with the uncompressed public point. */
  generateKeys(): NodeBytes
  setPrivateKey(key: Uint8Array): void
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
  createCipheriv(name: string, key: Uint8Array, iv: Uint8Array): Cipher
  createDecipheriv(name: string, key: Uint8Array, iv: Uint8Array, options?: { authTagLength: number }): Decipher
  getCipherInfo(name: string): object | undefined
  createECDH(name: string): EcdhPair
  diffieHellman(keys: { readonly privateKey: KeyObject; readonly publicKey: KeyObject }): NodeBytes
  generateKeyPairSync(type: string): { readonly publicKey: KeyObject; readonly privateKey: KeyObject }
  publicEncrypt(input: RsaInput, data: Uint8Array): Uint8Array
  privateDecrypt(input: RsaInput, data: Uint8Array): Uint8Array
  createPrivateKey(input: JwkInput): KeyObject
  createPublicKey(input: JwkInput): KeyObject
}
