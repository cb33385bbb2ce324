import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { listen } from '../../test/support/listen.ts'
import type { OutgoingRequest, Transport } from './fetch.ts'
import { FetchError } from './fetch-error.ts'
import { type NodeTransportOptions, nodeTransport } from './node-transport.ts'
import { headerOf } from './response.ts'

const running: { close(): unknown }[] = []
afterEach(async () => {
  for (const { close } of running.splice(0)) await close()
})

async function serve(listener: RequestListener): Promise<string> {
  const server = await listen(() => listener)
  running.push(server)
  return `${server.origin}/`
}

async function failure(promise: Promise<unknown>): Promise<FetchError> {
  try {
    await promise
  } catch (error) {
    if (error instanceof FetchError) return error
    throw error
  }
  throw new Error('did not fail')
}

async function send(
  listener: RequestListener,
  request: Partial<OutgoingRequest> = {},
  options: NodeTransportOptions = {},
): ReturnType<Transport> {
  return nodeTransport(options)({ url: await serve(listener), ...request })
}

const echo: RequestListener = (request, response) => {
  response.setHeader('x-seen', JSON.stringify([request.method, request.url, request.headers]))
  request.pipe(response)
}

describe('nodeTransport', () => {
  it('exchanges bytes, with method, path, query and headers as they were given', async () => {
    const url = `${await serve(echo)}a/b?c=d%20e`
    const headers: OutgoingRequest['headers'] = [
      ['X-Own', 'one'],
      ['x-own', 'two'],
    ]
    const response = await nodeTransport()({ url, method: 'POST', headers, body: Uint8Array.of(0, 255, 7) })
    expect([response.status, [...response.body]]).toEqual([200, [0, 255, 7]])
    expect(JSON.parse(headerOf(response, 'x-seen') ?? '')).toEqual([
      'POST',
      '/a/b?c=d%20e',
      expect.objectContaining({ 'x-own': 'one, two', 'content-length': '3', host: new URL(url).host }),
    ])
  })

  it.each(['GET', 'DELETE', 'PATCH', 'POST'])('RFC 9112 §6.2 says how long the body of a %s is', async (method) => {
    const url = await serve(echo)
    const transport = nodeTransport({ maxSockets: 1 })
    for (const body of ['{"ü":1}', '{}']) {
      expect(new TextDecoder().decode((await transport({ url, method, body })).body)).toBe(body)
    }
  })

  it('keeps connections open for the next request', async () => {
    const ports = new Set<number | undefined>()
    const url = await serve((request, response) => response.end(ports.add(request.socket.remotePort) && 'x'))
    const transport = nodeTransport()
    for (const _ of [1, 2, 3]) await transport({ url })
    expect(ports.size).toBe(1)
  })

  it.each(['http://op.example/token', 'ftp://localhost/', '/token', ''])(
    'RFC 9700 §2.6, insecure: sends nothing to %j',
    async (url) => {
      expect((await failure(nodeTransport()({ url }))).code).toBe('insecure')
    },
  )

  it('does not follow a redirect', async () => {
    const paths: (string | undefined)[] = []
    const error = await failure(
      send((request, response) => {
        paths.push(request.url)
        response.writeHead(302, { location: '/elsewhere' }).end('x'.repeat(100))
      }),
    )
    expect([error.code, error.status, paths]).toEqual(['redirect', 302, ['/']])
  })

  it('takes 304 and 204 for answers', async () => {
    for (const status of [204, 304]) {
      expect(await send((_, response) => response.writeHead(status).end())).toMatchObject({ status })
    }
  })

  it('too_large: reads no further than the limit', async () => {
    let isClosed: Promise<unknown> | undefined
    const error = await failure(
      send((_, response) => {
        isClosed = once(response, 'close')
        const more = (): void => {
          while (response.write('x'.repeat(4096)));
          response.once('drain', more)
        }
        more()
      }),
    )
    await isClosed
    expect([error.code, error.status]).toEqual(['too_large', 200])
  })

  it('takes what is exactly as large as allowed', async () => {
    const listener: RequestListener = (_, response) => response.end('x'.repeat(10))
    expect((await send(listener, {}, { maxBytes: 10 })).body).toHaveLength(10)
    expect((await failure(send(listener, {}, { maxBytes: 9 }))).code).toBe('too_large')
  })

  it('timeout: waits for an answer and for its end only so long', async () => {
    for (const listener of [() => undefined, (_, response) => response.write('x')] satisfies RequestListener[]) {
      const error = await failure(send(listener, { method: 'POST' }, { timeout: 0 }))
      expect([error.code, error.message]).toMatchObject(['timeout', expect.stringMatching(/^POST .* took too long$/)])
    }
  })

  it('leaves no timer behind', async () => {
    const url = await serve((_, response) => response.end('x'))
    const clear = vi.spyOn(globalThis, 'clearTimeout')
    const set = vi.spyOn(globalThis, 'setTimeout')
    await nodeTransport({ timeout: 77 })({ url })
    const ours = set.mock.results.find((_, index) => set.mock.calls[index]?.[1] === 77_000)?.value
    expect(clear).toHaveBeenCalledWith(ours)
    vi.restoreAllMocks()
  })

  it('throws what the caller aborted with, before, and in the middle of a body', async () => {
    const reason = new Error('enough')
    await expect(send(echo, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const controller = new AbortController()
    const stop: RequestListener = (_, response) => void response.write('{', () => controller.abort(reason))
    await expect(send(stop, { signal: controller.signal })).rejects.toBe(reason)
  })

  it('network: nobody there, a response that breaks off, an answer that is no HTTP', async () => {
    const { origin, close } = await listen(() => echo)
    await close()
    expect((await failure(nodeTransport()({ url: `${origin}/token?code=SECRET` }))).message).toBe(
      `GET ${origin}/token failed on the network`,
    )
    const breaks: RequestListener = (_, response) =>
      response.writeHead(200, { 'content-length': 9 }).write('x', () => response.destroy())
    const chunked: RequestListener = (_, response) => void response.write('x', () => response.destroy())
    const noise: RequestListener = (request) => void request.socket.end('what?\r\n\r\n')
    for (const listener of [breaks, chunked, noise]) expect((await failure(send(listener))).code).toBe('network')
  })

  it.each(['SECRET\r\nx: y', 'SECRET\0', 'SECRET€'])(
    'RFC 9110 §5.5, network: does not quote the header value %j',
    async (value) => {
      const error = await failure(send(echo, { headers: [['authorization', value]] }))
      expect([error.code, error.cause]).toEqual([
        'network',
        new TypeError('value of the header "authorization" has a character that HTTP does not allow'),
      ])
    },
  )

  it('network, and nothing kept: an answer that is no HTTP may hold a token', async () => {
    const listener: RequestListener = (_, response) =>
      response.socket?.end('HTTP/1.1 200 OK\r\n{"access_token":"SECRET"}')
    const { code, cause } = await failure(send(listener))
    expect([code, Object.keys(cause as Error)]).toEqual(['network', ['bytesParsed', 'code', 'reason']])
  })

  it.each([101, 199, 600, 999])('RFC 9110 §15, network: %d is no status of a response', async (status) => {
    const listener: RequestListener = (_, response) =>
      response.socket?.end(`HTTP/1.1 ${status} X\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n`)
    expect((await failure(send(listener))).code).toBe('network')
  })

  it('ends when the caller does, also while it waits for a connection', async () => {
    const transport = nodeTransport({ maxSockets: 1 })
    const url = await serve(() => undefined)
    const [first, second] = [new AbortController(), new AbortController()]
    const both = [first, second].map(({ signal }) => transport({ url, signal }).catch((reason: unknown) => reason))
    second.abort('second')
    expect(await both[1]).toBe('second')
    first.abort('first')
    expect(await both[0]).toBe('first')
  })

  it('network: a method that is none', async () => {
    expect((await failure(send(echo, { method: 'GET /x' }))).code).toBe('network')
  })
})

describe('RFC 9110 §8.4 content codings', () => {
  const packed =
    (coding: string, body: Uint8Array): RequestListener =>
    (_, response) =>
      response.writeHead(200, { 'content-encoding': coding }).end(body)

  it.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['GZip', gzipSync],
    ['identity', Buffer.from],
  ] as const)('unpacks %s, which nobody asked for', async (coding, pack) => {
    const response = await send(packed(coding, pack('{"a":1}')))
    expect(new TextDecoder().decode(response.body)).toBe('{"a":1}')
  })

  it('says that it wants none', async () => {
    const seen = headerOf(await send(echo), 'x-seen') ?? ''
    expect(JSON.parse(seen)[2]).toMatchObject({ 'accept-encoding': 'identity' })
  })

  it('too_large: what unpacks to more than is allowed', async () => {
    const error = await failure(send(packed('gzip', gzipSync(Buffer.alloc(1_048_577)))))
    expect([error.code, error.status]).toEqual(['too_large', 200])
  })

  it.each([
    ['zstd', 'x', 'content coding of the response is unknown'],
    ['gzip', 'x', 'unexpected end of file'],
  ])('network: refuses %s that cannot be unpacked', async (coding, body, message) => {
    const error = await failure(send(packed(coding, Buffer.from(body))))
    expect([error.code, (error.cause as Error).message]).toEqual(['network', message])
  })
})

