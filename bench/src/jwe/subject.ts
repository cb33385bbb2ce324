import { createSecretKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import { claimsOf } from '../jwt/subject.ts'

/** What is raced: a key management algorithm, and the kind of its key. The content is A256GCM everywhere. */
export type Algorithm = 'dir' | 'A256KW' | 'RSA-OAEP-256' | 'ECDH-ES P-256' | 'ECDH-ES X25519'

export const enc = 'A256GCM'

/** The name in the header. */
export function algOf(algorithm: Algorithm): string {
  return algorithm.split(' ')[0] ?? algorithm
}

/** The keys of one algorithm. For `dir` and key wrapping both are the secret. */
export interface Keys {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/** A library made ready for one algorithm. */
export interface Library {
  readonly name: string
  encrypt(plaintext: Uint8Array): Promise<string>
  /** Accepts this one `alg` and `enc` and no other; rejects what was changed or is for another key. */
  decrypt(jwe: string): Promise<{ readonly plaintext: Uint8Array }>
}

export type Prepare = (algorithm: Algorithm, keys: Keys) => Promise<Library>

/** The claims of an access token: some 300 bytes. */
export function makePlaintext(): Uint8Array {
  return Buffer.from(JSON.stringify(claimsOf()))
}

export function generateKeys(algorithm: Algorithm): Keys {
  switch (algorithm) {
    case 'dir':
    case 'A256KW': {
      const secret = createSecretKey(randomBytes(32))
      return { privateKey: secret, publicKey: secret }
    }
    case 'RSA-OAEP-256':
      return generateKeyPairSync('rsa', { modulusLength: 2048 })
    case 'ECDH-ES P-256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' })
    case 'ECDH-ES X25519':
      return generateKeyPairSync('x25519')
  }
}
