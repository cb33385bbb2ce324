import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startApp } from './app.ts'
import { Browser, type Page } from './browser.ts'
import { choosePort, type Stop } from './listen.ts'
import type { Options } from './options.ts'
import { startProvider } from './provider.ts'
import { loadSecrets, type Secrets } from './secrets.ts'
import { people } from './users.ts'

const [{ username, password, name, email }] = people

/** Does what a person would do in a browser, and says how it went. Whether all of it worked. */
export async function check(options: Options): Promise<boolean> {
  const folder = options.data === undefined ? await mkdtemp(join(tmpdir(), 'first-login-')) : undefined
  const data = options.data ?? join(folder ?? '', 'first-login.db')
  const ports = { provider: await choosePort(options.providerPort), app: await choosePort(options.appPort) }
  const secrets = await loadSecrets(data)
  const urls = { provider: `http://localhost:${ports.provider}`, app: `http://localhost:${ports.app}` }
  const start = (): Promise<Stop> => startProvider({ port: ports.provider, appUrl: urls.app, data, secrets })
  let stopProvider = await start()
  const stopApp = await startApp({ port: ports.app, providerUrl: urls.provider, secrets })
  try {
    await signIn(urls, secrets, async () => {
      await stopProvider()
      stopProvider = await start()
    })
    return true
  } catch (error) {
    console.log(`FAIL ${error instanceof Error ? error.message : error}`)
    return false
  } finally {
    await Promise.all([stopApp(), stopProvider()])
    if (folder !== undefined) await rm(folder, { recursive: true })
  }
}

async function signIn(
  urls: { provider: string; app: string },
  secrets: Secrets,
  restartProvider: () => Promise<void>,
): Promise<void> {
  const browser = new Browser()

  const discovery = await fetch(`${urls.provider}/.well-known/openid-configuration`)
  const metadata = await discovery.json()
  expect(metadata.issuer === urls.provider, 'discovery', `the provider describes itself at ${discovery.url}`)

  const home = await browser.open(`${urls.app}/`)
  expect(shows(home, 'Sign in'), 'welcome', 'the app offers to sign in')

  const login = await browser.open(`${urls.app}/login`)
  expect(
    login.url.startsWith(urls.provider),
    'login',
    'the app sends the browser to the provider, which asks who it is',
  )

  const wrong = await browser.submit(login, 'sign-in', { username, password: 'wrong' })
  expect(wrong.status === 422, 'wrong', 'a wrong password is refused')

  const consent = await browser.submit(wrong, 'sign-in', { username, password })
  expect(shows(consent, 'First Login'), 'password', 'the right one is accepted, and the provider asks for consent')

  const profile = await browser.submit(consent, 'allow')
  expect(showsProfile(profile), 'profile', `the app knows who it is: ${name}, ${email}`)
  const code = new URL(browser.visited.find((url) => url.startsWith(`${urls.app}/callback`)) ?? '').searchParams.get(
    'code',
  )

  await restartProvider()
  expect(showsProfile(await browser.open(`${urls.app}/`)), 'restart', 'after a restart the access token is still good')
  expect(showsProfile(await browser.submit(profile, 'renew')), 'refresh', 'and so is the refresh token')
  expect(showsProfile(await browser.open(`${urls.app}/login`)), 'session', 'and the session: no password is asked for')

  const replay = await fetch(metadata.token_endpoint, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`first-login-app:${secrets.clientSecret}`)}` },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: code ?? '',
      redirect_uri: `${urls.app}/callback`,
      code_verifier: 'x'.repeat(43),
    }),
  })
  const { error } = await replay.json()
  expect(replay.status === 400 && error === 'invalid_grant', 'replay', 'a code that was used is refused')

  const signedOut = await browser.submit(await browser.open(`${urls.app}/`), 'sign-out')
  expect(shows(signedOut, 'You are signed out'), 'sign-out', 'the app signs out, at the provider too')
  expect(shows(await browser.open(`${urls.app}/`), 'Sign in'), 'goodbye', 'the app does not know who it is any more')
  const again = await browser.open(`${urls.app}/login`)
  expect(shows(again, 'name="password"'), 'again', 'and the provider asks for the password again')
}

function showsProfile(page: Page): boolean {
  return shows(page, name) && shows(page, email)
}

function shows({ html }: Page, text: string): boolean {
  return html.includes(text)
}

function expect(isTrue: boolean, step: string, sentence: string): void {
  if (!isTrue) throw new Error(`${step.padEnd(10)} expected: ${sentence}`)
  console.log(`ok   ${step.padEnd(10)} ${sentence}`)
}
