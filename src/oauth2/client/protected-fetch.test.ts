import { describe, expect, it, vi } from 'vitest'
import { answer } from '../../../test/support/stub-provider.ts'
import { type OutgoingRequest, outgoingFetch } from '../../http/fetch.ts'
import { OAuth2Client } from './client.ts'
import type { OAuth2ClientOptions } from './options.ts'
import type { ProtectedRequestOptions } from './protected-fetch.ts'

const token = { access_token: 'T', token_type: 'bearer' }

function setUp(options: Partial<OAuth2ClientOptions> = {}) {
  const requests: OutgoingRequest[] = []
  const client = new OAuth2Client({
    clientId: 'app',
    accessTokenUrl: 'https://op.example/token',
    apiBaseUrl: 'https://api.example/v1/',
    userAgent: 'test',
    transport: async (request) => {
      requests.push(request)
      return answer(200, { ok: true })
    },
    ...options,
  })
  return { client, requests }
}

describe('RFC 6750 §2.1 calling an API', () => {
  it.each(['get', 'post', 'put', 'patch', 'delete'] as const)('%s sends the token in the header', async (method) => {
    const { client, requests } = setUp()
    const response = await client[method]('files?x=1', { token })
    expect(await response.json()).toEqual({ ok: true })
    expect(requests).toEqual([
      {
        method: method.toUpperCase(),
        url: 'https://api.example/v1/files?x=1',
        headers: [
          ['authorization', 'Bearer T'],
          ['user-agent', 'test'],
        ],
      },
    ])
  })

  it.each<[ProtectedRequestOptions, Partial<OutgoingRequest>]>([
    [
      { json: { a: 1 } },
      {
        headers: [
          ['content-type', 'application/json'],
          ['authorization', 'Bearer T'],
          ['user-agent', 'test'],
        ],
        body: '{"a":1}',
      },
    ],
    [
      { json: [], headers: { 'Content-Type': 'application/merge-patch+json' } },
      {
        headers: [
          ['content-type', 'application/merge-patch+json'],
          ['authorization', 'Bearer T'],
          ['user-agent', 'test'],
        ],
        body: '[]',
      },
    ],
    [
      { form: { a: ['1', '2'], b: undefined, c: 'x y' } },
      {
        headers: [
          ['content-type', 'application/x-www-form-urlencoded'],
          ['authorization', 'Bearer T'],
          ['user-agent', 'test'],
        ],
        body: 'a=1&a=2&c=x+y',
      },
    ],
    [
      { body: 'raw', headers: { Accept: 'text/csv' } },
      {
        headers: [
          ['accept', 'text/csv'],
          ['authorization', 'Bearer T'],
          ['user-agent', 'test'],
        ],
        body: 'raw',
      },
    ],
  ])('sends %j', async (options, sent) => {
    const { client, requests } = setUp()
    await client.post('files', { token, ...options })
    expect(requests[0]).toMatchObject(sent)
  })

  it('returns the answer whatever its status is', async () => {
    const { client } = setUp({ transport: async () => ({ status: 204, headers: [], body: new Uint8Array() }) })
    expect((await client.delete('files', { token })).status).toBe(204)
  })

  it.each<[ProtectedRequestOptions, string]>([
    [{ json: 1, body: 'x' }, 'a request takes one of "json", "form" and "body"'],
    [{ headers: { Authorization: 'x' } }, '"headers" must not hold "authorization": it is made of "token"'],
  ])('refuses %j', async (options, message) => {
    await expect(setUp().client.post('files', { token, ...options })).rejects.toThrow(message)
  })
})

describe('RFC 6750 §5.3 where a token is sent', () => {
  it.each([
    'http://api.example/files',
    'http://localhost.evil.example/',
    'http://localhost:80@evil.example/',
    'ftp://api.example/',
  ])('not to %s', async (url) => {
    const { client, requests } = setUp()
    await expect(client.get(url, { token })).rejects.toMatchObject({
      code: 'insecure_endpoint',
      stage: 'resource',
      message: 'access token is not sent there: "url" must be https, or http on a loopback host',
    })
    expect(requests).toEqual([])
  })

  it.each(['//evil.example/files', '/\\evil.example', '\\\\evil.example'])(
    'not with %s off the host of the API',
    async (url) => {
      const { client, requests } = setUp()
      await expect(client.get(url, { token })).rejects.toThrow('a relative URL must not leave the host of "apiBaseUrl"')
      expect(requests).toEqual([])
    },
  )

  it('not after a redirect', async () => {
    const transport = outgoingFetch({
      fetch: async () => new Response(null, { status: 302, headers: { location: 'https://evil.example' } }),
    })
    await expect(setUp({ transport }).client.get('files', { token })).rejects.toMatchObject({
      code: 'redirect_refused',
      stage: 'resource',
      endpoint: 'https://api.example/v1/files',
    })
  })

  it('to https, and to loopback for development', async () => {
    const { client, requests } = setUp()
    await client.get('https://other.example/x', { token })
    await client.get(new URL('http://127.0.0.1:8080/x'), { token })
    expect(requests.map(({ url }) => url)).toEqual(['https://other.example/x', 'http://127.0.0.1:8080/x'])
  })
})

