import { describe, expect, it } from 'vitest'
import {
  basic,
  body,
  CALLBACK,
  CLIENTS,
  codeRequest,
  type Form,
  get,
  ISSUER,
  later,
  post,
  problem,
  redirected,
  SECRET,
  TestServer,
  type TestServerOptions,
  VERIFIER,
} from '../../../../test/support/authorization-server.ts'
import { type HttpResponse, headerOf } from '../../../http/response.ts'
import { OAuth2Error } from '../../errors.ts'
import { formatPushedReference } from '../../pushed-request.ts'
import { tokenId } from '../tokens/token-id.ts'
import { PushedAuthorization, type PushedAuthorizationOptions } from './pushed-authorization.ts'

const VALID = codeRequest()
const PAGE = 'text/html; charset=utf-8'
const UNUSABLE = 'request_uri is unknown, has expired or was used before'

function serve(options: PushedAuthorizationOptions = {}, more: TestServerOptions = {}): TestServer {
  const test = new TestServer(more)
  test.server.registerExtension(PushedAuthorization, options)
  return test
}

function push(test: TestServer, form: Form = VALID, headers: Record<string, string> = basic()): Promise<HttpResponse> {
  return test.server.handle(post('/par', form, headers))
}

async function pushed(test: TestServer, form: Form = VALID): Promise<string> {
  return String(body(await push(test, form))['request_uri'])
}

function shown(response: HttpResponse): [status: number, type: string | undefined, location: string | undefined] {
  return [response.status, headerOf(response, 'content-type'), headerOf(response, 'location')]
}

function without(...names: string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(VALID).filter(([name]) => !names.includes(name)))
}

describe('RFC 9126 §2.2 a pushed request', () => {
  it('is answered with 201, a reference of its own and how long it lasts, not to be cached', async () => {
    const test = serve()
    const response = await push(test)
    expect(response.status).toBe(201)
    expect(headerOf(response, 'cache-control')).toBe('no-store')
    expect(headerOf(response, 'content-type')).toBe('application/json')
    expect(body(response)).toEqual({
      request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:[\w-]{43}$/),
      expires_in: 90,
    })
    expect(await pushed(test)).not.toBe(body(response)['request_uri'])
  })

  it('is told of', async () => {
    const test = serve()
    const told: unknown[] = []
    test.server.on('authorization.pushed', (event) => {
      told.push(event)
    })
    await push(test)
    await push(test, without('response_type'))
    const endpoint = 'pushed_authorization'
    expect(told).toEqual([{ clientId: 'web', signed: false, endpoint, requestId: expect.any(String) }])
  })

  it('lasts as long as the server says', async () => {
    expect(body(await push(serve({}, { lifetimes: { pushedRequest: 30 } })))['expires_in']).toBe(30)
  })

  it('is kept under a hash, without the credentials it came with', async () => {
    const service = { ...CLIENTS.web, client_id: 'posting', token_endpoint_auth_method: 'client_secret_post' }
    const test = serve({}, { clients: [service] })
    const form = { ...VALID, client_id: 'posting', client_secret: SECRET }
    const uri = String(body(await push(test, form, {}))['request_uri'])
    const record = await test.store.findPushedRequest(await tokenId(uri.replace(formatPushedReference(''), '')))
    expect(record).toMatchObject({ client_id: 'posting', expires_at: 1_700_000_090 })
    expect(record?.parameters).not.toContain('secret')
    expect(JSON.stringify(record)).not.toContain(uri.slice(-43))
  })

  it('may be pushed by a public client', async () => {
    expect((await push(serve(), codeRequest(CLIENTS.spa), {})).status).toBe(201)
  })
})

