import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { PrivateJwk, PublicJwk } from '../../../../dist/jose/jwk/index.js'

/** The keys of one server process, new each time. */
export interface SigningKey {
  readonly alg: 'ES256' | 'RS256'
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly privateJwk: PrivateJwk
  readonly publicJwk: PublicJwk
}

export function generateKey(alg: SigningKey['alg']): SigningKey {
  const { privateKey, publicKey } =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 })
  const described = { kid: `${alg}-1`, alg, use: 'sig' }
  return {
    alg,
    privateKey,
    publicKey,
    privateJwk: { ...privateKey.export({ format: 'jwk' }), ...described } as PrivateJwk,
    publicJwk: { ...publicKey.export({ format: 'jwk' }), ...described } as PublicJwk,
  }
}

/** A JWT, signed by hand: the header is made once. */
export function jwtSigner({ alg, privateKey }: SigningKey, typ: string): (claims: object) => string {
  const header = encode({ alg, typ, kid: `${alg}-1` })
  const key = alg === 'ES256' ? ({ key: privateKey, dsaEncoding: 'ieee-p1363' } as const) : privateKey
  return (claims) => {
    const input = `${header}.${encode(claims)}`
    return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
