import { describe, expect, it } from 'vitest'
import {
  ISSUER,
  redirected,
  TestServer,
  type TestServerOptions,
} from '../../../../test/support/authorization-server.ts'
import { TestProvider } from '../../../../test/support/openid-provider.ts'
import { headerOf } from '../../../http/response.ts'
import { Dpop } from '../extensions/dpop.ts'
import type { Client } from '../records.ts'
import { findAccessToken } from '../tokens/find-access-token.ts'
import { ImplicitGrant } from './implicit.ts'

const OLD: Client = {
  client_id: 'old',
  token_endpoint_auth_method: 'none',
  redirect_uris: ['https://old.example/cb'],
  grant_types: ['implicit', 'refresh_token'],
  response_types: ['token'],
  scope: 'openid read',
}
const REQUEST = {
  client_id: 'old',
  redirect_uri: 'https://old.example/cb',
  response_type: 'token',
  scope: 'read',
  state: 'xyz',
}

function start(options: TestServerOptions = {}): TestServer {
  const test = new TestServer({ clients: [OLD], ...options })
  test.server.registerGrant(ImplicitGrant)
  return test
}

describe('RFC 6749 §4.2 the implicit grant', () => {
  it('§4.2.2: answers in the fragment, without refresh token', async () => {
    const test = start()
    const response = await test.authorize(REQUEST)
    expect(response.status).toBe(303)
    expect(headerOf(response, 'location')).toMatch(/^https:\/\/old\.example\/cb#access_token=/)
    const answer = redirected(response)
    expect(answer).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: '3600',
      scope: 'read',
      state: 'xyz',
      iss: ISSUER,
    })
    const context = { server: test.server, store: test.store, now: 1_700_000_000 }
    expect(await findAccessToken(context, answer['access_token'] ?? '')).toMatchObject({
      client_id: 'old',
      subject: 'alice',
    })
    expect(test.events.map(({ event }) => event)).toEqual(['token.issued', 'authorization.granted'])
  })

  it('RFC 8707 §2: is for the resource that was named', async () => {
    const test = start({ resources: [{ resource: 'https://api.example' }] })
    const { access_token = '' } = redirected(await test.authorize({ ...REQUEST, resource: 'https://api.example' }))
    const context = { server: test.server, store: test.store, now: 1_700_000_000 }
    expect((await findAccessToken(context, access_token))?.audience).toEqual(['https://api.example'])
  })

  it('carries no ID token, whatever the scope', async () => {
    const provider = new TestProvider({ clients: [OLD] })
    provider.server.registerGrant(ImplicitGrant)
    const parameters = { client_id: 'old', redirect_uri: 'https://old.example/cb', response_type: 'token' }
    const answer = await provider.login(provider.browser(), { ...parameters, scope: 'openid' })
    const names = [...new URLSearchParams(answer.hash.slice(1)).keys()]
    expect(names.sort()).toEqual(['access_token', 'expires_in', 'iss', 'scope', 'state', 'token_type'])
  })

  it.each([
    [
      'in the query',
      { response_mode: 'query' },
      {},
      'invalid_request',
      'response_mode is not one that this response_type can be answered by',
    ],
    [
      'by a form',
      { response_mode: 'form_post' },
      {},
      'invalid_request',
      'response_mode is not one that this response_type can be answered by',
    ],
    [
      'to a client that is not registered for the response type',
      {},
      { response_types: ['code'] },
      'unauthorized_client',
      'client is not registered for this response_type',
    ],
    [
      'to a client that is not registered for the grant',
      {},
      { grant_types: ['authorization_code'] },
      'unauthorized_client',
      'client is not registered for the grant type that this response_type leads to',
    ],
  ])('is not given %s', async (_, parameters, client, error, description) => {
    const test = start({ clients: [{ ...OLD, ...client }] })
    const response = await test.authorize({ ...REQUEST, ...parameters })
    if (!('response_mode' in parameters && parameters.response_mode === 'form_post')) {
      expect(headerOf(response, 'location')).toMatch(/^https:\/\/old\.example\/cb#error=/)
      expect(redirected(response)).toMatchObject({ error, error_description: description, state: 'xyz' })
    }
    expect(String(response.body ?? headerOf(response, 'location'))).not.toContain('access_token')
    expect(test.events.some(({ event }) => event === 'token.issued')).toBe(false)
  })

  it('is not given where the person refuses', async () => {
    const denied = { denied: true } as unknown as { subject: string }
    const response = await start({ approval: denied }).authorize(REQUEST)
    expect(headerOf(response, 'location')).toMatch(/#error=access_denied&/)
  })

  it('needs no code_challenge, since nothing is redeemed; codes still do', async () => {
    const clients = [{ ...OLD, grant_types: ['implicit', 'authorization_code'], response_types: ['token', 'code'] }]
    const test = start({ clients })
    expect(redirected(await test.authorize(REQUEST))).toHaveProperty('access_token')
    expect(redirected(await test.authorize({ ...REQUEST, response_type: 'code' }))).toMatchObject({
      error: 'invalid_request',
      error_description: 'code_challenge is missing: PKCE is required',
    })
  })
})

describe('RFC 9700 §2.1.2', () => {
  it('the log warns when it is registered', () => {
    expect(start().log.filter((line) => line.includes('the implicit grant shows tokens to browsers'))).toHaveLength(1)
  })

  it('is an import of its own', async () => {
    expect(Object.keys(await import('../index.ts'))).not.toContain('ImplicitGrant')
  })

  it('RFC 7591 §2.1: the metadata say that it is there, and only then', () => {
    const [without, having] = [new TestServer().server.metadata(), start().server.metadata()]
    expect(without.grant_types_supported).not.toContain('implicit')
    expect(without.response_types_supported).not.toContain('token')
    expect(having.grant_types_supported).toContain('implicit')
    expect(having.response_types_supported).toContain('token')
  })

  it('is nothing that the token endpoint knows', async () => {
    const response = await start().token({ grant_type: 'implicit', client_id: 'old' })
    expect(JSON.parse(String(response.body))).toMatchObject({ error: 'unsupported_grant_type' })
  })
})

describe('RFC 9449 §5.2 a client whose tokens are bound to a key', () => {
  const clients = [{ ...OLD, dpop_bound_access_tokens: true }]
  const jkt = 'A'.repeat(43)

  it('gets no other token with the redirect either', async () => {
    const test = start({ clients })
    test.server.registerExtension(Dpop)
    expect(redirected(await test.authorize(REQUEST))).toMatchObject({
      error: 'invalid_request',
      error_description: 'dpop_jkt is missing: tokens of this client are bound to a key',
      state: 'xyz',
    })
    const answer = redirected(await test.authorize({ ...REQUEST, dpop_jkt: jkt }))
    expect(answer).toMatchObject({ token_type: 'DPoP' })
    const { server, store, time } = test
    expect(await findAccessToken({ server, store, now: time / 1000 }, answer['access_token'] ?? '')).toMatchObject({
      cnf: { jkt },
    })
  })
})
