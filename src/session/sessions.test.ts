import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { CookieJar } from '../../test/support/cookie-jar.ts'
import { NOW, TestClock } from '../../test/support/stub-provider.ts'
import { Sealer } from '../crypto/sealed.ts'
import { MemoryKeyValueStore } from '../stores/memory.ts'
import type { KeyValueStore } from '../util/key-value-store.ts'
import type { SessionsOptions } from './options.ts'
import { loginOf, type SessionContent, type SessionToken } from './session.ts'
import { type SessionResult, Sessions } from './sessions.ts'

const secret = 'a secret that is long enough: 0123456789'
const modes = ['cookie', 'store', 'split'] as const
const google: SessionToken = {
  access_token: 'ya29',
  token_type: 'Bearer',
  refresh_token: '1//r',
  expires_at: NOW + 3600,
}
const github: SessionToken = { access_token: 'gho', token_type: 'bearer' }
const login = { issuer: 'https://op.example', subject: 'alice', sid: 'S1' }

interface Person {
  name: string
}

class Setting {
  readonly clock = new TestClock()
  readonly store = new MemoryKeyValueStore({ clock: this.clock.read })
  readonly jar = new CookieJar()
  readonly sessions: Sessions<Person>
  readonly #options: object

  constructor(mode: (typeof modes)[number], options: object = {}) {
    this.#options = { mode, store: this.store, clock: this.clock.read, secret, ...options }
    this.sessions = this.another()
  }

