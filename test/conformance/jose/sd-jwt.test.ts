import { describe, expect, it } from 'vitest'
import { Key } from '../../../src/jose/jwk/index.ts'
import { signJwt } from '../../../src/jose/jwt/index.ts'
import { digestOf } from '../../../src/jose/sd-jwt/digest.ts'
import { parseDisclosure } from '../../../src/jose/sd-jwt/disclosure.ts'
import { presentSdJwt, sdJwtFromJson, sdJwtToJson, verifySdJwt } from '../../../src/jose/sd-jwt/index.ts'
import { nestedClaims, nestedVectors } from './sd-jwt-nested-vectors.ts'
import { holderJwk, issuerJwk, sdJwtVectors } from './sd-jwt-vectors.ts'

const issuer = await Key.import(issuerJwk, { alg: 'ES256' })
const keyBinding = { audience: 'https://verifier.example.org', nonce: '1234567890' }
const clock = (): number => 1_702_316_015_000

describe('RFC 9901 §4.2.1, §4.2.2, §4.2.3 disclosures and their digests', () => {
  it.each([
    'WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0',
    'WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNXHUwMGY2Yml1cyJd',
    'WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsImZhbWlseV9uYW1lIiwiTcO2Yml1cyJd',
    'WwoiXzI2YmM0TFQtYWM2cTJLSTZjQlc1ZXMiLAoiZmFtaWx5X25hbWUiLAoiTcO2Yml1cyIKXQ',
  ])('%s says family_name', (text) => {
    expect(parseDisclosure(text)).toEqual({ text, name: 'family_name', value: 'Möbius' })
  })

  it('an element of an array has no name', () => {
    const text = 'WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0'
    expect(parseDisclosure(text)).toEqual({ text, name: undefined, value: 'FR' })
  })

  it.each([
    [
      'WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0',
      'X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0',
    ],
    ['WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0', 'w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs'],
  ])('the digest of %s is over its text', async (text, digest) => {
    expect(await digestOf(text, 'sha-256')).toBe(digest)
  })
})

describe.each(sdJwtVectors)('the example of $spec', ({ sdJwt, claims, presentedAt }) => {
  const isBound = presentedAt !== undefined
  const now = (): number => (presentedAt ?? 1_700_000_000) * 1000
  const options = { clock: now, ...(isBound && { keyBinding }) } as const

  it('verifies, and discloses what it should', async () => {
    const verified = await verifySdJwt(sdJwt, issuer, options)
    expect(verified.claims).toEqual(claims)
    expect(verified.keyBinding?.key.toPublicJwk()).toEqual(isBound ? holderJwk : undefined)
  })

  it('verifies in JSON as well', async () => {
    expect(sdJwtFromJson(JSON.stringify(sdJwtToJson(sdJwt)))).toBe(sdJwt)
  })

  it('discloses less where less is presented', async () => {
    const issued = sdJwt.slice(0, sdJwt.lastIndexOf('~') + 1)
    expect(await presentSdJwt(issued, { disclose: [] })).toBe(`${issued.split('~')[0]}~`)
    expect(await presentSdJwt(issued, { disclose: Object.keys(claims).map((claim) => [claim]) })).toBe(issued)
  })
})

describe.each(nestedVectors)('the example of $spec', ({ payload, disclosures }) => {
  it.each(disclosures)('has the digest $digest', async ({ text, digest }) => {
    expect(await digestOf(text, 'sha-256')).toBe(digest)
  })

  it('says what all of its kind say, to whom all is disclosed', async () => {
    const signer = await Key.generate('ES256')
    const jwt = await signJwt({ ...payload }, signer, { typ: 'example+sd-jwt' })
    const sdJwt = [jwt, ...disclosures.map(({ text }) => text), ''].join('~')
    expect((await verifySdJwt(sdJwt, signer, { clock })).claims).toEqual(nestedClaims)
    const street = await presentSdJwt(sdJwt, { disclose: [['address', 'street_address']] })
    const { claims } = await verifySdJwt(street, signer, { clock })
    expect(claims).toMatchObject({ address: { street_address: 'Schulstr. 12' } })
  })
})