describe('RFC 9126 §2, §2.1 and §2.3 what cannot be pushed', () => {
  const service = { client_secret: SECRET }
  it.each<[string, Form, Record<string, string>, ReturnType<typeof problem>]>([
    ['without credentials', without('client_id'), {}, [400, 'invalid_client', 'client authentication failed']],
    ['with a wrong secret', VALID, basic('web', 'wrong'), [401, 'invalid_client', 'client authentication failed']],
    ['by a confidential client as a public one', VALID, {}, [400, 'invalid_client', 'client authentication failed']],
    [
      'in the name of another client',
      { ...VALID, client_id: 'spa' },
      basic(),
      [400, 'invalid_request', 'client_id must be the client that the credentials belong to'],
    ],
    ['without client_id', without('client_id'), basic(), [400, 'invalid_request', 'client_id is missing']],
    [
      'with a request_uri',
      { ...VALID, request_uri: 'https://app.example/request' },
      basic(),
      [400, 'invalid_request', 'request_uri must not be pushed'],
    ],
    [
      'with the request_uri of a pushed request',
      { client_id: 'web', request_uri: formatPushedReference('x') },
      basic(),
      [400, 'invalid_request', 'request_uri must not be pushed'],
    ],
    [
      'with a request object where there are none',
      { client_id: 'web', redirect_uri: CALLBACK, request: 'e30.e30.' },
      basic(),
      [400, 'request_not_supported', 'request is not supported by this server'],
    ],
    [
      '§2.4: with a redirect_uri that is not registered, also of a client that authenticated',
      { ...VALID, redirect_uri: 'https://app.example/other' },
      basic(),
      [400, 'invalid_request', 'redirect_uri is not registered for this client'],
    ],
    ['without response_type', without('response_type'), basic(), [400, 'invalid_request', 'response_type is missing']],
    [
      'with an unknown response_type',
      { ...VALID, response_type: 'magic' },
      basic(),
      [400, 'unsupported_response_type', 'response_type is not one that this server supports'],
    ],
    [
      'with a scope that the client may not have',
      { ...VALID, scope: 'admin' },
      basic(),
      [400, 'invalid_scope', 'scope asks for more than this client is registered for'],
    ],
    [
      'without PKCE',
      without('code_challenge', 'code_challenge_method'),
      basic(),
      [400, 'invalid_request', 'code_challenge is missing: PKCE is required'],
    ],
    [
      'with an unknown resource',
      { ...VALID, resource: 'https://unknown.example' },
      basic(),
      [400, 'invalid_target', 'resource is not one that this server issues tokens for'],
    ],
    [
      'with a parameter twice',
      [...Object.entries(VALID), ['scope', 'write']],
      basic(),
      [400, 'invalid_request', 'each parameter must be sent once'],
    ],
    [
      'with credentials in two places',
      { ...VALID, ...service },
      basic(),
      [400, 'invalid_request', 'request must use one client authentication method, not several'],
    ],
  ])('%s', async (_, form, headers, expected) => {
    const test = serve()
    const response = await push(test, form, headers)
    expect(problem(response)).toEqual(expected)
    expect(headerOf(response, 'location')).toBeUndefined()
    expect(headerOf(response, 'cache-control')).toBe('no-store')
    expect(headerOf(response, 'www-authenticate')).toBe(
      expected[0] === 401 ? 'Basic realm="oauth", charset="UTF-8"' : undefined,
    )
  })

  it('nor by GET: 405', async () => {
    const response = await serve().server.handle(get(`/par?${new URLSearchParams(VALID)}`, basic()))
    expect([response.status, headerOf(response, 'allow')]).toEqual([405, 'POST, OPTIONS'])
  })

  it('nor with parameters in the query', async () => {
    const test = serve()
    const response = await test.server.handle(post(`/par?${new URLSearchParams(VALID)}`, {}, basic()))
    expect(problem(response)).toEqual([400, 'invalid_request', 'client_id is missing'])
  })

  it('nor in 64 KiB: 413; nor as JSON: 415', async () => {
    const { server } = serve()
    const send = async (type: string, content: string): Promise<[number, unknown]> => {
      const headers = { ...basic(), 'content-type': type }
      const response = await server.fetch(new Request(`${ISSUER}/par`, { method: 'POST', headers, body: content }))
      return [response.status, (await response.json()).error]
    }
    expect(await send('application/x-www-form-urlencoded', `state=${'x'.repeat(66_000)}`)).toEqual([
      413,
      'invalid_request',
    ])
    expect(await send('application/json', JSON.stringify(VALID))).toEqual([415, 'invalid_request'])
  })

  it('is refused by what extensions check, too', async () => {
    const test = serve()
    test.server.registerExtension({
      name: 'picky',
      onAuthorizationRequest() {
        throw new OAuth2Error('invalid_request', 'not today')
      },
    })
    expect(problem(await push(test))).toEqual([400, 'invalid_request', 'not today'])
  })
})

