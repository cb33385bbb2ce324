import { afterEach, describe, expect, it, vi } from 'vitest'
import { answer, StubProvider } from '../../../test/support/stub-provider.ts'
import type { OutgoingRequest } from '../../http/fetch.ts'
import { version } from '../../index.ts'
import { OAuth2Client } from './client.ts'
import { withUserAgent } from './user-agent.ts'

afterEach(() => vi.unstubAllGlobals())

const DEFAULT = `authwright/${version} (+https://github.com/authwright/authwright)`

async function sent(request: Partial<OutgoingRequest> = {}, userAgent?: string) {
  const requests: OutgoingRequest[] = []
  const transport = async (outgoing: OutgoingRequest) => {
    requests.push(outgoing)
    return answer(200, {})
  }
  await withUserAgent(transport, userAgent)({ url: 'https://op.example', ...request })
  return requests[0]?.headers ?? []
}

describe('RFC 9110 §10.1.5 User-Agent', () => {
  it('names this package and its version, or what the developer says', async () => {
    expect(await sent()).toEqual([['user-agent', DEFAULT]])
    expect(await sent({ headers: [['accept', 'x']] }, 'app/1.0')).toEqual([
      ['accept', 'x'],
      ['user-agent', 'app/1.0'],
    ])
  })

  it('leaves one that a call has', async () => {
    expect(await sent({ headers: [['user-agent', 'mine']] })).toEqual([['user-agent', 'mine']])
  })

  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0', []],
    ['Node.js/24', [['user-agent', DEFAULT]]],
    ['Cloudflare-Workers', [['user-agent', DEFAULT]]],
  ])('on %s: %j', async (userAgent, headers) => {
    vi.stubGlobal('navigator', { userAgent })
    expect(await sent()).toEqual(headers)
  })

  it('is on every call of a client: discovery, tokens, revocation and APIs', async () => {
    const provider = await StubProvider.create()
    const client = new OAuth2Client({
      clientId: 'app',
      serverMetadataUrl: `${provider.issuer}/.well-known/openid-configuration`,
      apiBaseUrl: 'https://op.example/api/',
      transport: provider.transport,
    })
    const token = await client.fetchToken({ grant_type: 'urn:example:pin' })
    await client.get('files', { token })
    await client.revokeToken('x')
    const paths = provider.requests.map(({ url }) => new URL(url).pathname)
    expect(paths).toEqual(
      expect.arrayContaining(['/.well-known/openid-configuration', '/token', '/api/files', '/revoke']),
    )
    for (const { headers } of provider.requests) expect(headers).toContainEqual(['user-agent', DEFAULT])
  })
})
