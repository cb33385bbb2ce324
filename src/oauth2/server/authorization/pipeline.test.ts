import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CALLBACK,
  CHALLENGE,
  CLIENTS,
  codeRequest,
  get,
  ISSUER,
  post,
  redirected,
  TestServer,
  type TestServerOptions,
} from '../../../../test/support/authorization-server.ts'
import { queryOf } from '../../../http/request.ts'
import { type HttpResponse, headerOf } from '../../../http/response.ts'
import type { AuthorizationGrant } from '../grant.ts'
import { AuthorizationRefusal } from './refusal.ts'

const VALID = codeRequest()

function without(...names: string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(VALID).filter(([name]) => !names.includes(name)))
}

/** What the page of the server says. */
function shown(response: HttpResponse): { status: number; error: string | undefined; description: string | undefined } {
  expect(headerOf(response, 'location')).toBeUndefined()
  expect(headerOf(response, 'content-type')).toBe('text/html; charset=utf-8')
  expect(headerOf(response, 'cache-control')).toBe('no-store')
  const [, error] = /<dt>Error<\/dt><dd><code>(.*?)<\/code>/.exec(String(response.body)) ?? []
  const [, description] = /<dt>Description<\/dt><dd>(.*?)<\/dd>/.exec(String(response.body)) ?? []
  return { status: response.status, error, description }
}

describe('RFC 6749 §4.1.2.1 above the line: errors are shown to the person', () => {
  it.each([
    ['no client_id', without('client_id'), 'invalid_request', 'client_id is missing'],
    [
      'an unknown client_id',
      { ...VALID, client_id: 'nobody' },
      'invalid_client',
      'client_id does not name a registered client',
    ],
    ['an empty client_id', { ...VALID, client_id: '' }, 'invalid_request', 'client_id is missing'],
    [
      'client_id twice',
      [...Object.entries(VALID), ['client_id', 'web']],
      'invalid_request',
      'client_id must be sent once',
    ],
    [
      'redirect_uri twice',
      [...Object.entries(VALID), ['redirect_uri', CALLBACK]],
      'invalid_request',
      'redirect_uri must be sent once',
    ],
    [
      'a foreign redirect_uri',
      { ...VALID, redirect_uri: 'https://evil.example/cb' },
      'invalid_request',
      'redirect_uri is not registered for this client',
    ],
    [
      'a redirect_uri with one more slash',
      { ...VALID, redirect_uri: `${CALLBACK}/` },
      'invalid_request',
      'redirect_uri is not registered for this client',
    ],
    [
      'a script as redirect_uri',
      { ...VALID, redirect_uri: 'javascript:alert(1)' },
      'invalid_request',
      'redirect_uri is not registered for this client',
    ],
    [
      'no redirect_uri with the openid scope',
      { ...without('redirect_uri'), scope: 'openid' },
      'invalid_request',
      'redirect_uri is missing',
    ],
    [
      'no redirect_uri where there are two',
      { ...without('redirect_uri'), client_id: 'spa' },
      'invalid_request',
      'redirect_uri is missing',
    ],
    [
      'no redirect_uri where there is none',
      { ...without('redirect_uri'), client_id: 'service' },
      'invalid_request',
      'redirect_uri is missing',
    ],
    [
      'parameters that are not UTF-8',
      'client_id=%ff',
      'invalid_request',
      'parameter names and values must be percent-encoded UTF-8',
    ],
  ] as [string, Record<string, string>, string, string][])('%s', async (_, parameters, error, description) => {
    const test = new TestServer()
    expect(shown(await test.authorize(parameters))).toEqual({
      status: 400,
      error,
      description: description.replaceAll("'", '&#39;'),
    })
    expect(test.events).toEqual([])
  })
})