  /** Another process, or the same one after a deployment. */
  another(options: object = {}): Sessions<Person> {
    return new Sessions<Person>({ ...this.#options, ...options } as SessionsOptions)
  }

  async start(content: Partial<SessionContent<Person>> = {}, jar = this.jar) {
    return this.take(await this.sessions.start(jar.request(), { data: { name: 'Ada' }, ...content }), jar)
  }

  async read(jar = this.jar, sessions = this.sessions) {
    return this.take(await sessions.read(jar.request()), jar)
  }

  take<S>({ session, headers }: SessionResult<S>, jar = this.jar): S {
    jar.takeHeaders(headers)
    return session
  }
}

describe.each(modes)('a session, mode %s', (mode) => {
  it('is read as it was begun', async () => {
    const setting = new Setting(mode)
    const begun = await setting.start({ tokens: { google }, login })
    expect(begun).toEqual({
      id: expect.stringMatching(/^[\w-]{43}$/),
      data: { name: 'Ada' },
      tokens: { google },
      login,
      createdAt: NOW,
      lastUsedAt: NOW,
    })
    expect(await setting.read()).toEqual(begun)
    expect(await setting.read(setting.jar, setting.another())).toEqual(begun)
  })

  it('is not there without a cookie, and with one that somebody else made', async () => {
    const setting = new Setting(mode)
    expect(await setting.read()).toBeUndefined()
    await setting.start()
    const foreign = setting.another({ secret: 'another secret that is long enough: 4321' })
    expect(await setting.read(setting.jar, foreign)).toBeUndefined()
    expect(await setting.read(setting.jar, setting.another({ name: 'other' }))).toBeUndefined()
    for (const [name, value] of setting.jar.cookies) setting.jar.cookies.set(name, `${value.slice(0, -2)}AA`)
    expect(await setting.read()).toBeUndefined()
  })

  it('is in a cookie that shows nothing and that only this host can set', async () => {
    const setting = new Setting(mode)
    const { headers } = await setting.sessions.start(setting.jar.request(), {
      data: { name: 'Ada!' },
      tokens: { google },
    })
    expect(headers).toHaveLength(1)
    expect(headers[0]?.[1]).toMatch(
      /^__Host-authwright.session=1\.[\w-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+; Secure$/,
    )
    expect(headers[0]?.[1]).not.toMatch(/Ada!|1\/\/r/)
  })

  it('goes by another name and other rules where it is told to', async () => {
    const setting = new Setting(mode, { name: 'app.session', secure: false, sameSite: 'Strict' })
    const { headers } = await setting.sessions.start(setting.jar.request(), { data: { name: 'Ada' } })
    expect(headers[0]?.[1]).toMatch(/^app\.session=1\.[\w-]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/)
  })

  it('opens after the secret was rotated, and not after it was thrown away', async () => {
    const setting = new Setting(mode)
    const begun = await setting.start({ tokens: { google } })
    const next = 'a new secret that is long enough: 98765432'
    const rotated = setting.another({ secret: [next, secret] })
    expect(await setting.read(setting.jar, rotated)).toEqual(begun)
    expect(await setting.read(setting.jar.copy(), setting.another({ secret: next }))).toBeUndefined()
    // In use, it moves over to the new secret.
    setting.clock.advance(300)
    expect(await setting.read(setting.jar, rotated)).toMatchObject({ id: begun.id, lastUsedAt: NOW + 300 })
    setting.take(await rotated.update(setting.jar.request(), { tokens: { github } }))
    expect(await setting.read(setting.jar, setting.another({ secret: next }))).toMatchObject({
      id: begun.id,
      tokens: { google, github },
    })
  })

  it('ends when nobody uses it, and lives on while somebody does', async () => {
    const setting = new Setting(mode, { idle: '1h', lifetime: 14_500 })
    await setting.start({ tokens: { google } })
    for (let hours = 1; hours <= 3; hours += 1) {
      setting.clock.advance(3599)
      expect(await setting.read()).toMatchObject({ lastUsedAt: setting.clock.seconds, tokens: { google } })
    }
    const kept = setting.jar.copy()
    setting.clock.advance(3600)
    expect(await setting.read(kept)).toBeUndefined()
  })

  it('ends at last however much it is used', async () => {
    const setting = new Setting(mode, { idle: '1h', lifetime: '2h' })
    await setting.start()
    for (let minutes = 30; minutes < 120; minutes += 30) {
      setting.clock.advance(1800)
      expect(await setting.read()).toBeDefined()
    }
    const kept = setting.jar.copy()
    setting.clock.advance(1800)
    expect(await setting.read(kept)).toBeUndefined()
  })

  it('is noted to be in use by half of the time after which it would end', async () => {
    const setting = new Setting(mode, { idle: 60 })
    await setting.start()
    setting.clock.advance(29)
    expect(await setting.read()).toMatchObject({ lastUsedAt: NOW })
    setting.clock.advance(1)
    expect(await setting.read()).toMatchObject({ lastUsedAt: NOW + 30 })
  })

  it('is in use when it is changed', async () => {
    const setting = new Setting(mode)
    await setting.start()
    setting.clock.advance(300)
    const session = setting.take(await setting.sessions.update(setting.jar.request(), { data: { name: 'Grace' } }))
    expect(session).toMatchObject({ lastUsedAt: NOW + 300 })
  })

  it('stays in the browser for as long as it can be used', async () => {
    const setting = new Setting(mode, { idle: '1h', lifetime: '2h' })
    const { headers } = await setting.sessions.start(setting.jar.request(), { data: { name: 'Ada' } })
    // What is in the store is prolonged there.
    expect(headers[0]?.[1]).toContain(`; Max-Age=${mode === 'store' ? 7200 : 3600};`)
  })

  it('is written again every few minutes, not with every request', async () => {
    const setting = new Setting(mode)
    await setting.start()
    setting.clock.advance(299)
    expect((await setting.sessions.read(setting.jar.request())).headers).toEqual([])
    expect(await setting.read()).toMatchObject({ lastUsedAt: NOW })
    setting.clock.advance(1)
    expect((await setting.sessions.read(setting.jar.copy().request())).headers).toHaveLength(mode === 'store' ? 0 : 1)
    expect(await setting.read()).toMatchObject({ createdAt: NOW, lastUsedAt: NOW + 300 })
  })

  it('has a new id after a login, and the old one is worth nothing (session fixation)', async () => {
    const setting = new Setting(mode)
    const before = await setting.start({ data: { name: 'attacker' } })
    const copied = setting.jar.copy()
    const after = await setting.start()
    expect(after.id).not.toBe(before.id)
    expect(setting.jar.header).not.toBe(copied.header)
    expect(await setting.read(copied)).toBeUndefined()
    expect(await setting.read()).toEqual(after)
  })

  it('is over when it was ended, for copies of its cookie too', async () => {
    const setting = new Setting(mode)
    await setting.start({ tokens: { google } })
    const copied = setting.jar.copy()
    const { headers } = await setting.sessions.end(setting.jar.request())
    setting.jar.takeHeaders(headers)
    expect(setting.jar.cookies.size).toBe(0)
    expect(await setting.read(copied)).toBeUndefined()
    expect((await setting.sessions.update(copied.request(), { data: { name: 'Eve' } })).session).toBeUndefined()
    expect(await setting.sessions.updateToken('google', github, google, copied.request())).toBe(false)
    expect(await setting.read(copied)).toBeUndefined()
  })

  it('is over for the rest of the request that ended it', async () => {
    for (const store of [undefined, new Setting(mode).store]) {
      if (store === undefined && mode !== 'cookie') continue
      const setting = new Setting(mode, { store })
      await setting.start()
      const request = setting.jar.request()
      expect((await setting.sessions.read(request)).session).toBeDefined()
      await setting.sessions.end(request)
      expect((await setting.sessions.read(request)).session).toBeUndefined()
      expect((await setting.sessions.update(request, { data: { name: 'Eve' } })).session).toBeUndefined()
      setting.jar.takeHeaders(setting.sessions.pendingHeaders(request))
      expect(setting.jar.cookies.size).toBe(0)
    }
  })

  it('is forgotten by the browser even where the store fails to end it', async () => {
    for (const verb of ['get', 'set', 'delete'] as const) {
      const setting = new Setting(mode)
      await setting.start({ tokens: { google } })
      vi.spyOn(setting.store, verb).mockImplementation(() => {
        throw new Error('out of reach')
      })
      const request = setting.jar.request()
      const outcome = await setting.sessions.end(request).catch((error: Error) => error.message)
      expect(['out of reach', { headers: setting.sessions.pendingHeaders(request) }]).toContainEqual(outcome)
      setting.jar.takeHeaders(setting.sessions.pendingHeaders(request))
      expect(setting.jar.cookies.size).toBe(0)
    }
  })

  it('that is not there can be ended, too', async () => {
    const setting = new Setting(mode)
    expect((await setting.sessions.end(setting.jar.request())).headers).toEqual([
      ['set-cookie', '__Host-authwright.session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure'],
    ])
  })

  it('is never cleared by reading: the answer to a login may be under way', async () => {
    const setting = new Setting(mode)
    await setting.start()
    const slow = setting.jar.copy()
    await setting.start()
    expect((await setting.sessions.read(slow.request())).headers).toEqual([])
  })

  it('is changed in part; what is not named stays', async () => {
    const setting = new Setting(mode)
    const begun = await setting.start({ tokens: { google }, login })
    setting.take(await setting.sessions.update(setting.jar.request(), { tokens: { github } }))
    expect(await setting.read()).toEqual({ ...begun, tokens: { google, github } })
    setting.take(
      await setting.sessions.update(setting.jar.request(), { data: { name: 'Grace' }, tokens: { google: undefined } }),
    )
    expect(await setting.read()).toEqual({ ...begun, data: { name: 'Grace' }, tokens: { github } })
    const rename = ({ data }: { data: Person }) => ({ data: { name: `${data.name} Hopper` } })
    setting.take(await setting.sessions.update(setting.jar.request(), rename))
    expect(await setting.read()).toMatchObject({ data: { name: 'Grace Hopper' } })
  })

  it('is nobody’s before it was begun', async () => {
    const setting = new Setting(mode)
    expect(await setting.sessions.update(setting.jar.request(), { data: { name: 'Eve' } })).toEqual({
      session: undefined,
      headers: [],
    })
  })

  it('is one in the course of one request, and its answer sets what came of all of it', async () => {
    const setting = new Setting(mode)
    const request = setting.jar.request()
    expect((await setting.sessions.read(request)).session).toBeUndefined()
    await setting.sessions.start(request, { data: { name: 'Ada' } })
    // All at once.
    await Promise.all([
      setting.sessions.update(request, { tokens: { google } }),
      setting.sessions.update(request, { data: { name: 'Grace' } }),
      setting.sessions.update(request, { tokens: { github } }),
    ])
    const { session, headers } = await setting.sessions.read(request)
    expect(session).toMatchObject({ data: { name: 'Grace' }, tokens: { google, github } })
    expect(headers).toBe(setting.sessions.pendingHeaders(request))
    expect(headers).toHaveLength(1)
    setting.jar.takeHeaders(headers)
    expect(await setting.read()).toEqual(session)
  })

  it('next-auth#836: has the ID token for the logout at the provider, and not what it says once more', async () => {
    const setting = new Setting(mode)
    await setting.start({ tokens: { google: { ...google, id_token: 'e.y.J', userinfo: { sub: 'alice' } } } })
    expect((await setting.read())?.tokens).toEqual({ google: { ...google, id_token: 'e.y.J' } })
  })

  it('has no tokens by names that objects have by nature', async () => {
    const setting = new Setting(mode)
    await setting.start()
    expect(await setting.sessions.fetchToken('constructor', setting.jar.request())).toBeUndefined()
    const tokens = Object.fromEntries([['__proto__', google]])
    setting.take(await setting.sessions.update(setting.jar.request(), { tokens }))
    expect(await setting.sessions.fetchToken('__proto__', setting.jar.request())).toEqual(google)
    expect(({} as Record<string, unknown>)['access_token']).toBeUndefined()
  })

  it('keeps what is written, or refuses it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.integer({ min: 0, max: 16_000 }), async (value, length) => {
        const setting = new Setting(mode, { maxCookies: 4 })
        const data = { value: JSON.parse(JSON.stringify(value)), filler: 'x'.repeat(length) }
        const sessions = setting.another() as unknown as Sessions<typeof data>
        const outcome = await sessions.start(setting.jar.request(), { data }).catch((error: Error) => error)
        if (outcome instanceof Error) {
          expect(outcome).toMatchObject({ code: 'session_too_large' })
          return
        }
        setting.take(outcome)
        expect((await sessions.read(setting.jar.request())).session?.data).toEqual(data)
      }),
      { numRuns: 40 },
    )
  })

