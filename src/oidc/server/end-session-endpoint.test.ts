import { describe, expect, it } from 'vitest'
import { APP, ISSUER, KEYS, PUBLIC_APP, TestProvider } from '../../../test/support/openid-provider.ts'
import { KeySet } from '../../jose/jwks/index.ts'
import { signJwt } from '../../jose/jwt/index.ts'
import type { Store } from '../../oauth2/server/index.ts'
import { MemoryStore } from '../../stores/memory.ts'

const BYE = 'https://app.example/bye'
const SESSION = '__Host-aw_session'

const claims = { iss: ISSUER, sub: 'alice', aud: 'app', exp: 1_700_003_600, iat: 1_700_000_000 }
const FORGED = {
  foreignKey: await signJwt(claims, await KeySet.generate(['ES256'])),
  foreignIssuer: await signJwt({ ...claims, iss: 'https://evil.example' }, KEYS),
  otherClient: await signJwt({ ...claims, aud: 'public' }, KEYS),
  changed: `${(await signJwt(claims, KEYS)).slice(0, -4)}AAAA`,
  accessToken: await signJwt(claims, KEYS, { typ: 'at+jwt' }),
}

async function signedIn(username = 'alice') {
  const provider = new TestProvider()
  const browser = provider.browser()
  const { id_token: hint = '' } = await provider.tokens(await provider.login(browser, {}, username))
  const logoutUrl = (parameters: Record<string, string> = {}) => `${ISSUER}/logout?${new URLSearchParams(parameters)}`
  return { provider, browser, hint, logoutUrl, logout: (p: Record<string, string> = {}) => browser.open(logoutUrl(p)) }
}

describe('OIDC RP-Initiated Logout §2 with a valid id_token_hint', () => {
  it('signs out at once and goes back with the state', async () => {
    const { browser, provider, hint, logout } = await signedIn()
    const { away } = await logout({ id_token_hint: hint, post_logout_redirect_uri: BYE, state: 'x y&"' })
    expect(away?.href).toBe(`${BYE}?state=x%20y%26%22`)
    expect(browser.cookies.has(SESSION)).toBe(false)
    expect(provider.events).toEqual(['login.succeeded', 'session.ended'])
    expect((await browser.open(provider.url())).page).toBe('sign-in')
  })

  it('keeps the query of the registered address', async () => {
    const { hint, logout } = await signedIn()
    const uri = 'https://app.example/bye?a=1'
    const { away } = await logout({ id_token_hint: hint, post_logout_redirect_uri: uri, state: 's' })
    expect(away?.href).toBe('https://app.example/bye?a=1&state=s')
  })

  it('ends the session at the store, not only in the browser', async () => {
    const { provider, browser, hint, logout } = await signedIn()
    const cookie = browser.cookies.get(SESSION) ?? ''
    await logout({ id_token_hint: hint })
    browser.cookies.set(SESSION, cookie)
    expect((await browser.open(provider.url())).page).toBe('sign-in')
  })

  it('accepts a token that has expired, and client_id beside it', async () => {
    const { provider, hint, logout } = await signedIn()
    provider.wait(7200)
    const { away } = await logout({ id_token_hint: hint, client_id: 'app', post_logout_redirect_uri: BYE })
    expect(away?.href).toBe(BYE)
  })

  it('accepts a token whose key and algorithm were retired', async () => {
    const retired = await KeySet.generate(['RS256'])
    const published = await KeySet.import(retired.toPublicJwks())
    const provider = new TestProvider({ keys: new KeySet([...KEYS.keys, ...published.keys]) })
    const browser = provider.browser()
    await provider.login(browser)
    const hint = await signJwt(claims, retired)
    expect((await browser.open(`${ISSUER}/logout?id_token_hint=${hint}`)).page).toBe('signed-out')
  })

  it('shows the signed-out page where there is no redirect', async () => {
    const { hint, logout } = await signedIn()
    const screen = await logout({ id_token_hint: hint })
    expect([screen.status, screen.page]).toEqual([200, 'signed-out'])
  })

  it('takes a form of another site, whose cookies stay at home', async () => {
    const { provider, browser, hint } = await signedIn()
    const fields = { id_token_hint: hint, post_logout_redirect_uri: BYE, state: 's' }
    const { away } = await browser.postFromElsewhere(`${ISSUER}/logout`, fields)
    expect(away?.href).toBe(`${BYE}?state=s`)
    expect(provider.events).toContain('session.ended')
  })

  it('refuses a form that is too long to come back with', async () => {
    const { provider } = await signedIn()
    const screen = await provider.browser().post(`${ISSUER}/logout`, { state: 'x'.repeat(6000) })
    expect([screen.status, screen.page]).toEqual([400, 'error'])
    expect(screen.body).toContain('logout request is too long to wait for a person')
  })

  it('goes back at once where nobody is signed in', async () => {
    const { provider, hint, logoutUrl } = await signedIn()
    const url = logoutUrl({ id_token_hint: hint, post_logout_redirect_uri: BYE })
    expect((await provider.browser().open(url)).away?.href).toBe(BYE)
  })
})

