import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { answer, TestClock } from '../../../test/support/stub-provider.ts'
import { type OutgoingRequest, type OutgoingResponse, outgoingFetch } from '../../http/fetch.ts'
import { RequestParameters } from '../../http/form.ts'
import { headerOf } from '../../http/response.ts'
import { OAuth2Client } from './client.ts'
import type { OAuth2ClientOptions } from './options.ts'

const granted = { access_token: 'a', token_type: 'Bearer' }
const both = { ...granted, refresh_token: 'r' }

function setUp(options: Partial<OAuth2ClientOptions> = {}, response: OutgoingResponse = answer(200, granted)) {
  const requests: OutgoingRequest[] = []
  const client = new OAuth2Client({
    clientId: 'app',
    clientSecret: 'hush',
    issuer: 'https://op.example',
    authorizeUrl: 'https://op.example/authorize',
    accessTokenUrl: 'https://op.example/token',
    serverMetadata: { revocation_endpoint: 'https://op.example/revoke' },
    redirectUri: 'https://app.example/cb',
    scope: 'files',
    clock: new TestClock().read,
    transport: async (request) => {
      requests.push(request)
      return response
    },
    ...options,
  })
  const form = () => Object.fromEntries([...new URLSearchParams(String(requests.at(-1)?.body))])
  return { client, requests, form }
}

const callbackUrl = 'https://app.example/cb?code=C&state=S&iss=https%3A%2F%2Fop.example'

describe('RFC 6749 §4.1.3 redeeming a code', () => {
  it('sends the code with its verifier and redirect URI, and the client with its secret', async () => {
    const { client, requests, form } = setUp()
    const callback = await client.validateCallback(callbackUrl, { state: 'S' })
    expect(await client.fetchToken(callback, { codeVerifier: 'V' })).toEqual(granted)
    expect(requests[0]).toMatchObject({ method: 'POST', url: 'https://op.example/token' })
    expect(headerOf({ headers: requests[0]?.headers ?? [] }, 'authorization')).toBe(`Basic ${btoa('app:hush')}`)
    expect(headerOf({ headers: requests[0]?.headers ?? [] }, 'accept')).toBe('application/json')
    expect(form()).toEqual({
      grant_type: 'authorization_code',
      code: 'C',
      redirect_uri: 'https://app.example/cb',
      code_verifier: 'V',
    })
  })

  it.each([
    ['a URL', callbackUrl],
    ['a URL object', new URL(callbackUrl)],
    ['a path', '/cb?code=C&state=S&iss=https%3A%2F%2Fop.example'],
    ['a form', RequestParameters.parse('code=C&state=S')],
  ])('takes the response as %s', async (_, response) => {
    expect(await setUp().client.validateCallback(response, { state: 'S' })).toMatchObject({ code: 'C' })
  })

  it('says that a response is no parameters', async () => {
    await expect(
      setUp().client.validateCallback('https://app.example/cb?code=%ff', { state: 'S' }),
    ).rejects.toMatchObject({
      code: 'callback_invalid',
      message: 'authorization response must be parameters in percent-encoded UTF-8',
    })
  })

  it.each(['/cb', '//[', 'http://', 'com.example.app:/cb'])(
    'reads the query of what was called, as it came: %s',
    async (url) => {
      const callback = await setUp().client.validateCallback(`${url}?code=C&state=S#f`, { state: 'S' })
      expect(callback).toMatchObject({ code: 'C', state: 'S' })
    },
  )

  it('does not take a code that nobody validated', async () => {
    await expect(setUp().client.fetchToken({ grant_type: 'authorization_code', code: 'C' })).rejects.toThrow(
      'fetchToken: a code is redeemed with what "validateCallback" returned',
    )
  })

  it('does not go without the verifier', async () => {
    const { client, requests } = setUp()
    const callback = await client.validateCallback(callbackUrl, { state: 'S' })
    await expect(client.fetchToken(callback)).rejects.toThrow('"codeVerifier" is missing')
    expect(requests).toEqual([])
  })

  it('RFC 9700 §4.4.2: does not send a code to another server than the one it came from', async () => {
    const callback = await setUp().client.validateCallback(callbackUrl, { state: 'S' })
    const other = setUp({ issuer: 'https://evil.example', accessTokenUrl: 'https://evil.example/token' })
    await expect(other.client.fetchToken(callback, { codeVerifier: 'V' })).rejects.toThrow(
      'the callback was validated by the client of another server',
    )
    expect(other.requests).toEqual([])
  })
})

