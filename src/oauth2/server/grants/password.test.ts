import { describe, expect, it } from 'vitest'
import {
  basic,
  body,
  CLIENTS,
  post,
  problem,
  TestServer,
  type TestServerOptions,
} from '../../../../test/support/authorization-server.ts'
import { headerOf } from '../../../http/response.ts'
import { ConfigurationError } from '../../../util/configuration-error.ts'
import type { Attempt } from '../attempt.ts'
import { findAccessToken } from '../tokens/find-access-token.ts'
import { PasswordGrant, type PasswordGrantOptions } from './password.ts'

const OLD = { ...CLIENTS.web, grant_types: ['password', 'refresh_token'], scope: 'openid read' }
const ALICE = { grant_type: 'password', username: 'alice', password: 'wonderland' }

function start(options: Partial<PasswordGrantOptions> = {}, server: TestServerOptions = {}): TestServer {
  const test = new TestServer({ clients: [OLD], ...server })
  test.server.registerGrant(PasswordGrant, {
    authenticate: ({ username, password }) =>
      username === 'alice' && password === 'wonderland' ? { subject: 'alice' } : undefined,
    ...options,
  })
  return test
}

describe('RFC 6749 §4.3 the password grant', () => {
  it('gives tokens about the person, with a refresh token and without an ID token', async () => {
    const test = start()
    const tokens = body(await test.token({ ...ALICE, scope: 'openid' }, basic()))
    expect(tokens).toEqual({
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'openid',
    })
    const context = { server: test.server, store: test.store, now: 1_700_000_000 }
    expect(await findAccessToken(context, tokens['access_token'] ?? '')).toMatchObject({ subject: 'alice' })
    expect((await test.refresh(tokens['refresh_token'] ?? '')).status).toBe(200)
  })

  it('RFC 8707 §2: gives a grant for the resources that were named, and for no others', async () => {
    const resources = [{ resource: 'https://api.example', scopes: ['read'] }, { resource: 'https://other.example' }]
    const test = start({}, { resources })
    const tokens = body(await test.token({ ...ALICE, resource: 'https://api.example' }, basic()))
    const refreshed = body(await test.refresh(tokens['refresh_token'] ?? ''))
    expect([tokens['scope'], refreshed['scope']]).toEqual(['read', 'read'])
    const context = { server: test.server, store: test.store, now: 1_700_000_000 }
    const record = await findAccessToken(context, refreshed['access_token'] ?? '')
    expect(record?.audience).toEqual(['https://api.example'])
    const elsewhere = await test.refresh(refreshed['refresh_token'] ?? '', { resource: 'https://other.example' })
    expect(problem(elsewhere)[1]).toBe('invalid_target')
  })

  it('without scope gives what the client is registered for', async () => {
    expect(body(await start().token(ALICE, basic()))['scope']).toBe('openid read')
  })

  it.each([
    ['no username', { ...ALICE, username: '' }, [400, 'invalid_request', 'username is missing']],
    ['no password', { ...ALICE, password: '' }, [400, 'invalid_request', 'password is missing']],
    [
      'Authlib answered invalid_request: a wrong password',
      { ...ALICE, password: 'x' },
      [400, 'invalid_grant', 'username and password do not belong together'],
    ],
    [
      'the same words for a name that does not exist',
      { ...ALICE, username: 'bob' },
      [400, 'invalid_grant', 'username and password do not belong together'],
    ],
    [
      'scope beyond the registration',
      { ...ALICE, scope: 'write' },
      [400, 'invalid_scope', 'scope asks for more than this client is registered for'],
    ],
  ] as [string, Record<string, string>, unknown][])('refuses %s', async (_, form, expected) => {
    expect(problem(await start().token(form, basic()))).toEqual(expected)
  })

  it('refuses a username that came twice', async () => {
    const form = 'grant_type=password&username=alice&username=bob&password=wonderland'
    expect(problem(await start().token(form, basic()))[1]).toBe('invalid_request')
  })

  it('refuses clients that are not registered for it', async () => {
    const test = start({}, { clients: [CLIENTS.web] })
    expect(problem(await test.token(ALICE, basic()))[1]).toBe('unauthorized_client')
  })

  it('does not read a password from the query, where logs keep it', async () => {
    const query = new URLSearchParams({ username: 'alice', password: 'wonderland' })
    const response = await start().server.handle(post(`/token?${query}`, { grant_type: 'password' }, basic()))
    expect(problem(response)).toEqual([400, 'invalid_request', 'username is missing'])
  })

  it('never logs what was typed', async () => {
    const test = start()
    await test.token({ ...ALICE, password: 'some-secret-word' }, basic())
    await test.token(ALICE, basic())
    for (const line of test.log) expect(line).not.toMatch(/some-secret-word|wonderland/)
  })
})

describe('RFC 6749 §4.3.2 guessing passwords', () => {
  it('is slowed down where the server limits it, before the password is looked at', async () => {
    const tried: string[] = []
    let refusal: { retryAfter: number } | undefined
    const rateLimit = ({ kind, clientId, account }: Attempt) => {
      if (kind !== 'login') return undefined
      tried.push(`${clientId} ${account}`)
      return refusal
    }
    const test = start({}, { rateLimit })
    expect(problem(await test.token({ ...ALICE, password: 'x' }, basic()))[1]).toBe('invalid_grant')
    refusal = { retryAfter: 30 }
    const response = await test.token(ALICE, basic())
    expect(problem(response).slice(0, 2)).toEqual([429, 'temporarily_unavailable'])
    expect(headerOf(response, 'retry-after')).toBe('30')
    expect(tried).toEqual(['web alice', 'web alice'])
  })

  it('is told to listeners', async () => {
    const test = start()
    let failures = 0
    test.server.on('login.failed', () => {
      failures += 1
    })
    await test.token({ ...ALICE, password: 'x' }, basic())
    expect(failures).toBe(1)
  })
})

describe('RFC 9700 §2.4', () => {
  it('the log warns when it is registered', () => {
    const lines = start().log.filter((line) => line.startsWith('a grant is registered that weakens the server'))
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('the password grant shows passwords to clients')
  })

  it('is an import of its own', async () => {
    expect(Object.keys(await import('../index.ts'))).not.toContain('PasswordGrant')
  })

  it('needs to be told how to check a password', () => {
    const build = () => new PasswordGrant({} as PasswordGrantOptions)
    expect(build).toThrow(ConfigurationError)
    expect(build).toThrow('"authenticate" must be a function')
  })

  it('does not take nobody for somebody', async () => {
    const test = start({ authenticate: () => ({ subject: '' }) })
    expect(problem(await test.token(ALICE, basic()))[1]).toBe('server_error')
  })
})
