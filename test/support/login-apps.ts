import type { RequestListener } from 'node:http'
import express from 'express'
import { OAuth as ExpressOAuth } from '../../src/adapters/express.ts'
import { ClientError, type NodeClient, OAuth as NodeOAuth, type NodeRequest } from '../../src/adapters/node.ts'
import { type WebClient, OAuth as WebOAuth } from '../../src/adapters/web.ts'
import { pathOf, queryOf } from '../../src/http/request.ts'
import type { OAuthEvents, OAuthOptions, RegisteredClient } from '../../src/oidc/client/index.ts'
import { fetchListener } from '../contracts/adapters/hosts.ts'

/** What may be said to each framework's registry alike. */
export type SharedOptions = Omit<OAuthOptions<never>, 'resolve' | 'oauth1' | 'clients'>

/** A registry as far as it is the same in every framework. */
export interface SharedRegistry {
  createClient(name: string): RegisteredClient
  on(event: 'token.updated', listener: (event: OAuthEvents['token.updated']) => void): () => void
}

export interface LoginApp {
  readonly oauth: SharedRegistry
  readonly listener: RequestListener
}

/**
 * An app that logs people in, written with each of the adapters. Its client is named by the query (`name`), and who calls
 * by the header `x-user`. Routes: `/login`, `/manual`, `/callback`, `/api`, `/me`, `/logout`, `/signed-out`.
 */
export interface Framework {
  readonly name: string
  create(options: SharedOptions): LoginApp
}

export const frameworks: readonly Framework[] = [
  { name: 'web', create: createWebApp },
  { name: 'node', create: createNodeApp },
  { name: 'express', create: createExpressApp },
]

/** Who makes a request of the app, whatever kind of request that is. */
export function userOf(request: unknown): string | undefined {
  if (request instanceof Request) return request.headers.get('x-user') ?? undefined
  const { headers } = request as NodeRequest
  return [headers['x-user']].flat()[0]
}

interface Visit {
  readonly path: string
  read(name: string): string | undefined
}

function visitOf(url: string): Visit {
  const request = { method: 'GET', url, header: () => undefined, form: never, json: never }
  const query = queryOf(request)
  return { path: pathOf(request), read: (name) => query.get(name) }
}

function never(): never {
  throw new Error('the app does not read bodies')
}

function wishesOf({ read }: Visit) {
  const [returnTo, mode] = [read('return_to'), read('mode')]
  const redirectUri = read('redirect_uri') ?? '/callback'
  const wishes = {
    data: { from: 'the app' },
    ...(returnTo !== undefined && { returnTo }),
    ...(mode === 'form_post' && ({ responseMode: mode } as const)),
  }
  return { redirectUri, wishes }
}

function goodbyeOf({ read }: Visit) {
  const entries = ['idTokenHint', 'state', 'clientId', 'logoutHint', 'uiLocales'].map((name) => [name, read(name)])
  return Object.fromEntries([...entries.filter(([, value]) => value !== undefined), ['data', 'bye']])
}

function problemOf(error: unknown): object {
  return error instanceof ClientError ? { code: error.code, message: error.message } : { code: String(error) }
}

async function callApi(client: RegisteredClient, { read }: Visit, request: unknown): Promise<unknown> {
  return (await client.get(read('url') ?? 'echo', { request })).json()
}

function createWebApp(options: SharedOptions): LoginApp {
  const oauth = new WebOAuth(options)
  const answer = async (client: WebClient, request: Request, visit: Visit): Promise<Response | undefined> => {
    const { redirectUri, wishes } = wishesOf(visit)
    switch (visit.path) {
      case '/login':
        return client.authorizeRedirect(request, redirectUri, wishes)
      case '/manual': {
        const login = await client.createAuthorizationUrl({ redirectUri })
        const { headers } = await client.saveAuthorizeData(request, { ...login, ...wishes })
        headers.set('location', login.url)
        return new Response(null, { status: 303, headers })
      }
      case '/callback': {
        const { headers, ...login } = await client.authorizeAccessToken(request)
        return Response.json(login.ok ? login : problemOf(login.error), { status: login.ok ? 200 : 400, headers })
      }
      case '/api':
        return Response.json(await callApi(client, visit, request))
      case '/me':
        return Response.json(await client.userinfo({ request }))
      case '/logout':
        return client.logoutRedirect(request, '/signed-out', goodbyeOf(visit))
      case '/signed-out': {
        const { headers, ...logout } = await client.validateLogoutResponse(request)
        return Response.json(logout.ok ? logout : problemOf(logout.error), { status: logout.ok ? 200 : 400, headers })
      }
      default:
        return undefined
    }
  }
  const listener = fetchListener(async (request) => {
    const visit = visitOf(request.url)
    try {
      const response = await answer(oauth.createClient(visit.read('name') ?? 'op'), request, visit)
      return response ?? new Response(null, { status: 404 })
    } catch (error) {
      return Response.json(problemOf(error), { status: 400 })
    }
  })
  return { oauth, listener }
}

type NodeRoute = (...exchange: Parameters<RequestListener>) => Promise<void>

/** The app on the requests of Node, which Express has too. */
function routeNode(oauth: { createClient(name: string): NodeClient }): NodeRoute {
  return async (request, response) => {
    const visit = visitOf(request.url ?? '')
    const json = (body: unknown, status = 200): void => {
      response.statusCode = status
      response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
    }
    try {
      const answered = await answerNode(oauth.createClient(visit.read('name') ?? 'op'), request, response, visit)
      if (answered !== undefined) json(answered)
    } catch (error) {
      json(problemOf(error), 400)
    }
  }
}

async function answerNode(
  client: NodeClient,
  request: Parameters<NodeRoute>[0],
  response: Parameters<NodeRoute>[1],
  visit: Visit,
): Promise<unknown> {
  const { redirectUri, wishes } = wishesOf(visit)
  switch (visit.path) {
    case '/login':
      return client.authorizeRedirect(request, response, redirectUri, wishes)
    case '/manual': {
      const login = await client.createAuthorizationUrl({ redirectUri })
      await client.saveAuthorizeData(request, response, { ...login, ...wishes })
      response.writeHead(303, { location: login.url }).end()
      return undefined
    }
    case '/callback':
      return { ok: true, ...(await client.finishLogin(request, response)) }
    case '/api':
      return callApi(client, visit, request)
    case '/me':
      return client.userinfo({ request })
    case '/logout':
      return client.logoutRedirect(request, response, '/signed-out', goodbyeOf(visit))
    case '/signed-out':
      return { ok: true, ...(await client.validateLogoutResponse(request, response)) }
    default:
      return response.writeHead(404).end() && undefined
  }
}

function createNodeApp(options: SharedOptions): LoginApp {
  const oauth = new NodeOAuth(options)
  const route = routeNode(oauth)
  return { oauth, listener: (request, response) => void route(request, response) }
}

function createExpressApp(options: SharedOptions): LoginApp {
  const oauth = new ExpressOAuth(options)
  const route = routeNode(oauth)
  const app = express().use(express.urlencoded({ extended: false }), (request, response) => route(request, response))
  return { oauth, listener: app }
}