describe('RFC 6749 §4.1.2.1 and OIDC Core §3.1.2.6 below the line: errors are sent to the client', () => {
  it.each([
    [
      'state twice',
      [...Object.entries(VALID), ['state', 'other']],
      'invalid_request',
      'each parameter must be sent once',
    ],
    [
      'scope twice',
      [...Object.entries(VALID), ['scope', 'write']],
      'invalid_request',
      'each parameter must be sent once',
    ],
    [
      'an unknown parameter twice',
      [...Object.entries(VALID), ['x', '1'], ['x', '2']],
      'invalid_request',
      'each parameter must be sent once',
    ],
    ['no response_type', without('response_type'), 'invalid_request', 'response_type is missing'],
    [
      'an unknown response_type',
      { ...VALID, response_type: 'magic' },
      'unsupported_response_type',
      'response_type is not one that this server supports',
    ],
    [
      'the implicit response_type',
      { ...VALID, response_type: 'token' },
      'unsupported_response_type',
      'response_type is not one that this server supports',
    ],
    [
      'an unknown response_mode',
      { ...VALID, response_mode: 'pigeon' },
      'invalid_request',
      'response_mode is not one that this server supports',
    ],
    [
      'a request object',
      { ...VALID, request: 'e30.e30.' },
      'request_not_supported',
      'request is not supported by this server',
    ],
    [
      'a request_uri',
      { ...VALID, request_uri: 'https://app.example/r' },
      'request_uri_not_supported',
      'request_uri is not supported by this server',
    ],
    [
      'a registration',
      { ...VALID, registration: '{}' },
      'registration_not_supported',
      'registration is not supported by this server',
    ],
    [
      'a malformed scope',
      { ...VALID, scope: 'read "write"' },
      'invalid_scope',
      'scope must be a list of scope tokens separated by spaces',
    ],
    [
      'a scope that the client may not have',
      { ...VALID, scope: 'read admin' },
      'invalid_scope',
      'scope asks for more than this client is registered for',
    ],
    ['only unknown scopes', { ...VALID, scope: 'fly' }, 'invalid_scope', 'scope names nothing that this server knows'],
    [
      'no code_challenge',
      without('code_challenge', 'code_challenge_method'),
      'invalid_request',
      'code_challenge is missing: PKCE is required',
    ],
    [
      'a method without challenge',
      without('code_challenge'),
      'invalid_request',
      'code_challenge_method needs a code_challenge',
    ],
    [
      'a plain challenge',
      { ...VALID, code_challenge_method: 'plain' },
      'invalid_request',
      'code_challenge_method must be S256',
    ],
    [
      'a challenge without method',
      without('code_challenge_method'),
      'invalid_request',
      'code_challenge_method must be S256',
    ],
    [
      'a challenge that is too short',
      { ...VALID, code_challenge: 'abc' },
      'invalid_request',
      'code_challenge must be a SHA-256 hash in base64url, 43 characters',
    ],
    [
      'a challenge in standard base64',
      { ...VALID, code_challenge: `${CHALLENGE.slice(1)}+` },
      'invalid_request',
      'code_challenge must be a SHA-256 hash in base64url, 43 characters',
    ],
  ] as [string, Record<string, string>, string, string][])('%s', async (name, parameters, error, description) => {
    const test = new TestServer()
    const response = await test.authorize(parameters)
    expect(response.status).toBe(303)
    expect(headerOf(response, 'location')).toMatch(/^https:\/\/app\.example\/cb\?error=/)
    const state = name === 'state twice' ? {} : { state: 'xyz' }
    expect(redirected(response)).toEqual({ error, error_description: description, ...state, iss: ISSUER })
    expect(test.events).toEqual([expect.objectContaining({ event: 'authorization.denied', clientId: 'web', error })])
  })

  it.each([
    [
      'is not registered for the type',
      { ...CLIENTS.web, response_types: ['id_token'] },
      'client is not registered for this response_type',
    ],
    [
      'could not redeem the code',
      { ...CLIENTS.web, grant_types: ['refresh_token'] },
      'client is not registered for the grant type that this response_type leads to',
    ],
  ])('unauthorized_client: a client that %s', async (_, client, description) => {
    const response = await new TestServer({ clients: [client] }).authorize(VALID)
    expect(redirected(response)).toEqual({
      error: 'unauthorized_client',
      error_description: description,
      state: 'xyz',
      iss: ISSUER,
    })
  })
})