  it('that is too large is refused, and the one before stays', async () => {
    const setting = new Setting(mode)
    const before = await setting.start()
    const huge = { data: { name: 'x'.repeat(70_000) } }
    await expect(setting.start(huge)).rejects.toMatchObject({ name: 'SessionError', code: 'session_too_large' })
    await expect(setting.sessions.update(setting.jar.request(), huge)).rejects.toMatchObject({
      code: 'session_too_large',
      message: 'session is too large: at most 64 KiB can be sealed',
    })
    expect(await setting.read()).toEqual(before)
  })

  it('does not hide that the store fails', async () => {
    const setting = new Setting(mode)
    await setting.start({ tokens: { google } })
    const failing = new Proxy(setting.store, {
      get: () => () => Promise.reject(new Error('store is away')),
    }) as KeyValueStore
    const sessions = setting.another({ store: failing })
    const request = () => setting.jar.request()
    await expect(sessions.read(request())).rejects.toThrow('store is away')
    await expect(sessions.start(request(), { data: { name: 'Ada' } })).rejects.toThrow('store is away')
    await expect(sessions.update(request(), { tokens: {} })).rejects.toThrow('store is away')
    await expect(sessions.end(request())).rejects.toThrow('store is away')
    await expect(sessions.endLogin(login)).rejects.toThrow('store is away')
    await expect(sessions.fetchToken('google', request())).rejects.toThrow('store is away')
  })
})

