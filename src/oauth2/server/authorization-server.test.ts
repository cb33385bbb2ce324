import { describe, expect, it } from 'vitest'
import { basic, body, CLIENTS, get, ISSUER, post, TestServer } from '../../../test/support/authorization-server.ts'
import { headerOf, html } from '../../http/response.ts'
import { MemoryStore } from '../../stores/memory.ts'
import { AuthorizationServer } from './authorization-server.ts'
import { ClientCredentialsGrant } from './grants/client-credentials.ts'
import { RefreshTokenGrant } from './grants/refresh-token.ts'
import { Query } from './response-modes/query.ts'

const store = new MemoryStore()
const GRANT = { grant_type: 'client_credentials', scope: 'read' }

describe('the options', () => {
  it('are checked once, and every problem is told', () => {
    const create = (): unknown =>
      new AuthorizationServer({
        issuer: 'http://op.example?x',
        store,
        lifetimes: { accessToken: -1 },
        scopes: ['read', 'two words'],
        paths: { token: 'token' },
        audience: [],
        accessTokenFormat: 'jwt',
      })
    expect(create).toThrow(
      expect.objectContaining({
        name: 'ConfigurationError',
        problems: [
          '"lifetimes.accessToken" must be a whole number of seconds or a text such as "10m"',
          '"issuer" must be https, or http on a loopback address',
          '"scopes" must be a list of scope tokens: printable ASCII without space, quote and backslash',
          '"paths.token" must be a path such as "/oauth/token"',
          '"audience" must name at least one',
          '"keys" must hold a private asymmetric key to sign JWT access tokens with',
        ],
      }),
    )
  })

  it('have defaults', () => {
    const { lifetimes, scopes, issuer } = new AuthorizationServer({ issuer: 'http://localhost:4400', store })
    expect({ lifetimes, scopes, issuer }).toEqual({
      lifetimes: {
        authorizationCode: 60,
        accessToken: 3600,
        refreshToken: 1_209_600,
        grant: 31_536_000,
        deviceCode: 600,
        pushedRequest: 90,
        refreshReplay: 15,
      },
      scopes: undefined,
      issuer: 'http://localhost:4400',
    })
  })

  it('take lifetimes as text', async () => {
    const test = new TestServer({ lifetimes: { accessToken: '10m' } })
    expect(body(await test.token(GRANT, basic()))['expires_in']).toBe(600)
  })
})

describe('RFC 6749 §1.1, §1.3 registration', () => {
  it('takes a class, a class with options, an instance or an object', () => {
    const server = new AuthorizationServer({ issuer: ISSUER, store })
      .registerGrant(ClientCredentialsGrant)
      .registerGrant(RefreshTokenGrant, { rotate: false })
      .registerGrant({ grantType: 'urn:example:object', grant: () => ({ scope: '' }) })
      .registerResponseMode({ name: 'pigeon', respond: () => html(200, 'coo') })
      .registerEndpoint({ name: 'health', path: '/health', methods: ['GET'], handle: () => html(200, 'fine') })
    expect(server.metadata().grant_types_supported).toEqual([
      'client_credentials',
      'refresh_token',
      'urn:example:object',
    ])
    expect(server.endpointUrl('health')).toBe(`${ISSUER}/health`)
  })

  it.each([
    [
      'grant type "client_credentials"',
      (s: AuthorizationServer<MemoryStore>) => s.registerGrant(ClientCredentialsGrant),
    ],
    ['response mode "query"', (s: AuthorizationServer<MemoryStore>) => s.registerResponseMode(Query)],
    [
      'endpoint "token"',
      (s: AuthorizationServer<MemoryStore>) =>
        s.registerEndpoint({ name: 'token', path: '/t', methods: ['POST'], handle: () => html(200, '') }),
    ],
    [
      'client authentication method "none"',
      (s: AuthorizationServer<MemoryStore>) =>
        s.registerClientAuthMethod({ name: 'none', identify: () => undefined, verify: () => false }),
    ],
    [
      'extension "issuer-parameter"',
      (s: AuthorizationServer<MemoryStore>) => s.registerExtension({ name: 'issuer-parameter' }),
    ],
    [
      'response type "code"',
      (s: AuthorizationServer<MemoryStore>) => {
        const grant = { responseTypes: ['code'], defaultResponseMode: 'query', authorize: () => ({}) } as const
        return s.registerGrant(grant).registerGrant({ ...grant })
      },
    ],
  ])('refuses %s twice', (what, register) => {
    const server = new AuthorizationServer({ issuer: ISSUER, store }).registerGrant(ClientCredentialsGrant)
    expect(() => register(server)).toThrow(`AuthorizationServer: ${what} is registered already`)
  })

  it('refuses two endpoints at one path', () => {
    const server = new AuthorizationServer({ issuer: ISSUER, store })
    const endpoint = { name: 'other', path: '/token', methods: ['GET'], handle: () => html(200, '') } as const
    expect(() => server.registerEndpoint(endpoint)).toThrow('AuthorizationServer: two endpoints have the path "/token"')
  })

  it('refuses to answer at an endpoint that is not there', async () => {
    const server = new AuthorizationServer({ issuer: ISSUER, store })
    await expect(server.createEndpointResponse('introspection', get('/'))).rejects.toThrow(
      'AuthorizationServer: no endpoint "introspection" is registered',
    )
  })
})

