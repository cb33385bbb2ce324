import { describe, expect, it } from 'vitest'
import { type Browser, type Screen, tagsOf } from '../../../test/support/browser.ts'
import { APP, ISSUER, type ProviderOptions, TestProvider } from '../../../test/support/openid-provider.ts'
import { type Client, DeviceAuthorizationEndpoint, DeviceCodeGrant } from '../../oauth2/server/index.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { DevicePages, type DevicePagesOptions } from './device-pages.ts'

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code'
const TV: Client = {
  client_id: 'tv',
  client_name: 'Living Room',
  token_endpoint_auth_method: 'none',
  grant_types: [GRANT, 'refresh_token'],
  logo_uri: 'https://cdn.tv.example/logo.png',
  policy_uri: 'https://tv.example/privacy',
}
const SECRET = 'a secret of the pages, long enough for the sealer'
const ATTACK = `"><script>alert(1)</script>`

/** A provider to which devices can be connected. */
class Living {
  readonly provider: TestProvider

  constructor(options: ProviderOptions = {}, pages: Partial<DevicePagesOptions> = {}) {
    this.provider = new TestProvider({ clients: [TV, APP], ...options })
    this.provider.server
      .registerGrant(DeviceCodeGrant)
      .registerEndpoint(DeviceAuthorizationEndpoint)
      .registerExtension(DevicePages, {
        secret: SECRET,
        authenticate: ({ username, password }) =>
          password === `${username}'s password` ? { subject: username, displayName: `Ms ${username}` } : undefined,
        ...pages,
      })
  }

  async begin(scope = 'openid profile'): Promise<Record<string, string>> {
    const body = new URLSearchParams({ client_id: 'tv', scope })
    const request = new Request(`${this.provider.server.issuer}/device_authorization`, { method: 'POST', body })
    return (await this.provider.server.fetch(request)).json()
  }

  async poll(deviceCode = ''): Promise<{ error?: string; access_token?: string; id_token?: string }> {
    this.provider.wait(5)
    const body = new URLSearchParams({ grant_type: GRANT, client_id: 'tv', device_code: deviceCode })
    const request = new Request(`${this.provider.server.issuer}/token`, { method: 'POST', body })
    return (await this.provider.server.fetch(request)).json()
  }

  /** To the page that asks for the code, signed in. */
  async enter(browser: Browser, url = `${ISSUER}/device`, username = 'alice'): Promise<Screen> {
    return this.signIn(browser, await browser.open(url), username)
  }

  signIn(browser: Browser, screen: Screen, username = 'alice'): Promise<Screen> {
    return browser.press(screen, 'sign-in', { username, password: `${username}'s password` })
  }
}

const fieldValue = ({ body }: Screen, id: string): string | undefined =>
  tagsOf(body, 'input').find((input) => input['id'] === id)?.['value']