describe('RFC 6750 §2 where in a request the token goes', () => {
  const queried = 'https://api.example/v1/files?x=1&access_token=T'

  it('§2.3 query: into the URL, with a word to those who store URLs', async () => {
    const { client, requests } = setUp({ tokenPlacement: 'query' })
    await client.get('files?x=1', { token })
    await client.post('files?x=1', { token, form: { a: '1' } })
    expect(requests.map(({ url }) => url)).toEqual([queried, queried])
    expect(requests[0]?.headers).toEqual([
      ['cache-control', 'no-store'],
      ['user-agent', 'test'],
    ])
  })

  it('§2.3 query: is not in the error when the call fails', async () => {
    const transport = outgoingFetch({ fetch: () => Promise.reject(new TypeError('fetch failed')) })
    const error: unknown = await setUp({ transport, tokenPlacement: 'query' })
      .client.get('files', { token: { ...token, access_token: 'hush' } })
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'request_failed', endpoint: 'https://api.example/v1/files' })
    expect(String(error)).not.toContain('hush')
  })

  it('§2.2 body: into forms', async () => {
    const { client, requests } = setUp({ tokenPlacement: 'body' })
    await client.post('files', { token, form: { a: '1' } })
    expect(requests[0]).toEqual({
      method: 'POST',
      url: 'https://api.example/v1/files',
      headers: [
        ['content-type', 'application/x-www-form-urlencoded'],
        ['user-agent', 'test'],
      ],
      body: 'a=1&access_token=T',
    })
  })

  it.each<[string, ProtectedRequestOptions]>([
    ['post', { json: {} }],
    ['post', { body: 'raw' }],
    ['get', {}],
    ['GET', { form: { a: '1' } }],
  ])('§2.2 body: leaves it in the header of %s %j, where there is no form to put it in', async (method, options) => {
    const { client, requests } = setUp({ tokenPlacement: 'body' })
    await client.request(method, 'files', { token, ...options })
    expect(requests[0]?.headers).toContainEqual(['authorization', 'Bearer T'])
    expect(String(requests[0]?.body)).not.toContain('access_token')
  })

  it.each([
    ['query', 'access tokens go into URLs, which logs and histories keep'],
    ['body', 'access tokens go into forms, which APIs may log'],
    ['header', undefined],
  ] as const)('%s: says once what is given up', async (tokenPlacement, warning) => {
    const warn = vi.fn()
    const logger = { debug: warn, info: warn, warn, error: warn }
    const { client } = setUp({ tokenPlacement, logger })
    await client.get('files', { token })
    await client.get('files', { token })
    expect(warn.mock.calls.map(([line]) => line)).toEqual(warning === undefined ? [] : [warning])
  })
})

describe('RFC 6749 §7.1 what kind of token it is', () => {
  it('refuses a type that it does not know', async () => {
    await expect(setUp().client.get('files', { token: { ...token, token_type: 'mac' } })).rejects.toMatchObject({
      code: 'token_type_unsupported',
      message: '"token_type" of the token is not supported: expected Bearer or DPoP',
    })
  })

  it('RFC 9449 §7.1: refuses a token that is bound to a key which it does not have', async () => {
    const { client, requests } = setUp()
    await expect(client.get('files', { token: { ...token, token_type: 'dpop' } })).rejects.toMatchObject({
      code: 'token_type_unsupported',
      message:
        '"token_type" of the token is not supported: expected the key that it is bound to, as "dpop" of the client',
      parameter: 'token_type',
    })
    expect(requests).toEqual([])
  })

  it.each(['bearer', 'Bearer', 'BEARER'])('§5.1: knows Bearer however it is written: %s', async (tokenType) => {
    const { client, requests } = setUp()
    await client.get('files', { token: { ...token, token_type: tokenType } })
    expect(requests[0]?.headers).toContainEqual(['authorization', 'Bearer T'])
  })

  it('sends no token where it is told to withhold it', async () => {
    const { client, requests } = setUp()
    await client.get('files', { withholdToken: true })
    await client.get('files', { token, withholdToken: true })
    expect(requests.map(({ headers }) => headers)).toEqual([[['user-agent', 'test']], [['user-agent', 'test']]])
  })

  it('refuses to call without a token, and knows no address without a base', async () => {
    await expect(setUp().client.get('files')).rejects.toMatchObject({
      code: 'missing_token',
      message: '"token" is missing: the call needs an access token',
    })
    const { apiBaseUrl: _, ...options } = {
      apiBaseUrl: '',
      clientId: 'app',
      accessTokenUrl: 'https://op.example/token',
    }
    await expect(new OAuth2Client(options).get('files', { token })).rejects.toThrow('"apiBaseUrl" is missing')
  })
})
