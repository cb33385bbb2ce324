import { randomUUID } from 'node:crypto'
import { signJwt } from 'authwright/jose/jwt'
import { MemoryKeyValueStore } from 'authwright/stores/memory'
import { choosePort, listen } from '../first-login/listen.ts'
import { expect, isCheck } from './expect.ts'
import { Person } from './person.ts'
import { ada, startProvider } from './provider.ts'

// #region guide

import { loginOf, OAuth, Sessions } from 'authwright/express'
import type { KeyValueStore } from 'authwright/oauth2/client'
import express, { type Express } from 'express'

export interface Settings {
  /** Where browsers find the app. */
  baseUrl: string
  issuer: string
  clientId: string
  clientSecret: string
  /** At least 32 bytes, and the same in every process. */
  secret: string
  /** Remembers which logins are over, for sessions that are in cookies. */
  store: KeyValueStore
}

export function createApp({ baseUrl, secret, store, ...provider }: Settings): Express {
  const sessions = new Sessions<object>({ secret, store, secure: baseUrl.startsWith('https:') }) // http is for localhost
  const oauth = new OAuth({ secret, baseUrl, clients: { op: { ...provider, scope: 'openid profile' } } })
  const app = express()

  app.get('/login', (request, response) => oauth.op.authorizeRedirect(request, response, '/callback'))

  app.get('/callback', async (request, response) => {
    const token = await oauth.op.authorizeAccessToken(request, response)
    // A logout that the provider reports is about a "login".
    await sessions.start(request, response, { data: {}, tokens: { op: token }, login: loginOf(token.userinfo) })
    response.redirect(303, '/')
  })

  app.get('/', async (request, response) => {
    const session = await sessions.read(request, response)
    if (session === undefined) return void response.send('<p>Nobody is signed in. <a href="/login">Sign in</a>')
    response.send(
      `<p>You are signed in.<form method="post" action="/logout"><button id="sign-out">Sign out</button></form>`,
    )
  })

  // Out of the app, then out of the provider. Another site's form brings no cookie, and ends nothing.
  app.post('/logout', async (request, response) => {
    const session = await sessions.read(request, response)
    if (session === undefined) return response.redirect(303, '/')
    await sessions.end(request, response)
    const idTokenHint = session.tokens['op']?.id_token
    await oauth.op.logoutRedirect(request, response, '/signed-out', idTokenHint ? { idTokenHint } : {})
  })

  app.get('/signed-out', async (request, response) => {
    await oauth.op.validateLogoutResponse(request, response)
    response.redirect(303, '/')
  })

  // Somebody signed out elsewhere, and the provider tells of it: the client's "backchannel_logout_uri".
  app.post('/backchannel-logout', (request, response) =>
    oauth.op.backChannelLogout(request, response, (logout) => sessions.endLogin(logout)),
  )

  return app
}
// #endregion

const port = await choosePort(0)
const baseUrl = `http://localhost:${port}`
const client = { clientId: 'app', clientSecret: 'a-secret-of-at-least-32-characters' }
const provider = await startProvider({
  clients: [
    {
      client_id: client.clientId,
      client_secret: client.clientSecret,
      redirect_uris: [`${baseUrl}/callback`],
      post_logout_redirect_uris: [`${baseUrl}/signed-out`],
      scope: 'openid profile',
    },
  ],
})
const { issuer, stop } = provider
const secret = 'the secret of the cookies of an example'
const app = createApp({ baseUrl, issuer, secret, store: new MemoryKeyValueStore(), ...client })
const stopApp = await listen(app, port)

if (isCheck) {
  await signOut()
  await hearOfLogout()
  await Promise.all([stopApp(), stop()])
} else {
  console.log(`Open ${baseUrl} and sign in as ${ada.username}, ${ada.password}. Ctrl+C stops.`)
}

async function signOut(): Promise<void> {
  const person = new Person()
  const home = await person.follow(`${baseUrl}/login`)
  expect(home.html.includes('You are signed in'), 'somebody signs in')
  const goodbye = await person.press(home, 'sign-out')
  expect(goodbye.url === `${baseUrl}/`, 'signing out leads to the provider, and back')
  expect(goodbye.html.includes('Nobody is signed in'), 'the session of the app is over')
  const again = await person.open(`${baseUrl}/login`)
  expect(again.html.includes('id="password"'), 'and so is the one of the provider: it asks for the password')
}

/** What a provider sends that tells its clients of logouts, as ours does not yet. */
async function hearOfLogout(): Promise<void> {
  const person = new Person()
  await person.follow(`${baseUrl}/login`)
  const events = { 'http://schemas.openid.net/event/backchannel-logout': {} }
  const claims = { iss: issuer, aud: client.clientId, sub: 'user-1', jti: randomUUID(), events }
  const token = await signJwt(claims, provider.keys, { typ: 'logout+jwt', expiresIn: '2m' })
  const tell = () =>
    fetch(`${baseUrl}/backchannel-logout`, { method: 'POST', body: new URLSearchParams({ logout_token: token }) })
  expect((await tell()).status === 200, 'the provider tells of a logout elsewhere, and the app believes it')
  const home = await person.open(baseUrl)
  expect(home.html.includes('Nobody is signed in'), 'the session is over, though the browser still has its cookie')
  expect((await tell()).status === 400, 'the same news is not taken twice')
}
