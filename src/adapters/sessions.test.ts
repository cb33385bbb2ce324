import type { ServerResponse } from 'node:http'
import express from 'express'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CookieJar } from '../../test/support/cookie-jar.ts'
import { listen, type Running } from '../../test/support/listen.ts'
import { NOW, TestClock } from '../../test/support/stub-provider.ts'
import { MemoryKeyValueStore } from '../stores/memory.ts'
import { Sessions as ExpressSessions } from './express.ts'
import {
  type NodeRequest,
  Sessions as NodeSessions,
  type Session,
  type SessionsOptions,
  type SessionToken,
} from './node.ts'
import { Sessions as WebSessions } from './web.ts'

interface Person {
  name: string
}

const secret = 'a secret that is long enough: 0123456789'
const old: SessionToken = { access_token: 'old', token_type: 'Bearer', refresh_token: 'r1', expires_at: NOW }
const renewed: SessionToken = { ...old, access_token: 'new', refresh_token: 'r2' }
const login = { issuer: 'https://op.example', subject: 'alice', sid: 'S1' }

/** What the little application does with a request. */
interface Steps {
  read(): Promise<Session<Person> | undefined>
  start(data: Person): Promise<unknown>
  rename(name: string): Promise<unknown>
  renew(): Promise<boolean>
  end(): Promise<unknown>
}

async function answer(path: string | undefined, steps: Steps): Promise<unknown> {
  if (path === '/in') await steps.start({ name: 'Ada' })
  if (path === '/large') await steps.start({ name: 'x'.repeat(5000) })
  if (path === '/rename') await steps.rename('Grace')
  if (path === '/renew') return steps.renew()
  if (path === '/out') await steps.end()
  if (path === '/fail-out') return steps.end().catch((error: Error) => error.message)
  return (await steps.read()) ?? null
}

function nodeSteps(sessions: NodeSessions<Person>, request: NodeRequest, response: ServerResponse): Steps {
  return {
    read: () => sessions.read(request, response),
    start: (data) => sessions.start(request, response, { data, tokens: { op: old }, login }),
    rename: (name) => sessions.update(request, response, { data: { name } }),
    end: () => sessions.end(request, response),
    renew: async () => {
      await sessions.read(request, response)
      return sessions.updateToken('op', renewed, old, request)
    },
  }
}

/** The application on each adapter, behind a port. Its answers set a cookie of their own, which has to stay. */
const ADAPTERS = {
  node: (options: SessionsOptions) => {
    const sessions = new NodeSessions<Person>(options)
    return listen(() => async (request, response) => {
      response.setHeader('set-cookie', 'app=1')
      response.end(JSON.stringify(await answer(request.url, nodeSteps(sessions, request, response))))
    })
  },
  express: (options: SessionsOptions) => {
    const sessions = new ExpressSessions<Person>(options)
    const app = express().use(async (request, response) => {
      response.cookie('app', '1')
      response.json(await answer(request.path, nodeSteps(sessions, request, response)))
    })
    return listen(() => app)
  },
  web: (options: SessionsOptions) => {
    const sessions = new WebSessions<Person>(options)
    const handle = sessions.wrap(async (request, path: string | undefined) => {
      const body = await answer(path, {
        read: () => sessions.read(request),
        start: (data) => sessions.start(request, { data, tokens: { op: old }, login }),
        rename: (name) => sessions.update(request, { data: { name } }),
        renew: () => sessions.updateToken('op', renewed, old, request),
        end: () => sessions.end(request),
      })
      return Response.json(body, { headers: { 'set-cookie': 'app=1' } })
    })
    return listen(() => async (incoming, outgoing) => {
      const { cookie } = incoming.headers
      const request = new Request('http://localhost/', { headers: cookie === undefined ? {} : { cookie } })
      const response = await handle(request, incoming.url)
      outgoing.writeHead(response.status, [...response.headers].flat()).end(await response.text())
    })
  },
}

const CASES = (['node', 'express', 'web'] as const).flatMap((adapter) =>
  (['cookie', 'store', 'split'] as const).map((mode) => [adapter, mode] as const),
)