describe('how large a session may be', () => {
  it('may change in the course of a request, and no part of the larger one stays', async () => {
    const setting = new Setting('cookie')
    const request = setting.jar.request()
    await setting.sessions.start(request, { data: { name: 'x'.repeat(5000) } })
    // As an adapter does that writes cookies at once.
    setting.jar.takeHeaders(setting.sessions.pendingHeaders(request))
    expect(setting.jar.cookies.size).toBe(2)
    await setting.sessions.update(request, { data: { name: 'Ada' } })
    setting.jar.takeHeaders(setting.sessions.pendingHeaders(request))
    expect(setting.jar.cookies.size).toBe(1)
    await setting.sessions.update(request, { data: { name: 'x'.repeat(5000) } })
    setting.jar.takeHeaders(setting.sessions.pendingHeaders(request))
    await setting.sessions.end(request)
    setting.jar.takeHeaders(setting.sessions.pendingHeaders(request))
    expect(setting.jar.cookies.size).toBe(0)
  })

  it.each([
    [
      'cookie',
      'session is too large for 2 cookies: keep the tokens in a store with "mode" split, or all of it with store',
    ],
    ['split', 'session is too large for 2 cookies: keep it in the store with "mode" store'],
  ] as const)('next-auth#8788: mode %s says what to do instead', async (mode, message) => {
    const setting = new Setting(mode)
    await setting.start({ data: { name: 'x'.repeat(5000) } })
    expect(setting.jar.cookies.size).toBe(2)
    await expect(setting.start({ data: { name: 'x'.repeat(6000) } })).rejects.toMatchObject({
      code: 'session_too_large',
      message,
    })
    expect((await setting.read())?.data.name).toHaveLength(5000)
  })

  it('nextjs-auth0#289: tokens do not count where they are in the store', async () => {
    const setting = new Setting('split')
    await setting.start({ tokens: { google: { ...google, id_token: 'x'.repeat(20_000) } } })
    expect(setting.jar.header.length).toBeLessThan(500)
    expect((await setting.read())?.tokens['google']?.id_token).toHaveLength(20_000)
  })

  it('does not shut out those who began when it was larger', async () => {
    const setting = new Setting('cookie', { maxCookies: 4 })
    await setting.start({ data: { name: 'x'.repeat(9000) } })
    setting.clock.advance(600)
    const { session, headers } = await setting.another({ maxCookies: 1 }).read(setting.jar.request())
    expect(session?.data.name).toHaveLength(9000)
    expect(headers).toEqual([])
  })
})

