import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Browser } from '../support/browser.ts'
import { authorizationRequest } from '../support/openid-provider.ts'
import { buildProgram, MortalProvider } from './mortal-provider.ts'
import { redeem, refresh, userinfoStatus } from './token-endpoint.ts'

let provider: MortalProvider
beforeAll(buildProgram)
beforeEach(async () => {
  provider = await MortalProvider.start()
})
afterEach(() => provider.remove())

/** Asks for a code as the client "app" does; the browser shows what the person has to do, or is sent away with it. */
function authorize(browser: Browser, parameters: Record<string, string> = {}): ReturnType<Browser['open']> {
  return browser.open(`${provider.issuer}/authorize?${new URLSearchParams(authorizationRequest(parameters))}`)
}

async function logIn(browser: Browser): Promise<string> {
  const login = await authorize(browser)
  const consent = await browser.press(login, 'sign-in', { username: 'alice', password: 'wonderland' })
  const { away } = await browser.press(consent, 'allow')
  return away?.searchParams.get('code') ?? ''
}

describe('a provider that is killed between the steps of a login', () => {
  it('goes on with the pages that were open', async () => {
    const browser = provider.browser()
    const login = await authorize(browser)
    await provider.crash()
    const consent = await browser.press(login, 'sign-in', { username: 'alice', password: 'wonderland' })
    expect(consent.page).toBe('consent')
    await provider.crash()
    const { away } = await browser.press(consent, 'allow')
    expect(await redeem(provider.issuer, away?.searchParams.get('code') ?? '')).toMatchObject({ status: 200 })
  })

  it('RFC 6749 §4.1.2: redeems the code that it had issued, and only once', async () => {
    const code = await logIn(provider.browser())
    await provider.crash()
    const first = await redeem(provider.issuer, code)
    expect(first.status).toBe(200)
    await provider.crash()
    expect(await userinfoStatus(provider.issuer, first.access_token)).toBe(200)
    expect(await redeem(provider.issuer, code)).toMatchObject({ status: 400, error: 'invalid_grant' })
    await provider.crash()
    expect(await userinfoStatus(provider.issuer, first.access_token)).toBe(401)
    expect(await refresh(provider.issuer, first.refresh_token)).toMatchObject({ status: 400, error: 'invalid_grant' })
  })

  it('RFC 9700 §4.14.2: stays with the refresh that it had answered', async () => {
    const browser = provider.browser()
    const tokens = await redeem(provider.issuer, await logIn(browser))
    await provider.crash()
    const renewed = await refresh(provider.issuer, tokens.refresh_token)
    expect(renewed.status).toBe(200)
    await provider.crash()
    expect(await userinfoStatus(provider.issuer, renewed.access_token)).toBe(200)
    const { access_token, refresh_token, id_token } = renewed
    const repeated = await refresh(provider.issuer, tokens.refresh_token)
    expect(repeated).toMatchObject({ status: 200, access_token, refresh_token, id_token })
    expect(await refresh(provider.issuer, refresh_token)).toMatchObject({ status: 200 })
  })

  it('OIDC Core §3.1.2.3: remembers who is signed in and what they agreed to', async () => {
    const browser = provider.browser()
    await logIn(browser)
    await provider.crash()
    const { away } = await authorize(browser, { prompt: 'none' })
    expect(away?.searchParams.has('code')).toBe(true)
  })
})

describe('a provider that is killed while it redeems a code', () => {
  /** After how many milliseconds: before, during or after, as it happens. Each outcome has to be a whole one. */
  it.each([0, 1, 2, 4, 8, 16])('has either done it or not (%i)', async (delay) => {
    const code = await logIn(provider.browser())
    const [before] = await Promise.all([
      redeem(provider.issuer, code).catch(() => undefined),
      new Promise((resolve) => setTimeout(resolve, delay)).then(() => provider.kill()),
    ])
    await provider.revive()
    // What was answered is worth something.
    if (before !== undefined) expect(await userinfoStatus(provider.issuer, before.access_token)).toBe(200)
    const after = [await redeem(provider.issuer, code), await redeem(provider.issuer, code)]
    const statuses = [before?.status, ...after.map(({ status }) => status)]
    expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(1)
    expect(after[1]).toMatchObject({ status: 400, error: 'invalid_grant' })
  })
})