const read = (name: string): string => readFileSync(new URL(`../../test/fixtures/tls/${name}`, import.meta.url), 'utf8')
const ca = read('ca.pem')

/** Answers with the name in the certificate that the client showed. */
async function serveSecurely(): Promise<number> {
  const options = {
    key: read('server.key'),
    cert: read('server.pem'),
    ca,
    requestCert: true,
    rejectUnauthorized: false,
  }
  const server = createSecureServer(options, (request, response) => {
    response.end(String((request.socket as TLSSocket).getPeerCertificate().subject?.CN ?? 'nobody'))
  })
  return started(server)
}

async function started(server: Server | ReturnType<typeof createSecureServer>): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  running.push({
    close() {
      server.close()
      server.closeAllConnections()
    },
  })
  return (server.address() as AddressInfo).port
}

const textOf = async (response: ReturnType<Transport>): Promise<string> =>
  new TextDecoder().decode((await response).body)

describe('nodeTransport over TLS (next-auth#2509, openid-client PR 851)', () => {
  it('trusts the authorities that it is given, and no others', async () => {
    const url = `https://localhost:${await serveSecurely()}/`
    expect(await textOf(nodeTransport({ ca })({ url }))).toBe('nobody')
    expect((await failure(nodeTransport()({ url }))).code).toBe('network')
  })

  it('RFC 8705 §2: shows its certificate', async () => {
    const url = `https://localhost:${await serveSecurely()}/`
    const clientCertificate = { cert: read('client.pem'), key: read('client.key') }
    expect(await textOf(nodeTransport({ ca, clientCertificate })({ url }))).toBe('client')
  })
})

