import { generateKeyPairSync, generateKeySync, type KeyObject } from 'node:crypto'

export type Algorithm = 'HS256' | 'RS256' | 'ES256' | 'EdDSA'

/** The keys of one algorithm. For HMAC both are the secret. */
export interface Keys {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/** A library made ready for one algorithm: keys imported, functions built, as its documentation advises. */
export interface Library {
  readonly name: string
  sign(claims: Claims): string | Promise<string>
  /** Checks signature, algorithm, `exp`, `iss` and `aud`; throws or rejects where one of them is wrong. */
  verify(token: string): unknown
}

/** Nothing where the library does not know the algorithm. */
export type Prepare = (algorithm: Algorithm, keys: Keys) => Promise<Library | undefined>

export const issuer = 'https://op.example'
export const audience = 'https://api.example'

export interface Claims {
  readonly [claim: string]: string | number
}

/** An access token's claims: some 300 bytes of JSON. */
export function claimsOf(changes: Claims = {}): Claims {
  const iat = Math.floor(Date.now() / 1000)
  return {
    iss: issuer,
    sub: '248289761001',
    aud: audience,
    exp: iat + 3600,
    iat,
    jti: crypto.randomUUID(),
    client_id: 's6BhdRkqt3',
    scope: 'openid profile email orders:read orders:write',
    name: 'Jane Doe',
    email: 'jane.doe@example.com',
    ...changes,
  }
}

export function generateKeys(algorithm: Algorithm): Keys {
  switch (algorithm) {
    case 'HS256': {
      const secret = generateKeySync('hmac', { length: 256 })
      return { privateKey: secret, publicKey: secret }
    }
    case 'RS256':
      return generateKeyPairSync('rsa', { modulusLength: 2048 })
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' })
    case 'EdDSA':
      return generateKeyPairSync('ed25519')
  }
}
