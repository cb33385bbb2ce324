import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { ada, authorizeUrl, type Demo, startDemo } from './support/demo.ts'
import { inspect } from './support/inspect.ts'
import { beginLogin, launch, signIn, type Visitor, visit } from './support/visitor.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launch(inject('chromiumPath'))
})
afterAll(() => browser.close())

const variants = [1280, 375].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
)

const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40"><rect width="120" height="40" rx="20" fill="#0a7d4f"/></svg>`

describe.each(variants)('at $width px, $colorScheme, everybody can use every page', ({ width, colorScheme }) => {
  let demo: Demo
  let visitor: Visitor
  let page: Page
  beforeAll(async () => {
    demo = await startDemo()
    visitor = await visit(browser, { viewport: { width, height: 800 }, colorScheme })
    page = visitor.page
    const logo = { contentType: 'image/svg+xml', body: LOGO }
    await visitor.context.route(demo.talkativeClient.logo, (route) => route.fulfill(logo))
  })
  afterAll(async () => {
    await visitor.close()
    await demo.stop()
  })

  /** The heading says whether it is the page that is meant. */
  const look = async (name: string, heading: string | RegExp): Promise<void> => {
    await page.getByRole('heading', { level: 1, name: heading }).waitFor()
    await inspect(page, `${name}-${width}-${colorScheme}`)
  }
  const goTo = (url: string): Promise<unknown> => page.goto(url)
  const press = (id: string): Promise<void> => page.locator(`#${id}`).click()

  it('from the welcome to the profile', async () => {
    await goTo(demo.app)
    await look('app-welcome', 'Welcome')
    await press('sign-in')
    await look('sign-in', 'Sign in')
    await signIn(page, { ...ada, password: 'wrong' })
    await page.getByRole('alert').waitFor()
    await look('sign-in-wrong', 'Sign in')
    await signIn(page, ada)
    await look('consent', 'First Login wants to access your account')
    await press('allow')
    await look('app-profile', ada.name)
  })

  it('of a client that says a lot', async () => {
    await goTo(authorizeUrl(demo))
    await look('consent-talkative', /^Donau.* wants to access your account$/)
    await press('other-account')
    await look('sign-in-talkative', 'Sign in')
  })

  it('that says what is wrong', async () => {
    await goTo(authorizeUrl(demo, { redirect_uri: 'https://evil.example/callback' }))
    await look('error', 'This request cannot be completed')
    await goTo(`${demo.provider}/interaction?handle=nonsense`)
    await look('broken', 'This link does not work')
    await goTo(`${demo.app}/callback?state=another&code=x`)
    await look('app-problem', 'You are not signed in')
    await goTo(authorizeUrl(demo))
    await visitor.context.clearCookies({ name: /csrf/ })
    await press('allow')
    await look('forbidden', 'We could not verify your request')
  })

  it('that has done its work', async () => {
    await beginLogin(visitor, demo.app, { prompt: 'consent' })
    const address = page.url()
    await press('deny')
    await look('app-denied', 'You are not signed in')
    await goTo(address)
    await press('deny')
    await look('finished', 'This step is already done')
  })

  it('that sends the answer by a form', async () => {
    await goTo(authorizeUrl(demo, { prompt: 'consent', response_mode: 'form_post' }))
    // Its script would be faster than anybody who looks.
    await page.route(`${demo.provider}/interaction`, async (route) => {
      const response = await route.fetch()
      const body = await response.text()
      await route.fulfill({ response, body: body.replace(/<script>.*<\/script>/, '') })
    })
    await press('allow')
    await look('form-post', 'Back to the application')
  })

  it('of the sign-out', async () => {
    const signOut = `${demo.provider}/logout`
    await goTo(signOut)
    await look('sign-out', 'Do you want to sign out?')
    await goTo(`${signOut}?client_id=${demo.talkativeClient.id}`)
    await look('sign-out-requested', 'Do you want to sign out?')
    await goTo(`${signOut}?post_logout_redirect_uri=https%3A%2F%2Felsewhere.example%2F`)
    await look('sign-out-unnamed', 'Do you want to sign out?')
    await goTo(`${signOut}?id_token_hint=nonsense`)
    await look('sign-out-bad-hint', 'The sign-out request could not be verified')
    await goTo(`${signOut}?client_id=first-login-app&post_logout_redirect_uri=https%3A%2F%2Fevil.example`)
    await look('sign-out-bad-return', 'We cannot send you back to that address')
    await press('sign-out-anyway')
    await press('sign-out')
    await look('signed-out', 'You are signed out')
    await goTo(demo.app)
    await press('sign-out')
    await look('app-signed-out', 'Welcome')
  })

  it('and none of them broke its own content security policy or wrote an error', () => {
    expect(visitor.complaints).toEqual([])
  })
})
