import { describe, expect, it } from 'vitest'
import {
  basic,
  body,
  CALLBACK,
  CLIENTS,
  codeRequest,
  type Form,
  get,
  post,
  problem,
  SECRET,
  TestServer,
  VERIFIER,
} from '../../../../test/support/authorization-server.ts'
import { headerOf } from '../../../http/response.ts'
import { KeySet } from '../../../jose/jwks/index.ts'
import type { Client } from '../records.ts'
import { findAccessToken } from '../tokens/find-access-token.ts'

const CHALLENGE = 'Basic realm="oauth", charset="UTF-8"'

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

  it.each<[string, Form, Record<string, string>, number, string, string, string | undefined]>([
    ['no token', { token_type_hint: 'access_token' }, basic(), 400, 'invalid_request', 'token is missing', undefined],
    ['an empty token', { token: '' }, basic(), 400, 'invalid_request', 'token is missing', undefined],
    ['token twice', 'token=a&token=b', basic(), 400, 'invalid_request', 'each parameter must be sent once', undefined],
    [
      'the hint twice',
      'token=a&token_type_hint=access_token&token_type_hint=refresh_token',
      basic(),
      400,
      'invalid_request',
      'each parameter must be sent once',
      undefined,
    ],
    [
      'a wrong secret',
      { token: 'x' },
      basic('web', 'wrong'),
      401,
      'invalid_client',
      'client authentication failed',
      CHALLENGE,
    ],
    [
      'an unknown client',
      { token: 'x' },
      basic('nobody'),
      401,
      'invalid_client',
      'client authentication failed',
      CHALLENGE,
    ],
    ['nobody', { token: 'x' }, {}, 400, 'invalid_client', 'client authentication failed', undefined],
    [
      'a confidential client that only says its name',
      { token: 'x', client_id: 'web' },
      {},
      400,
      'invalid_client',
      'client authentication failed',
      undefined,
    ],
    [
      'two ways of authentication',
      { token: 'x', client_id: 'web', client_secret: SECRET },
      basic(),
      400,
      'invalid_request',
      'request must use one client authentication method, not several',
      undefined,
    ],
  ])('refuses %s', async (_, form, headers, status, error, description, challenge) => {
    const response = await new TestServer().revoke(form, headers)
    expect(problem(response)).toEqual([status, error, description])
    expect(headerOf(response, 'www-authenticate')).toBe(challenge)
    expect(headerOf(response, 'cache-control')).toBe('no-store')
  })

  it('takes a public client by its name, for its own tokens', async () => {
    const spa: Client = { ...CLIENTS.spa, redirect_uris: [CALLBACK] }
    const test = new TestServer({ clients: [spa, CLIENTS.native] })
    const code = await test.code(codeRequest(spa))
    const redemption = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, code_verifier: VERIFIER }
    const { refresh_token: token = '' } = body(await test.token({ ...redemption, client_id: 'spa' }))
    expect(problem(await test.revoke({ token, client_id: 'native' }))).toEqual([
      400,
      'invalid_grant',
      'token was issued to another client',
    ])
    expect((await test.revoke({ token, client_id: 'spa' })).status).toBe(200)
    const refresh = { grant_type: 'refresh_token', refresh_token: token, client_id: 'spa' }
    expect(problem(await test.token(refresh))[1]).toBe('invalid_grant')
  })

  it('RFC 7009 §2.3: is no script, whatever callback is asked for', async () => {
    const response = await new TestServer().revoke({ token: 'x', callback: 'alert' }, basic())
    expect([response.status, response.body, headerOf(response, 'content-type')]).toEqual([200, undefined, undefined])
    const refused = await new TestServer().revoke({ callback: 'alert' }, basic())
    expect(headerOf(refused, 'content-type')).toBe('application/json')
    expect(refused.body).not.toContain('alert')
  })

  it('does not read the query', async () => {
    const { server } = new TestServer()
    expect(problem(await server.handle(post('/revoke?token=x', {}, basic())))[2]).toBe('token is missing')
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
    const refused = await server.handle(get('/revoke?token=x'))
    expect([refused.status, headerOf(refused, 'allow')]).toEqual([405, 'POST, OPTIONS'])
    const preflight = await server.handle({ ...get('/revoke'), method: 'OPTIONS' })
    expect(headerOf(preflight, 'access-control-allow-origin')).toBe('*')
    const response = await server.handle(post('/revoke', { token: 'x' }, basic()))
    expect(headerOf(response, 'access-control-allow-origin')).toBe('*')
  })
})

describe('Authlib 4.6, 4.7: faults that are not inherited', () => {
  it('an unknown hint is no error, and what is no JWT can be revoked where others are', async () => {
    const test = new TestServer({ keys: await KeySet.generate(['ES256']), accessTokenFormat: 'jwt' })
    const { refresh_token: token = '' } = await test.tokens()
    expect((await test.revoke({ token, token_type_hint: 'pin_code' }, basic())).status).toBe(200)
    expect(problem(await test.refresh(token))[1]).toBe('invalid_grant')
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
