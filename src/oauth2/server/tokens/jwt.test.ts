import { describe, expect, it } from 'vitest'
import { basic, body, CLIENTS, ISSUER, TestServer } from '../../../../test/support/authorization-server.ts'
import { Key } from '../../../jose/jwk/key.ts'
import { KeySet } from '../../../jose/jwks/index.ts'
import { signJwt, verifyJwt } from '../../../jose/jwt/index.ts'
import type { AccessTokenRecord } from '../records.ts'
import { findAccessToken } from './find-access-token.ts'

const keys = await KeySet.generate(['ES256'])
const HOUR = 3600

function create(options: ConstructorParameters<typeof TestServer>[0] = {}): TestServer {
  return new TestServer({ keys, accessTokenFormat: 'jwt', ...options })
}

function find(test: TestServer, token: string | undefined): Promise<AccessTokenRecord | undefined> {
  return findAccessToken({ server: test.server, store: test.store, now: test.time / 1000 }, token ?? '')
}

describe('RFC 9068 §2.2 JWT access tokens', () => {
  it('of a person say who, for whom, for what and how they were authenticated', async () => {
    const authentication = { acr: 'urn:example:mfa', amr: ['pwd', 'otp'], session_id: 's1' }
    const test = create({
      audience: 'https://api.example',
      approval: { subject: 'alice', authTime: 1_699_999_000, authentication },
    })
    const { access_token = '' } = await test.tokens()
    const { claims, header } = await verifyJwt(access_token, keys, { typ: 'at+jwt', clock: () => test.time })
    expect(header).toMatchObject({ typ: 'at+jwt', alg: 'ES256' })
    expect(claims).toEqual({
      iss: ISSUER,
      aud: 'https://api.example',
      sub: 'alice',
      client_id: 'web',
      jti: expect.any(String),
      iat: test.time / 1000,
      exp: test.time / 1000 + HOUR,
      scope: 'read',
      grant_id: expect.any(String),
      auth_time: 1_699_999_000,
      acr: 'urn:example:mfa',
      amr: ['pwd', 'otp'],
    })
  })

  it('RFC 9068 §3: of a client name the client as subject, and the issuer as audience by default', async () => {
    const test = create()
    const { access_token = '' } = body(await test.token({ grant_type: 'client_credentials', scope: 'read' }, basic()))
    const { claims } = await verifyJwt(access_token, keys, { typ: 'at+jwt', clock: () => test.time })
    expect(claims).toMatchObject({ sub: 'web', client_id: 'web', aud: ISSUER })
    expect(claims).not.toHaveProperty('grant_id')
  })

  it('may have several audiences', async () => {
    const test = create({ audience: ['https://a.example', 'https://b.example'] })
    const { access_token = '' } = await test.tokens()
    const { claims } = await verifyJwt(access_token, keys, { typ: 'at+jwt', clock: () => test.time })
    expect(claims.aud).toEqual(['https://a.example', 'https://b.example'])
  })

  it('are chosen per client', async () => {
    const test = create({ accessTokenFormat: ({ client_id }) => (client_id === 'web' ? 'jwt' : 'opaque') })
    const jwt = body(await test.token({ grant_type: 'client_credentials' }, basic()))
    const opaque = body(
      await test.token({
        grant_type: 'client_credentials',
        client_id: 'service',
        client_secret: 'a-secret-of-32-random-characters',
      }),
    )
    expect([jwt['access_token']?.split('.').length, opaque['access_token']?.split('.').length]).toEqual([3, 1])
  })

  it('RFC 9068 §2.1: are never signed with a shared secret', async () => {
    const secret = await Key.generate('HS256')
    expect(() => create({ keys: new KeySet([secret]) })).toThrow(
      'AuthorizationServer: "keys" must hold a private asymmetric key to sign JWT access tokens with',
    )
    const test = create({ keys: new KeySet([secret, ...keys.keys]) })
    const { access_token } = await test.tokens()
    expect(JSON.parse(atob(access_token?.split('.')[0] ?? ''))).toMatchObject({ alg: 'ES256' })
  })
})

