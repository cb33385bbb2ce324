import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { json, queryOf } from '../../../src/http/index.ts'
import {
  AuthorizationServer,
  ClientCredentialsGrant,
  defineClient,
  type Endpoint,
} from '../../../src/oauth2/server/index.ts'
import { MemoryStore } from '../../../src/stores/memory.ts'
import { listen, type Running } from '../../support/listen.ts'
import { hosts } from './hosts.ts'

/** Says what of a request has arrived. */
const echo: Endpoint = {
  name: 'echo',
  path: '/echo',
  methods: ['GET', 'POST'],
  async handle({ request }) {
    const query = queryOf(request)
    const body = request.method !== 'POST' ? undefined : await request.json()
    return json(200, { query: query.all('a'), text: query.get('text'), cookie: request.header('cookie'), body }, [
      ['set-cookie', 'one=1; Path=/'],
      ['set-cookie', 'two=2; Path=/'],
      ['vary', 'Cookie'],
    ])
  },
}

const client = await defineClient({
  client_id: 'machine',
  client_secret: 'a-secret-of-some-length-1234567890',
  grant_types: ['client_credentials'],
})

function createServer(issuer: string): AuthorizationServer<MemoryStore> {
  return new AuthorizationServer({ issuer, store: new MemoryStore({ clients: [client] }) })
    .registerGrant(ClientCredentialsGrant)
    .registerEndpoint(echo)
}

describe.each(hosts)('adapter contract, server: $name', ({ listener, mountedAt, passesOn }) => {
  let running: Running
  let base = ''
  beforeAll(async () => {
    running = await listen((origin) => listener(createServer(`${origin}${mountedAt}`)))
    base = `${running.origin}${mountedAt}`
  })
  afterAll(() => running.close())

  const authorization = `Basic ${btoa('machine:a-secret-of-some-length-1234567890')}`
  const form = 'application/x-www-form-urlencoded'
  const post = (body: BodyInit, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${base}/token`, {
      method: 'POST',
      body,
      headers: { 'content-type': form, authorization, ...headers },
      ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
    })

  it('answers a token request', async () => {
    const response = await post('grant_type=client_credentials')
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toMatchObject({ token_type: 'Bearer', expires_in: 3600 })
  })

  it('sees that a parameter came twice', async () => {
    const response = await post('grant_type=client_credentials&grant_type=client_credentials')
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual({
      error: 'invalid_request',
      error_description: 'grant_type must be sent once',
    })
  })

  it('takes a body that is empty for one without parameters', async () => {
    const response = await post('')
    expect(await response.json()).toEqual({ error: 'invalid_request', error_description: 'grant_type is missing' })
  })

  it.each([
    ['with its length', () => `grant_type=client_credentials&pad=${'x'.repeat(65_536)}`],
    ['in chunks', () => new Blob([`grant_type=client_credentials&pad=${'x'.repeat(65_536)}`]).stream()],
  ])('answers 413 to a body that is too large, sent %s', async (_, body) => {
    const response = await post(body())
    expect(response.status).toBe(413)
    expect(await response.json()).toEqual({
      error: 'invalid_request',
      error_description: 'request body must not be longer than 64 KiB',
    })
  })

  it('answers 415 to a body of another type', async () => {
    const response = await post('{"grant_type":"client_credentials"}', { 'content-type': 'application/json' })
    expect(response.status).toBe(415)
  })

  it('reads a JSON body', async () => {
    const response = await fetch(`${base}/echo`, {
      method: 'POST',
      body: '{"a":{"b":[1]}}',
      headers: { 'content-type': 'application/json' },
    })
    expect(await response.json()).toMatchObject({ body: { a: { b: [1] } } })
  })

  it('reads the query as it was sent', async () => {
    const response = await fetch(`${base}/echo?a=1&a=2&text=%C3%A9+%2B`)
    expect(await response.json()).toMatchObject({ query: ['1', '2'], text: 'é +' })
  })

  it('carries cookies both ways and leaves those of the app', async () => {
    const response = await fetch(`${base}/echo`, { headers: { cookie: 'x=1; y=2' } })
    expect(await response.json()).toMatchObject({ cookie: 'x=1; y=2' })
    const own = ['one=1; Path=/', 'two=2; Path=/']
    expect(response.headers.getSetCookie()).toEqual(passesOn ? ['app=kept; Path=/', ...own] : own)
    expect(response.headers.get('vary')).toBe(passesOn ? 'Accept, Cookie' : 'Cookie')
  })

  it('answers HEAD without a body', async () => {
    const response = await fetch(`${base}/echo?a=1`, { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.text()).toBe('')
  })

  it('answers a preflight', async () => {
    const response = await fetch(`${base}/token`, {
      method: 'OPTIONS',
      headers: { origin: 'https://spa.example', 'access-control-request-method': 'POST' },
    })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('access-control-allow-methods')).toBe('POST')
  })

  it('answers 405 to a method that a path does not take', async () => {
    const response = await fetch(`${base}/token`)
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toContain('POST')
  })

  it('leaves other paths to the app', async () => {
    const response = await fetch(`${base}/elsewhere`)
    expect(response.status).toBe(passesOn ? 200 : 404)
    expect(await response.text()).toBe(passesOn ? 'the app' : '')
  })

  it('does not overlook a second Authorization header', async () => {
    const outgoing = httpRequest(`${base}/token`, {
      method: 'POST',
      headers: { 'content-type': form, authorization: [authorization, authorization] as unknown as string },
    })
    outgoing.end('grant_type=client_credentials')
    const [response] = await once(outgoing, 'response')
    expect(response.statusCode).toBe(401)
    response.resume()
  })

  it('survives a request that ends early', async () => {
    const { hostname, port } = new URL(base)
    const socket = connect(Number(port), hostname)
    const head = `POST ${mountedAt}/token HTTP/1.1\r\nHost: x\r\nContent-Type: ${form}\r\nContent-Length: 100\r\n\r\ngrant`
    await new Promise((resolve) => socket.write(head, resolve))
    socket.destroy()
    await once(socket, 'close')
    expect((await post('grant_type=client_credentials')).status).toBe(200)
  })
})