describe('certificates that cannot be read', () => {
  it.each([
    ['no PEM', { cert: 'x', key: 'x' }],
    ['the key of another', { cert: read('client.pem'), key: read('server.key') }],
  ])('are refused at once: %s', (_, clientCertificate) => {
    expect(() => nodeTransport({ clientCertificate })).toThrow(
      'nodeTransport: "ca" or "clientCertificate" cannot be read',
    )
  })
})

describe('nodeTransport through a proxy (next-auth#3920, passport-oauth2#110)', () => {
  /** Connects `op.test` with the port on this machine; wants a password. */
  async function startProxy(target: number): Promise<{ port: number; asked: (string | undefined)[] }> {
    const asked: (string | undefined)[] = []
    const server = createServer((_, response) => response.writeHead(500).end())
    server.on('connect', (request, socket) => {
      asked.push(request.url, request.headers['proxy-authorization'])
      const isAllowed = request.headers['proxy-authorization'] === `Basic ${btoa('me:p:ss')}`
      if (!isAllowed) return socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
      const onward = connect(target, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
        onward.pipe(socket).pipe(onward)
      })
      return undefined
    })
    return { port: await started(server), asked }
  }

  it('reaches hosts elsewhere through it, and speaks TLS with them', async () => {
    const proxy = await startProxy(await serveSecurely())
    const transport = nodeTransport({ ca, proxy: `http://me:p%3Ass@127.0.0.1:${proxy.port}` })
    expect(await textOf(transport({ url: 'https://op.test/token' }))).toBe('nobody')
    expect(await textOf(transport({ url: 'https://op.test/token' }))).toBe('nobody')
    expect(proxy.asked).toEqual(['op.test:443', `Basic ${btoa('me:p:ss')}`])
  })

  it('reaches this machine without it', async () => {
    const url = await serve((_, response) => response.end('here'))
    expect(await textOf(nodeTransport({ proxy: 'http://127.0.0.1:9' })({ url }))).toBe('here')
  })

  it('network: a proxy that refuses, a proxy that is not there', async () => {
    const proxy = await startProxy(1)
    for (const port of [proxy.port, 9]) {
      const error = await failure(nodeTransport({ proxy: `http://127.0.0.1:${port}` })({ url: 'https://op.test/' }))
      expect(error.code).toBe('network')
    }
  })

  it('timeout: a proxy that says nothing', async () => {
    const silent = createServer().on('connect', (_, socket) => running.push({ close: () => socket.destroy() }))
    const proxy = `http://127.0.0.1:${await started(silent)}`
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const pending = failure(nodeTransport({ proxy, timeout: '1s' })({ url: 'https://op.test/' }))
    await vi.advanceTimersByTimeAsync(1000)
    vi.useRealTimers()
    expect((await pending).code).toBe('timeout')
  })

  it('refuses a password that is not percent-encoded', () => {
    expect(() => nodeTransport({ proxy: 'http://me:100%@127.0.0.1:3128' })).toThrow(
      'nodeTransport: user and password of "proxy" must be percent-encoded UTF-8',
    )
  })

  it.each(['socks5://127.0.0.1', 'proxy:3128', ''])('refuses the address %j', (proxy) => {
    expect(() => nodeTransport({ proxy })).toThrow('"proxy" must be an absolute URL with http or https')
  })
})

describe('nodeTransport elsewhere', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('says what to use where there is no node:http', () => {
    vi.stubGlobal('process', {})
    expect(() => nodeTransport()).toThrow('this runtime has no node:http: use outgoingFetch, over its fetch')
  })
})