describe('RFC 9126 §4 the authorization request', () => {
  it('is the pushed one, whatever stands beside the reference', async () => {
    const test = serve()
    const request_uri = await pushed(test, { ...VALID, resource: '' })
    const response = await test.authorize({
      client_id: 'web',
      request_uri,
      scope: 'write',
      state: 'other',
      redirect_uri: 'https://evil.example/cb',
      response_mode: 'fragment',
    })
    const answer = redirected(response)
    expect(headerOf(response, 'location')).toMatch(/^https:\/\/app\.example\/cb\?/)
    expect(answer['state']).toBe('xyz')
    const tokens = body(await test.redeem(String(answer['code'])))
    expect(tokens['scope']).toBe('read')
  })

  it('gives a code that is bound to what was pushed', async () => {
    const test = serve()
    const { code = '' } = redirected(await test.authorize({ client_id: 'web', request_uri: await pushed(test) }))
    expect(problem(await test.redeem(code, { code_verifier: VERIFIER.replace('d', 'e') }))[1]).toBe('invalid_grant')
  })

  it('may come by POST', async () => {
    const test = serve()
    const form = { client_id: 'web', request_uri: await pushed(test) }
    expect(redirected(await test.server.handle(post('/authorize', form)))).toHaveProperty('code')
  })

  it.each<[string, (uri: string, test: TestServer) => Form]>([
    ['unknown', () => ({ client_id: 'web', request_uri: formatPushedReference('unknown') })],
    ['empty', () => ({ client_id: 'web', request_uri: formatPushedReference('') })],
    ["another client's", (request_uri) => ({ client_id: 'spa', request_uri })],
    [
      'expired',
      (request_uri, test) => {
        test.wait(90)
        return { client_id: 'web', request_uri }
      },
    ],
    ['cut short', (uri) => ({ client_id: 'web', request_uri: uri.slice(0, -1) })],
  ])('shows a page for a request_uri that is %s', async (_, form) => {
    const test = serve()
    const response = await test.authorize(form(await pushed(test), test))
    expect(shown(response)).toEqual([400, PAGE, undefined])
    expect(String(response.body)).toContain('invalid_request_uri')
    expect(String(response.body)).toContain(UNUSABLE)
  })

  it.each<[string, (uri: string) => Form]>([
    [
      'request_uri twice',
      (uri) => [
        ['client_id', 'web'],
        ['request_uri', uri],
        ['request_uri', uri],
      ],
    ],
    ['request beside request_uri', (request_uri) => ({ client_id: 'web', request_uri, request: 'e30.e30.' })],
    ['no client_id', (request_uri) => ({ request_uri })],
  ])('shows a page for %s', async (_, form) => {
    const test = serve()
    const response = await test.authorize(form(await pushed(test)))
    expect(shown(response)).toEqual([400, PAGE, undefined])
    expect(String(response.body)).toContain('<code>invalid_request</code>')
  })

  it('is checked anew: the client may have changed', async () => {
    const test = serve()
    const request_uri = await pushed(test)
    Object.assign(test.store, { findClient: () => ({ ...CLIENTS.web, scope: 'write' }) })
    expect(redirected(await test.authorize({ client_id: 'web', request_uri }))['error']).toBe('invalid_scope')
  })

  it('sends a request_uri that is an address on its way as before', async () => {
    const test = serve()
    const response = await test.authorize({ ...VALID, request_uri: 'https://app.example/request' })
    expect(redirected(response)['error']).toBe('request_uri_not_supported')
  })
})

