import type { RequestListener } from 'node:http'
import express from 'express'
import { afterAll, describe, expect, it } from 'vitest'
import { OAuth as ExpressOAuth } from '../../../src/adapters/express.ts'
import { OAuth as NodeOAuth } from '../../../src/adapters/node.ts'
import { OAuth as WebOAuth } from '../../../src/adapters/web.ts'
import { listen, type Running } from '../../support/listen.ts'
import { StubProvider } from '../../support/stub-provider.ts'
import { fetchListener } from './hosts.ts'

const CALLBACK = 'https://app.example/callback'
const secret = 'a secret of at least thirty-two bytes'
const provider = await StubProvider.create()
const shared = { secret, transport: provider.transport, clock: provider.clock.read }

/** Every tenant is known by its name in the path; the callback is one for all. */
const find = (path: string, startedWith: string | undefined) => {
  const name = startedWith ?? path.slice(1)
  return { name, options: { clientId: 'app', issuer: provider.issuer, scope: 'openid' } }
}
const wishes = { responseMode: 'form_post' } as const

const apps: readonly [name: string, listener: () => RequestListener][] = [
  [
    'web',
    () => {
      const oauth = new WebOAuth({
        ...shared,
        resolve: (request, { startedWith }) => find(new URL(request.url).pathname, startedWith),
      })
      return fetchListener(async (request) => {
        const client = await oauth.resolveClient(request)
        if (request.method === 'GET') return client.authorizeRedirect(request, CALLBACK, wishes)
        const login = await client.authorizeAccessToken(request)
        // Looking at a request leaves its body to the application.
        const fields = (await request.formData()).has('state')
        return Response.json({ tenant: client.name, ok: login.ok, fields })
      })
    },
  ],
  ['node', () => nodeApp()],
  ['express behind a body parser', () => express().use(express.urlencoded({ extended: false }), nodeApp())],
  [
    'express',
    () => {
      const oauth = new ExpressOAuth({
        ...shared,
        resolve: (request, { startedWith }) => find(request.url ?? '', startedWith),
      })
      return express().use(async (request, response) => {
        const client = await oauth.resolveClient(request)
        if (request.method === 'GET') return client.authorizeRedirect(request, response, CALLBACK, wishes)
        await client.authorizeAccessToken(request, response)
        response.json({ tenant: client.name, ok: true, fields: true })
      })
    },
  ],
]

function nodeApp(): RequestListener {
  const oauth = new NodeOAuth({
    ...shared,
    resolve: (request, { startedWith }) => find(request.url ?? '', startedWith),
  })
  const answer: (...exchange: Parameters<RequestListener>) => Promise<void> = async (request, response) => {
    const client = await oauth.resolveClient(request)
    if (request.method === 'GET') return client.authorizeRedirect(request, response, CALLBACK, wishes)
    await client.authorizeAccessToken(request, response)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ tenant: client.name, ok: true, fields: true }))
  }
  return (request, response) => {
    answer(request, response).catch((error) => response.writeHead(500).end(String(error)))
  }
}

describe.each(apps)('adapter contract, providers of tenants: %s', (_, create) => {
  let running: Running | undefined
  afterAll(() => running?.close())

  it('finds the tenant again in a form that the provider posts, whose body is read but once', async () => {
    running = await listen(create)
    const start = await fetch(`${running.origin}/acme`, { redirect: 'manual' })
    const back = new URL(provider.authorize(start.headers.get('location') ?? ''))
    const cookie = start.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ')
    const response = await fetch(`${running.origin}/callback`, {
      method: 'POST',
      body: back.searchParams,
      headers: { cookie },
    })
    expect(await response.json()).toEqual({ tenant: 'acme', ok: true, fields: true })
  })
})

describe('adapter web', () => {
  it('starts a login out of a form that the application has read', async () => {
    const oauth = new WebOAuth({ ...shared, clients: { op: find('/op', undefined).options } })
    const request = new Request('https://app.example/login', {
      method: 'POST',
      body: new URLSearchParams({ csrf: 'x' }),
    })
    expect((await request.formData()).get('csrf')).toBe('x')
    expect((await oauth.op.authorizeRedirect(request, CALLBACK)).status).toBe(303)
  })
})
