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

/** What the steps share. */
interface Walk {
  browser: Browser
  provider: string
  app: string
  secrets: Secrets
}

/** Does what a person would do in a browser, and says how it went. Whether all of it worked. */
export async function check(options: Options): Promise<boolean> {
  const folder = options.data === undefined ? await mkdtemp(join(tmpdir(), 'first-login-')) : undefined
  const data = options.data ?? join(folder ?? '', 'first-login.db')
  const providerPort = await choosePort(options.providerPort)
  const appPort = await choosePort(options.appPort)
  const secrets = await loadSecrets(data)
  const provider = `http://localhost:${providerPort}`
  const app = `http://localhost:${appPort}`
  const start = (): Promise<Stop> => startProvider({ port: providerPort, appUrl: app, data, secrets })
  let stopProvider = await start()
  const stopApp = await startApp({ port: appPort, providerUrl: provider, secrets })
  const walk: Walk = { browser: new Browser(), provider, app, secrets }
  try {
    await signIn(walk)
    await stopProvider()
    stopProvider = await start()
    await goOn(walk)
    await replayCode(walk)
    await signOut(walk)
    return true
  } catch (error) {
    console.log(`FAIL ${error instanceof Error ? error.message : error}`)
    return false
  } finally {
    await Promise.all([stopApp(), stopProvider()])
    if (folder !== undefined) await rm(folder, { recursive: true })
  }
}

async function signIn({ browser, provider, app }: Walk): Promise<void> {
  const { issuer } = await discover(provider)
  expect(issuer === provider, 'discovery', `the provider at ${provider} describes itself`)

  const home = await browser.open(`${app}/`)
  expect(shows(home, 'Sign in'), 'welcome', 'the app offers to sign in')

  const login = await browser.open(`${app}/login`)
  expect(login.url.startsWith(provider), 'login', 'it sends the browser to the provider, which asks who it is')

  const wrong = await browser.submit(login, 'sign-in', { username, password: 'wrong' })
  expect(wrong.status === 422, 'wrong', 'a wrong password is refused')

  let profile = await browser.submit(wrong, 'sign-in', { username, password })
  expect(profile.status === 200, 'password', 'the right one is accepted')

  // Somebody who has agreed before, with the same data file, is not asked again.
  if (shows(profile, 'id="allow"')) {
    expect(shows(profile, 'First Login'), 'consent', 'the provider asks whether the app may know')
    profile = await browser.submit(profile, 'allow')
  }
  expect(showsProfile(profile), 'profile', `the app knows who it is: ${name}, ${email}`)
}

/** After the provider was started anew. */
async function goOn({ browser, app }: Walk): Promise<void> {
  const profile = await browser.open(`${app}/`)
  expect(showsProfile(profile), 'restart', 'after a restart the access token is still good')
  expect(showsProfile(await browser.submit(profile, 'renew')), 'refresh', 'and so is the refresh token')
  expect(showsProfile(await browser.open(`${app}/login`)), 'session', 'and the session: no password is asked for')
}

/** What somebody would do who has seen the address of the callback. */
async function replayCode({ browser, provider, app, secrets }: Walk): Promise<void> {
  const callback = browser.visited.find((url) => url.startsWith(`${app}/callback?`)) ?? app
  const { token_endpoint: endpoint = '' } = await discover(provider)
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`first-login-app:${secrets.clientSecret}`)}` },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: new URL(callback).searchParams.get('code') ?? '',
      redirect_uri: `${app}/callback`,
      code_verifier: 'x'.repeat(43),
    }),
  })
  const { error } = await response.json()
  expect(response.status === 400 && error === 'invalid_grant', 'replay', 'a code that was used is refused')
}

async function signOut({ browser, app }: Walk): Promise<void> {
  const foreign = await fetch(`${app}/logout`, { method: 'POST', redirect: 'manual' })
  expect(foreign.headers.getSetCookie().length === 0, 'foreign', "another site's form, without cookies, ends nothing")

  const signedOut = await browser.submit(await browser.open(`${app}/`), 'sign-out')
  expect(shows(signedOut, 'You are signed out'), 'sign-out', 'the app signs out, at the provider too')
  expect(shows(await browser.open(`${app}/`), 'Sign in'), 'goodbye', 'the app does not know who it is any more')
  const login = await browser.open(`${app}/login`)
  expect(shows(login, 'name="password"'), 'again', 'and the provider asks for the password again')
}

async function discover(provider: string): Promise<Record<string, string>> {
  const response = await fetch(`${provider}/.well-known/openid-configuration`)
  return await response.json()
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