describe('RFC 6749 §3.2 the answer of the token endpoint', () => {
  it.each([
    [answer(200, '<html>', 'text/html'), 'token_response_invalid'],
    [answer(200, 'access_token=a&token_type=b', 'application/x-www-form-urlencoded'), 'token_response_invalid'],
    [answer(200, '{"access_token":'), 'token_response_invalid'],
    [answer(404, 'nothing here', 'text/html'), 'token_response_invalid'],
    [answer(502, 'bad gateway', 'text/html'), 'request_failed'],
    [answer(429, {}), 'token_refused'],
  ])('case %#: %s', async (response, code) => {
    const { client } = setUp({}, response)
    await expect(client.clientCredentials()).rejects.toMatchObject({
      name: 'ClientError',
      code,
      stage: 'token',
      endpoint: 'https://op.example/token',
    })
  })

  it.each([
    [
      'a redirect, which would carry the credentials on',
      () => new Response(null, { status: 307, headers: { location: 'https://evil.example' } }),
      'redirect_refused',
    ],
    ['an answer without end', () => new Response(new Uint8Array(2_000_000)), 'response_too_large'],
    ['no network', () => Promise.reject(new TypeError('fetch failed')), 'request_failed'],
  ])('over the real transport: %s', async (_, respond, code) => {
    const transport = outgoingFetch({ fetch: async () => respond() })
    await expect(setUp({ transport }).client.clientCredentials()).rejects.toMatchObject({ code, stage: 'token' })
  })

  it('can be repaired on its way in', async () => {
    const accessTokenResponse = async (response: Response): Promise<Response> =>
      Response.json({ token_type: 'Bearer', ...(await response.json()) })
    const { client } = setUp({ compliance: { accessTokenResponse } }, answer(200, { access_token: 'a' }))
    expect(await client.clientCredentials()).toEqual(granted)
    await expect(setUp({}, answer(200, { access_token: 'a' })).client.clientCredentials()).rejects.toMatchObject({
      parameter: 'token_type',
    })
  })
})

describe('RFC 6749 §4.4 client credentials, and other grants', () => {
  it('asks for the scope of the client, or for another', async () => {
    const { client, form } = setUp()
    await client.clientCredentials()
    expect(form()).toEqual({ grant_type: 'client_credentials', scope: 'files' })
    await client.clientCredentials({ scope: 'mail', parameters: { audience: 'api' } })
    expect(form()).toEqual({ grant_type: 'client_credentials', scope: 'mail', audience: 'api' })
  })

  it('asks for no scope where there is none', async () => {
    const { client, form } = setUp({ scope: '' })
    await client.clientCredentials()
    expect(form()).toEqual({ grant_type: 'client_credentials' })
  })

  it('sends any grant as it is given', async () => {
    const { client, requests } = setUp({ tokenEndpointAuthMethod: 'client_secret_post' })
    await client.fetchToken({ grant_type: 'urn:example:pin', pin: '1 2', resource: ['https://a', 'https://b'] })
    expect(requests[0]?.body).toBe(
      'grant_type=urn%3Aexample%3Apin&pin=1+2&resource=https%3A%2F%2Fa&resource=https%3A%2F%2Fb&client_id=app&client_secret=hush',
    )
  })

  it('lets nothing replace the credentials of the client', async () => {
    const { client, form } = setUp({ tokenEndpointAuthMethod: 'client_secret_post' })
    await client.fetchToken({ grant_type: 'urn:example:pin', client_id: 'other' })
    expect(form()['client_id']).toBe('app')
  })
})

