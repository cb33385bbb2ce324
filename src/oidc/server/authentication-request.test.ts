import { describe, expect, it } from 'vitest'
import type { Screen } from '../../../test/support/browser.ts'
import { APP, claimsOf, ISSUER, KEYS, PUBLIC_APP, TestProvider } from '../../../test/support/openid-provider.ts'
import { KeySet } from '../../jose/jwks/index.ts'
import { signJwt } from '../../jose/jwt/index.ts'
import { needsLogin } from './interaction-policy.ts'

/** `sign-in`, `consent`, `code` or the error that the client is told. */
function outcomeOf({ away, page }: Screen): string | undefined {
  if (away === undefined) return page
  return away.searchParams.get('error') ?? (away.searchParams.has('code') ? 'code' : undefined)
}

const STATES = {
  /** Nobody is signed in. */
  nobody: async () => {},
  /** Alice signed in a minute ago and agreed. */
  known: async (provider: TestProvider, browser: ReturnType<TestProvider['browser']>) => {
    await provider.login(browser)
    provider.wait(60)
  },
  /** Alice is signed in, but has not agreed. */
  undecided: async (provider: TestProvider, browser: ReturnType<TestProvider['browser']>) => {
    await provider.signIn(browser, await browser.open(provider.url()))
    provider.wait(60)
  },
}

describe('OIDC Core §3.1.2.1 prompt and max_age', () => {
  it.each([
    ['nobody', {}, 'sign-in'],
    ['nobody', { prompt: 'none' }, 'login_required'],
    ['nobody', { prompt: 'consent' }, 'sign-in'],
    ['undecided', {}, 'consent'],
    ['undecided', { prompt: 'none' }, 'consent_required'],
    ['known', {}, 'code'],
    ['known', { prompt: 'none' }, 'code'],
    ['known', { prompt: 'login' }, 'sign-in'],
    ['known', { prompt: 'select_account' }, 'sign-in'],
    ['known', { prompt: 'consent' }, 'consent'],
    ['known', { prompt: 'login consent' }, 'sign-in'],
    ['known', { max_age: '0' }, 'sign-in'],
    ['known', { max_age: '59' }, 'sign-in'],
    ['known', { max_age: '60' }, 'code'],
    ['known', { max_age: '10000' }, 'code'],
    ['known', { max_age: '59', prompt: 'none' }, 'login_required'],
    ['known', { prompt: 'none login' }, 'invalid_request'],
    ['known', { prompt: 'create' }, 'invalid_request'],
    ['known', { max_age: '-1' }, 'invalid_request'],
    ['known', { max_age: 'soon' }, 'invalid_request'],
    ['known', { display: 'popup', ui_locales: 'de fr', claims_locales: 'de', acr_values: '1 2' }, 'code'],
    ['known', { claims: '{"userinfo":{"name":{"essential":true},"name#de":null}}' }, 'code'],
    ['known', { claims: 'not JSON', unknown_parameter: 'x' }, 'code'],
  ] as const)('%s + %j → %s', async (state, parameters, expected) => {
    const provider = new TestProvider()
    const browser = provider.browser()
    await STATES[state](provider, browser)
    expect(outcomeOf(await browser.open(provider.url(parameters)))).toBe(expected)
  })

  it('takes default_max_age where the request says nothing', async () => {
    const provider = new TestProvider({ clients: [{ ...APP, default_max_age: 30 }] })
    const browser = provider.browser()
    await STATES.known(provider, browser)
    expect(outcomeOf(await browser.open(provider.url()))).toBe('sign-in')
    expect(outcomeOf(await browser.open(provider.url({ max_age: '100' })))).toBe('code')
  })

  it('max_age=0 asks again within the second', async () => {
    const provider = new TestProvider()
    const browser = provider.browser()
    await provider.login(browser)
    expect(outcomeOf(await browser.open(provider.url({ max_age: '0' })))).toBe('sign-in')
  })

  it.each([{ prompt: 'login' }, { max_age: '0' }, { max_age: '1' }, { prompt: 'select_account' }])(
    '%j is met by signing in again, however long the consent page then takes, with a real auth_time',
    async (parameters) => {
      const provider = new TestProvider()
      const browser = provider.browser()
      await STATES.undecided(provider, browser)
      const consent = await provider.signIn(browser, await browser.open(provider.url(parameters)))
      expect(consent.page).toBe('consent')
      const signedInAt = provider.now
      provider.wait(600)
      const { away } = await browser.press(consent, 'allow')
      const { id_token } = await provider.tokens(away ?? new URL(ISSUER))
      expect(claimsOf(id_token)).toMatchObject({ auth_time: signedInAt, iat: signedInAt + 600 })
    },
  )

  it('prompt=login is not met by the session that was there, nor by an old one of another browser', async () => {
    const provider = new TestProvider()
    const [browser, other] = [provider.browser(), provider.browser()]
    await provider.login(browser)
    await provider.login(other)
    provider.wait(1)
    const page = await browser.open(provider.url({ prompt: 'login' }))
    expect(outcomeOf(await browser.open(page.url))).toBe('sign-in')
    expect(outcomeOf(await other.open(page.url))).toBe('sign-in')
  })

  it('prompt=consent is met by agreeing again only', async () => {
    const provider = new TestProvider()
    const browser = provider.browser()
    await STATES.known(provider, browser)
    const page = await browser.open(provider.url({ prompt: 'consent' }))
    expect(outcomeOf(await browser.open(page.url))).toBe('consent')
    expect(outcomeOf(await browser.press(page, 'allow'))).toBe('code')
  })

  it('the same sentences go to the client', async () => {
    const provider = new TestProvider()
    const browser = provider.browser()
    const descriptionOf = async (parameters: Record<string, string>) =>
      (await browser.open(provider.url(parameters))).away?.searchParams.get('error_description')
    expect(await descriptionOf({ prompt: 'none' })).toBe("'prompt' is 'none', but the person has to sign in")
    expect(await descriptionOf({ prompt: 'none login' })).toBe(
      "'prompt' has 'none' together with another value: 'none' has to stand alone",
    )
    expect(await descriptionOf({ max_age: 'x' })).toBe(
      "'max_age' (Maximum Authentication Age) must be a whole number of seconds",
    )
  })
})

