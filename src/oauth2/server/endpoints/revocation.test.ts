import { describe, expect, it } from 'vitest'
import { basic, body, CLIENTS, get, problem, TestServer } from '../../../../test/support/authorization-server.ts'
import { headerOf } from '../../../http/response.ts'
import { KeySet } from '../../../jose/jwks/index.ts'
import { findAccessToken } from '../tokens/find-access-token.ts'

async function isLive(test: TestServer, token: string | undefined): Promise<boolean> {
  const context = { server: test.server, store: test.store, now: test.time / 1000 }
  return (await findAccessToken(context, token ?? '')) !== undefined
}

describe('RFC 7009 §2, §2.1 revoking a token', () => {
  it.each([undefined, 'access_token', 'refresh_token', 'pin_code'])(
    'ends an access token alone (hint: %s)',
    async (hint) => {
      const test = new TestServer()
      const { access_token: token = '', refresh_token = '' } = await test.tokens()
      const response = await test.revoke({ token, ...(hint && { token_type_hint: hint }) }, basic())
      expect([response.status, response.body]).toEqual([200, undefined])
      expect(headerOf(response, 'cache-control')).toBe('no-store')
      expect(await isLive(test, token)).toBe(false)
      expect((await test.refresh(refresh_token)).status).toBe(200)
      expect(test.events.filter(({ event }) => event === 'token.revoked')).toHaveLength(1)
    },
  )

  it.each([undefined, 'access_token', 'refresh_token', 'pin_code'])(
    'ends a refresh token with its family (hint: %s)',
    async (hint) => {
      const test = new TestServer()
      const { access_token, refresh_token: token = '' } = await test.tokens()
      expect((await test.revoke({ token, ...(hint && { token_type_hint: hint }) }, basic())).status).toBe(200)
      expect(await isLive(test, access_token)).toBe(false)
      expect((await test.refresh(token)).status).toBe(400)
    },
  )

  it('ends the family by a token that was rotated, too', async () => {
    const test = new TestServer()
    const { refresh_token: token = '' } = await test.tokens()
    const next = body(await test.refresh(token))
    await test.revoke({ token }, basic())
    expect((await test.refresh(next['refresh_token'] ?? '')).status).toBe(400)
  })

  it.each(['access_token', 'refresh_token'])('refuses the %s of another client, and leaves it', async (kind) => {
    const test = new TestServer({ clients: [CLIENTS.web, { ...CLIENTS.web, client_id: 'other' }] })
    const tokens = await test.tokens()
    const response = await test.revoke({ token: tokens[kind] ?? '' }, basic('other'))
    expect(problem(response)).toEqual([400, 'invalid_grant', 'token was issued to another client'])
    expect(await isLive(test, tokens['access_token'])).toBe(true)
    expect((await test.refresh(tokens['refresh_token'] ?? '')).status).toBe(200)
  })

  it.each([
    ['no token', { token_type_hint: 'access_token' }, [400, 'invalid_request', 'token is missing']],
    ['token twice', 'token=a&token=b', [400, 'invalid_request', 'each parameter must be sent once']],
  ])('refuses %s', async (_, form, expected) => {
    expect(problem(await new TestServer().revoke(form, basic()))).toEqual(expected)
  })

  it('wants to know who is asking', async () => {
    const test = new TestServer()
    const { access_token = '' } = await test.tokens()
    expect(problem(await test.revoke({ token: access_token }, basic('web', 'wrong')))).toEqual([
      401,
      'invalid_client',
      'client authentication failed',
    ])
    expect(await isLive(test, access_token)).toBe(true)
  })

  it('takes POST only, from scripts of any origin', async () => {
    const { server } = new TestServer()
    expect((await server.handle(get('/revoke?token=x'))).status).toBe(405)
    expect(headerOf(await server.handle({ ...get('/revoke'), method: 'OPTIONS' }), 'access-control-allow-origin')).toBe(
      '*',
    )
  })
})

describe('RFC 7009 §2.2 a token that is not known', () => {
  it.each(['nonsense', 'a.b.c', 'x'.repeat(43)])('is as good as revoked: %s', async (token) => {
    expect((await new TestServer().revoke({ token }, basic())).status).toBe(200)
  })

  it('twice is fine', async () => {
    const test = new TestServer()
    const { access_token = '' } = await test.tokens()
    await test.revoke({ token: access_token }, basic())
    expect((await test.revoke({ token: access_token }, basic())).status).toBe(200)
  })
})

describe('RFC 7009 §2.2.1 JWT access tokens', async () => {
  const keys = await KeySet.generate(['ES256'])
  const clients = [CLIENTS.web, { ...CLIENTS.web, client_id: 'other' }]
  const create = (): TestServer => new TestServer({ keys, accessTokenFormat: 'jwt', clients })

  it('of a grant are revoked', async () => {
    const test = create()
    const { access_token: token = '' } = await test.tokens()
    expect(await isLive(test, token)).toBe(true)
    expect((await test.revoke({ token }, basic())).status).toBe(200)
    expect(await isLive(test, token)).toBe(false)
  })

  it('of a client itself cannot be', async () => {
    const test = create()
    const { access_token: token = '' } = body(await test.token({ grant_type: 'client_credentials' }, basic()))
    expect(problem(await test.revoke({ token }, basic()))).toEqual([
      400,
      'unsupported_token_type',
      'token is valid by its signature alone and cannot be revoked',
    ])
    expect(problem(await test.revoke({ token }, basic('other')))).toEqual([
      400,
      'invalid_grant',
      'token was issued to another client',
    ])
  })

  it('of another issuer are not known', async () => {
    const foreign = new TestServer({ keys, accessTokenFormat: 'jwt', issuer: 'https://other.example' })
    const { access_token: token = '' } = body(await foreign.token({ grant_type: 'client_credentials' }, basic()))
    expect((await create().revoke({ token }, basic())).status).toBe(200)
  })
})
