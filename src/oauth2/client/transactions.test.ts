import { describe, expect, it, vi } from 'vitest'
import { CookieJar } from '../../../test/support/cookie-jar.ts'
import { TestClock } from '../../../test/support/stub-provider.ts'
import { MemoryKeyValueStore } from '../../stores/memory.ts'
import { type TransactionOptions, Transactions } from './transactions.ts'

const secret = 'a secret that is long enough: 0123456789'

const FORMS = ['cookie', 'store'] as const

function create(form: (typeof FORMS)[number], options: Partial<TransactionOptions> = {}) {
  const clock = new TestClock()
  const store = form === 'store' ? new MemoryKeyValueStore({ clock: clock.read }) : undefined
  const transactions = new Transactions({ kind: 'login', secret, clock: clock.read, store, ...options })
  const jar = new CookieJar()
  const begin = async (state: string, attempt: object = {}): Promise<readonly string[]> => {
    const setCookie = await transactions.begin(jar.request(), {
      provider: 'op',
      state,
      redirectUri: 'https://app.example/cb',
      ...attempt,
    })
    jar.take(setCookie)
    return setCookie
  }
  const consume = async (state: string) => {
    const found = await transactions.consume(jar.request(), state)
    jar.take(found.setCookie)
    return found
  }
  return { clock, store, jar, transactions, begin, consume }
}

const failed = (code: string, message?: string) =>
  expect.objectContaining({
    ok: false,
    error: expect.objectContaining({ code, ...(message !== undefined && { message }) }),
  })

