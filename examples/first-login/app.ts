import { ClientError, loginOf, OAuth, Sessions, sessionTokens } from 'authwright/express'
import express from 'express'
import { listen, type Stop } from './listen.ts'
import { problemPage, profilePage, style, welcomePage } from './page.ts'
import type { Secrets } from './secrets.ts'

export interface AppOptions {
  port: number
  providerUrl: string
  secrets: Secrets
}

/** What the app itself knows of whoever is signed in. */
interface Person {
  name: string
}

/** A web app without passwords: people sign in to it at the provider. */
export function startApp({ port, providerUrl, secrets }: AppOptions): Promise<Stop> {
  const url = `http://localhost:${port}`
  // On https leave "secure" out: it is there for localhost.
  const sessions = new Sessions<Person>({ secret: secrets.cookies, name: 'first_login', lifetime: '8h', secure: false })
  const oauth = new OAuth({
    secret: secrets.cookies,
    // Calls for a request take the token from its session, and leave a renewed one there.
    ...sessionTokens(sessions),
    clients: {
      provider: {
        issuer: providerUrl,
        clientId: 'first-login-app',
        clientSecret: secrets.clientSecret,
        scope: 'openid profile email',
      },
    },
  })
  const app = express().disable('x-powered-by')

  app.use((_request, response, next) => {
    // Signing out leads through a form to the provider, so forms may go there.
    const policy = `default-src 'none'; style-src 'self'; img-src data:; form-action 'self' ${providerUrl}; base-uri 'none'; frame-ancestors 'none'`
    response.set({ 'content-security-policy': policy, 'cache-control': 'no-store' })
    next()
  })

  app.get('/style.css', (_request, response) => {
    response.type('css').send(style)
  })

  app.get('/', async (request, response) => {
    const session = await sessions.read(request, response)
    if (session === undefined) return void response.send(welcomePage('signed-out' in request.query))
    // The provider is asked who it is on every visit, with a token that is renewed when it is about to expire.
    const { sub, name = session.data.name, email = '' } = await oauth.provider.userinfo({ request })
    const token = await sessions.fetchToken('provider', request)
    const expiresAt = new Date((token?.expires_at ?? 0) * 1000)
    response.send(profilePage({ name, email, subject: sub, issuer: providerUrl, expiresAt }))
  })

  app.get('/login', (request, response) => oauth.provider.authorizeRedirect(request, response, `${url}/callback`))

  app.get('/callback', async (request, response) => {
    // State, PKCE, nonce, issuer and ID token are checked in here.
    const token = await oauth.provider.authorizeAccessToken(request, response)
    const { sub = '', name = sub } = token.userinfo ?? {}
    await sessions.start(request, response, {
      data: { name },
      tokens: { provider: token },
      login: loginOf(token.userinfo),
    })
    response.redirect(303, '/')
  })

  app.post('/renew', async (request, response) => {
    const token = (await sessions.read(request, response))?.tokens['provider']
    if (token !== undefined) await oauth.provider.refreshToken(token, { request })
    response.redirect(303, '/')
  })

  app.post('/logout', async (request, response) => {
    const session = await sessions.read(request, response)
    // Another site's form brings no cookie. It must not sign anybody out.
    if (session === undefined) return response.redirect(303, '/')
    await sessions.end(request, response)
    const idTokenHint = session.tokens['provider']?.id_token
    await oauth.provider.logoutRedirect(request, response, `${url}/signed-out`, idTokenHint ? { idTokenHint } : {})
  })

  app.get('/signed-out', async (request, response) => {
    await oauth.provider.validateLogoutResponse(request, response)
    response.redirect(303, '/?signed-out')
  })

  const onError: express.ErrorRequestHandler = async (error, request, response, next) => {
    if (!(error instanceof ClientError)) return next(error)
    console.error(`app: ${error.code}: ${error.message}`)
    // Whatever the token was good for, it is not any more.
    if (error.code === 'userinfo_refused' || error.code === 'token_refused') await sessions.end(request, response)
    response.status(400).send(problemPage(explain(error)))
  }
  app.use(onError)

  return listen(app, port)
}

function explain({ code, message, refusal }: ClientError): string {
  if (refusal?.error === 'access_denied') return 'You chose not to sign in.'
  if (code === 'transaction_missing')
    return 'This sign-in was begun in another browser, took too long, or is over already.'
  if (code === 'userinfo_refused' || code === 'token_refused') return 'Your session at the provider is over.'
  return message
}
