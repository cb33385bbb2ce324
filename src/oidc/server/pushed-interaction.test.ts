import { describe, expect, it } from 'vitest'
import { authorizationRequest, SECRET, TestProvider } from '../../../test/support/openid-provider.ts'
import { PushedAuthorization } from '../../oauth2/server/index.ts'

class PushingProvider extends TestProvider {
  constructor() {
    super()
    this.server.registerExtension(PushedAuthorization, { required: true })
  }

  async pushed(parameters: Record<string, string> = {}): Promise<string> {
    const headers = { authorization: `Basic ${btoa(`app:${SECRET}`)}` }
    const body = new URLSearchParams(authorizationRequest(parameters))
    const response = await this.server.fetch(
      new Request(`${this.server.issuer}/par`, { method: 'POST', headers, body }),
    )
    const { request_uri } = await response.json()
    return `${this.server.issuer}/authorize?${new URLSearchParams({ client_id: 'app', request_uri })}`
  }
}

describe('RFC 9126 §4 a pushed request waits for a person', () => {
  it.each([
    ['carried along', {}],
    ['too long for a URL: kept by the server', { claims: 'x'.repeat(20_000) }],
  ])('%s', async (_, parameters) => {
    const provider = new PushingProvider()
    const browser = provider.browser()
    const signIn = await browser.open(await provider.pushed(parameters))
    expect([signIn.page, signIn.url.length < 8000]).toEqual(['sign-in', true])
    provider.wait(3000)
    const consent = await provider.signIn(browser, signIn)
    expect(consent.page).toBe('consent')
    provider.wait(599)
    const { away } = await browser.press(consent, 'allow')
    expect(away?.searchParams.get('state')).toBe('af0ifjsldkj')
    expect(away?.searchParams.has('code')).toBe(true)
  })

  it('in two tabs, of which one gets the code', async () => {
    const provider = new PushingProvider()
    const browser = provider.browser()
    const url = await provider.pushed()
    await provider.signIn(browser, await browser.open(url))
    const [one, two] = [await browser.open(url), await browser.open(url)]
    expect((await browser.press(one, 'allow')).away?.searchParams.has('code')).toBe(true)
    const late = await browser.press(two, 'allow')
    expect(late.away?.searchParams.get('error')).toBe('invalid_request_uri')
  })
})
