import { describe, expect, it } from 'vitest'
import type { Screen } from '../../../test/support/browser.ts'
import { readForm } from '../../../test/support/browser.ts'
import {
  APP,
  authorizationRequest,
  CALLBACK,
  ISSUER,
  PUBLIC_APP,
  TestProvider,
} from '../../../test/support/openid-provider.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { Interactions } from './interactions.ts'

const SESSION = '__Host-aw_session'
const CSRF = '__Host-aw_csrf'

function answerOf(screen: Screen): Record<string, string> {
  if (screen.away === undefined) throw new Error(`expected a redirect, got page "${screen.page}"`)
  return Object.fromEntries(screen.away.searchParams)
}

describe('OIDC Core §3.1.2.3 signing in', () => {
  it('shows the sign-in page, then the consent page, then goes back to the client with a code', async () => {
    const provider = new TestProvider()
    const browser = provider.browser()
    const first = await browser.open(provider.url())
    expect([first.status, first.page]).toEqual([200, 'sign-in'])
    const second = await provider.signIn(browser, first)
    expect([second.status, second.page]).toEqual([200, 'consent'])
    const third = await browser.press(second, 'allow')
    expect(third.status).toBe(303)
    expect(third.away?.href.startsWith(CALLBACK)).toBe(true)
    expect(answerOf(third)).toEqual({ code: expect.any(String), state: 'af0ifjsldkj', iss: ISSUER })
    expect(provider.events).toEqual(['login.succeeded'])
  })

  it('answers at once where the session and an earlier consent are enough', async () => {
    const provider = new TestProvider()
    const browser = provider.browser()
    await provider.login(browser)
    const again = await browser.open(provider.url({ scope: 'openid email' }))
    expect(answerOf(again)).toHaveProperty('code')
    expect(again.url.startsWith(`${ISSUER}/authorize`)).toBe(true)
  })

  it.each([
    ['alice', 'wrong'],
    ['nobody', 'wonderland'],
  ])('shows the page again with one text for a wrong name and a wrong password (%s/%s)', async (username, password) => {
    const provider = new TestProvider()
    const browser = provider.browser()
    const screen = await browser.press(await browser.open(provider.url()), 'sign-in', { username, password })
    expect([screen.status, screen.page]).toEqual([422, 'sign-in'])
    expect(screen.body).toContain('The username or the password is incorrect. Check both and try again.')
    expect(screen.body).toContain('role="alert"')
    expect(readForm(screen.body)?.fields).toMatchObject({ username, password: '' })
    expect(provider.events).toEqual(['login.failed'])
    expect(browser.cookies.has(SESSION)).toBe(false)
  })

  it('takes null for nobody', async () => {
    const authenticate = () => JSON.parse('null')
    const provider = new TestProvider({ interactions: { authenticate } })
    const browser = provider.browser()
    const screen = await provider.signIn(browser, await browser.open(provider.url()))
    expect([screen.status, screen.page]).toEqual([422, 'sign-in'])
  })

  it.each(['{}', '{"subject":""}', '{"subject":7}'])('signs nobody in without a subject: %s', async (person) => {
    const authenticate = () => JSON.parse(person)
    const provider = new TestProvider({ interactions: { authenticate } })
    const browser = provider.browser()
    const screen = await provider.signIn(browser, await browser.open(provider.url()))
    expect([screen.status, screen.page]).toEqual([500, 'error'])
    expect(browser.cookies.has(SESSION)).toBe(false)
  })

  it('calls a client whose name is blank by its id', async () => {
    const provider = new TestProvider({ clients: [{ ...APP, client_name: ' ' }] })
    const screen = await provider.browser().open(provider.url())
    expect(screen.body).toContain('to continue to <strong><bdi>app</bdi></strong>')
  })

  it.each([
    ['', 'wonderland'],
    ['alice', ''],
  ])('asks for both fields without asking who it is (%j/%j)', async (username, password) => {
    const provider = new TestProvider()
    const browser = provider.browser()
    const screen = await browser.press(await browser.open(provider.url()), 'sign-in', { username, password })
    expect(screen.status).toBe(422)
    expect(screen.body).toContain('Enter your username and your password.')
    expect(provider.events).toEqual([])
  })

  it('fills in the login_hint', async () => {
    const provider = new TestProvider()
    const screen = await provider.browser().open(provider.url({ login_hint: 'alice@example.com' }))
    expect(readForm(screen.body)?.fields['username']).toBe('alice@example.com')
  })

  it('tells the client when the person cancels', async () => {
    const provider = new TestProvider()
    const browser = provider.browser()
    const screen = await browser.press(await browser.open(provider.url()), 'cancel', { username: '', password: '' })
    expect(answerOf(screen)).toEqual({
      error: 'access_denied',
      error_description: 'the person refused the request',
      state: 'af0ifjsldkj',
      iss: ISSUER,
    })
  })

  it('hands the request to whoever counts attempts', async () => {
    const seen: (string | undefined)[] = []
    const provider = new TestProvider({
      interactions: {
        authenticate: ({ request }) => {
          seen.push(request.header('x-forwarded-for'))
          return undefined
        },
      },
    })
    const browser = provider.browser()
    const page = await browser.open(provider.url())
    await browser.press(page, 'sign-in', { username: 'a', password: 'b' }, { 'x-forwarded-for': '192.0.2.1' })
    expect(seen).toEqual(['192.0.2.1'])
  })

  it('works without OpenID Connect, where prompt and max_age have no meaning', async () => {
    const provider = new TestProvider()
    const browser = provider.browser()
    await provider.login(browser, { scope: 'profile' })
    const again = await browser.open(provider.url({ scope: 'profile', prompt: 'login', max_age: 'soon' }))
    expect(answerOf(again)).toHaveProperty('code')
  })

  it('takes a request that came by POST from another site, whose cookies stay at home', async () => {
    const provider = new TestProvider()
    const browser = provider.browser()
    await provider.login(browser)
    const screen = await browser.postFromElsewhere(`${ISSUER}/authorize`, authorizationRequest())
    expect(answerOf(screen)).toHaveProperty('code')
    const silent = await browser.postFromElsewhere(`${ISSUER}/authorize`, authorizationRequest({ prompt: 'none' }))
    expect(answerOf(silent)).toHaveProperty('code')
    const fresh = await browser.postFromElsewhere(`${ISSUER}/authorize`, authorizationRequest({ prompt: 'login' }))
    expect(fresh.page).toBe('sign-in')
  })

  it('shows a page of its own where our side fails, with nothing of the cause in it', async () => {
    const provider = new TestProvider({
      interactions: {
        authenticate: () => {
          throw new Error('ldap://secret-host is down')
        },
      },
    })
    const browser = provider.browser()
    const screen = await browser.press(await browser.open(provider.url()), 'sign-in', { username: 'a', password: 'b' })
    expect([screen.status, screen.page]).toEqual([500, 'error'])
    expect(screen.body).toContain('Something went wrong on our side')
    expect(screen.body).not.toContain('ldap')
  })
})

