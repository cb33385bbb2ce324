import express from 'express'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { OAuth as ExpressOAuth, Sessions as ExpressSessions } from '../../src/adapters/express.ts'
import { OAuth as NodeOAuth, Sessions as NodeSessions, sessionTokens } from '../../src/adapters/node.ts'
import { OAuth as WebOAuth, Sessions as WebSessions } from '../../src/adapters/web.ts'
import type { SessionsOptions } from '../../src/session/index.ts'
import { MemoryKeyValueStore } from '../../src/stores/memory.ts'
import { CookieJar } from '../support/cookie-jar.ts'
import { listen, type Running } from '../support/listen.ts'
import { StubProvider } from '../support/stub-provider.ts'

interface Person {
  name: string
}

interface Setting {
  readonly provider: StubProvider
  readonly options: SessionsOptions
}

const secret = 'a secret that is long enough: 0123456789'

/** The token of a login, as it is when its hour is over. */
function expired({ clock }: StubProvider) {
  return { access_token: 'old', token_type: 'Bearer', refresh_token: 'r1', expires_at: clock.seconds - 1 }
}

/** How a registry and sessions are put together; the clients and their provider are the same on every adapter. */
function clientsOf({ issuer, transport }: StubProvider) {
  return { clients: { op: { clientId: 'app', issuer, transport } } }
}

/** An application with two pages: one signs in, one calls the provider for whoever asks. */
const ADAPTERS = {
  node: ({ provider, options }: Setting) => {
    const sessions = new NodeSessions<Person>(options)
    const oauth = new NodeOAuth({
      secret,
      clock: provider.clock.read,
      ...clientsOf(provider),
      ...sessionTokens(sessions),
    })
    return listen(() => async (request, response) => {
      if (request.url === '/in') {
        await sessions.start(request, response, { data: { name: 'Ada' }, tokens: { op: expired(provider) } })
        return response.end('{}')
      }
      await sessions.read(request, response)
      return response.end(JSON.stringify(await oauth.op.userinfo({ request })))
    })
  },
  express: ({ provider, options }: Setting) => {
    const sessions = new ExpressSessions<Person>(options)
    const oauth = new ExpressOAuth({
      secret,
      clock: provider.clock.read,
      ...clientsOf(provider),
      ...sessionTokens(sessions),
    })
    const app = express()
      .get('/in', async (request, response) => {
        await sessions.start(request, response, { data: { name: 'Ada' }, tokens: { op: expired(provider) } })
        response.json({})
      })
      .get('/', async (request, response) => {
        await sessions.read(request, response)
        response.json(await oauth.op.userinfo({ request }))
      })
    return listen(() => app)
  },
  web: ({ provider, options }: Setting) => {
    const sessions = new WebSessions<Person>(options)
    const oauth = new WebOAuth({
      secret,
      clock: provider.clock.read,
      ...clientsOf(provider),
      ...sessionTokens(sessions),
    })
    const handle = sessions.wrap(async (request, path: string | undefined) => {
      if (path === '/in') {
        await sessions.start(request, { data: { name: 'Ada' }, tokens: { op: expired(provider) } })
        return Response.json({})
      }
      return Response.json(await oauth.op.userinfo({ request }))
    })
    return listen(() => async (incoming, outgoing) => {
      const request = new Request('http://localhost/', { headers: { cookie: incoming.headers.cookie ?? '' } })
      const response = await handle(request, incoming.url)
      outgoing.writeHead(response.status, [...response.headers].flat()).end(await response.text())
    })
  },
}

const CASES = (['node', 'express', 'web'] as const).flatMap((adapter) =>
  (['cookie', 'store', 'split'] as const).map((mode) => [adapter, mode] as const),
)

describe.each(CASES)('next-auth#7558, #11240: tokens in a session on %s, mode %s', (adapter, mode) => {
  let running: Running
  let provider: StubProvider
  let jar: CookieJar

  beforeEach(async () => {
    provider = await StubProvider.create()
    provider.token = { refresh_token: 'r2' }
    jar = new CookieJar()
    const clock = provider.clock.read
    const store = new MemoryKeyValueStore({ clock })
    running = await ADAPTERS[adapter]({ provider, options: { secret, mode, store, secure: false, clock } })
    await jar.fetch(`${running.origin}/in`)
  })
  afterEach(() => running.close())

  it('are renewed under way, and the next request has the new one', async () => {
    for (let visit = 1; visit <= 3; visit += 1) {
      const response = await jar.fetch(`${running.origin}/`)
      expect(await response.json()).toMatchObject({ sub: 'alice' })
    }
    expect(provider.count('/token')).toBe(1)
    // Later, when nobody remembers the old one.
    provider.clock.advance(3000)
    expect((await jar.fetch(`${running.origin}/`)).status).toBe(200)
    expect(provider.count('/token')).toBe(1)
  })

  it('are renewed once for thirty requests at the same time, and every answer brings the new one', async () => {
    const jars = Array.from({ length: 30 }, () => jar.copy())
    const answers = await Promise.all(jars.map((copy) => copy.fetch(`${running.origin}/`)))
    for (const response of answers) expect(await response.json()).toMatchObject({ sub: 'alice' })
    expect(provider.count('/token')).toBe(1)
    provider.clock.advance(3000)
    for (const copy of jars) expect((await copy.fetch(`${running.origin}/`)).status).toBe(200)
    expect(provider.count('/token')).toBe(1)
  })
})
