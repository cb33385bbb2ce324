import { describe, expect, it } from 'vitest'
import {
  basic,
  body,
  CLIENTS,
  get,
  ISSUER,
  post,
  problem,
  TestServer,
} from '../../../../test/support/authorization-server.ts'
import { headerOf } from '../../../http/response.ts'
import { OAuth2Error } from '../../errors.ts'
import type { TokenGrant } from '../grant.ts'

const GRANT = { grant_type: 'client_credentials', scope: 'read' }

describe('RFC 6749 §3.2 the token endpoint', () => {
  it.each([
    ['no grant_type', { scope: 'read' }, [400, 'invalid_request', 'grant_type is missing']],
    ['an empty grant_type', { grant_type: '' }, [400, 'invalid_request', 'grant_type is missing']],
    [
      'grant_type twice',
      'grant_type=client_credentials&grant_type=x',
      [400, 'invalid_request', 'grant_type must be sent once'],
    ],
    [
      'an unknown grant_type',
      { grant_type: 'magic' },
      [400, 'unsupported_grant_type', 'grant_type is not one that this server supports'],
    ],
    [
      'the password grant',
      { grant_type: 'password' },
      [400, 'unsupported_grant_type', 'grant_type is not one that this server supports'],
    ],
    [
      '__proto__ as grant_type',
      { grant_type: '__proto__' },
      [400, 'unsupported_grant_type', 'grant_type is not one that this server supports'],
    ],
    [
      'scope twice',
      'grant_type=client_credentials&scope=read&scope=write',
      [400, 'invalid_request', 'each parameter must be sent once'],
    ],
    [
      'client_id twice',
      'grant_type=client_credentials&client_id=web&client_id=web',
      [400, 'invalid_request', 'each parameter must be sent once'],
    ],
    [
      'a form that is not UTF-8',
      'grant_type=%ff',
      [400, 'invalid_request', 'parameter names and values must be percent-encoded UTF-8'],
    ],
  ] as [string, Record<string, string> | string, unknown][])('refuses %s', async (_, form, expected) => {
    const response = await new TestServer().token(form, basic())
    expect(problem(response)).toEqual(expected)
    expect(headerOf(response, 'content-type')).toBe('application/json')
    expect(headerOf(response, 'cache-control')).toBe('no-store')
    expect(headerOf(response, 'pragma')).toBe('no-cache')
  })

  it('ignores parameters that the grant does not read, even twice', async () => {
    const response = await new TestServer().token('grant_type=client_credentials&scope=read&x=1&x=2', basic())
    expect(response.status).toBe(200)
  })

  it('does not read the query', async () => {
    const response = await new TestServer().server.handle(post('/token?grant_type=client_credentials', {}, basic()))
    expect(problem(response)).toEqual([400, 'invalid_request', 'grant_type is missing'])
  })

  it('takes POST only', async () => {
    const response = await new TestServer().server.handle(get('/token?grant_type=client_credentials', basic()))
    expect([response.status, headerOf(response, 'allow')]).toEqual([405, 'POST, OPTIONS'])
  })

  it('refuses a body of another type', async () => {
    const init = {
      method: 'POST',
      body: JSON.stringify(GRANT),
      headers: { ...basic(), 'content-type': 'application/json' },
    }
    const response = await new TestServer().server.fetch(new Request(`${ISSUER}/token`, init))
    expect([response.status, await response.json()]).toEqual([
      415,
      { error: 'invalid_request', error_description: expect.stringContaining('application/x-www-form-urlencoded') },
    ])
  })

  it('refuses a body that is too long', async () => {
    const init = { method: 'POST', body: new URLSearchParams({ ...GRANT, x: 'x'.repeat(70_000) }), headers: basic() }
    const response = await new TestServer().server.fetch(new Request(`${ISSUER}/token`, init))
    expect([response.status, await response.json()]).toMatchObject([413, { error: 'invalid_request' }])
  })

  it('refuses a grant that the client is not registered for', async () => {
    const clients = [{ ...CLIENTS.web, grant_types: ['authorization_code'] }]
    expect(problem(await new TestServer({ clients }).token(GRANT, basic()))).toEqual([
      400,
      'unauthorized_client',
      'client is not registered for this grant_type',
    ])
  })

  it('may be called by scripts of any origin', async () => {
    const { server } = new TestServer()
    const answer = await server.handle(post('/token', GRANT, basic()))
    expect(headerOf(answer, 'access-control-allow-origin')).toBe('*')
    const preflight = await server.handle({ ...get('/token'), method: 'OPTIONS' })
    expect([preflight.status, headerOf(preflight, 'access-control-allow-methods')]).toEqual([204, 'POST'])
  })
})

