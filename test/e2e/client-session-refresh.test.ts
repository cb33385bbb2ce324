import { describe, expect, it } from 'vitest'
import type { OAuth2Client } from '../../src/oauth2/client/index.ts'
import { Sessions, type SessionsOptions, sessionTokens } from '../../src/session/index.ts'
import { MemoryKeyValueStore } from '../../src/stores/memory.ts'
import { CookieJar } from '../support/cookie-jar.ts'
import { expiredToken, RotatingTokens } from '../support/rotating-tokens.ts'
import { TestClock } from '../support/stub-provider.ts'

const secret = 'a secret that is long enough: 0123456789'

function setUp(mode: 'cookie' | 'store' | 'split') {
  const clock = new TestClock()
  const server = new RotatingTokens()
  const store = new MemoryKeyValueStore({ clock: clock.read })
  const createSessions = () =>
    new Sessions<{ name: string }>({ mode, store, secret, clock: clock.read } as SessionsOptions)
  const createClient = (sessions: ReturnType<typeof createSessions>): OAuth2Client => {
    const shared = sessionTokens(sessions)
    return server.client(clock, {
      fetchToken: (request) => shared.fetchToken('op', request),
      updateToken: (token, previous, request) => shared.updateToken('op', token, previous, request),
    })
  }
  return { clock, server, createSessions, createClient }
}

describe.each(['cookie', 'store', 'split'] as const)('50 requests of one browser, session mode %s', (mode) => {
  it('with one expired rotating token are one refresh, and whichever answer the browser keeps has the new one', async () => {
    const { clock, server, createSessions, createClient } = setUp(mode)
    const sessions = createSessions()
    const client = createClient(sessions)
    const jar = new CookieJar()
    const { headers } = await sessions.start(jar.request(), {
      data: { name: 'Alice' },
      tokens: { op: expiredToken(clock) },
    })
    jar.takeHeaders(headers)

    const answers = Array.from({ length: 50 }, async () => {
      const request = jar.request()
      await client.get('files', { request })
      return sessions.pendingHeaders(request)
    })
    const cookies = await Promise.all(answers)
    expect([server.presented, new Set(server.used), server.used.length]).toEqual([['r0'], new Set(['a1']), 50])

    clock.advance(60)
    for (const kept of [cookies[0], cookies[49]]) {
      const browser = jar.copy()
      browser.takeHeaders(kept ?? [])
      // Another process, which remembers nothing.
      await createClient(createSessions()).get('files', { request: browser.request() })
    }
    expect([server.presented, server.used.slice(50)]).toEqual([['r0'], ['a1', 'a1']])
  })
})
