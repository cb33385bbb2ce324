import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { ada, alan, authorizeUrl, type Demo, startDemo } from './support/demo.ts'
import { beginLogin, launch, signIn, type Visitor, visit } from './support/visitor.ts'

let browser: Browser
let demo: Demo
let visitor: Visitor
let page: Page

beforeAll(async () => {
  browser = await launch(inject('chromiumPath'))
})
afterAll(() => browser.close())
beforeEach(async () => {
  demo = await startDemo()
  await enter()
})
afterEach(async () => {
  await visitor.close()
  await demo.stop()
  expect(visitor.complaints).toEqual([])
})

/** A person comes with a browser that nobody has used before. */
async function enter(options: BrowserContextOptions = {}): Promise<void> {
  visitor = await visit(browser, options)
  page = visitor.page
}

const press = (id: string, on: Page = page): Promise<void> => on.locator(`#${id}`).click()
const heading = (name: string, on: Page = page): Promise<void> =>
  on.getByRole('heading', { level: 1, name, exact: true }).waitFor()

/** From the app to the provider. */
async function begin(on: Page = page): Promise<void> {
  await on.goto(demo.app)
  await press('sign-in', on)
  await heading('Sign in', on)
}

async function logIn(person = ada): Promise<void> {
  await begin()
  await signIn(page, person)
  await press('allow')
  await heading(person.name)
}

describe('a person signs in to the app', () => {
  it('and is asked for consent the first time only', async () => {
    await logIn()
    expect(await page.locator('#email').textContent()).toBe(ada.email)
    await page.goto(`${demo.app}/login`)
    await heading(ada.name)
    expect(page.url()).toBe(`${demo.app}/`)
  })

  it('with a wrong password is told so, and not which of the two is wrong', async () => {
    await begin()
    await signIn(page, { ...ada, password: 'wrong' })
    const words = 'The username or the password is incorrect. Check both and try again.'
    expect(await page.getByRole('alert').textContent()).toBe(words)
    expect(await page.getByLabel('Username').inputValue()).toBe(ada.username)
    expect(await page.getByLabel('Password').inputValue()).toBe('')
    await signIn(page, { username: 'nobody', password: 'wrong' })
    expect(await page.getByRole('alert').textContent()).toBe(words)
    await signIn(page, ada)
    await heading('First Login wants to access your account')
  })

  it('and denies: the app says so in friendly words, and offers to try again', async () => {
    await begin()
    await signIn(page, ada)
    await press('deny')
    await heading('You are not signed in')
    expect(await page.getByRole('alert').textContent()).toBe('You chose not to sign in.')
    await page.getByRole('link', { name: 'Try again' }).click()
    await press('allow')
    await heading(ada.name)
  })

  it('or cancels before', async () => {
    await begin()
    await press('cancel')
    await heading('You are not signed in')
  })

  it('as somebody else than the one who is signed in', async () => {
    await begin()
    await signIn(page, ada)
    await press('other-account')
    await signIn(page, alan)
    await press('allow')
    await heading(alan.name)
  })

  it('in two tabs at once, and both arrive', async () => {
    const other = await visitor.context.newPage()
    await begin()
    await begin(other)
    await signIn(page, ada)
    await signIn(other, ada)
    await heading('First Login wants to access your account')
    await heading('First Login wants to access your account', other)
    await press('allow')
    await heading(ada.name)
    await press('allow', other)
    await heading(ada.name, other)
  })

  it('in the second tab while the first has finished', async () => {
    const other = await visitor.context.newPage()
    await begin()
    await begin(other)
    await signIn(other, ada)
    await press('allow', other)
    await heading(ada.name, other)
    await signIn(page, ada)
    await heading(ada.name)
  })

  it('goes back in the browser, and on again', async () => {
    await begin()
    await signIn(page, ada)
    await heading('First Login wants to access your account')
    await page.goBack()
    await page.goForward()
    await press('allow')
    await heading(ada.name)
    await page.goBack()
    await heading('This step is already done')
    await page.getByRole('link', { name: 'First Login' }).click()
    await heading(ada.name)
  })

  it('and reloads the page of a wrong password', async () => {
    await begin()
    await signIn(page, { ...ada, password: 'wrong' })
    await page.getByRole('alert').waitFor()
    await page.reload()
    await signIn(page, ada)
    await press('allow')
    await heading(ada.name)
  })
})

