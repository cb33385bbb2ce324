import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { fetchJson, type OutgoingFetchOptions, type OutgoingRequest, outgoingFetch } from './fetch.ts'
import { FetchError } from './fetch-error.ts'
import { headerOf } from './response.ts'

const URL_WITH_SECRET = 'https://op.example/token?code=SECRET'

async function failure(promise: Promise<unknown>): Promise<FetchError> {
  try {
    await promise
  } catch (error) {
    if (error instanceof FetchError) return error
    throw error
  }
  throw new Error('did not fail')
}

function send(
  response: () => Response | Promise<Response>,
  request: Partial<OutgoingRequest> = {},
  options: OutgoingFetchOptions = {},
) {
  return outgoingFetch({ ...options, fetch: async () => response() })({ url: URL_WITH_SECRET, ...request })
}

function neverEnding(): { stream: ReadableStream<Uint8Array>; cancelled: () => boolean } {
  let isCancelled = false
  const stream = new ReadableStream<Uint8Array>({
    cancel() {
      isCancelled = true
    },
  })
  return { stream, cancelled: () => isCancelled }
}

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('outgoingFetch', () => {
  it('sends method, headers and body without following redirects, and hands back plain data', async () => {
    const fetch = vi.fn(
      async (_url: string, _init: RequestInit) => new Response('{}', { status: 201, headers: { 'X-A': '1' } }),
    )
    const response = await outgoingFetch({ fetch })({
      url: 'https://op.example/token',
      method: 'POST',
      headers: [['content-type', 'application/x-www-form-urlencoded']],
      body: 'a=1',
    })
    expect(fetch.mock.calls[0]).toMatchObject([
      'https://op.example/token',
      {
        method: 'POST',
        headers: [['content-type', 'application/x-www-form-urlencoded']],
        body: 'a=1',
        redirect: 'manual',
      },
    ])
    expect([response.status, headerOf(response, 'x-a'), new TextDecoder().decode(response.body)]).toEqual([
      201,
      '1',
      '{}',
    ])
  })

  it('uses the fetch that the platform has at that time', async () => {
    const transport = outgoingFetch()
    vi.stubGlobal('fetch', async () => new Response('later'))
    expect(new TextDecoder().decode((await transport({ url: 'https://op.example/' })).body)).toBe('later')
  })

  it.each([
    'http://op.example/token?code=SECRET',
    'http://127.evil.example/',
    'https://me:SECRET@op.example/token',
    'ftp://localhost/',
    '/token',
    '',
    'data:,x',
  ])('RFC 9700 §2.6, insecure: sends nothing to %j', async (url) => {
    const fetch = vi.fn()
    const error = await failure(outgoingFetch({ fetch })({ url }))
    expect(error.code).toBe('insecure')
    expect(error.message).toContain(
      'is not allowed: "url" must be absolute and https, or http on a loopback address, without user and password',
    )
    expect(error.message).not.toContain('SECRET')
    expect(fetch).not.toHaveBeenCalled()
  })

  it.each([301, 302, 303, 307, 308])('redirect: does not follow a %d', async (status) => {
    const error = await failure(
      send(() => new Response(null, { status, headers: { location: 'http://169.254.169.254/' } })),
    )
    expect({ code: error.code, status: error.status, message: error.message }).toEqual({
      code: 'redirect',
      status,
      message: `GET https://op.example/token answered with a redirect, which is not followed (status ${status})`,
    })
  })

  it('takes 304 for an answer', async () => {
    expect((await send(() => new Response(null, { status: 304 }))).status).toBe(304)
  })

  it.each([0, 101, 199, 600, 999])('RFC 9110 §15, network: %d is no status of a response', async (status) => {
    const response = Object.defineProperty(new Response('{}'), 'status', { value: status })
    const error = await failure(send(() => response))
    expect([error.code, error.status]).toEqual(['network', status])
  })

  it('believes no length of content that does not come, as after HEAD', async () => {
    const response = new Response(null, { headers: { 'content-length': '11' } })
    expect((await send(() => response, { method: 'HEAD' }, { maxBytes: 10 })).status).toBe(200)
  })

  it('too_large: reads no further than the limit', async () => {
    let sent = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 65_536
        controller.enqueue(new Uint8Array(65_536))
      },
    })
    const error = await failure(send(() => new Response(body)))
    expect([error.code, error.status, error.message]).toEqual([
      'too_large',
      200,
      'GET https://op.example/token answered more than is allowed (status 200)',
    ])
    expect(sent).toBeLessThan(1_300_000)
  })

  it('too_large: believes a length that is too large', async () => {
    const { stream, cancelled } = neverEnding()
    const error = await failure(
      send(() => new Response(stream, { headers: { 'content-length': '11' } }), {}, { maxBytes: 10 }),
    )
    expect(error.code).toBe('too_large')
    expect(cancelled()).toBe(true)
  })

  it('takes what is exactly as large as allowed', async () => {
    expect((await send(() => new Response('x'.repeat(10)), {}, { maxBytes: 10 })).body).toHaveLength(10)
  })

  it('timeout: waits for an answer only so long', async () => {
    vi.useFakeTimers()
    const pending = failure(send(() => new Promise(() => undefined)))
    await vi.advanceTimersByTimeAsync(10_000)
    const error = await pending
    expect([error.code, error.message]).toEqual(['timeout', 'GET https://op.example/token took too long'])
  })

  it('timeout: the body counts', async () => {
    vi.useFakeTimers()
    const pending = failure(send(() => new Response(neverEnding().stream), { method: 'POST' }, { timeout: '2s' }))
    await vi.advanceTimersByTimeAsync(2000)
    expect((await pending).message).toBe('POST https://op.example/token took too long')
  })

  it('leaves no timer behind', async () => {
    vi.useFakeTimers()
    await send(() => new Response('x'))
    await failure(send(() => Promise.reject(new Error('down'))))
    expect(vi.getTimerCount()).toBe(0)
  })

  it('network: says where it went, keeps the reason as its cause', async () => {
    const cause = new TypeError('fetch failed')
    const error = await failure(send(() => Promise.reject(cause)))
    expect([error.code, error.message, error.cause]).toEqual([
      'network',
      'GET https://op.example/token failed on the network',
      cause,
    ])
  })

  it.each(['SECRET\r\nx: y', 'SECRET\0', 'SECRET€'])(
    'RFC 9110 §5.5, network: does not quote the header value %j',
    async (value) => {
      const error = await failure(outgoingFetch()({ url: URL_WITH_SECRET, headers: [['authorization', value]] }))
      expect(error.code).toBe('network')
      expect(error.cause).toEqual(
        new TypeError('value of the header "authorization" has a character that HTTP does not allow'),
      )
    },
  )

  it('network: a body that breaks off', async () => {
    const body = new ReadableStream({
      pull(controller) {
        controller.error(new Error('reset'))
      },
    })
    expect((await failure(send(() => new Response(body)))).code).toBe('network')
  })

  it('throws what the caller aborted with', async () => {
    const controller = new AbortController()
    const reason = new Error('the user left')
    const pending = send(() => new Promise(() => undefined), { signal: controller.signal })
    controller.abort(reason)
    await expect(pending).rejects.toBe(reason)
    await expect(send(() => new Promise(() => undefined), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })
})

