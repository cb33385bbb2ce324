import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** Chromium without what it does on its own account: no updates, no calls home. */
export function launch(executablePath: string): Promise<Browser> {
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ]
  return chromium.launch({ executablePath, args })
}

/** A person with a browser of their own: what goes wrong on any of its pages is written down. */
export interface Visitor {
  readonly context: BrowserContext
  readonly page: Page
  readonly complaints: readonly string[]
  close(): Promise<void>
}

export async function visit(browser: Browser, options: BrowserContextOptions = {}): Promise<Visitor> {
  const context = await browser.newContext({ locale: 'en', ...options })
  const complaints: string[] = []
  context.on('weberror', (error) => complaints.push(String(error.error())))
  context.on('console', (message) => {
    // The status of a page is part of what it says: 422 for a wrong password.
    const isPage = message.location().url === message.page()?.url()
    const isStatus = isPage && message.text().startsWith('Failed to load resource: the server responded with a status')
    if (!isStatus && message.type() !== 'log') complaints.push(`${message.page()?.url()}: ${message.text()}`)
  })
  // Everything is on this machine: what takes longer will not come.
  context.setDefaultTimeout(10_000)
  return { context, page: await context.newPage(), complaints, close: () => context.close() }
}

/** Fills in the provider's sign-in page and sends it. */
export async function signIn(
  page: Page,
  { username, password }: { username: string; password: string },
): Promise<void> {
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Password').fill(password)
  await page.locator('#sign-in').click()
}

/** Lets the app begin a login, and goes to the provider with more wishes than the app has. */
export async function beginLogin(
  { context, page }: Visitor,
  app: string,
  wishes: Record<string, string>,
): Promise<void> {
  const response = await context.request.get(`${app}/login`, { maxRedirects: 0 })
  await page.goto(`${response.headers()['location']}&${new URLSearchParams(wishes)}`)
}