describe('what the options add to token requests', () => {
  const options = {
    accessTokenParams: { audience: 'api', kind: 'default' },
    refreshTokenParams: { audience: 'again' },
    resource: ['https://a.example', 'https://b.example'],
  }

  it('goes below what a call says', async () => {
    const { client, requests } = setUp(options)
    await client.fetchToken({ grant_type: 'urn:example:pin', kind: 'mine' })
    expect(requests[0]?.body).toBe('audience=api&kind=mine&grant_type=urn%3Aexample%3Apin')
  })

  it('holds where a call says nothing', async () => {
    const { client, form } = setUp({
      accessTokenParams: { scope: 'default', resource: 'https://a.example' },
      scope: '',
    })
    await client.clientCredentials()
    expect(form()).toEqual({ grant_type: 'client_credentials', scope: 'default', resource: 'https://a.example' })
  })

  it('RFC 8707 §2.2: names the resources in token requests of every kind', async () => {
    const { client, requests } = setUp(options)
    const callback = await client.validateCallback(callbackUrl, { state: 'S' })
    await client.fetchToken(callback, { codeVerifier: 'V' })
    await client.clientCredentials()
    await client.refreshToken(both)
    const resources = requests.map(({ body }) => new URLSearchParams(String(body)).getAll('resource'))
    expect(resources).toEqual([options.resource, options.resource, options.resource])
  })

  it('RFC 8707 §2.2: or those of the call', async () => {
    const { client, form } = setUp(options)
    const callback = await client.validateCallback(callbackUrl, { state: 'S' })
    await client.fetchToken(callback, { codeVerifier: 'V', resource: 'https://c.example' })
    expect(form()['resource']).toBe('https://c.example')
    await client.clientCredentials({ resource: 'https://d.example' })
    expect(form()['resource']).toBe('https://d.example')
  })

  it('renews tokens at an address of their own, with parameters of their own', async () => {
    const { client, requests } = setUp({ ...options, refreshTokenUrl: 'https://op.example/renew', resource: [] })
    await client.refreshToken(both)
    expect(requests[0]).toMatchObject({
      url: 'https://op.example/renew',
      body: 'audience=again&grant_type=refresh_token&refresh_token=r',
    })
  })

  it('RFC 9396 §6: asks in detail; RFC 9396 §7: keeps what was granted', async () => {
    const details = [{ type: 'payment', amount: 5 }]
    const { client, form } = setUp(
      { authorizationDetails: details },
      answer(200, { ...granted, authorization_details: details }),
    )
    expect(await client.clientCredentials()).toEqual({ ...granted, authorization_details: details })
    expect(form()['authorization_details']).toBe(JSON.stringify(details))
    const callback = await client.validateCallback(callbackUrl, { state: 'S' })
    await client.fetchToken(callback, { codeVerifier: 'V' })
    expect(form()).not.toHaveProperty('authorization_details')
    await client.fetchToken(callback, { codeVerifier: 'V', authorizationDetails: [{ type: 'less' }] })
    expect(form()['authorization_details']).toBe('[{"type":"less"}]')
  })
})

describe('RFC 6749 §2.3 a method of one’s own', () => {
  const own = (method: string) => ({ method, authenticate: () => ({ parameters: { proof: method } }) })

  it.each([
    [['one', 'two'], undefined, undefined, 'one'],
    [['one', 'two'], undefined, ['two'], 'two'],
    [['one', 'two'], undefined, ['client_secret_basic'], 'one'],
    [['one', 'two'], 'two', ['one'], 'two'],
    [['client_secret_basic'], 'client_secret_basic', undefined, 'client_secret_basic'],
  ])('of %j, named %j, listed %j: %s', async (names, tokenEndpointAuthMethod, listed, chosen) => {
    const { client, form } = setUp({
      clientAuthMethods: names.map(own),
      ...(tokenEndpointAuthMethod !== undefined && { tokenEndpointAuthMethod }),
      ...(listed !== undefined && { serverMetadata: { token_endpoint_auth_methods_supported: listed } }),
    })
    await client.clientCredentials()
    expect(form()['proof']).toBe(chosen)
  })
})