describe('RFC 6749 §4.1.1 a request that passes', () => {
  it('is given as what was checked', async () => {
    const request = await new TestServer().server.getConsentGrant(get(`/authorize?${new URLSearchParams(VALID)}`))
    expect(request).toMatchObject({
      client: { client_id: 'web' },
      redirectUri: CALLBACK,
      redirectUriSent: true,
      responseType: 'code',
      responseMode: 'query',
      scope: 'read',
      state: 'xyz',
      codeChallenge: CHALLENGE,
    })
  })

  it('RFC 6749 §3.1.2.3: may leave out the only redirect URI without OpenID Connect', async () => {
    const query = new URLSearchParams(without('redirect_uri'))
    const request = await new TestServer().server.getConsentGrant(get(`/authorize?${query}`))
    expect(request).toMatchObject({ redirectUri: CALLBACK, redirectUriSent: false })
  })

  it('may leave out state, which is then not made up', async () => {
    expect(redirected(await new TestServer().authorize(without('state')))).toEqual({
      code: expect.any(String),
      iss: ISSUER,
    })
  })

  it('loses scopes that the server does not know', async () => {
    const query = new URLSearchParams({ ...VALID, scope: 'fly read read' })
    const { scope } = await new TestServer().server.getConsentGrant(get(`/authorize?${query}`))
    expect(scope).toBe('read')
  })

  it('may repeat resource (RFC 8707 §2)', async () => {
    const resources = [{ resource: 'a:b' }, { resource: 'c:d' }]
    const response = await new TestServer({ resources }).authorize([
      ...Object.entries(VALID),
      ['resource', 'a:b'],
      ['resource', 'c:d'],
    ])
    expect(redirected(response)).toHaveProperty('code')
  })

  it('may come in the body of a POST (OIDC Core §3.1.2.1)', async () => {
    const response = await new TestServer().server.handle(post('/authorize', VALID))
    expect(redirected(response)).toHaveProperty('code')
  })

  it('may stay in the query while a consent form posts to it; the two are never mixed', async () => {
    const url = `/authorize?${new URLSearchParams(VALID)}`
    const { params } = await new TestServer().server.getConsentGrant(post(url, { scope: 'write', confirm: 'yes' }))
    expect(params.toString()).toBe(queryOf(get(url)).toString())
  })

  it('keeps the query that the redirect URI was registered with', async () => {
    const redirect_uri = 'https://spa.example/cb?dummy1=lorem&dummy2=ipsum'
    const response = await new TestServer().authorize({ ...VALID, client_id: 'spa', redirect_uri })
    expect(headerOf(response, 'location')).toMatch(/^https:\/\/spa\.example\/cb\?dummy1=lorem&dummy2=ipsum&code=/)
  })

  it('may name any port of a loopback redirect (RFC 8252 §7.3)', async () => {
    const redirect_uri = 'http://127.0.0.1:51004/cb'
    const response = await new TestServer().authorize({ ...VALID, client_id: 'native', redirect_uri })
    expect(headerOf(response, 'location')).toMatch(/^http:\/\/127\.0\.0\.1:51004\/cb\?code=/)
  })
})

describe('RFC 9700 §2.1.1 and RFC 7636 §4.3 the PKCE policy', () => {
  const optional: TestServerOptions = { pkce: () => 'optional' }

  it('may excuse a confidential client', async () => {
    const response = await new TestServer(optional).authorize(without('code_challenge', 'code_challenge_method'))
    expect(redirected(response)).toHaveProperty('code')
  })

  it('never excuses a public client', async () => {
    const { code_challenge, code_challenge_method, ...request } = codeRequest(CLIENTS.spa)
    const response = await new TestServer(optional).authorize(request)
    expect(redirected(response)).toMatchObject({
      error: 'invalid_request',
      error_description: 'code_challenge is missing: PKCE is required',
    })
  })
})