describe('a session of an older release', () => {
  it.each([{}, null, 'text', { id: 'S', tokens: {}, begunAt: NOW }, { id: 'S', tokens: [], begunAt: 1, usedAt: NOW }])(
    'of the form %j is none',
    async (value) => {
      const { sessions, clock, jar } = new Setting('cookie')
      const sealer = new Sealer(secret, { purpose: 'session cookie cookie authwright.session', clock: clock.read })
      jar.cookies.set('__Host-authwright.session', `1.${await sealer.seal(value)}`)
      expect((await sessions.read(jar.request())).session).toBeUndefined()
      const complete = { id: 'S', data: { name: 'Ada' }, tokens: {}, begunAt: NOW, usedAt: NOW }
      jar.cookies.set('__Host-authwright.session', `1.${await sealer.seal(complete)}`)
      expect((await sessions.read(jar.request())).session).toBeDefined()
    },
  )
})

describe('what the store sees', () => {
  it.each(['store', 'split'] as const)('is nothing that opens or names a session, mode %s', async (mode) => {
    const setting = new Setting(mode)
    const written: string[] = []
    const spy = new Proxy(setting.store, {
      get:
        (target, verb: keyof KeyValueStore) =>
        (...values: [string, string, number]) => {
          written.push(...values.map(String))
          return (target[verb] as (...all: unknown[]) => unknown).apply(target, values)
        },
    })
    const sessions = setting.another({ store: spy })
    const content = { data: { name: 'Ada!' }, tokens: { google }, login: { ...login, sid: 'S.1' } }
    setting.take(await sessions.start(setting.jar.request(), content))
    await sessions.endLogin(content.login)
    await setting.read(setting.jar, sessions)
    const [cookie = ''] = setting.jar.cookies.values()
    expect(written.join(' ')).not.toMatch(/Ada!|1\/\/r|alice|S\.1|op\.example/)
    expect(written.join(' ')).not.toContain(cookie.slice(2))
  })

  it('cannot be moved to another session', async () => {
    const setting = new Setting('store')
    const entries = new Map<string, string>()
    const spy: KeyValueStore = {
      get: (key) => entries.get(key),
      set: (key, value) => void entries.set(key, value),
      setIfAbsent: () => false,
      replace: () => false,
      take: () => undefined,
      delete: () => false,
    }
    const sessions = setting.another({ store: spy })
    const victim = new CookieJar()
    const attacker = new CookieJar()
    victim.takeHeaders((await sessions.start(victim.request(), { data: { name: 'root' } })).headers)
    attacker.takeHeaders((await sessions.start(attacker.request(), { data: { name: 'mallory' } })).headers)
    const [[, sealed] = ['', ''], [key] = ['']] = [...entries]
    entries.set(key, sealed)
    expect((await sessions.read(attacker.request())).session).toBeUndefined()
    expect((await sessions.read(victim.request())).session?.data.name).toBe('root')
  })

  it('is no session in another mode or of another application', async () => {
    const setting = new Setting('cookie')
    await setting.start()
    expect(await setting.read(setting.jar, setting.another({ mode: 'split' }))).toBeUndefined()
  })

  it('may be lost: with "split" people stay signed in, and only their tokens are gone', async () => {
    const setting = new Setting('split')
    await setting.start({ tokens: { google } })
    const emptied = setting.another({ store: new MemoryKeyValueStore({ clock: setting.clock.read }) })
    expect(await setting.read(setting.jar, emptied)).toMatchObject({ data: { name: 'Ada' }, tokens: {} })
    await emptied.update(setting.jar.request(), { tokens: { github } })
    expect(await setting.read(setting.jar, emptied)).toMatchObject({ tokens: { github } })
  })

  it('may be sealed with a secret that is gone: then tokens are written anew', async () => {
    const setting = new Setting('split')
    await setting.start({ tokens: { google } })
    const next = 'a new secret that is long enough: 98765432'
    setting.clock.advance(300)
    await setting.read(setting.jar, setting.another({ secret: [next, secret] }))
    const later = setting.another({ secret: next })
    expect(await setting.read(setting.jar, later)).toMatchObject({ tokens: {} })
    await later.update(setting.jar.request(), { tokens: { github } })
    expect(await setting.read(setting.jar, later)).toMatchObject({ tokens: { github } })
  })
})

