import { describe, expect, it } from 'vitest'
import { NOW, signingKey, TestClock } from '../../../../test/support/stub-provider.ts'
import { Key } from '../../../jose/jwk/index.ts'
import { KeySet } from '../../../jose/jwks/index.ts'
import { type JwtClaims, parseUnverifiedJwt } from '../../../jose/jwt/index.ts'
import { encodeUtf8 } from '../../../util/bytes.ts'
import type { ClientAuthentication, ClientAuthenticationContext } from './client-auth.ts'
import { ClientSecretJwt } from './client-secret-jwt.ts'
import { PrivateKeyJwt } from './private-key-jwt.ts'

const SECRET = 'a-secret-of-32-random-characters'
const context: ClientAuthenticationContext = {
  clientId: 'app',
  endpoint: 'https://op.example/token',
  issuer: 'https://op.example',
  clock: new TestClock().read,
}

async function assertionOf(
  method: ClientAuthentication,
  changes: Partial<ClientAuthenticationContext> = {},
): Promise<{ header: Record<string, unknown>; claims: JwtClaims; jwt: string }> {
  const { headers, parameters = {} } = await method.authenticate({ ...context, ...changes })
  expect(headers).toBeUndefined()
  expect(parameters['client_assertion_type']).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
  const jwt = parameters['client_assertion'] ?? ''
  const { unverifiedHeader, unverifiedClaims } = parseUnverifiedJwt(jwt)
  return { header: unverifiedHeader, claims: unverifiedClaims, jwt }
}

describe('RFC 7523 §2.2 and §3 client assertions', async () => {
  const key = await signingKey('client')
  const { alg: _, ...jwk } = (await Key.generate('RS256')).toPrivateJwk()
  const rsa = await Key.import(jwk)

  it('private_key_jwt: who, for whom, for how long, and by which key', async () => {
    const { header, claims, jwt } = await assertionOf(new PrivateKeyJwt(key))
    expect(header).toEqual({ alg: 'ES256', typ: 'JWT', kid: 'client' })
    const jti = expect.stringMatching(/^[\w-]{22}$/)
    expect(claims).toEqual({ iss: 'app', sub: 'app', aud: 'https://op.example', jti, iat: NOW, exp: NOW + 60 })
    const verified = await parseUnverifiedJwt(jwt).verify(key, { algorithms: ['ES256'], clock: () => NOW * 1000 })
    expect(verified.claims.sub).toBe('app')
  })

  it('client_secret_jwt: with the secret', async () => {
    const { header, claims, jwt } = await assertionOf(new ClientSecretJwt(SECRET))
    expect(header).toEqual({ alg: 'HS256', typ: 'JWT' })
    expect(claims).toMatchObject({ iss: 'app', sub: 'app', aud: 'https://op.example', exp: NOW + 60 })
    const secret = await Key.import(encodeUtf8(SECRET))
    const verified = await parseUnverifiedJwt(jwt).verify(secret, { algorithms: ['HS256'], clock: () => NOW * 1000 })
    expect(verified.claims.iss).toBe('app')
  })

  it('authlib: makes a jti for each request, also where claims were given, and leaves those alone', async () => {
    const claims = { jti: 'mine', department: 'sales' }
    const method = new PrivateKeyJwt(key, { claims })
    const first = await assertionOf(method)
    const second = await assertionOf(method)
    expect(first.claims).toMatchObject({ department: 'sales' })
    expect(new Set([first.claims.jti, second.claims.jti, 'mine']).size).toBe(3)
    expect(claims).toEqual({ jti: 'mine', department: 'sales' })
  })

  it('is of this client, whatever claims were given', async () => {
    const claims = { iss: 'x', sub: 'x', aud: 'x', iat: 1, exp: 1 }
    const made = await assertionOf(new PrivateKeyJwt(key, { claims }))
    const own = { iss: 'app', sub: 'app', aud: 'https://op.example', iat: NOW, exp: NOW + 60 }
    expect(made.claims).toMatchObject(own)
  })

  it.each([
    ['issuer', undefined, 'https://op.example/token'],
    ['endpoint', 'https://op.example', 'https://op.example/token'],
    ['https://other.example', 'https://op.example', 'https://other.example'],
    ['issuer', 'https://op.example', 'https://op.example'],
  ])('CVE-2025-27370: audience %s at the issuer %s is %s', async (audience, issuer, expected) => {
    const method = new PrivateKeyJwt(key, { audience })
    const { issuer: _, ...nowhere } = context
    const { parameters } = await method.authenticate(issuer === undefined ? nowhere : { ...nowhere, issuer })
    expect(parseUnverifiedJwt(parameters?.['client_assertion'] ?? '').unverifiedClaims.aud).toBe(expected)
  })

  it('has the explicit type, the lifetime and the algorithm that are asked for', async () => {
    const options = { typ: 'client-authentication+jwt', lifetime: '5m', alg: 'PS256' } as const
    const { header, claims } = await assertionOf(new PrivateKeyJwt(rsa, options))
    expect(header).toMatchObject({ typ: 'client-authentication+jwt', alg: 'PS256' })
    expect(claims.exp).toBe(NOW + 300)
    const hs = await assertionOf(new ClientSecretJwt('x'.repeat(64), { alg: 'HS512' }))
    expect(hs.header['alg']).toBe('HS512')
  })

  it('OIDC Core §15.1: signs with RS256 where an RSA key does not say', async () => {
    expect((await assertionOf(new PrivateKeyJwt(rsa))).header['alg']).toBe('RS256')
  })

  it('signs with the current key of a set', async () => {
    const { header } = await assertionOf(new PrivateKeyJwt(new KeySet([key])))
    expect(header).toMatchObject({ alg: 'ES256', kid: 'client' })
  })
})

describe('what assertions cannot be made with', () => {
  it('RFC 7518 §3.2: a secret that is too short', () => {
    expect(() => new ClientSecretJwt('short')).toThrow(
      'ClientSecretJwt: "secret" is too short for HS256: expected at least 32 bytes',
    )
    expect(() => new ClientSecretJwt(SECRET, { alg: 'HS384' })).toThrow('expected at least 48 bytes')
  })

  it('unless it is allowed by name', async () => {
    const weak = await Key.import(encodeUtf8('short'), { allowWeakKey: true })
    expect((await assertionOf(new ClientSecretJwt(weak))).header['alg']).toBe('HS256')
  })

  it('a public key, a secret in the place of a key, a key in the place of a secret', async () => {
    const key = await signingKey('client')
    const [publicKey, secret] = await Promise.all([Key.import(key.toPublicJwk()), Key.import(encodeUtf8(SECRET))])
    const message = 'PrivateKeyJwt: "key" must be a private key: what it signs is checked with its public half'
    expect(() => new PrivateKeyJwt(publicKey)).toThrow(message)
    expect(() => new PrivateKeyJwt(secret)).toThrow(message)
    expect(() => new ClientSecretJwt(key)).toThrow('ClientSecretJwt: "secret" must be a secret, not a key pair')
  })

  it('an algorithm that is none of a secret', () => {
    // @ts-expect-error none is not an algorithm
    expect(() => new ClientSecretJwt(SECRET, { alg: 'none' })).toThrow(
      'ClientSecretJwt: "alg" is unknown: expected one of HS256, HS384, HS512',
    )
  })

  it('and none shows its secret when it is printed', async () => {
    const key = await signingKey('client')
    expect(JSON.stringify([new ClientSecretJwt(SECRET), new PrivateKeyJwt(key)])).not.toMatch(/secret-of|"d"/)
  })
})
