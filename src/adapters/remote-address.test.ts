import type { RequestListener } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { listen, type Running } from '../../test/support/listen.ts'
import { oauthServer as expressServer } from './express.ts'
import { oauthServer as nodeServer, type OAuthServer } from './node.ts'
import { oauthServer as webServer } from './web.ts'

let running: Running | undefined
afterEach(() => running?.close())

/** Says where a request comes from. */
const echo: OAuthServer = {
  owns: () => true,
  handle: async ({ remoteAddress }) => ({ status: 200, headers: [], body: remoteAddress ?? 'unknown' }),
}
const spoofed = { headers: { 'x-forwarded-for': '6.6.6.6, 198.51.100.7' } }

function onExpress(trustProxy?: number): RequestListener {
  const middleware = expressServer(echo, trustProxy === undefined ? undefined : { trustProxy })
  return (request, response) => middleware(request, response, (error) => response.end(String(error)))
}

describe('RFC 7239 §8.1 where a request comes from', () => {
  it.each<[string, RequestListener, string]>([
    ['the other end of the connection, on node:http', nodeServer(echo), '127.0.0.1'],
    ['what one trusted proxy says, on node:http', nodeServer(echo, { trustProxy: 1 }), '198.51.100.7'],
    ['the other end of the connection, on Express', onExpress(), '127.0.0.1'],
    ['what one trusted proxy says, on Express', onExpress(1), '198.51.100.7'],
  ])('is %s', async (_title, listener, expected) => {
    running = await listen(() => listener)
    expect(await (await fetch(running.origin, spoofed)).text()).toBe(expected)
  })

  it('is what the platform says, on fetch, and no header', async () => {
    const request = new Request('https://op.example/', spoofed)
    expect(await (await webServer(echo)(request)).text()).toBe('unknown')
    const knowing = webServer(echo, { remoteAddress: () => '198.51.100.9' })
    expect(await (await knowing(request)).text()).toBe('198.51.100.9')
  })
})