describe('RFC 6749 §5.1 the answer', () => {
  it('is a token that nobody stores on the way', async () => {
    const response = await new TestServer().token(GRANT, basic())
    expect(body(response)).toEqual({
      access_token: expect.stringMatching(/^aw_at_[\w-]{49}$/),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'read',
    })
    expect(headerOf(response, 'cache-control')).toBe('no-store')
  })

  it('has no scope where none was granted', async () => {
    const clients = [{ ...CLIENTS.web, scope: '' }]
    expect(
      body(await new TestServer({ clients }).token({ grant_type: 'client_credentials' }, basic())),
    ).not.toHaveProperty('scope')
  })

  it('is what createTokenResponse gives, wherever the application routed it', async () => {
    const { server } = new TestServer()
    expect((await server.createTokenResponse(post('/elsewhere', GRANT, basic()))).status).toBe(200)
    const init = { method: 'POST', body: new URLSearchParams(GRANT), headers: basic() }
    const response = await server.createTokenResponse(new Request('https://proxy.internal/x', init))
    expect(await response.json()).toMatchObject({ token_type: 'Bearer' })
  })
})

describe('a grant of your own', () => {
  const pin: TokenGrant = {
    grantType: 'urn:example:pin',
    parameters: ['pin'],
    grant({ params }) {
      if (params.get('pin') !== '1234') throw new OAuth2Error('invalid_grant', 'wrong "pin"', { detail: 'tried 0000' })
      return { subject: 'alice', scope: 'read', refreshable: true }
    },
  }
  const clients = [{ ...CLIENTS.web, grant_types: ['urn:example:pin', 'refresh_token'] }]

  it('gets tokens of a family of their own', async () => {
    const test = new TestServer({ clients })
    test.server.registerGrant(pin)
    const tokens = body(await test.token({ grant_type: 'urn:example:pin', pin: '1234' }, basic()))
    expect(tokens['refresh_token']).toMatch(/^aw_rt_[\w-]{49}$/)
    expect((await test.refresh(tokens['refresh_token'] ?? '')).status).toBe(200)
    expect(test.server.metadata().grant_types_supported).toContain('urn:example:pin')
  })

  it('refuses in the same form, and its detail goes to the log only', async () => {
    const test = new TestServer({ clients })
    test.server.registerGrant(pin)
    const response = await test.token({ grant_type: 'urn:example:pin', pin: '0000' }, basic())
    expect(problem(response)).toEqual([400, 'invalid_grant', "wrong 'pin'"])
    expect(test.log.some((line) => line.includes('tried 0000'))).toBe(true)
  })

  it('may ask the client to come back later', async () => {
    const test = new TestServer({ clients })
    const busy: TokenGrant = {
      grantType: 'urn:example:pin',
      grant() {
        throw new OAuth2Error('temporarily_unavailable', 'too many attempts', { retryAfter: 30 })
      },
    }
    test.server.registerGrant(busy)
    const response = await test.token({ grant_type: 'urn:example:pin' }, basic())
    expect([response.status, headerOf(response, 'retry-after')]).toEqual([503, '30'])
  })

  it('has its parameters sent once', async () => {
    const test = new TestServer({ clients })
    test.server.registerGrant(pin)
    const response = await test.token('grant_type=urn:example:pin&pin=1&pin=2', basic())
    expect(problem(response)).toEqual([400, 'invalid_request', 'each parameter must be sent once'])
  })
})

describe('a failure that nobody expected', () => {
  it('is a server_error with a reference that the log explains', async () => {
    const test = new TestServer()
    Object.assign(test.store, {
      saveTokens: () => {
        throw new Error('connection to db-1 lost')
      },
    })
    const response = await test.token(GRANT, basic())
    const [status, error, description = ''] = problem(response)
    expect([status, error]).toEqual([500, 'server_error'])
    expect(response.body).not.toContain('db-1')
    const reference = description.replace('unexpected error, reference ', '')
    expect(test.log.some((line) => line.includes(reference) && line.includes('connection to db-1 lost'))).toBe(true)
  })

  it('of a hook loses nothing: the code can still be redeemed', async () => {
    const test = new TestServer()
    let failures = 1
    test.server.registerExtension({
      name: 'flaky',
      onTokenResponse: () => {
        if (failures-- > 0) throw new Error('claims service is away')
      },
    })
    const code = await test.code()
    expect(problem(await test.redeem(code)).slice(0, 2)).toEqual([500, 'server_error'])
    expect((await test.redeem(code)).status).toBe(200)
  })
})
