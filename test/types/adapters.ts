import express from 'express'
import { getAccessToken, OAuth, oauthServer, protect } from '../../src/adapters/express.ts'
import { OAuth as WebOAuth, protect as webProtect } from '../../src/adapters/web.ts'
import { ResourceProtector } from '../../src/oauth2/resource/index.ts'
import { AuthorizationServer } from '../../src/oauth2/server/index.ts'
import { MemoryStore } from '../../src/stores/memory.ts'

const secret = 'a secret of at least thirty-two bytes'
const google = { clientId: 'app', clientSecret: 'secret', issuer: 'https://op.example', scope: 'openid email' }
const oauth = new OAuth({ secret, clients: { google } })
const chained = new OAuth({ secret }).register('github', google).register('gitlab', google)
const web = new WebOAuth({ secret, clients: { google } })
const server = new AuthorizationServer({ issuer: 'https://op.example', store: new MemoryStore() })
const protector = new ResourceProtector()

// The handlers fit Express's own types, without anything added to them.
express()
  .use(oauthServer(server))
  .use('/mounted', oauthServer(server))
  .get('/login', (req, res) => oauth.google.authorizeRedirect(req, res, 'https://app.example/callback'))
  .get('/callback', async (req, res) => {
    const token = await oauth.google.authorizeAccessToken(req, res)
    const email: string | undefined = token.userinfo?.email
    // @ts-expect-error a claim of the provider's own may be anything
    token.userinfo?.['groups'] satisfies string | undefined
    res.json({ email })
  })
  .get('/me', protect(protector, ['read', 'admin']), (req, res) => {
    const subject: string = getAccessToken(req).subject
    res.json({ subject })
  })

chained.github.authorizeRedirect
chained.gitlab.authorizeRedirect

// @ts-expect-error nobody registered it
oauth.github
// @ts-expect-error nobody registered it
chained.google
// @ts-expect-error a scope is a string or a list of strings
protect(protector, 7)
// @ts-expect-error a server answers requests and knows its paths
oauthServer({ handle: server.handle })

export async function callback(request: Request): Promise<Response> {
  const login = await web.google.authorizeAccessToken(request)
  // @ts-expect-error a token is only there when the login succeeded
  login.token
  if (!login.ok) return new Response(null, { status: 400, headers: login.headers })
  return Response.json(login.token.userinfo?.sub, { headers: login.headers })
}

export async function api(request: Request): Promise<Response> {
  const { token, response } = await protector.protect(request, 'read')
  if (response) return response
  return Response.json({ subject: token.subject })
}

export async function openApi(request: Request): Promise<Response> {
  const { token, headers, response } = await protector.protect(request, { scope: 'read', optional: true })
  if (response) return response
  // @ts-expect-error a request may have come without a token
  token.subject
  return Response.json({ subject: token?.subject }, { headers })
}

// What the platform hands over beside the request goes on to the handler.
webProtect(protector, { roles: 'editor' }, (_request, { oauth }, env: { readonly region: string }) =>
  Response.json([oauth.subject, env.region]),
) satisfies (request: Request, env: { readonly region: string }) => Promise<Response>

// @ts-expect-error a request may have come without a token
webProtect(protector, { optional: true }, (_request, { oauth }) => Response.json(oauth.subject))
// @ts-expect-error nothing is called so
protect(protector, { scopes: 'read' })
// @ts-expect-error levels are a list, in the order of preference
protect(protector, { acrValues: 'mfa' })