describe.each(FORMS)('RFC 6749 §10.12 a login that is under way, kept in the %s', (form) => {
  const setUp = (options?: Partial<TransactionOptions>) => create(form, options)

  it('says with whom it was started, to this browser, and is not over by that', async () => {
    const { begin, consume, jar, transactions } = setUp()
    await begin('S')
    expect(await transactions.findProvider(jar.request(), 'S')).toBe('op')
    expect(await transactions.findProvider(jar.request(), 'other')).toBeUndefined()
    expect(await transactions.findProvider(new CookieJar().request(), 'S')).toBeUndefined()
    expect(await consume('S')).toMatchObject({ ok: true })
    expect(await transactions.findProvider(jar.request(), 'S')).toBeUndefined()
  })

  it('comes back as it left', async () => {
    const { begin, consume, clock } = setUp()
    await begin('S', { issuer: 'https://op.example', codeVerifier: 'V', nonce: 'N', maxAge: 60, data: { next: ['/'] } })
    expect(await consume('S')).toEqual({
      ok: true,
      transaction: {
        provider: 'op',
        state: 'S',
        redirectUri: 'https://app.example/cb',
        issuer: 'https://op.example',
        codeVerifier: 'V',
        nonce: 'N',
        maxAge: 60,
        data: { next: ['/'] },
        createdAt: clock.seconds,
      },
      setCookie: [
        expect.stringMatching(
          /^__Host-authwright\.login\.[\w-]{16}=; Path=\/; HttpOnly; SameSite=Lax; Max-Age=0; Secure$/,
        ),
      ],
    })
  })

  it('is in a cookie that only this host can set, for ten minutes, and that shows nothing', async () => {
    const { begin } = setUp()
    const [cookie = ''] = await begin('STATE', { codeVerifier: 'VERIFIER' })
    expect(cookie).toMatch(
      /^__Host-authwright\.login\.[\w-]{16}=[\w-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600; Secure$/,
    )
    expect(cookie).not.toMatch(/STATE|VERIFIER/)
  })

  it('is in such a cookie however the scheme is spelled', async () => {
    const { begin, consume } = setUp()
    const [cookie = ''] = await begin('S', { redirectUri: 'HTTPS://app.example/cb' })
    expect(cookie).toMatch(/^__Host-.*; Secure$/)
    expect(await consume('S')).toMatchObject({ ok: true })
  })

  it('is in a cookie that http on a loopback host can have', async () => {
    const { begin, consume } = setUp()
    const [cookie = ''] = await begin('S', { redirectUri: 'http://localhost:4401/cb' })
    expect(cookie).toMatch(/^authwright\.login\.[\w-]{16}=[\w-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/)
    expect(await consume('S')).toMatchObject({ ok: true })
  })

  it('has no cookie in another browser', async () => {
    const { begin, transactions } = setUp()
    await begin('S')
    expect(await transactions.consume(new CookieJar().request(), 'S')).toEqual({
      ok: false,
      setCookie: [],
      error: expect.objectContaining({
        code: 'transaction_missing',
        message:
          'login cookie is missing: this browser did not start the login, finished it before, took longer than 10 minutes, or refuses cookies',
      }),
    })
  })

  it('is over after ten minutes even where the browser kept the cookie', async () => {
    const { begin, consume, clock } = setUp()
    await begin('S')
    clock.advance(600)
    expect(await consume('S')).toEqual(
      failed('transaction_expired', 'login took longer than 10 minutes: start it again'),
    )
    const other = setUp()
    await other.begin('S')
    other.clock.advance(599)
    expect(await other.consume('S')).toMatchObject({ ok: true })
  })

  it('is taken once, even where the browser kept the cookie', async () => {
    const { begin, jar, transactions } = setUp()
    await begin('S')
    const results = await Promise.all(Array.from({ length: 16 }, () => transactions.consume(jar.request(), 'S')))
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect(results[15]).toEqual(failed('transaction_used', 'login was already finished: start it again'))
  })

  it('opens with a former secret, and with no other', async () => {
    const { begin, jar, store } = setUp()
    await begin('S')
    const rotated = setUp({ secret: ['a new secret that is long enough: 98765', secret], store })
    expect(await rotated.transactions.consume(jar.request(), 'S')).toMatchObject({ ok: true })
    const foreign = setUp({ secret: 'another secret that is long enough: 4321', store })
    expect(await foreign.transactions.consume(jar.request(), 'S')).toEqual(
      failed('transaction_mismatch', 'login cookie does not open: expected one that was sealed with "secret"'),
    )
  })

  it('is no logout', async () => {
    const { begin, jar, transactions } = setUp()
    await begin('S')
    const renamed = new CookieJar()
    for (const [name, value] of jar.cookies) renamed.cookies.set(name.replace('login', 'logout'), value)
    const logouts = new Transactions({ kind: 'logout', secret, clock: new TestClock().read })
    expect(await logouts.consume(renamed.request(), 'S')).toEqual(failed('transaction_mismatch'))
    expect(await transactions.consume(renamed.request(), 'S')).toEqual(failed('transaction_missing'))
  })

  it('does not come from a cookie that another host could have planted', async () => {
    const { begin, jar, consume } = setUp()
    await begin('S')
    const [[name = '', value = ''] = []] = [...jar.cookies]
    jar.cookies.clear()
    jar.cookies.set(name.replace('__Host-', ''), value)
    expect(await consume('S')).toEqual(
      failed('transaction_mismatch', 'login cookie has another name than the one that was set'),
    )
  })

  it('does not come from a cookie whose name only looks like one that this host alone can set', async () => {
    const { begin, jar, consume } = setUp()
    const attacker = setUp()
    await attacker.begin('theirs')
    for (const [name, value] of attacker.jar.cookies) jar.cookies.set(`\u00a0${name}`, value)
    expect(await consume('theirs')).toEqual(failed('transaction_missing'))
    expect(await begin('mine')).toHaveLength(1)
  })

  it('does not answer to the state of another', async () => {
    const { begin, jar, transactions } = setUp()
    await begin('S')
    const [planted] = await setUp().begin('T')
    const [nameOfT = ''] = (planted ?? '').split('=')
    const [[, sealedS = ''] = []] = [...jar.cookies]
    jar.cookies.set(nameOfT, sealedS)
    expect(await transactions.consume(jar.request(), 'T')).toEqual(failed('state_mismatch'))
  })
})

describe.each(FORMS)('express-openid-connect#43, authlib#285: several tabs, kept in the %s', (form) => {
  const setUp = (options?: Partial<TransactionOptions>) => create(form, options)

  it('each have their own', async () => {
    const { begin, consume } = setUp()
    await begin('A', { nonce: 'a' })
    await begin('B', { nonce: 'b' })
    expect(await consume('A')).toMatchObject({ ok: true, transaction: { nonce: 'a' } })
    expect(await consume('B')).toMatchObject({ ok: true, transaction: { nonce: 'b' } })
  })

  it('are eight at most: the ninth takes the place of the oldest', async () => {
    const { begin, consume, clock, jar } = setUp()
    for (let tab = 1; tab <= 8; tab += 1) {
      expect(await begin(`tab ${tab}`)).toHaveLength(1)
      clock.advance(1)
    }
    const setCookie = await begin('tab 9')
    expect(setCookie).toHaveLength(2)
    expect(setCookie[0]).toContain('Max-Age=0')
    expect(jar.cookies.size).toBe(8)
    expect(await consume('tab 1')).toEqual(failed('transaction_missing'))
    for (const state of ['tab 2', 'tab 8', 'tab 9']) expect(await consume(state)).toMatchObject({ ok: true })
  })

  it('may be thirty: the newest work, and the browser is never shut out', async () => {
    const { begin, consume, jar, clock } = setUp()
    for (let tab = 1; tab <= 30; tab += 1) {
      await begin(`tab ${tab}`, { codeVerifier: 'v'.repeat(43), nonce: 'n'.repeat(43), data: { next: '/inbox' } })
      clock.advance(1)
      expect(jar.header.length).toBeLessThan(8192)
    }
    for (let tab = 30; tab > 22; tab -= 1) expect(await consume(`tab ${tab}`)).toMatchObject({ ok: true })
    expect(await consume('tab 22')).toEqual(failed('transaction_missing'))
  })

  it('that open within one second go by the order of their cookies', async () => {
    const { begin, consume } = setUp()
    for (let tab = 1; tab <= 9; tab += 1) await begin(`tab ${tab}`)
    expect(await consume('tab 1')).toEqual(failed('transaction_missing'))
    expect(await consume('tab 9')).toMatchObject({ ok: true })
  })

  it('are eight at most, whatever another host has planted', async () => {
    const { begin, consume, jar, clock } = setUp()
    await begin('mine')
    const [[name = '', sealed = ''] = []] = [...jar.cookies]
    const attacker = setUp()
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      attacker.clock.advance(1)
      await attacker.begin(`theirs ${attempt}`)
    }
    for (const [theirs, value] of attacker.jar.cookies) jar.cookies.set(theirs.replace('__Host-', ''), value)
    jar.cookies.set(`${name.replace('__Host-', '').slice(0, -1)} (`, sealed)
    expect(await begin('next')).toHaveLength(1)
    clock.advance(600)
    expect(await begin('later')).toHaveLength(3)
    expect(await consume('later')).toMatchObject({ ok: true })
  })

  it('that have expired make room, and cookies of other applications stay', async () => {
    const { begin, clock, jar } = setUp()
    const other = setUp({ secret: 'the secret of another app: 0123456789 abc' })
    jar.take(await other.begin('theirs'))
    await begin('A')
    clock.advance(600)
    expect(await begin('B')).toHaveLength(2)
    expect(jar.cookies.size).toBe(2)
  })
})

describe.each(FORMS)('OIDC Form Post §2 an answer that another site posts, kept in the %s', (form) => {
  const setUp = (options?: Partial<TransactionOptions>) => create(form, options)

  it('needs a cookie that comes along from there', async () => {
    const { begin, consume } = setUp()
    const [cookie = ''] = await begin('S', { isPosted: true })
    expect(cookie).toMatch(/SameSite=None; Max-Age=600; Secure$/)
    expect((await consume('S')).setCookie[0]).toMatch(/SameSite=None; Max-Age=0; Secure$/)
  })

  it('explains that http has no such cookie', async () => {
    await expect(setUp().begin('S', { isPosted: true, redirectUri: 'http://localhost:4401/cb' })).rejects.toThrow(
      'authorizeRedirect: "responseMode" form_post needs a redirect URI with https',
    )
  })
})

describe('what a login carries', () => {
  it('leaves room for fewer where it is much: a header that is too long would shut the browser out', async () => {
    const { begin, consume, jar } = create('cookie')
    const data = { next: `/search?q=${'x'.repeat(1500)}` }
    for (let tab = 1; tab <= 8; tab += 1) await begin(`tab ${tab}`, { data })
    expect([...jar.cookies.values()].join('').length).toBeLessThanOrEqual(8192)
    expect(await consume('tab 5')).toEqual(failed('transaction_missing'))
    for (const state of ['tab 6', 'tab 7', 'tab 8']) expect(await consume(state)).toMatchObject({ ok: true })
  })

  it.each([
    ['cookie', 3000],
    ['store', 60_000],
  ] as const)('is refused where it is too much for the %s', async (form, length) => {
    await expect(create(form).begin('S', { data: 'x'.repeat(length) })).rejects.toThrow(
      'OAuth: "data" of the attempt is too large: a cookie takes some 2 kB of it, a store ("transactions") 40 kB',
    )
  })

  it('fits into the store where no cookie would keep it', async () => {
    const { begin, consume, jar } = create('store')
    const data = 'x'.repeat(40_000)
    await begin('S', { data, codeVerifier: 'V', nonce: 'N', issuer: 'https://op.example' })
    expect(jar.header.length).toBeLessThan(450)
    expect(await consume('S')).toMatchObject({ ok: true, transaction: { data, codeVerifier: 'V', nonce: 'N' } })
  })
})

describe('a login that is kept in the store', () => {
  it('is taken once, by however many processes', async () => {
    const { begin, jar, store, clock } = create('store')
    await begin('S')
    const processes = Array.from(
      { length: 8 },
      () => new Transactions({ kind: 'login', secret, clock: clock.read, store }),
    )
    const results = await Promise.all(processes.map((process) => process.consume(jar.request(), 'S')))
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect(results.filter(({ ok }) => !ok)).toEqual(
      Array.from({ length: 7 }, () => failed('transaction_used', 'login was already finished: start it again')),
    )
  })

  it('is over when somebody else came with its cookie under another state', async () => {
    const { begin, jar, transactions, store } = create('store')
    await begin('S')
    const [planted] = await create('store').begin('T')
    const [[, sealedS = ''] = []] = [...jar.cookies]
    jar.cookies.set((planted ?? '').split('=')[0] ?? '', sealedS)
    expect(await transactions.consume(jar.request(), 'T')).toEqual(failed('state_mismatch'))
    const another = new Transactions({ kind: 'login', secret, clock: new TestClock().read, store })
    expect(await another.consume(jar.request(), 'S')).toEqual(failed('transaction_used'))
  })

  it('shows the store nothing, and the store opens no login', async () => {
    const written: string[] = []
    const { clock } = create('store')
    const store = new MemoryKeyValueStore({ clock: clock.read })
    vi.spyOn(store, 'set').mockImplementation((...values) => void written.push(values.join(' ')))
    const { begin, jar } = create('store', { store })
    await begin('STATE', { codeVerifier: 'VERIFIER', data: 'the data' })
    expect(written.join()).toMatch(/^transaction:login:[\w-]{43} [\w-]+ \d+$/)
    expect(`${written} ${jar.header}`).not.toMatch(/STATE|VERIFIER|the data/)
  })

  it('leaves the store with those that make room for newer ones', async () => {
    const { begin, store } = create('store')
    const discarded = vi.spyOn(store as MemoryKeyValueStore, 'delete')
    for (let tab = 1; tab <= 9; tab += 1) await begin(`tab ${tab}`)
    expect(discarded).toHaveBeenCalledTimes(1)
  })

  it('was begun without a store, or its store is not asked any more', async () => {
    const { begin, jar, clock } = create('cookie')
    await begin('S')
    const store = new MemoryKeyValueStore({ clock: clock.read })
    const later = new Transactions({ kind: 'login', secret, clock: clock.read, store })
    expect(await later.consume(jar.request(), 'S')).toMatchObject({ ok: true })
    jar.take(await later.begin(jar.request(), { provider: 'op', state: 'T', redirectUri: 'https://app.example/cb' }))
    const before = new Transactions({ kind: 'login', secret, clock: clock.read })
    expect(await before.consume(jar.request(), 'T')).toEqual(failed('transaction_used'))
  })

  it('does not hide that the store fails', async () => {
    const { begin, jar, transactions, store } = create('store')
    await begin('S')
    vi.spyOn(store as MemoryKeyValueStore, 'take').mockImplementation(() => {
      throw new Error('store is away')
    })
    await expect(transactions.consume(jar.request(), 'S')).rejects.toThrow('store is away')
  })
})

describe('the secret', () => {
  it('must be long enough', () => {
    expect(() => create('cookie', { secret: 'short' })).toThrow('must be at least 32 bytes long')
  })
})