describe('extensions', () => {
  it('run in their order, one after the other, and see the context', async () => {
    const test = new TestServer()
    const seen: string[] = []
    const hook = (name: string, order?: number): void => {
      test.server.registerExtension({
        name,
        ...(order === undefined ? {} : { order }),
        async onTokenRequest({ client }) {
          await new Promise(setImmediate)
          seen.push(`${name} request ${client.client_id}`)
        },
        onTokenResponse({ response, accessToken }) {
          response[name] = accessToken.scope
          seen.push(`${name} response`)
        },
      })
    }
    hook('third', 1)
    hook('first', -1)
    hook('second')
    const answer = body(await test.token(GRANT, basic()))
    expect(answer).toMatchObject({ first: 'read', second: 'read', third: 'read' })
    expect(seen).toEqual([
      'first request web',
      'second request web',
      'third request web',
      'first response',
      'second response',
      'third response',
    ])
  })

  it('bring scopes, endpoints and an error page with them', async () => {
    const test = new TestServer()
    test.server.registerExtension({
      name: 'fleet',
      scopes: ['drive'],
      errorPage: (error) => html(error.status, `sorry: ${error.code}`),
      install(registry) {
        registry.registerEndpoint({
          name: 'fleet',
          path: '/fleet',
          methods: ['GET'],
          handle: ({ server }) => html(200, server.scopes?.join() ?? ''),
        })
      },
    })
    expect((await test.server.handle(get('/fleet'))).body).toBe('openid,read,write,admin,drive')
    expect(test.server.metadata().scopes_supported).toContain('drive')
    expect((await test.authorize({ client_id: 'nobody' })).body).toBe('sorry: invalid_client')
  })
})

describe('handle', () => {
  it('answers what is not there with 404', async () => {
    expect((await new TestServer().server.handle(get('/nowhere'))).status).toBe(404)
  })

  it('knows which paths are its own', () => {
    const { server } = new TestServer()
    expect([server.owns(get('/token?x')), server.owns(get('/tokens')), server.owns(get('*'))]).toEqual([
      true,
      false,
      false,
    ])
  })

  it('answers a target that is no path', async () => {
    expect((await new TestServer().server.handle({ ...get('*'), method: 'OPTIONS' })).status).toBe(400)
  })

  it('answers HEAD without a body', async () => {
    const response = await new TestServer().server.handle({
      ...get('/.well-known/oauth-authorization-server'),
      method: 'HEAD',
    })
    expect([response.status, response.body]).toEqual([200, undefined])
  })

  it('shows errors of a page endpoint as a page', async () => {
    const test = new TestServer()
    test.server.registerEndpoint({
      name: 'consent',
      path: '/consent',
      methods: ['GET'],
      errors: 'page',
      handle: () => {
        throw new Error('hunter2')
      },
    })
    const response = await test.server.handle(get('/consent'))
    expect([response.status, headerOf(response, 'content-type')]).toEqual([500, 'text/html; charset=utf-8'])
    expect(response.body).not.toContain('hunter2')
  })
})

describe('events', () => {
  it('reach listeners until they leave, and a listener that throws changes nothing', async () => {
    const test = new TestServer()
    const told: unknown[] = []
    const leave = test.server.on('token.issued', (event) => {
      told.push(event)
      throw new Error('listener is broken')
    })
    expect((await test.token(GRANT, basic())).status).toBe(200)
    leave()
    await test.token(GRANT, basic())
    expect(told).toEqual([
      {
        clientId: 'web',
        endpoint: 'token',
        subject: undefined,
        scope: 'read',
        grantType: 'client_credentials',
        grantId: undefined,
        requestId: expect.stringMatching(/^[\w-]{16}$/),
      },
    ])
  })

  it('are one line each in the log, and so is a refusal', async () => {
    const test = new TestServer({ clients: [CLIENTS.web] })
    await test.server.handle(post('/token', GRANT, basic()))
    await test.server.handle(post('/token', GRANT, basic('web', 'wrong-password')))
    expect(test.log.map((line) => line.split(' {')[0])).toEqual([
      'client.authenticated',
      'token.issued',
      'client.refused',
      'request refused',
    ])
    expect(test.log.join()).not.toContain('wrong-password')
  })
})
