import { describe, expect, it } from 'vitest'
import { answer, NOW, TestClock } from '../../../test/support/stub-provider.ts'
import type { OutgoingRequest, OutgoingResponse } from '../../http/fetch.ts'
import type { ServerMetadata } from '../server-metadata.ts'
import { OAuth2Client } from './client.ts'
import type { OAuth2ClientOptions } from './options.ts'

const REFERENCE = 'urn:ietf:params:oauth:request_uri:abc'
const PAR = { pushed_authorization_request_endpoint: 'https://op.example/par' }
const accepted = answer(201, { request_uri: REFERENCE, expires_in: 60 })

function setUp(
  options: Partial<OAuth2ClientOptions> = {},
  metadata: Partial<ServerMetadata> = PAR,
  response: OutgoingResponse = accepted,
) {
  const requests: OutgoingRequest[] = []
  const client = new OAuth2Client({
    clientId: 'app',
    clientSecret: 'hush',
    issuer: 'https://op.example',
    authorizeUrl: 'https://op.example/authorize?tenant=1',
    serverMetadata: metadata,
    redirectUri: 'https://app.example/cb',
    scope: 'files',
    clock: new TestClock().read,
    transport: async (request) => {
      requests.push(request)
      return response
    },
    ...options,
  })
  const form = () => Object.fromEntries(new URLSearchParams(String(requests.at(-1)?.body)))
  return { client, requests, form }
}

const always = { pushedAuthorizationRequests: 'always' } as const
const signer = { sign: async () => 'a.b.c' }

describe('RFC 9126 §2.1 a pushed authorization request', () => {
  it('takes every parameter, and the client with its secret, to the server', async () => {
    const { client, requests, form } = setUp(always)
    const { state } = await client.createAuthorizationUrl({ parameters: { prompt: 'login' } })
    expect(requests).toHaveLength(1)
    expect(requests[0]).toMatchObject({ method: 'POST', url: 'https://op.example/par' })
    expect(requests[0]?.headers).toContainEqual(['authorization', `Basic ${btoa('app:hush')}`])
    expect(form()).toEqual({
      response_type: 'code',
      client_id: 'app',
      redirect_uri: 'https://app.example/cb',
      scope: 'files',
      state,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      prompt: 'login',
    })
  })

  it('§4: leaves the client and the reference for the browser, and what has to be kept', async () => {
    const { client } = setUp(always)
    const { url, ...kept } = await client.createAuthorizationUrl()
    expect(url).toBe(`https://op.example/authorize?tenant=1&client_id=app&request_uri=${encodeURIComponent(REFERENCE)}`)
    expect(kept).toEqual({
      state: expect.stringMatching(/^[\w-]{43}$/),
      codeVerifier: expect.stringMatching(/^[\w-]{43}$/),
      redirectUri: 'https://app.example/cb',
      expiresAt: NOW + 60,
    })
  })

  it('§3: takes a request object and nothing beside it', async () => {
    const { client, form } = setUp({ ...always, requestObjects: signer, tokenEndpointAuthMethod: 'client_secret_post' })
    await client.createAuthorizationUrl()
    expect(form()).toEqual({ client_id: 'app', request: 'a.b.c', client_secret: 'hush' })
  })
})

describe('RFC 9126 §5 which requests are pushed', () => {
  const required = { ...PAR, require_pushed_authorization_requests: true }
  const signed = { requestObjects: signer }
  const detailed = { authorizationDetails: [{ type: 'payment' }] }

  it.each<[string, boolean, Partial<OAuth2ClientOptions>, Partial<ServerMetadata>]>([
    ['none, where the server only could', false, {}, PAR],
    ['all, where the server requires it', true, {}, required],
    ['signed ones, where the server can', true, signed, PAR],
    ['detailed ones, where the server can', true, detailed, PAR],
    ['not signed ones, where it cannot', false, signed, {}],
    ['not detailed ones, where it cannot', false, detailed, {}],
    ['all, where the developer says so', true, always, PAR],
    ['none, where the developer says so', false, { ...signed, pushedAuthorizationRequests: 'never' }, required],
  ])('%s', async (_, isPushed, options, metadata) => {
    const { client, requests } = setUp(options, metadata)
    const { url, expiresAt } = await client.createAuthorizationUrl()
    expect(requests).toHaveLength(isPushed ? 1 : 0)
    expect(new URL(url).searchParams.has('request_uri')).toBe(isPushed)
    expect(expiresAt).toBe(isPushed ? NOW + 60 : undefined)
  })

  it('wants an endpoint for it', async () => {
    await expect(setUp(always, {}).client.createAuthorizationUrl()).rejects.toMatchObject({
      code: 'endpoint_missing',
      parameter: 'pushed_authorization_request_endpoint',
    })
  })
})

describe('RFC 9126 §2.3 what a server answers', () => {
  it.each([
    [
      answer(400, { error: 'invalid_request', error_description: 'no' }),
      'pushed_request_refused',
      'pushed authorization request was answered with status 400 (invalid_request): expected 201',
    ],
    [
      answer(201, { error: 'invalid_request' }),
      'pushed_request_refused',
      'pushed authorization request was answered with status 201 (invalid_request): expected 201',
    ],
    [
      answer(413, {}),
      'pushed_request_refused',
      'pushed authorization request was answered with status 413: expected 201',
    ],
    [answer(503, {}), 'request_failed', 'pushed authorization request was answered with status 503: expected 201'],
    [
      answer(201, '<html>', 'text/html'),
      'pushed_response_invalid',
      'POST https://op.example/par answered something other than application/json (status 201)',
    ],
    ...[{}, { request_uri: '' }, { request_uri: 7 }].map(
      (members) =>
        [
          answer(201, { expires_in: 60, ...members }),
          'pushed_response_invalid',
          '"request_uri" in the answer to the pushed request is missing or invalid: expected the reference to the request',
        ] as const,
    ),
    ...[{}, { expires_in: '60' }, { expires_in: 0 }, { expires_in: -1 }].map(
      (members) =>
        [
          answer(201, { request_uri: REFERENCE, ...members }),
          'pushed_response_invalid',
          '"expires_in" in the answer to the pushed request is missing or invalid: expected a number of seconds above 0',
        ] as const,
    ),
    [
      answer(201, `{"request_uri":"${REFERENCE}","expires_in":1e999}`, 'application/json'),
      'pushed_response_invalid',
      '"expires_in" in the answer to the pushed request is missing or invalid: expected a number of seconds above 0',
    ],
  ] as const)('case %#: %s', async (response, code, message) => {
    await expect(setUp(always, PAR, response).client.createAuthorizationUrl()).rejects.toMatchObject({
      code,
      message,
      stage: 'authorization',
      endpoint: 'https://op.example/par',
      status: response.status,
    })
  })

  it('keeps what the server said of its refusal', async () => {
    const refusal = { error: 'invalid_request', error_description: 'redirect_uri is not registered' }
    await expect(setUp(always, PAR, answer(400, refusal)).client.createAuthorizationUrl()).rejects.toMatchObject({
      refusal,
    })
  })

  it('takes 200 for 201, which some servers mistake', async () => {
    const { client } = setUp(always, PAR, answer(200, { request_uri: REFERENCE, expires_in: 60 }))
    expect((await client.createAuthorizationUrl()).expiresAt).toBe(NOW + 60)
  })
})