describe.each(['store', 'split'] as const)('requests at the same time, mode %s', (mode) => {
  it('lose none of the tokens that they bring', async () => {
    const setting = new Setting(mode)
    await setting.start()
    const providers = Array.from({ length: 12 }, (_, index) => `p${index}`)
    const another = setting.another()
    await Promise.all(
      providers.map((name, index) =>
        (index % 2 ? another : setting.sessions).update(setting.jar.request(), { tokens: { [name]: google } }),
      ),
    )
    expect(Object.keys((await setting.read())?.tokens ?? {}).sort()).toEqual([...providers].sort())
  })

  it('replace a token once', async () => {
    const setting = new Setting(mode)
    await setting.start({ tokens: { google, github } })
    const renewed = Array.from({ length: 16 }, (_, index) => ({ ...google, access_token: `new ${index}` }))
    const outcomes = await Promise.all(
      renewed.map((token) => setting.sessions.updateToken('google', token, google, setting.jar.request())),
    )
    expect(outcomes.filter(Boolean)).toHaveLength(1)
    const winner = renewed[outcomes.indexOf(true)]
    expect(await setting.sessions.fetchToken('google', setting.jar.request())).toEqual(winner)
    expect(await setting.sessions.fetchToken('github', setting.jar.request())).toEqual(github)
  })

  it('see what others have renewed in the course of their own', async () => {
    const setting = new Setting(mode)
    await setting.start({ tokens: { google } })
    const request = setting.jar.request()
    expect(await setting.sessions.fetchToken('google', request)).toEqual(google)
    const token = { ...google, access_token: 'new' }
    expect(await setting.another().updateToken('google', token, google, setting.jar.request())).toBe(true)
    expect(await setting.sessions.fetchToken('google', request)).toEqual(token)
  })

  it('nextjs-auth0#1520, next.js#54266: need no cookie to keep a token, where none can be written', async () => {
    const setting = new Setting(mode)
    await setting.start({ tokens: { google } })
    setting.clock.advance(600)
    const request = setting.jar.request()
    await setting.sessions.updateToken('google', github, google, request)
    expect(setting.sessions.pendingHeaders(request)).toEqual([])
  })

  it('give up where others never do', async () => {
    const setting = new Setting(mode)
    await setting.start()
    const { store } = setting
    const replace = vi.spyOn(store, 'replace').mockReturnValue(false)
    const update = setting.sessions.update(setting.jar.request(), { tokens: { google } })
    await expect(update).rejects.toMatchObject({
      code: 'session_conflict',
      message: 'session was changed by others 16 times while it was written',
    })
    expect(replace).toHaveBeenCalledTimes(16)
  })

  it('do not bring back a session that was ended meanwhile', async () => {
    const setting = new Setting(mode)
    await setting.start()
    const request = setting.jar.request()
    await setting.sessions.read(request)
    await setting.sessions.end(setting.jar.request())
    expect((await setting.sessions.update(request, { tokens: { google } })).session).toBeUndefined()
    expect(await setting.sessions.fetchToken('google', request)).toBeUndefined()
  })
})

