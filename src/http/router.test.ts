import { describe, expect, it } from 'vitest'
import { bodyReaders } from './body.ts'
import type { HttpRequest } from './request.ts'
import { json } from './response.ts'
import { type Route, Router } from './router.ts'

const routes: Route[] = [
  { path: '/token', methods: ['POST'], cors: 'public', handle: () => json(200, { at: 'token' }) },
  { path: '/authorize', methods: ['GET', 'POST'], handle: ({ method }) => json(200, { at: 'authorize', method }) },
]

function ask(method: string, url: string): HttpRequest {
  return { method, url, header: () => undefined, ...bodyReaders(undefined, () => new Uint8Array()) }
}

const handle = (method: string, url: string) => new Router(routes).handle(ask(method, url))

describe('Router', () => {
  it('finds the handler by path and method', async () => {
    expect((await handle('GET', 'https://op.example/authorize?a=b')).body).toBe('{"at":"authorize","method":"GET"}')
    expect((await handle('POST', '/authorize')).body).toBe('{"at":"authorize","method":"POST"}')
  })

  it.each(['/', '/Token', '/token/', '/token/x', '//token', '/%74oken'])('404: %s is not here', async (url) => {
    expect(await handle('POST', url)).toEqual({ status: 404, headers: [] })
  })

  it.each(['*', 'op.example:443', 'token', '\\token'])('400: %s is no path', async (url) => {
    expect(await handle('OPTIONS', url)).toEqual({ status: 400, headers: [] })
    expect(new Router(routes).has(ask('OPTIONS', url))).toBe(false)
  })

  it.each([
    ['/token', 'GET', 'POST, OPTIONS'],
    ['/token', 'HEAD', 'POST, OPTIONS'],
    ['/authorize', 'DELETE', 'GET, POST, HEAD, OPTIONS'],
  ])('RFC 9110 §15.5.6: %s does not take %s', async (url, method, allow) => {
    const { status, headers, body } = await handle(method, url)
    expect([status, new Map(headers).get('allow'), body]).toEqual([405, allow, undefined])
  })

  it('RFC 9110 §9.3.2: answers HEAD as GET without content', async () => {
    expect(await handle('HEAD', '/authorize')).toEqual({ status: 200, headers: [['content-type', 'application/json']] })
  })

  it('knows which paths are its own', () => {
    const router = new Router(routes)
    expect([router.has(ask('GET', '/token?a')), router.has(ask('GET', '/other'))]).toEqual([true, false])
  })

  it('answers below a path, one segment deep', async () => {
    const below: Route = { path: '/clients/', below: true, methods: ['GET'], handle: ({ url }) => json(200, { url }) }
    const own: Route = { path: '/clients/own', methods: ['GET'], handle: () => json(200, { at: 'own' }) }
    const router = new Router([...routes, below, own])
    const at = async (url: string) => (await router.handle(ask('GET', url))).body
    expect(await at('/clients/abc?x=/y')).toBe('{"url":"/clients/abc?x=/y"}')
    expect(await at('/clients/own')).toBe('{"at":"own"}')
    expect([router.has(ask('GET', '/clients/abc')), router.has(ask('GET', '/clients/'))]).toEqual([true, false])
    for (const url of ['/clients', '/clients/', '/clients/a/b', '/clients//', '/other/abc', '/token/abc']) {
      expect(await router.handle(ask('GET', url))).toEqual({ status: 404, headers: [] })
    }
  })

  it('refuses two routes at one path', () => {
    expect(() => new Router([...routes, ...routes])).toThrow(new TypeError('two routes have the same path'))
  })
})

describe('CORS for public browser clients', () => {
  it('lets scripts of any origin read answers and refusals, without credentials', async () => {
    for (const method of ['POST', 'GET']) {
      const headers = new Map((await handle(method, '/token')).headers)
      expect(headers.get('access-control-allow-origin')).toBe('*')
      expect(headers.get('access-control-expose-headers')).toBe('WWW-Authenticate, DPoP-Nonce, Retry-After')
      expect(headers.has('access-control-allow-credentials')).toBe(false)
    }
  })

  it('answers the question that a browser asks before', async () => {
    expect(await handle('OPTIONS', '/token')).toEqual({
      status: 204,
      headers: [
        ['access-control-allow-origin', '*'],
        ['access-control-expose-headers', 'WWW-Authenticate, DPoP-Nonce, Retry-After'],
        ['access-control-allow-methods', 'POST'],
        ['access-control-allow-headers', 'Authorization, Content-Type, DPoP'],
        ['access-control-max-age', '7200'],
      ],
    })
  })

  it('is not for pages: the authorization endpoint has none of it', async () => {
    expect(await handle('OPTIONS', '/authorize')).toEqual({
      status: 204,
      headers: [['allow', 'GET, POST, HEAD, OPTIONS']],
    })
    expect((await handle('GET', '/authorize')).headers).toEqual([['content-type', 'application/json']])
  })
})
