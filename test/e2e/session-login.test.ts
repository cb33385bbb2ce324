import express from 'express'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loginOf, OAuth, Sessions, sessionTokens } from '../../src/adapters/express.ts'
import { signJwt } from '../../src/jose/jwt/index.ts'
import { MemoryKeyValueStore } from '../../src/stores/memory.ts'
import { CookieJar } from '../support/cookie-jar.ts'
import { listen, type Running } from '../support/listen.ts'
import { StubProvider } from '../support/stub-provider.ts'

const secret = 'a secret that is long enough: 0123456789'

/** An application that people log in to, and that the provider tells of logouts. */
function createApp(origin: string, provider: StubProvider, mode: 'cookie' | 'store' | 'split', isStored: boolean) {
  const clock = provider.clock.read
  const store = new MemoryKeyValueStore({ clock })
  const sessions = new Sessions<{ name: string }>({ secret, mode, store, secure: false, clock })
  const { issuer, transport } = provider
  const oauth = new OAuth({
    secret,
    clock,
    clients: { op: { clientId: 'app', issuer, transport, scope: 'openid profile' } },
    ...(isStored && { transactions: store }),
    ...sessionTokens(sessions),
  })
  return express()
    .get('/login', (req, res) => oauth.op.authorizeRedirect(req, res, `${origin}/callback`))
    .get('/callback', async (req, res) => {
      const token = await oauth.op.authorizeAccessToken(req, res)
      const content = { data: { name: 'Ada' }, tokens: { op: token }, login: loginOf(token.userinfo) }
      res.json(await sessions.start(req, res, content))
    })
    .get('/me', async (req, res) => {
      const session = await sessions.read(req, res)
      res.json(session === undefined ? null : await oauth.op.userinfo({ request: req }))
    })
    .post('/backchannel', (req, res) => oauth.op.backChannelLogout(req, res, (logout) => sessions.endLogin(logout)))
}

const CASES = (['cookie', 'store', 'split'] as const).flatMap((mode) =>
  (['a cookie', 'the store'] as const).map((place) => [mode, place] as const),
)

describe.each(CASES)('logging in, sessions in mode %s, pending logins in %s', (mode, place) => {
  let running: Running
  let provider: StubProvider
  let jar: CookieJar

  beforeEach(async () => {
    provider = await StubProvider.create()
    provider.claims = { sid: 'S1' }
    jar = new CookieJar()
    running = await listen((origin) => createApp(origin, provider, mode, place === 'the store'))
  })
  afterEach(() => running.close())

  const open = async (path: string) => (await jar.fetch(running.origin + path)).json()

  /** To the provider; what comes back is the way from there. */
  async function leave(): Promise<string> {
    const response = await jar.fetch(`${running.origin}/login`)
    expect(response.status).toBe(303)
    return provider.authorize(response.headers.get('location') ?? '')
  }

  async function arrive(url: string): Promise<number> {
    const response = await jar.fetch(url)
    await response.arrayBuffer()
    return response.status
  }

  it('makes a session, until the provider says that it is over, and then another one', async () => {
    expect(await open('/me')).toBeNull()
    expect(await arrive(await leave())).toBe(200)
    expect(await open('/me')).toMatchObject({ sub: 'alice' })

    const now = provider.clock.seconds
    const claims = { iss: provider.issuer, aud: 'app', iat: now, exp: now + 120, jti: 'j1', sub: 'alice', sid: 'S1' }
    const events = { 'http://schemas.openid.net/event/backchannel-logout': {} }
    const token = await signJwt({ ...claims, events }, provider.signer, { alg: 'ES256', typ: 'logout+jwt' })
    const body = new URLSearchParams({ logout_token: token })
    expect((await fetch(`${running.origin}/backchannel`, { method: 'POST', body })).status).toBe(200)
    expect(await open('/me')).toBeNull()

    provider.clock.advance(1)
    expect(await arrive(await leave())).toBe(200)
    expect(await open('/me')).toMatchObject({ sub: 'alice' })
  })

  it('works from thirty tabs that a browser opens all at once, and shuts nobody out', async () => {
    const ways = await Promise.all(Array.from({ length: 30 }, leave))
    expect(jar.cookies.size).toBe(30)
    expect(await Promise.all(ways.map(arrive))).toEqual(ways.map(() => 200))
    expect([...jar.cookies.keys()].filter((name) => name.includes('login'))).toEqual([])
    expect(await open('/me')).toMatchObject({ sub: 'alice' })
  })

  it('refuses what comes back a second time, and to another browser', async () => {
    const way = await leave()
    expect(await new CookieJar().fetch(way)).toMatchObject({ status: 500 })
    const kept = jar.copy()
    expect(await arrive(way)).toBe(200)
    expect(await kept.fetch(way)).toMatchObject({ status: 500 })
  })
})