describe('tokens in a cookie', () => {
  it('next-auth#7558: have their successor in the cookie that goes out with the answer', async () => {
    const setting = new Setting('cookie')
    await setting.start({ tokens: { google } })
    const request = setting.jar.request()
    const token = { ...google, access_token: 'new' }
    expect(await setting.sessions.updateToken('google', token, google, request)).toBe(true)
    expect(await setting.sessions.fetchToken('google', request)).toEqual(token)
    expect(await setting.sessions.updateToken('google', github, google, request)).toBe(false)
    setting.jar.takeHeaders(setting.sessions.pendingHeaders(request))
    expect((await setting.read())?.tokens).toEqual({ google: token })
  })

  it('do not come from nowhere', async () => {
    const setting = new Setting('cookie')
    const request = setting.jar.request()
    expect(await setting.sessions.fetchToken('google', request)).toBeUndefined()
    expect(await setting.sessions.updateToken('google', github, google, request)).toBe(false)
    expect(setting.sessions.pendingHeaders(request)).toEqual([])
  })

  it('better-auth#2202: need no store, and can be ended for good only with one', async () => {
    const setting = new Setting('cookie', { store: undefined })
    await setting.start({ login })
    const copied = setting.jar.copy()
    setting.jar.takeHeaders((await setting.sessions.end(setting.jar.request())).headers)
    expect(await setting.read()).toBeUndefined()
    expect(await setting.read(copied)).toBeDefined()
    await expect(setting.sessions.endLogin(login)).rejects.toThrow(
      'endLogin: "store" is missing: a logout that others report has to be noted there',
    )
  })
})