describe('RFC 8628 §3.3 a person connects a device', () => {
  it('signs in, types the code, compares it, allows, and the device goes on', async () => {
    const living = new Living()
    const browser = living.provider.browser()
    const { device_code, user_code = '', verification_uri = '' } = await living.begin()
    const login = await browser.open(verification_uri)
    expect([login.page, login.status]).toEqual(['sign-in', 200])
    expect(login.body).toContain('to connect a device')
    expect(tagsOf(login.body, 'button').map(({ id }) => id)).toEqual(['sign-in'])
    const enter = await living.signIn(browser, login)
    expect([enter.page, enter.status, fieldValue(enter, 'user-code')]).toEqual(['device', 200, ''])
    const consent = await browser.press(enter, 'continue', { user_code: user_code.toLowerCase() })
    expect([consent.page, consent.status]).toEqual(['device-consent', 200])
    expect(consent.body).toContain(`<span id="user-code">${user_code}</span>`)
    expect(consent.body).toContain('<strong><bdi>Living Room</bdi></strong>')
    expect(consent.body).toContain('See your profile, such as your name and picture')
    expect(consent.body).toContain('Signed in as <strong><bdi>Ms alice</bdi></strong>')
    expect((await living.poll(device_code)).error).toBe('authorization_pending')
    const done = await browser.press(consent, 'allow')
    expect([done.page, done.status]).toEqual(['device-connected', 200])
    expect(await living.poll(device_code)).toMatchObject({
      access_token: expect.any(String),
      id_token: expect.any(String),
    })
  })

  it('§3.3.1: finds the code from the link in the field, and still goes on by themself', async () => {
    const living = new Living()
    const browser = living.provider.browser()
    const { user_code, verification_uri_complete = '' } = await living.begin()
    const enter = await living.enter(browser, verification_uri_complete)
    expect([enter.page, fieldValue(enter, 'user-code')]).toEqual(['device', user_code])
    const again = await browser.open(verification_uri_complete)
    expect(again.page).toBe('device')
    expect((await browser.press(again, 'continue')).page).toBe('device-consent')
  })

  it('refuses', async () => {
    const living = new Living()
    const browser = living.provider.browser()
    const { device_code, verification_uri_complete } = await living.begin()
    const consent = await browser.press(await living.enter(browser, verification_uri_complete), 'continue')
    expect((await browser.press(consent, 'deny')).page).toBe('device-refused')
    expect((await living.poll(device_code)).error).toBe('access_denied')
  })

  it('is told about a wrong password, and keeps the code', async () => {
    const living = new Living()
    const browser = living.provider.browser()
    const { user_code, verification_uri_complete = '' } = await living.begin()
    const login = await browser.open(verification_uri_complete)
    const wrong = await browser.press(login, 'sign-in', { username: 'alice', password: 'x' })
    expect([wrong.page, wrong.status, fieldValue(wrong, 'username')]).toEqual(['sign-in', 422, 'alice'])
    expect(fieldValue(await living.signIn(browser, wrong), 'user-code')).toBe(user_code)
  })

  it('shares the session with the other pages', async () => {
    const living = new Living()
    const browser = living.provider.browser()
    await living.provider.login(browser)
    expect((await browser.open(`${ISSUER}/device`)).page).toBe('device')
  })

  it('may be somebody else than who is signed in', async () => {
    const living = new Living()
    const browser = living.provider.browser()
    const { user_code, verification_uri_complete } = await living.begin()
    const enter = await living.enter(browser, verification_uri_complete)
    const link = tagsOf(enter.body, 'a').find(({ id }) => id === 'other-account')?.['href'] ?? ''
    const other = await living.signIn(browser, await browser.open(link), 'bob')
    expect([other.page, fieldValue(other, 'user-code')]).toEqual(['device', user_code])
    expect(other.body).toContain('Ms bob')
  })

  it('comes back to the sign-in page where the session ended meanwhile', async () => {
    const living = new Living()
    const browser = living.provider.browser()
    const { verification_uri_complete } = await living.begin()
    const enter = await living.enter(browser, verification_uri_complete)
    const consent = await browser.press(enter, 'continue')
    browser.cookies.delete('__Host-aw_session')
    expect((await browser.press(enter, 'continue')).page).toBe('sign-in')
    expect((await browser.press(consent, 'allow')).page).toBe('sign-in')
  })
})

describe('a code that leads nowhere', () => {
  it('is answered alike, whatever is the matter, and what was typed stays', async () => {
    const living = new Living()
    const browser = living.provider.browser()
    const enter = await living.enter(browser)
    const { user_code = '' } = await living.begin()
    living.provider.wait(600)
    const answers = []
    for (const code of [user_code, 'BCDF-GHJK', 'nonsense', ATTACK]) {
      const screen = await browser.press(enter, 'continue', { user_code: code })
      expect(fieldValue(screen, 'user-code')).toBe(code)
      expect(tagsOf(screen.body, 'script')).toEqual([])
      answers.push([screen.page, screen.status, /role="alert">([^<]+)/.exec(screen.body)?.[1]])
    }
    expect(new Set(answers.map(String)).size).toBe(1)
    expect(answers[0]).toEqual(['device', 422, expect.stringMatching(/^There is no device with this code/)])
  })

  it('RFC 8628 §5.1: is not looked up after too many others, also not when signed in anew', async () => {
    const living = new Living()
    const browser = living.provider.browser()
    let enter = await living.enter(browser)
    for (let attempt = 0; attempt < 10; attempt += 1) await browser.press(enter, 'continue', { user_code: 'BCDF-GHJK' })
    browser.cookies.clear()
    enter = await living.enter(browser)
    const { user_code = '' } = await living.begin()
    const screen = await browser.press(enter, 'continue', { user_code })
    expect([screen.page, screen.status, screen.headers.get('retry-after')]).toEqual(['device', 429, '600'])
    expect(screen.body).toContain('Too many codes were tried.')
  })

  it('counts by address where the options say how to find it', async () => {
    const living = new Living({}, { attemptsPerAddress: 1, address: () => '192.0.2.1' })
    const [first, second] = [living.provider.browser(), living.provider.browser()]
    const enter = await living.enter(first)
    expect((await first.press(enter, 'continue', { user_code: 'x' })).status).toBe(422)
    const other = await living.enter(second, undefined, 'bob')
    expect((await second.press(other, 'continue', { user_code: 'x' })).status).toBe(429)
  })
})