describe('RFC 6749 §4.1.2.1 errors that the client must not be told', () => {
  it('shows our page, without any redirect', async () => {
    const provider = new TestProvider()
    const screen = await provider.browser().open(provider.url({ redirect_uri: 'https://evil.example/cb' }))
    expect([screen.status, screen.page, screen.away]).toEqual([400, 'error', undefined])
    expect(screen.body).toContain('redirect_uri is not registered for this client')
    expect(screen.body).not.toContain('evil.example')
  })
})

describe('OIDC Core §3.1.2.4 consent', () => {
  it('goes back to the client with access_denied', async () => {
    const provider = new TestProvider()
    const browser = provider.browser()
    const page = await provider.signIn(browser, await browser.open(provider.url()))
    const screen = await browser.press(page, 'deny')
    expect(answerOf(screen)).toMatchObject({ error: 'access_denied', state: 'af0ifjsldkj', iss: ISSUER })
    expect((await browser.open(provider.url())).page).toBe('consent')
  })

  it('asks again for more, and remembers the sum', async () => {
    const provider = new TestProvider()
    const browser = provider.browser()
    await provider.login(browser, { scope: 'openid email' })
    expect((await browser.open(provider.url({ scope: 'openid profile' }))).page).toBe('consent')
    await provider.login(browser, { scope: 'openid profile' })
    expect(answerOf(await browser.open(provider.url({ scope: 'openid profile email' })))).toHaveProperty('code')
  })

  it('is not shared between people or clients', async () => {
    const provider = new TestProvider({ clients: [APP, { ...APP, client_id: 'other' }] })
    const browser = provider.browser()
    await provider.login(browser)
    expect((await browser.open(provider.url({ client_id: 'other' }))).page).toBe('consent')
    const stranger = provider.browser()
    const screen = await provider.signIn(stranger, await stranger.open(provider.url()), 'bob')
    expect(screen.page).toBe('consent')
  })

  it('OIDC Core §11: can be waived for trusted clients, but not for offline access the first time', async () => {
    const provider = new TestProvider({ interactions: { requireConsent: ({ client }) => client.client_id !== 'app' } })
    const browser = provider.browser()
    expect(answerOf(await provider.signIn(browser, await browser.open(provider.url())))).toHaveProperty('code')
    const offline = provider.url({ scope: 'openid offline_access' })
    const page = await browser.open(offline)
    expect(page.page).toBe('consent')
    await browser.press(page, 'allow')
    expect(answerOf(await browser.open(offline))).toHaveProperty('code')
  })

  it('names client, scopes, account and the host that the answer goes to', async () => {
    const provider = new TestProvider()
    const browser = provider.browser()
    const page = await provider.signIn(browser, await browser.open(provider.url({ scope: 'openid email reports' })))
    expect(page.body).toContain('<strong><bdi>Example App</bdi></strong> wants to access your account')
    expect(page.body).toContain('Signed in as <strong><bdi>Ms alice</bdi></strong>')
    expect(page.body).toContain('See your email address')
    expect(page.body).toContain('You will go to <strong><bdi>app.example</bdi></strong> next.')
    expect(page.body).toContain('src="https://cdn.app.example/logo.png"')
    expect(page.body).toContain('href="https://app.example/privacy"')
    expect(page.body).toContain('href="https://app.example/terms"')
  })

  it('says something where a client asks for no scope', async () => {
    const provider = new TestProvider()
    const browser = provider.browser()
    const page = await provider.signIn(browser, await browser.open(provider.url({ scope: '' })))
    expect(page.body).toContain('<li><span>Have basic access to your account</span></li>')
  })

  it('lets another account be used', async () => {
    const provider = new TestProvider()
    const browser = provider.browser()
    const page = await provider.signIn(browser, await browser.open(provider.url()))
    const link = /id="other-account" href="([^"]+)"/.exec(page.body)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const login = await browser.open(link)
    expect(login.page).toBe('sign-in')
    const consent = await provider.signIn(browser, login, 'bob')
    expect(consent.body).toContain('Ms bob')
  })

  it('is not given by a person who has not seen the page', async () => {
    const provider = new TestProvider()
    const browser = provider.browser()
    const seenByAlice = await provider.signIn(browser, await browser.open(provider.url()))
    const otherTab = await browser.open(provider.url({ prompt: 'login' }))
    await provider.signIn(browser, otherTab, 'bob')
    const screen = await browser.press(seenByAlice, 'allow')
    expect(screen.page).toBe('consent')
    expect(screen.body).toContain('Ms bob')
    expect(await provider.store.findConsent('bob', 'app')).toBeUndefined()
    expect(await provider.store.findConsent('alice', 'app')).toBeUndefined()
  })

  it('leads to the sign-in page when the session ended while the page was open', async () => {
    const provider = new TestProvider()
    const browser = provider.browser()
    const page = await provider.signIn(browser, await browser.open(provider.url()))
    browser.cookies.delete(SESSION)
    expect((await browser.press(page, 'allow')).page).toBe('sign-in')
  })
})