describe('OIDC Core §3.1.2.1 id_token_hint', () => {
  async function withHint(username = 'alice') {
    const provider = new TestProvider()
    const browser = provider.browser()
    const { id_token: hint = '' } = await provider.tokens(await provider.login(browser, {}, username))
    return { provider, browser, hint }
  }

  it.each([
    [{}, 'code'],
    [{ prompt: 'none' }, 'code'],
  ])('of the person who is signed in: %j → %s', async (parameters, expected) => {
    const { provider, browser, hint } = await withHint()
    provider.wait(4000)
    expect(outcomeOf(await browser.open(provider.url({ id_token_hint: hint, ...parameters })))).toBe(expected)
  })

  it('of another person: they have to sign in, and silently it is login_required', async () => {
    const { provider, hint } = await withHint('bob')
    const browser = provider.browser()
    await provider.login(browser)
    expect(outcomeOf(await browser.open(provider.url({ id_token_hint: hint, prompt: 'none' })))).toBe('login_required')
    const page = await browser.open(provider.url({ id_token_hint: hint }))
    expect(page.page).toBe('sign-in')
    const screen = await provider.signIn(browser, page, 'alice')
    expect(outcomeOf(screen)).toBe('login_required')
    expect(screen.away?.searchParams.get('error_description')).toBe(
      "the person who signed in is not the one that 'id_token_hint' names",
    )
    expect(
      outcomeOf(await provider.signIn(browser, await browser.open(provider.url({ id_token_hint: hint })), 'bob')),
    ).toBe('code')
  })

  it('is not met by another person who signs in meanwhile, in another tab', async () => {
    const { provider, hint } = await withHint('alice')
    const browser = provider.browser()
    const page = await browser.open(provider.url({ id_token_hint: hint }))
    await provider.signIn(browser, await browser.open(provider.url()), 'bob')
    expect((await browser.open(page.url)).page).toBe('sign-in')
  })

  const claims = { iss: ISSUER, sub: 'alice', aud: 'app', exp: 1_700_003_600, iat: 1_700_000_000 }
  it.each([
    ['no token at all', async () => 'x.y.z'],
    ['another key', async () => signJwt(claims, await KeySet.generate(['ES256']))],
    ['another issuer', () => signJwt({ ...claims, iss: 'https://evil.example' }, KEYS)],
    ['another client', () => signJwt({ ...claims, aud: 'public' }, KEYS)],
    ['no audience', () => signJwt({ ...claims, aud: [] }, KEYS)],
    ['no subject', () => signJwt({ iss: ISSUER, aud: 'app' }, KEYS)],
    ['an access token', () => signJwt(claims, KEYS, { typ: 'at+jwt' })],
    ['a changed signature', async () => `${(await signJwt(claims, KEYS)).slice(0, -4)}AAAA`],
  ])('is refused: %s', async (_, forge) => {
    const provider = new TestProvider({ clients: [APP, PUBLIC_APP] })
    const screen = await provider.browser().open(provider.url({ id_token_hint: await forge() }))
    expect(outcomeOf(screen)).toBe('invalid_request')
    expect(screen.away?.searchParams.get('error_description')).toBe(
      "'id_token_hint' must be an ID token that this server issued to the client",
    )
  })
})

describe('needsLogin, for login pages of your own', () => {
  const demands = { prompt: new Set<'login' | 'select_account'>(), maxAge: undefined, subject: undefined }
  const alice = { subject: 'alice', authTime: 1000 }

  it.each([
    ['nobody is signed in', demands, undefined, true],
    ['somebody is', demands, alice, false],
    ['prompt=login', { ...demands, prompt: new Set(['login'] as const) }, alice, true],
    ['max_age not yet reached', { ...demands, maxAge: 60 }, alice, false],
    ['max_age exceeded', { ...demands, maxAge: 59 }, alice, true],
    ['another person is meant', { ...demands, subject: 'bob' }, alice, true],
  ] as const)('%s', (_, asked, login, expected) => {
    expect(needsLogin(asked, login, 1060)).toBe(expected)
  })
})