describe('OIDC RP-Initiated Logout §2 the person is asked', () => {
  it.each([
    ['no parameters', {}, 'sign-out', 'You are signed in to'],
    ['no hint', { post_logout_redirect_uri: BYE, state: 's' }, 'sign-out-requested', 'did not prove which one it is'],
    [
      'a client without hint',
      { client_id: 'app' },
      'sign-out-requested',
      'Example App</bdi></strong> asks to sign you out',
    ],
  ])('%s', async (_, parameters, page, text) => {
    const { browser, provider, logout } = await signedIn()
    const screen = await logout(parameters)
    expect([screen.status, screen.page]).toEqual([200, page])
    expect(screen.body).toContain(text)
    expect(browser.cookies.has(SESSION)).toBe(true)
    const done = await browser.press(screen, 'sign-out')
    expect([done.status, done.page, done.away]).toEqual([200, 'signed-out', undefined])
    expect(provider.events).toContain('session.ended')
  })

  it('goes back to a registered address when the person agreed', async () => {
    const { browser, logout } = await signedIn()
    const screen = await logout({ client_id: 'app', post_logout_redirect_uri: BYE, state: 's' })
    expect((await browser.press(screen, 'sign-out')).away?.href).toBe(`${BYE}?state=s`)
  })

  it('when the hint is another person’s', async () => {
    const { hint } = await signedIn('bob')
    const { provider, logoutUrl, browser } = await signedIn('alice')
    const screen = await browser.open(logoutUrl({ id_token_hint: hint, post_logout_redirect_uri: BYE }))
    expect(screen.page).toBe('sign-out-requested')
    expect(screen.body).toContain('Ms alice')
    expect(provider.events).toEqual(['login.succeeded'])
  })

  it('when the hint is from an earlier session of theirs', async () => {
    const { provider, browser, hint, logout } = await signedIn()
    await provider.signIn(browser, await browser.open(provider.url({ prompt: 'login' })))
    const screen = await logout({ id_token_hint: hint, post_logout_redirect_uri: BYE })
    expect(screen.page).toBe('sign-out-requested')
    expect((await browser.press(screen, 'sign-out')).away?.href).toBe(BYE)
  })

  it.each([
    ['alice', undefined],
    ['bob', 'sign-out-requested'],
  ])('or not, when the hint of %s names no session: page %j', async (sub, page) => {
    const { logout } = await signedIn('alice')
    const hint = await signJwt({ ...claims, sub }, KEYS)
    expect((await logout({ id_token_hint: hint, post_logout_redirect_uri: BYE })).page).toBe(page)
  })

  it('offers a link, not a redirect, where nobody is signed in and nothing is proven', async () => {
    const { provider, logoutUrl } = await signedIn()
    const screen = await provider.browser().open(logoutUrl({ client_id: 'app', post_logout_redirect_uri: BYE }))
    expect([screen.page, screen.away]).toEqual(['signed-out', undefined])
    expect(screen.body).toContain(
      `<a class="button" id="return" href="${BYE}">Return to <strong><bdi>Example App</bdi></strong></a>`,
    )
  })

  it('refuses a confirmation that did not come from the page (CSRF)', async () => {
    const { browser, provider, logout } = await signedIn()
    const screen = await logout()
    expect((await browser.press(screen, 'sign-out', { csrf: null })).page).toBe('forbidden')
    expect((await browser.press(screen, 'sign-out', {}, { 'sec-fetch-site': 'cross-site' })).page).toBe('forbidden')
    expect((await provider.browser().press(screen, 'sign-out')).page).toBe('forbidden')
    expect((await browser.press(screen, 'sign-out', { handle: 'AAAA' })).page).toBe('expired')
    expect(browser.cookies.has(SESSION)).toBe(true)
    provider.wait(3600)
    expect((await browser.press(screen, 'sign-out')).page).toBe('expired')
    expect(provider.events).toEqual(['login.succeeded'])
  })

  it('checks the address again when the person agrees', async () => {
    const { browser, provider, logout } = await signedIn()
    const screen = await logout({ client_id: 'app', post_logout_redirect_uri: BYE })
    await provider.store.saveClient({ ...APP, post_logout_redirect_uris: [] })
    expect((await browser.press(screen, 'sign-out')).page).toBe('sign-out-bad-return')
  })

  it('is done when another tab has signed out meanwhile', async () => {
    const { browser, logout } = await signedIn()
    const [left, right] = [await logout(), await logout()]
    expect((await browser.press(left, 'sign-out')).page).toBe('signed-out')
    expect((await browser.press(right, 'sign-out')).page).toBe('signed-out')
  })
})