describe.each(modes)('express-openid-connect#383: a logout that the provider reports, mode %s', (mode) => {
  const { issuer, subject, sid } = login

  it('ends the sessions of one session over there', async () => {
    const setting = new Setting(mode)
    const elsewhere = new CookieJar()
    await setting.start({ login })
    await setting.start({ login: { ...login, sid: 'S2' } }, elsewhere)
    await setting.another().endLogin({ issuer, sid, subject })
    expect(await setting.read()).toBeUndefined()
    expect(await setting.read(elsewhere)).toBeDefined()
  })

  it('ends all sessions of a person, and nobody else’s', async () => {
    const setting = new Setting(mode)
    const [elsewhere, bob, twin, local] = [new CookieJar(), new CookieJar(), new CookieJar(), new CookieJar()]
    await setting.start({ login })
    await setting.start({ login: { issuer, subject } }, elsewhere)
    await setting.start({ login: { issuer, subject: 'bob', sid: 'S3' } }, bob)
    await setting.start({ login: { ...login, issuer: 'https://other.example' } }, twin)
    await setting.start({}, local)
    await setting.sessions.endLogin({ issuer, subject })
    expect(await setting.read()).toBeUndefined()
    expect(await setting.read(elsewhere)).toBeUndefined()
    for (const jar of [bob, twin, local]) expect(await setting.read(jar)).toBeDefined()
  })

  it('does not end the session that begins afterwards, even where the names are the same', async () => {
    const setting = new Setting(mode)
    await setting.start({ login })
    const copied = setting.jar.copy()
    await setting.sessions.endLogin({ issuer, sid })
    await setting.sessions.endLogin({ issuer, subject })
    await setting.start({ login })
    expect(await setting.read()).toBeDefined()
    expect(await setting.read(copied)).toBeUndefined()
  })

  it('ends what began before it, and nothing else, however the clocks of processes differ', async () => {
    const setting = new Setting(mode)
    const fast = setting.another({ clock: () => setting.clock.read() + 30_000 })
    setting.take(await fast.start(setting.jar.request(), { data: { name: 'Ada' }, login }))
    setting.clock.advance(1)
    await setting.sessions.endLogin({ issuer, sid })
    expect(await setting.read()).toBeUndefined()
    await fast.endLogin({ issuer, sid })
    await setting.start({ login })
    expect(await setting.read()).toBeDefined()
    await fast.endLogin({ issuer, sid })
    await setting.sessions.endLogin({ issuer, sid })
    expect(await setting.read()).toBeUndefined()
  })

  it('is forgotten by a store that was emptied, and the sessions from before live on', async () => {
    const setting = new Setting(mode)
    await setting.start({ login })
    await setting.sessions.endLogin({ issuer, sid })
    await setting.start({ login })
    const emptied = setting.another({ store: new MemoryKeyValueStore({ clock: setting.clock.read }) })
    await emptied.start(new CookieJar().request(), { data: { name: 'Ada' }, login })
    expect((await emptied.read(setting.jar.request())).session?.data.name).toBe(mode === 'store' ? undefined : 'Ada')
  })

  it('counts for a session that began long after the first one of that person', async () => {
    const setting = new Setting(mode, { lifetime: '2d' })
    await setting.start({ login })
    setting.clock.advance(150_000)
    await setting.start({ login })
    setting.clock.advance(80_000)
    await setting.sessions.endLogin({ issuer, subject })
    expect(await setting.read()).toBeUndefined()
  })

  it('leaves no trace where nobody logged in like that: by the front channel anybody can report anything', async () => {
    const setting = new Setting(mode)
    await setting.start({ login })
    const written = vi.spyOn(setting.store, 'set')
    await setting.sessions.endLogin({ issuer, sid: 'S9' })
    await setting.sessions.endLogin({ issuer, subject: 'bob' })
    await setting.sessions.endLogin({ issuer: 'https://evil.example', sid, subject })
    expect(written).not.toHaveBeenCalled()
    expect(await setting.read()).toBeDefined()
  })

  it('finds all logins of a person that begin at the same time', async () => {
    const setting = new Setting(mode)
    const jars = Array.from({ length: 12 }, () => new CookieJar())
    await Promise.all(jars.map((jar) => setting.start({ login }, jar)))
    await setting.sessions.endLogin({ issuer, subject })
    for (const jar of jars) expect(await setting.read(jar)).toBeUndefined()
  })

  it('is remembered for as long as a session from before could live', async () => {
    const setting = new Setting(mode, { idle: '7d' })
    await setting.start({ login })
    const kept = setting.jar.copy()
    await setting.sessions.endLogin({ issuer, sid })
    for (let day = 1; day <= 7; day += 1) {
      expect(await setting.read(kept)).toBeUndefined()
      setting.clock.advance(day < 7 ? 86_400 : 86_399)
    }
    expect(await setting.read(kept)).toBeUndefined()
  })

  it('that comes in the middle of a request ends the rest of it', async () => {
    const setting = new Setting(mode)
    await setting.start({ login, tokens: { google } })
    const request = setting.jar.request()
    expect((await setting.sessions.read(request)).session).toBeDefined()
    await setting.sessions.endLogin({ issuer, sid })
    expect(await setting.sessions.fetchToken('google', request)).toBeUndefined()
    expect((await setting.sessions.update(request, { data: { name: 'Eve' } })).session).toBeUndefined()
  })

  it('names somebody', async () => {
    const setting = new Setting(mode)
    await expect(setting.sessions.endLogin({ issuer })).rejects.toThrow(
      'endLogin: "sid" and "subject" are missing: expected at least one of them',
    )
  })
})

describe('the login of a session', () => {
  it('is what the ID token says', () => {
    expect(loginOf({ iss: 'https://op.example', sub: 'alice', sid: 'S1' })).toEqual(login)
    expect(loginOf({ iss: 'https://op.example', sub: 'alice' })).toEqual({ issuer: login.issuer, subject: 'alice' })
    expect(loginOf({ iss: 'https://op.example', sub: 'alice', sid: 7 })).not.toHaveProperty('sid')
    expect(loginOf(undefined)).toBeUndefined()
  })
})
