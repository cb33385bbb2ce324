import type { RequestListener } from 'node:http'
import express from 'express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as onExpress from '../../../src/adapters/express.ts'
import * as onNode from '../../../src/adapters/node.ts'
import * as onWeb from '../../../src/adapters/web.ts'
import { OAuth2Error } from '../../../src/oauth2/index.ts'
import { ResourceProtector, type TokenValidator } from '../../../src/oauth2/resource/index.ts'
import { listen, type Running } from '../../support/listen.ts'
import { fetchListener } from './hosts.ts'

const tokens: TokenValidator = {
  metadata: { authorization_servers: ['https://op.example'] },
  responseHeaders: () => [['dpop-nonce', 'n1']],
  validate: (token) => {
    if (token === 'broken') throw new Error('database password is hunter2')
    if (token !== 'good') throw new OAuth2Error('invalid_token', 'access token is unknown')
    return { subject: 'u1', clientId: 'app', scopes: ['read'], claims: {} }
  },
}

const createProtector = (resource: string): ResourceProtector =>
  new ResourceProtector({ realm: 'api', resource }).registerTokenValidator(tokens)

/** An API with `/me`, `/admin` and `/open`, written with one of the adapters. */
interface ApiHost {
  readonly name: string
  listener(protector: ResourceProtector): RequestListener
}

const hosts: readonly ApiHost[] = [
  {
    name: 'express',
    listener: (protector) =>
      express()
        .use(onExpress.resourceMetadata(protector))
        .get('/me', onExpress.protect(protector, 'read'), (request, response) => {
          response.json({ sub: onExpress.getAccessToken(request).subject })
        })
        .get('/admin', onExpress.protect(protector, 'admin'), (_request, response) => {
          response.json({})
        })
        .get('/open', onExpress.protect(protector, { optional: true }), (request, response) => {
          response.json({ sub: onExpress.findAccessToken(request)?.subject ?? 'nobody' })
        })
        .use(((_error, _request, response, _next) => {
          response.status(500).end()
        }) satisfies express.ErrorRequestHandler),
  },
  {
    name: 'node',
    listener: (protector) => {
      const routes: Record<string, RequestListener> = {
        '/me': onNode.protect(protector, 'read', (request, response) =>
          response.end(JSON.stringify({ sub: onNode.getAccessToken(request).subject })),
        ),
        '/admin': onNode.protect(protector, 'admin', (_request, response) => response.end('{}')),
        '/open': onNode.protect(protector, { optional: true }, (request, response) =>
          response.end(JSON.stringify({ sub: onNode.findAccessToken(request)?.subject ?? 'nobody' })),
        ),
      }
      return onNode.resourceMetadata(protector, (request, response) => {
        const route = routes[new URL(request.url ?? '', 'http://api').pathname]
        if (route === undefined) response.writeHead(404).end()
        else route(request, response)
      })
    },
  },
  {
    name: 'web',
    listener: (protector) => {
      const routes: Record<string, (request: Request) => Promise<Response>> = {
        '/me': onWeb.protect(protector, 'read', (_request, { oauth }) => Response.json({ sub: oauth.subject })),
        '/admin': onWeb.protect(protector, 'admin', () => Response.json({})),
        '/open': onWeb.protect(protector, { optional: true }, (_request, { oauth }) =>
          Response.json({ sub: oauth?.subject ?? 'nobody' }),
        ),
      }
      const fetchHandler = onWeb.resourceMetadata(protector, (request) => {
        const route = routes[new URL(request.url).pathname]
        return route?.(request).catch(() => new Response(null, { status: 500 })) ?? new Response(null, { status: 404 })
      })
      return fetchListener(fetchHandler)
    },
  },
]

describe.each(hosts)('adapter contract, protected API: $name', ({ listener }) => {
  let running: Running
  let metadataUrl = ''
  beforeAll(async () => {
    running = await listen((origin) => listener(createProtector(`${origin}/v1`)))
    metadataUrl = `${running.origin}/.well-known/oauth-protected-resource/v1`
  })
  afterAll(() => running.close())

  const get = (path: string, authorization?: string | readonly string[]): Promise<Response> =>
    fetch(running.origin + path, {
      headers: [authorization ?? []].flat().map((value): [string, string] => ['authorization', value]),
    })

  it('hands the token to the handler, and its headers to the answer', async () => {
    const response = await get('/me', 'Bearer good')
    expect(response.status).toBe(200)
    expect(response.headers.get('dpop-nonce')).toBe('n1')
    expect(await response.json()).toEqual({ sub: 'u1' })
  })

  it.each([
    ['/me', undefined, 401, undefined],
    ['/me', 'Bearer bad', 401, 'invalid_token'],
    ['/admin', 'Bearer good', 403, 'insufficient_scope'],
    ['/me?access_token=good', 'Bearer good', 400, 'invalid_request'],
    ['/open', 'Bearer bad', 401, 'invalid_token'],
  ])('RFC 6750 §3: answers %s with %s by %i %s', async (path, authorization, status, error) => {
    const response = await get(path, authorization)
    expect(response.status).toBe(status)
    const challenge = response.headers.get('www-authenticate') ?? ''
    expect(challenge.startsWith('Bearer realm="api"')).toBe(true)
    expect(challenge).toContain(`resource_metadata="${metadataUrl}"`)
    expect(/error="(\w+)"/.exec(challenge)?.[1]).toBe(error)
  })

  it('refuses two Authorization headers', async () => {
    const response = await get('/me', ['Bearer good', 'Bearer bad'])
    expect(response.status).toBe(400)
  })

  it.each([
    [undefined, 'nobody'],
    ['Bearer good', 'u1'],
  ])('protects optionally: %s', async (authorization, sub) => {
    expect(await (await get('/open', authorization)).json()).toEqual({ sub })
  })

  it('tells nobody what is broken behind it', async () => {
    const response = await get('/me', 'Bearer broken')
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('hunter2')
  })

  it('RFC 9728 §3: says what it is, at its well-known path', async () => {
    const response = await fetch(metadataUrl)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(await response.json()).toEqual({
      resource: `${running.origin}/v1`,
      authorization_servers: ['https://op.example'],
      bearer_methods_supported: ['header'],
    })
    expect((await fetch(metadataUrl, { method: 'HEAD' })).status).toBe(200)
  })
})