describe('findAccessToken', () => {
  it.each(['opaque', 'jwt'] as const)('finds %s tokens of a grant until they end', async (accessTokenFormat) => {
    const test = create({ accessTokenFormat, audience: 'https://api.example' })
    const { access_token } = await test.tokens()
    expect(await find(test, access_token)).toMatchObject({
      client_id: 'web',
      subject: 'alice',
      scope: 'read',
      audience: ['https://api.example'],
    })
    test.wait(HOUR)
    expect(await find(test, access_token)).toBeUndefined()
  })

  it.each(['opaque', 'jwt'] as const)(
    'does not find %s tokens of a grant that was revoked',
    async (accessTokenFormat) => {
      const test = create({ accessTokenFormat })
      const { access_token, refresh_token = '' } = await test.tokens()
      await test.revoke({ token: refresh_token }, basic())
      expect(await find(test, access_token)).toBeUndefined()
    },
  )

  it("takes a client's own JWT by its word, without a subject", async () => {
    const test = create()
    const { access_token } = body(await test.token({ grant_type: 'client_credentials', scope: 'read' }, basic()))
    const record = await find(test, access_token)
    expect(record).toMatchObject({ client_id: 'web', scope: 'read', audience: [ISSUER] })
    expect(record).not.toHaveProperty('subject')
    test.wait(HOUR)
    expect(await find(test, access_token)).toBeUndefined()
  })

  it('RFC 7519 §4.1.7: does not take the name of a JWT, which anybody may log, for a token', async () => {
    const test = create()
    const { access_token = '' } = await test.tokens()
    const { claims } = await verifyJwt(access_token, keys, { typ: 'at+jwt', clock: () => test.time })
    for (const token of [claims.jti ?? '', `jti.${claims.jti}`]) {
      expect(await find(test, token)).toBeUndefined()
      expect((await test.revoke({ token }, basic())).status).toBe(200)
    }
    expect(await find(test, access_token)).toMatchObject({ subject: 'alice' })
  })

  it("knows the person of a JWT that has no family, whose grant is one of the application's own", async () => {
    const test = create({ clients: [{ ...CLIENTS.web, grant_types: ['urn:example:pin'] }] })
    test.server.registerGrant({ grantType: 'urn:example:pin', grant: () => ({ subject: 'alice', scope: 'read' }) })
    const { access_token } = body(await test.token({ grant_type: 'urn:example:pin' }, basic()))
    expect(await find(test, access_token)).toMatchObject({ client_id: 'web', subject: 'alice', scope: 'read' })
  })

  it.each([
    ['another type', { typ: 'JWT' }, {}],
    ['another issuer', { typ: 'at+jwt' }, { iss: 'https://other.example' }],
    ['no client', { typ: 'at+jwt' }, { client_id: '' }],
    ['no JWT ID', { typ: 'at+jwt' }, { jti: '' }],
  ])('refuses a JWT of ours with %s', async (_, options, changes) => {
    const test = create()
    const now = test.time / 1000
    const claims = {
      iss: ISSUER,
      aud: ISSUER,
      sub: 'web',
      client_id: 'web',
      jti: 'j',
      iat: now,
      exp: now + 60,
      ...changes,
    }
    expect(await find(test, await signJwt(claims, keys, options))).toBeUndefined()
  })

  it('refuses a JWT that somebody else signed, and nonsense', async () => {
    const test = create()
    const foreign = create({ keys: await KeySet.generate(['ES256']) })
    expect(await find(test, (await foreign.tokens())['access_token'])).toBeUndefined()
    expect(await find(test, 'a.b.c')).toBeUndefined()
    expect(await find(test, '')).toBeUndefined()
  })

  it("does not take a person whose name is a client's id for the client", async () => {
    const test = create({ approval: { subject: 'web' } })
    const { access_token = '' } = await test.tokens()
    await test.revoke({ token: access_token }, basic())
    expect(await find(test, access_token)).toBeUndefined()
  })

  it('CVE-2026-27840: a part of an opaque token finds nothing', async () => {
    const test = create({ accessTokenFormat: 'opaque', clients: [CLIENTS.web] })
    const { access_token = '' } = await test.tokens()
    expect(await find(test, access_token.slice(0, -1))).toBeUndefined()
    expect(await find(test, `${access_token}x`)).toBeUndefined()
  })
})
