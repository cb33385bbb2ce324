import type { RequestListener } from 'node:http'
import express from 'express'
import { OAuth as ExpressOAuth } from '../../../src/adapters/express.ts'
import { ClientError, OAuth as NodeOAuth, type NodeRequest } from '../../../src/adapters/node.ts'
import { type WebLogin, OAuth as WebOAuth } from '../../../src/adapters/web.ts'
import type { OpenIdClientOptions } from '../../../src/oidc/client/index.ts'
import { fetchListener } from './hosts.ts'

export interface AppOptions {
  readonly provider: OpenIdClientOptions
  /** Where the browser comes back to, by the `mode` that the login was started with. */
  readonly redirectUris: Readonly<Record<'query' | 'form_post', string>>
  readonly signedOutUri: string
}

/** An app with `/login`, `/callback`, `/logout` and `/signed-out`, written with one of the adapters. */
export interface AppHost {
  readonly name: string
  readonly mountedAt: string
  listener(options: AppOptions): RequestListener
}

const secret = 'a secret of at least thirty-two bytes'

export const appHosts: readonly AppHost[] = [
  { name: 'web', mountedAt: '', listener: webApp },
  { name: 'node', mountedAt: '', listener: nodeApp },
  { name: 'express', mountedAt: '', listener: (options) => express().use(expressApp(options)) },
  {
    name: 'express behind body parsers',
    mountedAt: '',
    listener: (options) => express().use(express.json(), express.urlencoded({ extended: true }), expressApp(options)),
  },
  { name: 'express, mounted', mountedAt: '/app', listener: (options) => express().use('/app', expressApp(options)) },
]

function expressApp(options: AppOptions): express.Router {
  const oauth = new ExpressOAuth({ secret, clients: { op: options.provider } })
  const app = express.Router()
  app.use((_request, response, next) => {
    response.cookie('app', 'kept')
    next()
  })
  app.get('/login', (request, response) => {
    const { redirectUri, wishes } = readMode(request.originalUrl, options)
    return oauth.op.authorizeRedirect(request, response, redirectUri, wishes)
  })
  app.all('/callback', async (request, response) => {
    const { token, data } = await oauth.op.finishLogin(request, response)
    response.json({ sub: token.userinfo?.sub, data })
  })
  app.get('/logout', (request, response) => oauth.op.logoutRedirect(request, response, options.signedOutUri))
  app.get('/signed-out', async (request, response) => {
    response.json(await oauth.op.validateLogoutResponse(request, response))
  })
  const onError: express.ErrorRequestHandler = (error, _request, response, next) => {
    if (error instanceof ClientError) response.status(400).json({ code: error.code })
    else next(error)
  }
  return app.use(onError)
}

function nodeApp(options: AppOptions): RequestListener {
  const oauth = new NodeOAuth({ secret, clients: { op: options.provider } })
  const routes: Record<string, (...exchange: Parameters<RequestListener>) => Promise<object | undefined>> = {
    '/login': async (request, response) => {
      const { redirectUri, wishes } = readMode(request.url ?? '', options)
      await oauth.op.authorizeRedirect(request, response, redirectUri, wishes)
      return undefined
    },
    '/callback': async (request, response) => {
      const { token, data } = await oauth.op.finishLogin(request, response)
      return { sub: token.userinfo?.sub, data }
    },
    '/logout': async (request, response) => {
      await oauth.op.logoutRedirect(request, response, options.signedOutUri)
      return undefined
    },
    '/signed-out': (request, response) => oauth.op.validateLogoutResponse(request, response),
  }
  return (request: NodeRequest, response) => {
    response.setHeader('set-cookie', 'app=kept; Path=/')
    const route = routes[new URL(request.url ?? '', 'http://app').pathname]
    route?.(request, response).then(
      (body) => body && response.setHeader('content-type', 'application/json').end(JSON.stringify(body)),
      (error) =>
        response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ code: error.code })),
    )
  }
}

function webApp(options: AppOptions): RequestListener {
  const { op } = new WebOAuth({ secret, clients: { op: options.provider } })
  const answer = (result: WebLogin, body: object): Response => {
    const { headers } = result
    if (result.ok) return Response.json(body, { headers })
    return Response.json({ code: result.error instanceof ClientError && result.error.code }, { status: 400, headers })
  }
  const routes: Record<string, (request: Request) => Promise<Response>> = {
    '/login': (request) => {
      const { redirectUri, wishes } = readMode(request.url, options)
      return op.authorizeRedirect(request, redirectUri, wishes)
    },
    '/callback': async (request) => {
      const login = await op.authorizeAccessToken(request)
      return answer(login, login.ok ? { sub: login.token.userinfo?.sub, data: login.data } : {})
    },
    '/logout': (request) => op.logoutRedirect(request, options.signedOutUri),
    '/signed-out': async (request) => {
      const { ok, headers } = await op.validateLogoutResponse(request)
      return Response.json({}, { status: ok ? 200 : 400, headers })
    },
  }
  return fetchListener(async (request) => {
    const response = await routes[new URL(request.url).pathname]?.(request)
    if (response === undefined) return new Response(null, { status: 404 })
    const headers = new Headers([['set-cookie', 'app=kept; Path=/'], ...response.headers])
    return new Response(response.body, { status: response.status, headers })
  })
}

function readMode(url: string, { redirectUris }: AppOptions) {
  const mode = url.includes('form_post') ? 'form_post' : 'query'
  return { redirectUri: redirectUris[mode], wishes: { responseMode: mode, data: { next: '/inbox' } } } as const
}
