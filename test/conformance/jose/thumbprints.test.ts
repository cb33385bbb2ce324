import { describe, expect, it } from 'vitest'
import { Key } from '../../../src/jose/index.ts'
import { signatureVectors } from './vectors.ts'

describe('RFC 7638 §3.1, §3.2 JWK thumbprint', () => {
  const jwk = {
    kty: 'RSA',
    n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
    e: 'AQAB',
    alg: 'RS256',
    kid: '2011-04-29',
  }

  it('is the printed one', async () => {
    expect(await (await Key.import(jwk)).thumbprint('sha256')).toBe('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs')
  })

  it('does not change with what the key says about itself', async () => {
    const { kty, n, e } = jwk
    expect(await (await Key.import({ kty, n, e })).thumbprint()).toBe('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs')
  })
})

describe('RFC 8037 §A.3 thumbprint of an Ed25519 key', () => {
  it('is the printed one, for the private form as well', async () => {
    const vector = signatureVectors.find(({ alg }) => alg === 'EdDSA')
    expect(await (await Key.import(vector?.jwk ?? { kty: '' })).thumbprint()).toBe(
      'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
    )
  })
})