describe('RFC 8252 §8.6 a client that anybody on the device can pass for', () => {
  it.each([
    ['http://127.0.0.1:51004/cb', 'consent'],
    ['https://spa.example/cb', undefined],
  ])('%s: a remembered consent leads to page %j', async (redirect_uri, page) => {
    const provider = new TestProvider()
    const browser = provider.browser()
    const parameters = { client_id: 'public', redirect_uri }
    await provider.login(browser, parameters)
    expect((await browser.open(provider.url(parameters))).page).toBe(page)
  })

  it('says that the answer stays on the device', async () => {
    const provider = new TestProvider({ clients: [{ ...PUBLIC_APP, redirect_uris: ['com.example.app:/cb'] }] })
    const browser = provider.browser()
    const parameters = { client_id: 'public', redirect_uri: 'com.example.app:/cb' }
    const page = await provider.signIn(browser, await browser.open(provider.url(parameters)))
    expect(page.body).toContain('an app on this device (<strong><bdi>com.example.app</bdi></strong>)')
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self' com.example.app:;")
  })
})

describe('RFC 6749 §10.12 cross-site request forgery', () => {
  const credentials = { username: 'alice', password: 'wonderland' }

  it.each([
    ['no token', { csrf: null }, {}],
    ['a token of nobody', { csrf: 'A'.repeat(43) }, {}],
    ['a form sent by another site', {}, { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['a form sent by a neighbour', {}, { 'sec-fetch-site': 'same-site' }],
    ['another origin, told by an older browser', {}, { origin: 'https://evil.example' }],
  ])('refuses %s', async (_, values, headers) => {
    const provider = new TestProvider()
    const browser = provider.browser()
    const page = await browser.open(provider.url())
    const screen = await browser.press(page, 'sign-in', { ...credentials, ...values }, headers)
    expect([screen.status, screen.page]).toEqual([403, 'forbidden'])
    expect(provider.events).toEqual([])
  })

  it.each([
    ['a browser that says nothing', {}],
    ['an older browser', { origin: ISSUER }],
    ['a page without referrer', { origin: 'null' }],
  ])('takes the form of %s', async (_, headers) => {
    const provider = new TestProvider()
    const browser = provider.browser()
    const screen = await browser.press(await browser.open(provider.url()), 'sign-in', credentials, headers)
    expect(screen.page).toBe('consent')
  })

  it('refuses the form of another browser (login CSRF)', async () => {
    const provider = new TestProvider()
    const attacker = provider.browser()
    const page = await attacker.open(provider.url())
    const victim = provider.browser()
    await victim.open(provider.url())
    expect((await victim.press(page, 'sign-in', credentials)).page).toBe('forbidden')
    expect((await provider.browser().press(page, 'sign-in', credentials)).page).toBe('forbidden')
  })

  it('refuses a token that was made for another form of the same browser', async () => {
    const provider = new TestProvider()
    const browser = provider.browser()
    const first = readForm((await browser.open(provider.url())).body)?.fields['csrf'] ?? ''
    const second = await browser.open(provider.url())
    expect((await browser.press(second, 'sign-in', { ...credentials, csrf: first })).page).toBe('forbidden')
  })

  it('keeps the cookie’s value out of the page', async () => {
    const provider = new TestProvider()
    const browser = provider.browser()
    const page = await browser.open(provider.url())
    expect(page.body).not.toContain(browser.cookies.get(CSRF))
  })

  it('never takes credentials from the query', async () => {
    const provider = new TestProvider()
    const browser = provider.browser()
    const page = await browser.open(provider.url())
    const fields = new URLSearchParams({ ...readForm(page.body)?.fields, ...credentials, action: 'login' })
    expect((await browser.open(`${ISSUER}/interaction?${fields}`)).page).toBe('sign-in')
    expect(provider.events).toEqual([])
  })
})

describe('sessions', () => {
  it('gets a new id at every login, and the old one ends (session fixation)', async () => {
    const provider = new TestProvider()
    const browser = provider.browser()
    browser.cookies.set(SESSION, 'planted'.padEnd(43, 'A'))
    await provider.login(browser)
    const first = browser.cookies.get(SESSION)
    expect(first).not.toContain('planted')
    await provider.signIn(browser, await browser.open(provider.url({ prompt: 'login' })))
    const second = browser.cookies.get(SESSION)
    expect(second).not.toBe(first)
    browser.cookies.set(SESSION, first ?? '')
    expect((await browser.open(provider.url())).page).toBe('sign-in')
  })

  it('ends when its time is up, however much it is used', async () => {
    const provider = new TestProvider({ interactions: { sessionLifetime: '2h' } })
    const browser = provider.browser()
    await provider.login(browser)
    provider.wait(3600)
    expect(answerOf(await browser.open(provider.url()))).toHaveProperty('code')
    provider.wait(3600)
    expect((await browser.open(provider.url())).page).toBe('sign-in')
  })

  it('is left alone by another provider on the same host', async () => {
    const one = new TestProvider({ issuer: `${ISSUER}/one` })
    const other = new TestProvider({ issuer: `${ISSUER}/other` })
    const [browser, sameBrowser] = [one.browser(), other.browser()]
    await one.login(browser)
    for (const [name, value] of browser.cookies) sameBrowser.cookies.set(name, value)
    expect((await sameBrowser.open(other.url())).page).toBe('sign-in')
    await other.login(sameBrowser, {}, 'bob')
    for (const [name, value] of sameBrowser.cookies) browser.cookies.set(name, value)
    expect(answerOf(await browser.open(one.url()))).toHaveProperty('code')
  })

  it('is a cookie that no script reads and no other host sets', async () => {
    const provider = new TestProvider()
    const browser = provider.browser()
    const page = await browser.open(provider.url())
    const form = readForm(page.body)
    const response = await provider.server.fetch(
      new Request(`${ISSUER}/interaction`, {
        method: 'POST',
        headers: { cookie: `${CSRF}=${browser.cookies.get(CSRF)}` },
        body: new URLSearchParams({ ...form?.fields, username: 'alice', password: 'wonderland', action: 'login' }),
      }),
    )
    const [cookie] = response.headers.getSetCookie()
    expect(cookie).toMatch(/^__Host-aw_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=86400; Secure$/)
  })

  it('is kept by the hash of the cookie only', async () => {
    const provider = new TestProvider()
    const browser = provider.browser()
    await provider.login(browser)
    expect(await provider.store.findSession(browser.cookies.get(SESSION) ?? '')).toBeUndefined()
  })
})

describe('two tabs', () => {
  it('finish one after the other, each with its own answer', async () => {
    const provider = new TestProvider()
    const browser = provider.browser()
    const left = await browser.open(provider.url({ state: 'left' }))
    const right = await browser.open(provider.url({ state: 'right' }))
    const leftConsent = await provider.signIn(browser, left)
    const rightConsent = await provider.signIn(browser, right)
    expect(answerOf(await browser.press(leftConsent, 'allow'))).toMatchObject({
      state: 'left',
      code: expect.any(String),
    })
    expect(answerOf(await browser.press(rightConsent, 'allow'))).toMatchObject({
      state: 'right',
      code: expect.any(String),
    })
  })
})

describe('interaction handles', () => {
  it('can be taken up in another browser (node-oidc-provider#570)', async () => {
    const provider = new TestProvider()
    const page = await provider.browser().open(provider.url())
    const elsewhere = provider.browser()
    const consent = await provider.signIn(elsewhere, await elsewhere.open(page.url))
    expect(answerOf(await elsewhere.press(consent, 'allow'))).toHaveProperty('code')
  })

  it('finish once: five presses give one answer', async () => {
    const provider = new TestProvider()
    const browser = provider.browser()
    const page = await provider.signIn(browser, await browser.open(provider.url()))
    const screens = await Promise.all(Array.from({ length: 5 }, () => browser.press(page, 'allow')))
    expect(screens.filter(({ away }) => away !== undefined)).toHaveLength(1)
    expect(screens.filter(({ status, page }) => status === 410 && page === 'finished')).toHaveLength(4)
  })

  it('that are finished show the way back to the client', async () => {
    const provider = new TestProvider({ clients: [{ ...APP, client_uri: 'https://app.example/?a=1&b=2' }] })
    const browser = provider.browser()
    const page = await browser.open(provider.url())
    await browser.press(page, 'cancel', { username: '', password: '' })
    const again = await browser.press(page, 'cancel', { username: '', password: '' })
    expect(again.page).toBe('finished')
    expect(again.body).toContain('<a class="button" id="return" href="https://app.example/?a=1&amp;b=2">Return to')
  })

  it('lead back to the client when they have expired (node-oidc-provider#801)', async () => {
    const provider = new TestProvider()
    const browser = provider.browser()
    const page = await browser.open(provider.url())
    const plain = await browser.open(provider.url({ scope: 'profile' }))
    provider.wait(3600)
    const description = 'the person did not sign in and decide in time'
    const common = { error_description: description, state: 'af0ifjsldkj', iss: ISSUER }
    expect(answerOf(await browser.open(page.url))).toEqual({ error: 'login_required', ...common })
    expect(answerOf(await provider.signIn(browser, page))).toEqual({ error: 'login_required', ...common })
    expect(answerOf(await browser.open(plain.url))).toEqual({ error: 'access_denied', ...common })
    expect(provider.events).toEqual([])
  })

  it('are only a page when they are long past', async () => {
    const provider = new TestProvider()
    const browser = provider.browser()
    const page = await browser.open(provider.url())
    provider.wait(3600 + 86_400)
    const screen = await browser.open(page.url)
    expect([screen.status, screen.page, screen.away]).toEqual([410, 'expired', undefined])
  })

  it.each(['', '?handle=', '?handle=AAAA', '?handle=%3Cscript%3E'])(
    'that were not written here lead to a page: %s',
    async (query) => {
      const screen = await new TestProvider().browser().open(`${ISSUER}/interaction${query}`)
      expect([screen.status, screen.page]).toEqual([400, 'broken'])
      expect(screen.body).not.toContain('<script>')
    },
  )

  it('do not open when they were changed, or with another secret', async () => {
    const provider = new TestProvider()
    const browser = provider.browser()
    const { url } = await browser.open(provider.url())
    expect((await browser.open(`${url.slice(0, -3)}AAA`)).page).toBe('broken')
    const other = new TestProvider({ interactions: { secret: 'another secret that is long enough for a sealer' } })
    expect((await other.browser().open(url)).page).toBe('broken')
  })

  it('are checked anew: a client that lost its redirect URI gets nothing', async () => {
    const provider = new TestProvider()
    const browser = provider.browser()
    const page = await browser.open(provider.url())
    await provider.store.saveClient({ ...APP, redirect_uris: ['https://app.example/other'] })
    const screen = await provider.signIn(browser, page)
    expect([screen.status, screen.page, screen.away]).toEqual([400, 'error', undefined])
  })

  it('of the longest request fit into the 8 KB that servers take for a URL', async () => {
    const provider = new TestProvider()
    const empty = new URL(provider.url({ state: '' })).searchParams.toString()
    const screen = await provider.browser().open(provider.url({ state: 'x'.repeat(5600 - empty.length) }))
    expect(screen.page).toBe('sign-in')
    expect(screen.url.length).toBeLessThan(8000)
  })

  it('do not carry a request that is too long for a URL', async () => {
    const provider = new TestProvider()
    const screen = await provider.browser().open(provider.url({ claims: 'x'.repeat(6000) }))
    expect(answerOf(screen)).toMatchObject({
      error: 'invalid_request',
      error_description: 'authorization request is too long to wait for a person',
    })
  })

  it('refuse a button that no page has', async () => {
    const provider = new TestProvider()
    const browser = provider.browser()
    const page = await browser.open(provider.url())
    const screen = await browser.press(page, 'sign-in', { action: 'constructor' })
    expect([screen.status, screen.page]).toEqual([400, 'broken'])
  })
})

describe('setting the pages up', () => {
  it('tells every problem at once', () => {
    const build = () =>
      new Interactions({
        secret: 'short',
        authenticate: () => undefined,
        sessionLifetime: -1,
        theme: { '--aw-accent': 'red;} body{display:none' },
      })
    expect(build).toThrow(ConfigurationError)
    expect(build).toThrow('"theme" has a value for "--aw-accent" that is no plain CSS value')
    expect(build).toThrow('must be at least 32 bytes long')
    expect(build).toThrow('"sessionLifetime": duration must be a whole number of seconds')
  })

  it('uses cookies without prefix on http, for development', async () => {
    const provider = new TestProvider({ issuer: 'http://localhost:4400' })
    const browser = provider.browser()
    await provider.login(browser)
    expect([...browser.cookies.keys()].sort()).toEqual(['aw_csrf', 'aw_session'])
  })

  it('works below an issuer with a path', async () => {
    const provider = new TestProvider({ issuer: 'https://op.example/tenant' })
    const answer = await provider.login(provider.browser())
    expect(answer.searchParams.get('iss')).toBe('https://op.example/tenant')
  })
})