describe('a signal that outlives its requests', () => {
  it('has nobody listening to it once they are answered, or have failed', async () => {
    const { signal } = new AbortController()
    const listeners = new Set<unknown>()
    vi.spyOn(signal, 'addEventListener').mockImplementation((_, listener) => void listeners.add(listener))
    vi.spyOn(signal, 'removeEventListener').mockImplementation((_, listener) => void listeners.delete(listener))
    const any = vi.spyOn(AbortSignal, 'any')
    await send(() => new Response('{}'), { signal })
    await failure(send(() => Promise.reject(new Error('down')), { signal }))
    expect([listeners.size, any.mock.calls.length]).toEqual([0, 0])
  })
})

describe('outgoingFetch over the platform', () => {
  async function withServer<T>(listener: RequestListener, use: (url: string) => Promise<T>): Promise<T> {
    const server = createServer(listener)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  }

  it('exchanges bytes', async () => {
    const body = await withServer(
      (request, response) => request.pipe(response),
      async (url) => (await outgoingFetch()({ url, method: 'POST', body: Uint8Array.of(1, 2, 3) })).body,
    )
    expect([...body]).toEqual([1, 2, 3])
  })

  it('does not follow a redirect', async () => {
    const paths: string[] = []
    const listener: RequestListener = (request, response) => {
      paths.push(request.url ?? '')
      response.writeHead(302, { location: '/elsewhere' }).end()
    }
    const error = await withServer(listener, (url) => failure(outgoingFetch()({ url })))
    expect([error.code, paths]).toEqual(['redirect', ['/']])
  })

  it('keeps no part of an answer that is no HTTP: it may hold a token', async () => {
    const listener: RequestListener = (_, response) =>
      response.socket?.end('HTTP/1.1 200 OK\r\n{"access_token":"SECRET"}')
    const { cause } = await withServer(listener, (url) => failure(outgoingFetch()({ url })))
    expect(inspect(cause, { depth: 9 })).toContain('HPE_')
    expect(inspect(cause, { depth: 9 })).not.toContain('SECRET')
  })

  it('stops when the caller does, in the middle of a body', async () => {
    const reason = new Error('enough')
    const controller = new AbortController()
    const listener: RequestListener = (_, response) =>
      void response.writeHead(200).write('{', () => controller.abort(reason))
    await withServer(listener, async (url) => {
      await expect(outgoingFetch()({ url, signal: controller.signal })).rejects.toBe(reason)
    })
  })
})

describe('fetchJson', () => {
  const answer = (body: BodyInit, type: string, status = 200) =>
    fetchJson(outgoingFetch({ fetch: async () => new Response(body, { status, headers: { 'content-type': type } }) }), {
      url: URL_WITH_SECRET,
    })

  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON', 'application/jwk-set+json'])(
    'reads %s, whatever the status',
    async (type) => {
      const { status, value } = await answer('{"error":"invalid_grant"}', type, 400)
      expect([status, value]).toEqual([400, { error: 'invalid_grant' }])
    },
  )

  it('asks for JSON', async () => {
    const fetch = vi.fn(async (_url: string, _init: RequestInit) => Response.json({}))
    await fetchJson(outgoingFetch({ fetch }), { url: 'https://op.example/', headers: [['x-a', '1']] })
    expect(fetch.mock.calls[0]?.[1].headers).toEqual([
      ['accept', 'application/json'],
      ['x-a', '1'],
    ])
  })

  it.each(['text/html', 'application/jwt', 'text/json', 'application/jsonp', ''])(
    'content_type: refuses %j',
    async (type) => {
      const error = await failure(answer('{}', type, 502))
      expect([error.code, error.status, error.message]).toEqual([
        'content_type',
        502,
        'GET https://op.example/token answered something other than application/json (status 502)',
      ])
    },
  )

  it.each(['', '[]', '{', '{"__proto__":{}}', Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)])(
    'invalid_json: refuses %j',
    async (body) => {
      const error = await failure(answer(body, 'application/json'))
      expect([error.code, error.status, error.message]).toEqual([
        'invalid_json',
        200,
        'GET https://op.example/token answered what is not a JSON object in UTF-8 (status 200)',
      ])
    },
  )
})
