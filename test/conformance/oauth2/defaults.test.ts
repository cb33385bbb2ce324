import { describe, expect, it } from 'vitest'
import { headerOf } from '../../../src/http/response.ts'
import { ResourceProtector, StoreValidator } from '../../../src/oauth2/resource/index.ts'
import { defineClient } from '../../../src/oauth2/server/index.ts'
import { MemoryStore } from '../../../src/stores/memory.ts'
import {
  basic,
  body,
  CLIENTS,
  codeRequest,
  ISSUER,
  problem,
  redirected,
  SECRET,
  TestServer,
} from '../../support/authorization-server.ts'

/*
 * What RFC 9700 and OAuth 2.1 demand, of a server of which nothing was demanded: one row each. The corners are tested
 * beside the code.
 */

const API = 'https://api.example'

describe('RFC 9700: without being told, the server', () => {
  it.each([
    'https://app.example/cb/',
    'https://app.example/cb?x=1',
    'https://app.example:444/cb',
    'https://evil.example',
  ])('§2.1, §4.11.2 sends nobody to %s', async (redirect_uri) => {
    const response = await new TestServer().authorize({ ...codeRequest(), redirect_uri, scope: '"' })
    expect([response.status, headerOf(response, 'location')]).toEqual([400, undefined])
  })

  it.each([
    ['http://127.0.0.1:51004/cb', 303],
    ['http://127.0.0.1:51004/other', 400],
    ['http://localhost:51004/cb', 400],
  ])('§4.1.3 leaves the port to native applications on this machine, and nothing else: %s', async (uri, status) => {
    const request = { ...codeRequest(CLIENTS.native), redirect_uri: uri }
    expect((await new TestServer({ scopes: ['read'] }).authorize(request)).status).toBe(status)
  })

  it.each(['web', 'spa'] as const)('§2.1.1 wants a code challenge of every client: "%s"', async (name) => {
    const { code_challenge: _, code_challenge_method: __, ...request } = codeRequest(CLIENTS[name])
    expect(redirected(await new TestServer().authorize(request))).toMatchObject({ error: 'invalid_request' })
  })

  it('§2.1.1 takes no challenge that is the verifier', async () => {
    const answer = await new TestServer().authorize({ ...codeRequest(), code_challenge_method: 'plain' })
    expect(redirected(answer)).toMatchObject({ error: 'invalid_request' })
  })

  it('§4.8.2 takes no verifier for a code that has no challenge, where that was allowed', async () => {
    const test = new TestServer({ pkce: () => 'optional' })
    const { code_challenge: _, code_challenge_method: __, ...request } = codeRequest()
    const { code = '' } = redirected(await test.authorize(request))
    expect(problem(await test.redeem(code)).slice(0, 2)).toEqual([400, 'invalid_grant'])
  })

  it('§4.4.2.1 says who answers, with a code and with an error', async () => {
    const test = new TestServer()
    expect(redirected(await test.authorize(codeRequest()))['iss']).toBe(ISSUER)
    expect(redirected(await test.authorize({ ...codeRequest(), response_type: 'token' }))['iss']).toBe(ISSUER)
  })

  it('§4.2.4 gives tokens for a code within a minute, once, and takes them back the second time', async () => {
    const test = new TestServer()
    const late = await test.code()
    test.wait(60)
    expect((await test.redeem(late)).status).toBe(400)
    const code = await test.code()
    const { refresh_token = '' } = body(await test.redeem(code))
    expect((await test.redeem(code)).status).toBe(400)
    expect(problem(await test.refresh(refresh_token)).slice(0, 2)).toEqual([400, 'invalid_grant'])
  })

  it('§4.14.2 rotates refresh tokens, and ends the family when an old one comes back', async () => {
    const test = new TestServer()
    const { refresh_token: first = '' } = await test.tokens()
    const { refresh_token: second = '' } = body(await test.refresh(first))
    expect(second).not.toBe(first)
    test.wait(60)
    expect((await test.refresh(first)).status).toBe(400)
    expect(problem(await test.refresh(second)).slice(0, 2)).toEqual([400, 'invalid_grant'])
  })

  it('§2.1.2, §2.4 has no implicit and no password grant', async () => {
    const test = new TestServer()
    const implicit = await test.authorize({ ...codeRequest(), response_type: 'token' })
    expect(redirected(implicit)).toMatchObject({ error: 'unsupported_response_type' })
    const password = await test.token({ grant_type: 'password', username: 'a', password: 'b' }, basic())
    expect(problem(password).slice(0, 2)).toEqual([400, 'unsupported_grant_type'])
  })

  it('§4.3.2 finds no access token in a URL, and §2.3 none for another audience', async () => {
    const test = new TestServer({ audience: API })
    const { access_token = '' } = await test.tokens()
    const guard = async (audience: string, url: string, authorization?: string): Promise<number | undefined> => {
      const clock = (): number => test.time
      const validator = new StoreValidator({ store: test.store, issuer: ISSUER, audience, clock })
      const protector = new ResourceProtector().registerTokenValidator(validator)
      const request = new Request(url, authorization === undefined ? {} : { headers: { authorization } })
      return (await protector.protect(request)).response?.status
    }
    expect(await guard(API, API, `Bearer ${access_token}`)).toBeUndefined()
    expect(await guard(API, `${API}?access_token=${access_token}`)).toBe(401)
    expect(await guard('https://other.example', API, `Bearer ${access_token}`)).toBe(401)
  })

  it('keeps no secret, code or token that could be read from its store', async () => {
    const given: string[] = []
    const memory = new MemoryStore({ clients: Object.values(CLIENTS) })
    const store = new Proxy(memory, {
      get(target, verb) {
        const member: unknown = Reflect.get(target, verb)
        if (typeof member !== 'function') return member
        return (...values: unknown[]): unknown => {
          given.push(JSON.stringify(values))
          return member.apply(target, values)
        }
      },
    })
    const test = new TestServer({ store, clock: Date.now })
    await store.saveClient(await defineClient({ client_id: 'new', client_secret: SECRET, grant_types: [] }))
    const code = await test.code()
    const { access_token = '', refresh_token = '' } = body(await test.redeem(code))
    expect((await test.refresh(refresh_token)).status).toBe(200)
    expect(given.join()).toContain('"new"')
    for (const secret of [SECRET, code, access_token, refresh_token]) {
      expect(secret.length).toBeGreaterThan(20)
      expect(given.join()).not.toContain(secret)
    }
  })

  it('§4.16 shows pages that nobody frames, and that run nothing', async () => {
    const page = await new TestServer().authorize({ client_id: '<script>' })
    expect(headerOf(page, 'content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/)
    expect(String(page.body)).not.toContain('<script')
  })

  it('says nothing of what went wrong inside', async () => {
    const store = new MemoryStore()
    store.findClient = () => {
      throw new Error('password of the database')
    }
    const test = new TestServer({ store })
    const answer = await test.token({ grant_type: 'client_credentials' }, basic())
    expect(problem(answer).slice(0, 2)).toEqual([500, 'server_error'])
    expect(String(answer.body)).not.toContain('database')
    expect(headerOf(answer, 'cache-control')).toBe('no-store')
  })
})
