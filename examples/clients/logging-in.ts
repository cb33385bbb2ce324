import { choosePort, listen } from '../first-login/listen.ts'
import { expect, isCheck } from './expect.ts'
import { Person } from './person.ts'
import { ada, startProvider } from './provider.ts'

// #region guide

import { loginOf, OAuth, Sessions, sessionTokens } from 'authwright/express'
import express, { type Express } from 'express'

export interface Settings {
  /** Where browsers find the app. */
  baseUrl: string
  issuer: string
  apiBaseUrl: string
  clientId: string
  clientSecret: string
  /** At least 32 bytes, and the same in every process. */
  secret: string
}

export function createApp({ baseUrl, secret, ...provider }: Settings): Express {
  const sessions = new Sessions<{ name: string }>({ secret, secure: baseUrl.startsWith('https:') }) // http is for localhost
  const oauth = new OAuth({
    secret,
    baseUrl,
    clients: { op: { ...provider, scope: 'openid profile files' } },
    ...sessionTokens(sessions), // the tokens are in the session, and renewed there
  })
  const app = express()

  app.get('/login', (request, response) => oauth.op.authorizeRedirect(request, response, '/callback'))

  app.get('/callback', async (request, response) => {
    // State, PKCE, nonce, issuer and ID token are checked in here.
    const token = await oauth.op.authorizeAccessToken(request, response)
    const { name = 'you' } = await oauth.op.userinfo(token) // what the ID token does not say
    await sessions.start(request, response, { data: { name }, tokens: { op: token }, login: loginOf(token.userinfo) })
    response.redirect(303, '/')
  })

  app.get('/', async (request, response) => {
    const session = await sessions.read(request, response)
    if (session === undefined) return void response.redirect(303, '/login')
    const { files } = await (await oauth.op.get('files', { request })).json()
    response.json({ hello: session.data.name, files })
  })

  return app
}
// #endregion

const port = await choosePort(0)
const baseUrl = `http://localhost:${port}`
const client = { clientId: 'app', clientSecret: 'a-secret-of-at-least-32-characters' }
const { stop, issuer, apiBaseUrl } = await startProvider({
  clients: [
    {
      client_id: client.clientId,
      client_secret: client.clientSecret,
      redirect_uris: [`${baseUrl}/callback`],
      grant_types: ['authorization_code', 'refresh_token'],
      scope: 'openid profile files',
    },
  ],
})
const secret = 'the secret of the cookies of an example'
const stopApp = await listen(createApp({ baseUrl, issuer, apiBaseUrl, secret, ...client }), port)

if (isCheck) {
  const page = await new Person().follow(baseUrl)
  expect(page.url === `${baseUrl}/`, 'whoever is not signed in comes back from the provider signed in')
  const { hello, files } = JSON.parse(page.html)
  expect(hello === ada.name, `the app knows who it is: ${hello}`)
  expect(files.length === 1, `it calls the API for them: ${files}`)
  await Promise.all([stopApp(), stop()])
} else {
  console.log(`Open ${baseUrl} and sign in as ${ada.username}, ${ada.password}. Ctrl+C stops.`)
}