describe('OIDC RP-Initiated Logout §4 refusals, each with its page and without any redirect', () => {
  const client = { client_id: 'app' }

  it.each([
    ['an address that is not registered', { ...client, post_logout_redirect_uri: 'https://evil.example/' }, 'return'],
    ['a longer address', { ...client, post_logout_redirect_uri: `${BYE}/more` }, 'return'],
    ['another spelling', { ...client, post_logout_redirect_uri: 'https://APP.example/bye' }, 'return'],
    ['an address of an unknown client', { client_id: 'nobody', post_logout_redirect_uri: BYE }, 'return'],
    ['an address of another client', { client_id: 'public', post_logout_redirect_uri: BYE }, 'return'],
    ['a script', { ...client, post_logout_redirect_uri: 'javascript:alert(1)' }, 'return'],
    ['no token', { id_token_hint: '"><script>' }, 'hint'],
    ['a foreign key', { id_token_hint: FORGED.foreignKey }, 'hint'],
    ['a foreign issuer', { id_token_hint: FORGED.foreignIssuer }, 'hint'],
    ['another client’s token', { ...client, id_token_hint: FORGED.otherClient }, 'hint'],
    ['a changed token', { id_token_hint: FORGED.changed }, 'hint'],
    ['an access token', { id_token_hint: FORGED.accessToken }, 'hint'],
  ])('%s', async (_, parameters: Record<string, string>, kind) => {
    const { browser, provider, logout } = await signedIn()
    const screen = await logout(parameters)
    expect([screen.status, screen.page, screen.away]).toEqual([400, `sign-out-bad-${kind}`, undefined])
    expect(screen.body).toContain('You were not signed out.')
    expect(screen.body).not.toMatch(/evil|<script>|javascript:/)
    expect(browser.cookies.has(SESSION)).toBe(true)
    expect(provider.events).toEqual(['login.succeeded'])
    const anyway = /id="sign-out-anyway" href="([^"]+)"/.exec(screen.body)?.[1] ?? ''
    expect((await browser.open(anyway)).page).toBe('sign-out')
  })

  it.each(['app\0', 'App'])('looks for client %j to the letter', async (client_id) => {
    const asked: string[] = []
    const store: Store = new MemoryStore()
    store.findClient = (id) => {
      asked.push(id)
      return APP
    }
    const browser = new TestProvider({ store }).browser()
    const parameters = new URLSearchParams({ client_id, post_logout_redirect_uri: BYE })
    expect((await browser.open(`${ISSUER}/logout?${parameters}`)).page).toBe('sign-out-bad-return')
    expect(asked).toEqual(client_id === 'App' ? ['App'] : [])
  })

  it('has a public client’s addresses too', async () => {
    const provider = new TestProvider({
      clients: [{ ...PUBLIC_APP, post_logout_redirect_uris: ['https://spa.example/'] }],
    })
    const parameters = { client_id: 'public', post_logout_redirect_uri: 'https://spa.example/' }
    const screen = await provider.browser().open(`${ISSUER}/logout?${new URLSearchParams(parameters)}`)
    expect(screen.body).toContain('href="https://spa.example/"')
  })
})