describe.each(CASES)('sessions on %s over HTTP, mode %s', (adapter, mode) => {
  const clock = new TestClock()
  const store = new MemoryKeyValueStore({ clock: clock.read })
  let running: Running
  let jar: CookieJar

  beforeEach(async () => {
    jar = new CookieJar()
    running = await ADAPTERS[adapter]({ secret, mode, store, secure: false, clock: clock.read })
  })
  afterEach(() => running.close())

  const open = async (path: string, browser = jar) => (await browser.fetch(running.origin + path)).json()

  it('begin, are read, change and end', async () => {
    expect(await open('/')).toBeNull()
    expect(await open('/in')).toMatchObject({ data: { name: 'Ada' }, login })
    expect(await open('/')).toMatchObject({ data: { name: 'Ada' }, tokens: { op: old } })
    expect(await open('/rename')).toMatchObject({ data: { name: 'Grace' } })
    expect(await open('/')).toMatchObject({ data: { name: 'Grace' }, tokens: { op: old } })
    const copied = jar.copy()
    expect(await open('/out')).toBeNull()
    expect(await open('/')).toBeNull()
    expect(await open('/', copied)).toBeNull()
  })

  it('are forgotten by the browser even where the store fails to end them', async () => {
    await open('/in')
    const get = vi.spyOn(store, 'get').mockImplementation(() => {
      throw new Error('out of reach')
    })
    await open('/fail-out').finally(() => get.mockRestore())
    expect(jar.cookies.has('authwright.session')).toBe(false)
  })

  it('RFC 6265 §4.1.1: set each cookie once, and leave those of the application', async () => {
    const response = await fetch(`${running.origin}/in`)
    const names = response.headers.getSetCookie().map((line) => line.split('=')[0])
    expect(names).toEqual(['app', 'authwright.session'])
  })

  it('forget the parts of a large one', async () => {
    await open('/large')
    expect([...jar.cookies.keys()].filter((name) => name.startsWith('authwright.session'))).toHaveLength(
      mode === 'store' ? 1 : 2,
    )
    expect((await open('/')).data.name).toHaveLength(5000)
    await open('/rename')
    expect([...jar.cookies.keys()].sort()).toEqual(['app', 'authwright.session'])
  })

  it('have the renewed token with the next request', async () => {
    await open('/in')
    expect(await open('/renew')).toBe(true)
    expect(await open('/')).toMatchObject({ tokens: { op: renewed } })
    expect(await open('/renew')).toBe(false)
  })

  it('live on while they are used', async () => {
    await open('/in')
    for (let day = 1; day <= 6; day += 1) {
      clock.advance(86_000)
      expect(await open('/')).toMatchObject({ data: { name: 'Ada' }, lastUsedAt: clock.seconds })
    }
  })

  it('answer thirty requests of one browser at once', async () => {
    await open('/in')
    const answers = await Promise.all(Array.from({ length: 30 }, () => open('/')))
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
  })
})

describe('sessions on node that cannot write', () => {
  const clock = new TestClock()
  let running: Running | undefined
  afterEach(() => running?.close())

  /** What came of a step that was taken after the response was begun. */
  async function late(
    mode: 'cookie' | 'split',
    step: (sessions: NodeSessions<Person>, request: NodeRequest, response: ServerResponse) => Promise<unknown>,
  ): Promise<string> {
    await running?.close()
    const sessions = new NodeSessions<Person>({
      secret,
      mode,
      store: new MemoryKeyValueStore({ clock: clock.read }),
      secure: false,
      clock: clock.read,
    })
    running = await listen(() => async (request, response) => {
      if (request.url === '/in') {
        await sessions.start(request, response, { data: { name: 'Ada' }, tokens: { op: old } })
        return response.end()
      }
      const outcome = await step(sessions, request, response).catch((error: Error) => error.message)
      return response.end(JSON.stringify(outcome))
    })
    const jar = new CookieJar()
    await jar.fetch(`${running.origin}/in`)
    return (await jar.fetch(`${running.origin}/`)).json()
  }

  it('say that no response is known', async () => {
    const step = (sessions: NodeSessions<Person>, request: NodeRequest) =>
      sessions.updateToken('op', renewed, old, request)
    expect(await late('cookie', step)).toBe(
      'session has changed and no response can tell the browser: read it with (request, response) first',
    )
    expect(await late('split', step)).toBe(true)
  })

  it('say that the response was begun', async () => {
    const message = 'session has changed after the response was begun'
    for (const step of ['start', 'update', 'end', 'token'] as const) {
      const outcome = await late('cookie', async (sessions, request, response) => {
        response.write(' ')
        if (step === 'start') return sessions.start(request, response, { data: { name: 'Eve' } })
        if (step === 'update') return sessions.update(request, response, { data: { name: 'Eve' } })
        if (step === 'end') return sessions.end(request, response)
        await sessions.read(request, response)
        return sessions.updateToken('op', renewed, old, request)
      })
      expect(outcome).toBe(message)
    }
  })

  it('are read all the same', async () => {
    const outcome = await late('cookie', async (sessions, request, response) => {
      response.write(' ')
      // It would be time to note that it is in use.
      clock.advance(300)
      return (await sessions.read(request, response))?.data.name
    })
    expect(outcome).toBe('Ada')
  })
})

describe('sessions on web', () => {
  it('have headers for who wraps nothing', async () => {
    const sessions = new WebSessions<Person>({ secret })
    const request = new Request('https://app.example/')
    const { headers } = await sessions.start(request, { data: { name: 'Ada' } })
    expect(headers.getSetCookie()).toHaveLength(1)
    expect([...sessions.pendingHeaders(request)]).toEqual([...headers])
    expect([...(await sessions.end(request)).headers].every(([, cookie]) => cookie.includes('Max-Age=0'))).toBe(true)
  })

  it('complete responses that cannot be changed, and leave alone those with nothing to tell', async () => {
    const sessions = new WebSessions<Person>({ secret })
    const redirect = Response.redirect('https://app.example/home', 303)
    const signIn = sessions.wrap(async (request) => {
      const { headers } = await sessions.start(request, { data: { name: 'Ada' } })
      expect(headers.getSetCookie()).toHaveLength(1)
      return redirect
    })
    const response = await signIn(new Request('https://app.example/'))
    expect(response.status).toBe(303)
    expect(response.headers.get('location')).toBe('https://app.example/home')
    expect(response.headers.getSetCookie()).toHaveLength(1)
    const plain = new Response('hello')
    expect(await sessions.wrap(() => plain)(new Request('https://app.example/'))).toBe(plain)
  })

  it('do not set twice what the handler has set already', async () => {
    const sessions = new WebSessions<Person>({ secret })
    const signIn = sessions.wrap(async (request) => {
      const { headers } = await sessions.start(request, { data: { name: 'Ada' } })
      return new Response(null, { headers })
    })
    expect((await signIn(new Request('https://app.example/'))).headers.getSetCookie()).toHaveLength(1)
  })
})
