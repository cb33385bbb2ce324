import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'

export type Kind = 'RSA' | 'EC' | 'OKP' | 'oct'

/** A key in the forms in which it is imported. A secret has no other than its JWK. */
export interface Forms {
  /** The algorithm that it is for. */
  readonly alg: string
  readonly publicJwk?: JsonWebKey
  readonly privateJwk: JsonWebKey
  readonly publicPem?: string
  readonly privatePem?: string
}

/**
 * A library's way from a text or a JWK to a key that can be used. What a library does not have is left out. Each function
 * answers with the key, throws or rejects where the material is broken.
 */
export interface Library {
  readonly name: string
  importJwk?(jwk: JsonWebKey, alg: string): unknown
  importPublicPem?(pem: string, alg: string): unknown
  importPrivatePem?(pem: string, alg: string): unknown
  /** SHA-256, in base64url (RFC 7638). */
  thumbprint?(jwk: JsonWebKey): unknown
}

const algorithms: Readonly<Record<Kind, string>> = { RSA: 'RS256', EC: 'ES256', OKP: 'EdDSA', oct: 'HS256' }

export function makeForms(kind: Kind): Forms {
  const alg = algorithms[kind]
  if (kind === 'oct') return { alg, privateJwk: { kty: 'oct', k: randomBytes(32).toString('base64url') } }
  const { publicKey, privateKey } = generate(kind)
  return {
    alg,
    publicJwk: publicKey.export({ format: 'jwk' }),
    privateJwk: privateKey.export({ format: 'jwk' }),
    publicPem: String(publicKey.export({ format: 'pem', type: 'spki' })),
    privatePem: String(privateKey.export({ format: 'pem', type: 'pkcs8' })),
  }
}

function generate(kind: Exclude<Kind, 'oct'>): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } {
  if (kind === 'RSA') return generateKeyPairSync('rsa', { modulusLength: 2048 })
  return kind === 'EC' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519')
}
