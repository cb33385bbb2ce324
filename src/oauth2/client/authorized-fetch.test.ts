import { describe, expect, it } from 'vitest'
import { answer } from '../../../test/support/stub-provider.ts'
import type { OutgoingRequest } from '../../http/fetch.ts'
import { decodeUtf8 } from '../../util/bytes.ts'
import { type AuthorizedFetchOptions, authorizedFetch, type Fetch } from './authorized-fetch.ts'
import { OAuth2Client } from './client.ts'

const token = { access_token: 'T', token_type: 'Bearer' }

function setUp(options: AuthorizedFetchOptions = { token: () => token }): {
  fetch: Fetch
  requests: OutgoingRequest[]
} {
  const requests: OutgoingRequest[] = []
  const client = new OAuth2Client({
    clientId: 'app',
    accessTokenUrl: 'https://op.example/token',
    apiBaseUrl: 'https://api.example/v1/',
    userAgent: 'test',
    fetchToken: (request) => (request === 'alice' ? { ...token, access_token: 'of-alice' } : undefined),
    transport: async (request) => {
      requests.push(request)
      return answer(200, { ok: true })
    },
  })
  return { fetch: authorizedFetch(client, options), requests }
}

describe('RFC 6750 §2.1 a fetch that brings the token', () => {
  it.each([
    ['files', 'https://api.example/v1/files'],
    ['https://other.example/x?y=1', 'https://other.example/x?y=1'],
    [new URL('https://other.example/x'), 'https://other.example/x'],
    [new Request('https://other.example/x', { method: 'DELETE' }), 'https://other.example/x'],
  ])('calls %s', async (input, url) => {
    const { fetch, requests } = setUp()
    expect(await (await fetch(input)).json()).toEqual({ ok: true })
    expect(requests[0]?.url).toBe(url)
    expect(requests[0]?.method).toBe(input instanceof Request ? 'DELETE' : 'GET')
    expect(requests[0]?.headers).toContainEqual(['authorization', 'Bearer T'])
    expect(requests[0]).not.toHaveProperty('body')
  })

  it('sends content of every kind, with its type', async () => {
    const { fetch, requests } = setUp()
    await fetch('files', { method: 'POST', body: new URLSearchParams({ a: '1' }), headers: { 'X-Trace': '7' } })
    const { headers, body } = requests[0] ?? {}
    expect(headers).toContainEqual(['content-type', 'application/x-www-form-urlencoded;charset=UTF-8'])
    expect(headers).toContainEqual(['x-trace', '7'])
    expect(decodeUtf8(body as Uint8Array)).toBe('a=1')
  })

  it('looks for the token before each call', async () => {
    let turn = 0
    const { fetch, requests } = setUp({ token: () => ({ ...token, access_token: `T${++turn}` }) })
    await fetch('files')
    await fetch('files')
    expect(requests.map(({ headers }) => headers?.find(([name]) => name === 'authorization')?.[1])).toEqual([
      'Bearer T1',
      'Bearer T2',
    ])
  })

  it('or has the client find it', async () => {
    const { fetch, requests } = setUp({ request: 'alice' })
    await fetch('files')
    expect(requests[0]?.headers).toContainEqual(['authorization', 'Bearer of-alice'])
    await expect(setUp({ request: 'nobody' }).fetch('files')).rejects.toMatchObject({ code: 'missing_token' })
  })

  it('does not let a library bring a token of its own', async () => {
    await expect(setUp().fetch('files', { headers: { authorization: 'Bearer X' } })).rejects.toThrow(
      '"headers" must not hold "authorization": it is made of "token"',
    )
  })

  it('stops when it is told to', async () => {
    const { fetch, requests } = setUp()
    const controller = new AbortController()
    await fetch('files', { signal: controller.signal })
    expect(requests[0]?.signal?.aborted).toBe(false)
    controller.abort()
    expect(requests[0]?.signal?.aborted).toBe(true)
  })
})