describe('RFC 8628 §5.4, CVE-2026-45337: who decides', () => {
  it('is the session that saw the device: nobody else with the same form', async () => {
    const living = new Living()
    const [alice, bob] = [living.provider.browser(), living.provider.browser()]
    const { device_code, verification_uri_complete } = await living.begin()
    const consent = await alice.press(await living.enter(alice, verification_uri_complete), 'continue')
    const page = await living.enter(bob, undefined, 'bob')
    const ticket = tagsOf(consent.body, 'input').find(({ name }) => name === 'ticket')?.['value'] ?? ''
    const stolen = await bob.press(page, 'continue', { action: 'allow', ticket })
    expect(stolen.page).toBe('device')
    expect((await living.poll(device_code)).error).toBe('authorization_pending')
    expect((await alice.press(consent, 'allow')).page).toBe('device-connected')
  })

  it('has one word: a second decision changes nothing', async () => {
    const living = new Living()
    const browser = living.provider.browser()
    const { device_code, verification_uri_complete } = await living.begin()
    const consent = await browser.press(await living.enter(browser, verification_uri_complete), 'continue')
    await browser.press(consent, 'deny')
    const second = await browser.press(consent, 'allow')
    expect([second.page, second.status]).toEqual(['finished', 410])
    expect((await living.poll(device_code)).error).toBe('access_denied')
  })

  it('comes too late when the code has expired', async () => {
    const living = new Living()
    const browser = living.provider.browser()
    const { verification_uri_complete } = await living.begin()
    const consent = await browser.press(await living.enter(browser, verification_uri_complete), 'continue')
    living.provider.wait(600)
    const late = await browser.press(consent, 'allow')
    expect([late.page, late.status]).toEqual(['device-expired', 410])
  })

  it.each([
    ['without the token', { csrf: null }, undefined],
    ['with a wrong token', { csrf: 'x' }, undefined],
    ['from another site', {}, { 'sec-fetch-site': 'cross-site' }],
    ['from another origin', {}, { origin: 'https://evil.example' }],
  ] as [string, Record<string, string | null>, Record<string, string> | undefined][])(
    'is not a form that was sent %s',
    async (_, values, headers) => {
      const living = new Living()
      const browser = living.provider.browser()
      const { device_code, verification_uri_complete } = await living.begin()
      const enter = await living.enter(browser, verification_uri_complete)
      const consent = await browser.press(enter, 'continue')
      for (const [screen, button] of [
        [enter, 'continue'],
        [consent, 'allow'],
      ] as const) {
        const answer = await browser.press(screen, button, values, headers)
        expect([answer.page, answer.status]).toEqual(['forbidden', 403])
      }
      expect((await living.poll(device_code)).error).toBe('authorization_pending')
    },
  )

  it('refuses a button that no page has', async () => {
    const living = new Living()
    const browser = living.provider.browser()
    const screen = await browser.press(await living.enter(browser), 'continue', { action: 'constructor' })
    expect([screen.status, screen.page]).toEqual([400, 'broken'])
  })
})

describe('the pages', () => {
  it('are never cached or framed, run nothing and name no one but us in their policy', async () => {
    const living = new Living()
    const browser = living.provider.browser()
    const { verification_uri_complete } = await living.begin()
    const enter = await living.enter(browser, verification_uri_complete)
    const consent = await browser.press(enter, 'continue')
    for (const { headers, body } of [enter, consent]) {
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('content-security-policy')).toContain("; form-action 'self'; ")
      expect(tagsOf(body, 'h1')).toHaveLength(1)
      expect(tagsOf(body, 'script')).toEqual([])
      expect(tagsOf(body, 'button').filter((button) => button['class'] === 'primary')).toHaveLength(1)
    }
    expect(consent.headers.get('content-security-policy')).toContain('img-src data: https://cdn.tv.example')
    expect(tagsOf(enter.body, 'label').map((label) => label['for'])).toEqual(['user-code'])
  })

  it('keep what clients and people wrote as text', async () => {
    const clients = [{ ...TV, client_name: ATTACK }]
    const living = new Living({ clients }, { authenticate: () => ({ subject: 'eve', displayName: ATTACK }) })
    const browser = living.provider.browser()
    const { user_code } = await living.begin(`x${ATTACK.replace(/\W/g, '')}`)
    const enter = await living.enter(browser, `${ISSUER}/device?user_code=${encodeURIComponent(ATTACK)}`)
    const consent = await browser.press(enter, 'continue', { user_code: user_code ?? '' })
    expect(consent.page).toBe('device-consent')
    for (const { body } of [enter, consent]) expect(body).not.toContain('<script')
  })

  it('speak other languages', async () => {
    const living = new Living({}, { messages: { lang: 'de', deviceTitle: 'Gerät verbinden' } })
    const enter = await living.enter(living.provider.browser())
    expect(enter.body).toContain('<html lang="de"')
    expect(enter.body).toContain('<h1>Gerät verbinden</h1>')
  })

  it('work below an issuer with a path', async () => {
    const living = new Living({ issuer: 'https://op.example/tenant' })
    const { verification_uri = '' } = await living.begin()
    expect(verification_uri).toBe('https://op.example/tenant/device')
    expect((await living.enter(living.provider.browser(), verification_uri)).page).toBe('device')
  })

  it('tell every problem of their options at once', () => {
    const build = () =>
      new DevicePages({ secret: 'short', authenticate: () => undefined, sessionLifetime: -1, attempts: 0 })
    expect(build).toThrow(ConfigurationError)
    expect(build).toThrow('"attempts" must be a whole number above 0')
    expect(build).toThrow('"sessionLifetime": duration must be a whole number of seconds')
  })
})
