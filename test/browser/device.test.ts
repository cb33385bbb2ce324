import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { ada, alan } from './support/demo.ts'
import { inspect } from './support/inspect.ts'
import { furnish, type LivingRoom } from './support/living-room.ts'
import { launch, signIn, type Visitor, visit } from './support/visitor.ts'

const CONSENT = 'Connect Television in the Living Room to your account?'

let browser: Browser
let room: LivingRoom
let visitor: Visitor
let page: Page

beforeAll(async () => {
  browser = await launch(inject('chromiumPath'))
})
afterAll(() => browser.close())
beforeEach(async () => {
  room = await furnish()
  await enter()
})
afterEach(async () => {
  await visitor.close()
  await room.close()
  expect(visitor.complaints).toEqual([])
})

async function enter(options: BrowserContextOptions = {}): Promise<void> {
  visitor = await visit(browser, options)
  page = visitor.page
}

const press = (id: string): Promise<void> => page.locator(`#${id}`).click()
const heading = (name: string): Promise<void> => page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
const type = async (...keys: readonly string[]): Promise<void> => {
  for (const key of keys) await page.keyboard.press(key)
}
/** A page takes the focus where it wants it a moment after it is there. */
const focus = (id: string): Promise<void> => page.locator(`#${id}:focus`).waitFor()
const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.id ?? '')

describe.each([true, false])('RFC 8628 §3.3: where scripts run: %s, a person', (javaScriptEnabled) => {
  beforeEach(async () => {
    await visitor.close()
    await enter({ javaScriptEnabled })
  })

  it('types the code that the device shows, compares it and connects the device', async () => {
    const screen = await room.switchOn()
    await page.goto(screen.verification_uri)
    await heading('Sign in')
    await signIn(page, ada)
    await heading('Connect a device')
    await page.getByLabel('Code').fill('BCDF-GHJK')
    await press('continue')
    expect(await page.getByRole('alert').textContent()).toMatch(/^There is no device with this code/)
    expect(await page.getByLabel('Code').inputValue()).toBe('BCDF-GHJK')
    await page.getByLabel('Code').fill(screen.user_code.toLowerCase())
    await press('continue')
    await heading(CONSENT)
    expect(await page.locator('#user-code').textContent()).toBe(screen.user_code)
    await press('allow')
    await heading('Your device is connected')
    expect(await room.poll(screen)).toBe('connected')
  })

  it('comes by the link, denies, and cannot change their mind', async () => {
    const screen = await room.switchOn()
    await page.goto(screen.verification_uri_complete)
    await signIn(page, ada)
    await heading('Connect a device')
    expect(await page.getByLabel('Code').inputValue()).toBe(screen.user_code)
    await press('continue')
    await press('deny')
    await heading('The device is not connected')
    expect(await room.poll(screen)).toBe('access_denied')
    await page.goto(screen.verification_uri_complete)
    await press('continue')
    await page.getByRole('alert').waitFor()
  })

  it('is somebody else than who is signed in', async () => {
    const screen = await room.switchOn()
    await page.goto(screen.verification_uri_complete)
    await signIn(page, ada)
    await press('other-account')
    await signIn(page, alan)
    expect(await page.getByText('Signed in as').textContent()).toContain(alan.name)
    expect(await page.getByLabel('Code').inputValue()).toBe(screen.user_code)
  })
})

describe('a person with nothing but a keyboard', () => {
  it('connects a device, and always sees where they are', async () => {
    const screen = await room.switchOn()
    await page.goto(screen.verification_uri)
    await focus('username')
    await page.keyboard.type(ada.username)
    await type('Tab')
    await page.keyboard.type(ada.password)
    await type('Enter')
    await heading('Connect a device')
    await focus('user-code')
    await page.keyboard.type('nothing')
    await type('Enter')
    await page.getByRole('alert').waitFor()
    await focus('user-code')
    await type('Control+A')
    await page.keyboard.type(screen.user_code)
    await type('Enter')
    await heading(CONSENT)
    const order: string[] = []
    for (let step = 0; step < 3; step++) {
      await type('Tab')
      order.push(await focused())
    }
    expect(order).toEqual(['other-account', 'allow', 'deny'])
    await type('Shift+Tab', 'Enter')
    await heading('Your device is connected')
  })
})

describe.each(
  [1280, 375].flatMap((width) => (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme }))),
)('at $width px, $colorScheme', ({ width, colorScheme }) => {
  beforeEach(async () => {
    await visitor.close()
    await enter({ viewport: { width, height: 800 }, colorScheme })
  })

  it('everybody can use every page', async () => {
    const look = async (name: string, title: string): Promise<void> => {
      await heading(title)
      await inspect(page, `${name}-${width}-${colorScheme}`)
    }
    const screen = await room.switchOn()
    await page.goto(screen.verification_uri)
    await look('device-sign-in', 'Sign in')
    await signIn(page, ada)
    await look('device', 'Connect a device')
    await page.getByLabel('Code').fill('BCDF-GHJK')
    await press('continue')
    await look('device-wrong', 'Connect a device')
    await page.getByLabel('Code').fill(screen.user_code)
    await press('continue')
    await look('device-consent', CONSENT)
    await press('allow')
    await look('device-connected', 'Your device is connected')
  })
})