describe('RFC 7009 §2.1 revoking a token', () => {
  it.each([
    [granted, {}, { token: 'a', token_type_hint: 'access_token' }],
    ['x', {}, { token: 'x' }],
    ['x', { tokenTypeHint: 'refresh_token' }, { token: 'x', token_type_hint: 'refresh_token' }],
    [both, { tokenTypeHint: 'access_token' }, { token: 'a', token_type_hint: 'access_token' }],
    [both, { tokenTypeHint: 'refresh_token' }, { token: 'r', token_type_hint: 'refresh_token' }],
  ] as const)('%j %j sends %j', async (token, options, sent) => {
    const { client, form, requests } = setUp({}, answer(200, ''))
    await client.revokeToken(token, options)
    expect(form()).toEqual(sent)
    expect(requests.map(({ url }) => url)).toEqual(['https://op.example/revoke'])
  })

  it('revokes both tokens of a set, first the one that makes others', async () => {
    const { client, requests } = setUp({}, answer(200, ''))
    await client.revokeToken(both)
    expect(requests.map(({ body }) => body)).toEqual([
      'token=r&token_type_hint=refresh_token',
      'token=a&token_type_hint=access_token',
    ])
  })

  it('§2.2.1: lets a server keep access tokens that it cannot take back, when the refresh token is gone', async () => {
    const answers = [answer(200, ''), answer(400, { error: 'unsupported_token_type' })]
    const { client } = setUp({ transport: async () => answers.shift() ?? answer(500, '') })
    expect(await client.revokeToken(both)).toBeUndefined()
    expect(answers).toEqual([])
  })

  it.each([0, 1])('does not pass over another refusal: of request %i', async (index) => {
    const answers = [answer(200, ''), answer(200, '')].with(index, answer(400, { error: 'invalid_client' }))
    const { client } = setUp({ transport: async () => answers.shift() ?? answer(500, '') })
    await expect(client.revokeToken(both)).rejects.toMatchObject({
      code: 'revocation_refused',
      message: 'revocation endpoint answered with status 400 (invalid_client): expected 200',
    })
  })

  it('authenticates in a way of its own, where there is one', async () => {
    const { client, form, requests } = setUp({ revocationEndpointAuthMethod: 'client_secret_post' }, answer(200, ''))
    await client.revokeToken('x')
    expect(form()).toEqual({ token: 'x', client_id: 'app', client_secret: 'hush' })
    expect(headerOf({ headers: requests[0]?.headers ?? [] }, 'authorization')).toBeUndefined()
  })

  it.each([
    [
      answer(400, { error: 'unsupported_token_type' }),
      'revocation_refused',
      'revocation endpoint answered with status 400 (unsupported_token_type): expected 200',
    ],
    [
      answer(403, 'no', 'text/html'),
      'revocation_refused',
      'revocation endpoint answered with status 403: expected 200',
    ],
    [answer(503, ''), 'request_failed', 'revocation endpoint answered with status 503: expected 200'],
  ])('case %#: %s', async (response, code, message) => {
    await expect(setUp({}, response).client.revokeToken('x')).rejects.toMatchObject({
      code,
      message,
      stage: 'revocation',
    })
  })

  it('wants an endpoint for it', async () => {
    const lacking = new OAuth2Client({ clientId: 'app', accessTokenUrl: 'https://op.example/token' })
    await expect(lacking.revokeToken('x')).rejects.toMatchObject({
      code: 'endpoint_missing',
      message: '"revocation_endpoint" is not known: the server\'s metadata or the client\'s options must name it',
    })
  })
})

describe('a client that is printed', () => {
  it('shows no secret', () => {
    const { client } = setUp()
    expect(inspect(client, { depth: 10, showHidden: true })).not.toContain('hush')
    expect(JSON.stringify(client)).not.toContain('hush')
  })
})