describe('a person who is signed in', () => {
  it('OIDC Core §3.1.2.1: types the password again where the client wants that (prompt=login)', async () => {
    await logIn()
    await beginLogin(visitor, demo.app, { prompt: 'login' })
    await heading('Sign in')
    await signIn(page, ada)
    await heading(ada.name)
  })

  it('signs out of the app and of the provider', async () => {
    await logIn()
    await press('sign-out')
    expect(await page.getByRole('status').textContent()).toBe('You are signed out, here and at the provider.')
    await begin()
  })

  it('signs out of the provider', async () => {
    await logIn()
    await page.goto(`${demo.provider}/logout`)
    await heading('Do you want to sign out?')
    await press('sign-out')
    await heading('You are signed out')
    await page.goto(`${demo.app}/login`)
    await heading('Sign in')
  })

  it('renews the access', async () => {
    await logIn()
    await press('renew')
    await heading(ada.name)
  })
})

describe('a person without scripts', () => {
  beforeEach(async () => {
    await visitor.close()
    await enter({ javaScriptEnabled: false })
  })

  it('signs in, is refused, agrees and signs out', async () => {
    await begin()
    await signIn(page, { ...ada, password: 'wrong' })
    await page.getByRole('alert').waitFor()
    await signIn(page, ada)
    await press('allow')
    await heading(ada.name)
    await press('sign-out')
    await page.getByRole('status').waitFor()
  })
})

describe.each([true, false])('OIDC Form Post §2: where scripts run: %s', (javaScriptEnabled) => {
  beforeEach(async () => {
    await visitor.close()
    await enter({ javaScriptEnabled })
  })

  it('the answer reaches the client by a form', async () => {
    const { logo, redirectUri } = demo.talkativeClient
    await visitor.context.route(logo, (route) => route.fulfill({ contentType: 'image/svg+xml', body: '' }))
    await visitor.context.route(redirectUri, (route) => route.fulfill({ contentType: 'text/plain', body: 'arrived' }))
    await page.goto(authorizeUrl(demo, { response_mode: 'form_post' }))
    await signIn(page, ada)
    const arrival = page.waitForRequest(redirectUri)
    await press('allow')
    if (!javaScriptEnabled) await press('continue')
    const request = await arrival
    expect(request.method()).toBe('POST')
    const answer = new URLSearchParams(request.postData() ?? '')
    expect([...answer.keys()].sort()).toEqual(['code', 'iss', 'state'])
    await page.getByText('arrived').waitFor()
  })
})

describe('a person with nothing but a keyboard', () => {
  const type = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key)
  }
  const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.id ?? '')
  /** A page takes the focus where it wants it a moment after it is there. */
  const focus = (id: string): Promise<void> => page.locator(`#${id}:focus`).waitFor()

  it('signs in and out, and always sees where they are', async () => {
    await page.goto(demo.app)
    await type('Tab')
    expect(await focused()).toBe('sign-in')
    await type('Enter')
    await heading('Sign in')
    await focus('username')
    await page.keyboard.type(ada.username)
    await type('Tab')
    await page.keyboard.type('wrong')
    await type('Enter')
    await page.getByRole('alert').waitFor()
    await focus('password')
    await page.keyboard.type(ada.password)
    await type('Tab')
    expect(await focused()).toBe('sign-in')
    await type('Space')
    await heading('First Login wants to access your account')
    const order: string[] = []
    for (let step = 0; step < 3; step++) {
      await type('Tab')
      order.push(await focused())
      const outline = await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle)
      expect(outline).toBe('solid')
    }
    expect(order).toEqual(['other-account', 'allow', 'deny'])
    await type('Shift+Tab', 'Enter')
    await heading(ada.name)
    await type('Tab', 'Tab')
    expect(await focused()).toBe('sign-out')
    await type('Enter')
    await page.getByRole('status').waitFor()
  })
})