describe('OAuth 2.0 Multiple Response Types §2.1, §5 where errors go', () => {
  const tokenGrant: AuthorizationGrant = {
    responseTypes: ['token id_token'],
    defaultResponseMode: 'fragment',
    authorize: () => ({ access_token: 'x' }),
  }
  const clients = [{ ...CLIENTS.web, response_types: ['id_token token', 'code'] }]
  const request = { ...VALID, response_type: 'id_token token' }

  it('into the fragment by default, with iss and state there (RFC 9207 §2)', async () => {
    const test = new TestServer({ clients })
    test.server.registerGrant(tokenGrant)
    const response = await test.authorize({ ...request, scope: 'fly' })
    expect(headerOf(response, 'location')).toMatch(
      /^https:\/\/app\.example\/cb#error=invalid_scope&.*&state=xyz&iss=https/,
    )
  })

  it('into the fragment even when the query was asked for', async () => {
    const test = new TestServer({ clients })
    test.server.registerGrant(tokenGrant)
    const response = await test.authorize({ ...request, response_mode: 'query' })
    expect(headerOf(response, 'location')).toMatch(/^https:\/\/app\.example\/cb#error=invalid_request&/)
    expect(redirected(response)).toMatchObject({
      error_description: 'response_mode must not be query for a response_type that carries tokens',
    })
  })

  it('into a form when that was asked for', async () => {
    const response = await new TestServer().authorize({ ...VALID, response_mode: 'form_post', scope: 'fly' })
    expect(response.status).toBe(200)
    expect(response.body).toContain('<input type="hidden" name="error" value="invalid_scope">')
    expect(response.body).toContain(`<input type="hidden" name="iss" value="${ISSUER}">`)
  })
})

describe('CVE-2025-4143 and RFC 9700 §4.1.3 the redirect URI is checked where the browser is sent from', () => {
  it('refuses a redirect URI of another client before anything is issued', async () => {
    const test = new TestServer()
    const response = await test.authorize({ ...VALID, redirect_uri: 'https://spa.example/cb' })
    expect(shown(response).description).toBe('redirect_uri is not registered for this client')
  })
})

describe('CVE-2026-44681 no open redirect, whatever else is wrong', () => {
  it.each(['token', 'id_token token', 'code id_token', '', 'code'])(
    'with response_type "%s" and no openid scope',
    async (response_type) => {
      const evil = { ...VALID, response_type, scope: 'profile', redirect_uri: 'https://evil.example/' }
      const response = await new TestServer().authorize(evil)
      expect(shown(response).description).toBe('redirect_uri is not registered for this client')
    },
  )
})

describe('Authlib 4.7: quotes in parameters are no server error', () => {
  it.each(['response_type', 'redirect_uri', 'client_id', 'scope', 'response_mode', 'state', 'code_challenge'])(
    'in %s',
    async (name) => {
      const response = await new TestServer().authorize({ ...VALID, [name]: '"\\<script>alert(1)</script>\r\n\0é' })
      expect(response.status).toBeLessThan(500)
      expect(String(response.body ?? '')).not.toContain('<script>alert')
    },
  )
})

describe('whatever comes', () => {
  it('is answered by a page or a redirect to the registered place, never by a server error', async () => {
    const test = new TestServer()
    const value = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(...Object.values(VALID), 'spa', 'form_post', 'openid'),
    )
    const parameters = fc.array(
      fc.tuple(fc.constantFrom(...Object.keys(VALID), 'response_mode', 'request', 'x'), value),
    )
    await fc.assert(
      fc.asyncProperty(parameters, async (changes) => {
        const response = await test.authorize([
          ...Object.entries({ ...VALID, ...Object.fromEntries(changes) }),
          ...changes.slice(0, 1),
        ])
        expect(response.status).toBeLessThan(500)
        expect(headerOf(response, 'location') ?? CALLBACK).toMatch(/^https:\/\/(app|spa)\.example\/cb[?#]?/)
      }),
    )
  })
})

describe('a failure that nobody expected', () => {
  const failing = {
    findClient: () => {
      throw new Error('database password is hunter2')
    },
  }

  it('above the line is a page with a reference that the log explains', async () => {
    const test = new TestServer()
    const store = Object.assign(test.store, failing)
    const broken = new TestServer({ store })
    const response = await broken.authorize(VALID)
    const { status, error, description } = shown(response)
    expect([status, error]).toEqual([500, 'server_error'])
    const [, reference = 'none'] = /reference (\S+)/.exec(description ?? '') ?? []
    expect(response.body).not.toContain('hunter2')
    expect(broken.log.some((line) => line.includes(reference) && line.includes('database password'))).toBe(true)
  })

  it('below the line is a redirect', async () => {
    const test = new TestServer()
    test.server.registerExtension({
      name: 'broken',
      onAuthorizationRequest: () => {
        throw new Error('hunter2')
      },
    })
    const response = await test.authorize(VALID)
    expect(redirected(response)).toMatchObject({ error: 'server_error', state: 'xyz', iss: ISSUER })
    expect(headerOf(response, 'location')).not.toContain('hunter2')
  })

  it('in the refusal itself is a page', async () => {
    const test = new TestServer()
    test.server.registerExtension({
      name: 'broken',
      onAuthorizationResponse: () => {
        throw new Error('hunter2')
      },
    })
    expect(shown(await test.authorize(VALID))).toMatchObject({ status: 500, error: 'server_error' })
  })

  it('in the error page falls back to the plain page', async () => {
    const test = new TestServer({
      errorPage: () => {
        throw new Error('template is missing')
      },
    })
    expect(shown(await test.authorize(without('client_id')))).toMatchObject({ status: 400, error: 'invalid_request' })
    expect(test.log.some((line) => line.startsWith('error page failed'))).toBe(true)
  })
})

describe('AuthorizationRefusal', () => {
  it('carries the answer, for applications that route the endpoint themselves', async () => {
    const { server } = new TestServer()
    const url = `${ISSUER}/authorize?${new URLSearchParams({ ...VALID, scope: 'fly' })}`
    const refusal: unknown = await server.getConsentGrant(new Request(url)).catch((error: unknown) => error)
    if (!(refusal instanceof AuthorizationRefusal)) throw new Error('expected a refusal')
    expect(refusal.message).toBe('invalid_scope: scope names nothing that this server knows')
    const response = refusal.toResponse()
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toContain('error=invalid_scope')
  })
})
