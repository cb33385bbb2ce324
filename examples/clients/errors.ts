import { OAuth } from 'authwright/express'
import express from 'express'
import { choosePort, listen } from '../first-login/listen.ts'
import { expect } from './expect.ts'
import { Person } from './person.ts'
import { startProvider } from './provider.ts'

// #region guide

import { ClientError, explain } from 'authwright/oidc/client'
import type { ErrorRequestHandler } from 'express'

/** @param log read by those who run the app. Those who use it are told that it did not work, and no more. */
export function onClientError(log: (lines: string) => void): ErrorRequestHandler {
  return (error, _request, response, next) => {
    if (!(error instanceof ClientError)) return next(error)
    const { code, meaning, causes, fix, docs } = explain(error)
    log([code, meaning, ...causes, fix, docs].join('\n'))
    response.status(400).send('Signing in did not work. Please try again.')
  }
}
// #endregion

const port = await choosePort(0)
const baseUrl = `http://localhost:${port}`
const { issuer, stop } = await startProvider({
  clients: [
    {
      client_id: 'app',
      client_secret: 'a-secret-of-at-least-32-characters',
      redirect_uris: [`${baseUrl}/callback`],
      scope: 'openid',
    },
  ],
})
const oauth = new OAuth({
  secret: 'the secret of the cookies of an example',
  baseUrl,
  clients: { op: { clientId: 'app', clientSecret: 'a mistake', issuer, scope: 'openid' } },
})
let logged = ''
const app = express()
app.get('/login', (request, response) => oauth.op.authorizeRedirect(request, response, '/callback'))
app.get('/callback', async (request, response) => {
  await oauth.op.authorizeAccessToken(request, response)
  response.send('You are signed in.')
})
app.use(
  onClientError((lines) => {
    logged = lines
  }),
)
const stopApp = await listen(app, port)

await new Person().open(`${baseUrl}/callback?code=1&state=2`)
expectLog('transaction_missing', 'a callback that this browser did not begin')

const undecided = new Person()
await undecided.press(await undecided.open(`${baseUrl}/login`), 'cancel')
expectLog('authorization_refused', 'somebody who pressed "cancel"')

const page = await new Person().follow(`${baseUrl}/login`)
expectLog('token_refused', 'a secret that the provider does not know')
expect(!page.html.includes('secret'), 'people read nothing of it')

await Promise.all([stopApp(), stop()])

function expectLog(code: string, sentence: string): void {
  expect(logged.startsWith(`${code}\n`), `${sentence}:`)
  console.log(logged.replaceAll(/^/gm, '      '))
}