describe('RFC 9126 §7.3 a request_uri is good for one code', () => {
  it('but may be loaded again until it is used', async () => {
    const test = serve()
    const request_uri = await pushed(test)
    const requests = [1, 2].map(() =>
      test.server.getConsentGrant(get(`/authorize?${new URLSearchParams({ client_id: 'web', request_uri })}`)),
    )
    const [first, second] = await Promise.all(requests)
    if (first === undefined || second === undefined) throw new Error('both are there')
    const approve = { subject: 'alice' }
    expect(redirected(await test.server.createAuthorizationResponse(first, approve))).toHaveProperty('code')
    expect(redirected(await test.server.createAuthorizationResponse(second, approve))).toMatchObject({
      error: 'invalid_request_uri',
      error_description: UNUSABLE,
      state: 'xyz',
      iss: ISSUER,
    })
    expect(shown(await test.authorize({ client_id: 'web', request_uri }))).toEqual([400, PAGE, undefined])
  })

  it('of sixteen approvals at the same time one gets it', async () => {
    const test = serve({}, { turn: later })
    const request_uri = await pushed(test)
    const responses = await Promise.all(
      Array.from({ length: 16 }, () => test.authorize({ client_id: 'web', request_uri })),
    )
    const answers = responses.map((response) => (headerOf(response, 'location') ? redirected(response) : {}))
    expect(answers.filter(({ code }) => code !== undefined)).toHaveLength(1)
    expect(test.events.filter(({ event }) => event === 'authorization.granted')).toHaveLength(1)
  })

  it('is not used up by a refusal', async () => {
    const test = serve()
    const request_uri = await pushed(test)
    const url = `/authorize?${new URLSearchParams({ client_id: 'web', request_uri })}`
    const request = await test.server.getConsentGrant(get(url))
    expect(redirected(await test.server.createAuthorizationResponse(request, { denied: true }))['error']).toBe(
      'access_denied',
    )
    expect(redirected(await test.authorize({ client_id: 'web', request_uri }))).toHaveProperty('code')
  })

  it('leaves a person the time to decide', async () => {
    const test = serve({ decisionTime: '30m' })
    const url = `/authorize?${new URLSearchParams({ client_id: 'web', request_uri: await pushed(test) })}`
    test.wait(89)
    const early = await test.server.getConsentGrant(get(url))
    test.wait(1799)
    expect(redirected(await test.server.createAuthorizationResponse(early, { subject: 'alice' }))).toHaveProperty(
      'code',
    )
  })

  it('and not more', async () => {
    const test = serve({ decisionTime: '30m' })
    const url = `/authorize?${new URLSearchParams({ client_id: 'web', request_uri: await pushed(test) })}`
    const request = await test.server.getConsentGrant(get(url))
    test.wait(1800)
    expect(redirected(await test.server.createAuthorizationResponse(request, { subject: 'alice' }))['error']).toBe(
      'invalid_request_uri',
    )
  })
})

describe('RFC 9126 §7.3 a request_uri that somebody else got hold of', () => {
  it('does not live on because it is loaded again and again', async () => {
    const test = serve({ decisionTime: '30m' })
    const url = `/authorize?${new URLSearchParams({ client_id: 'web', request_uri: await pushed(test) })}`
    await test.server.getConsentGrant(get(url))
    test.wait(1799)
    await test.server.getConsentGrant(get(url))
    test.wait(1)
    await expect(test.server.getConsentGrant(get(url))).rejects.toThrow(UNUSABLE)
  })
})

describe('RFC 9126 §5, §6 where pushing is required', () => {
  const REQUIRED = 'authorization request must be pushed to the server first'

  it('by the server, a request that was not pushed is refused', async () => {
    const test = serve({ required: true })
    expect(redirected(await test.authorize(VALID))).toMatchObject({
      error: 'invalid_request',
      error_description: REQUIRED,
    })
    expect(redirected(await test.authorize({ client_id: 'web', request_uri: await pushed(test) }))).toHaveProperty(
      'code',
    )
  })

  it('by the registration, those of this client are', async () => {
    const clients = [{ ...CLIENTS.web, require_pushed_authorization_requests: true }, CLIENTS.spa]
    const test = serve({}, { clients })
    expect(redirected(await test.authorize(VALID))['error']).toBe('invalid_request')
    expect(redirected(await test.authorize(codeRequest(CLIENTS.spa)))).toHaveProperty('code')
    expect(redirected(await test.authorize({ client_id: 'web', request_uri: await pushed(test) }))).toHaveProperty(
      'code',
    )
  })

  it('the metadata says so', () => {
    expect(serve().server.metadata()).toMatchObject({ pushed_authorization_request_endpoint: `${ISSUER}/par` })
    expect(serve().server.metadata()).not.toHaveProperty('require_pushed_authorization_requests')
    expect(serve({ required: true }).server.metadata()).toMatchObject({ require_pushed_authorization_requests: true })
  })
})

it('RFC 9449 §10.1: the key that was proven when pushing is kept for the code', async () => {
  const test = serve()
  const bindings: unknown[] = []
  test.server.registerExtension({
    name: 'proofs',
    onAuthorizationRequest({ authorization, request }) {
      if (request.header('dpop') !== undefined) authorization.binding.jkt = 'thumbprint'
      bindings.push(authorization.params.get('dpop_jkt'))
    },
  })
  const request_uri = String(body(await push(test, VALID, { ...basic(), dpop: 'proof' }))['request_uri'])
  await test.authorize({ client_id: 'web', request_uri })
  expect(bindings).toEqual([undefined, 'thumbprint'])
})
