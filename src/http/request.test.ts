import { describe, expect, it } from 'vitest'
import { bodyReaders } from './body.ts'
import { HttpError } from './errors.ts'
import { fromFetch, type HttpRequest, pathOf, queryOf } from './request.ts'

const FORM = 'application/x-www-form-urlencoded'

function post(body: BodyInit | null, contentType?: string): HttpRequest {
  const headers = contentType === undefined ? [] : [['content-type', contentType] as [string, string]]
  const init = { method: 'POST', body, headers, duplex: 'half' }
  return fromFetch(new Request('https://op.example/token', init))
}

/** Bytes without the type that a string body brings along. */
function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}

async function refusal(
  action: () => PromiseLike<unknown> | unknown,
): Promise<Pick<HttpError, 'code' | 'status' | 'message'>> {
  try {
    await action()
  } catch (error) {
    if (error instanceof HttpError) return { code: error.code, status: error.status, message: error.message }
    throw error
  }
  throw new Error('was not refused')
}

function withUrl(url: string): HttpRequest {
  return { method: 'GET', url, header: () => undefined, ...bodyReaders(undefined, () => new Uint8Array()) }
}

describe('RFC 9112 §3.2 request targets', () => {
  it.each([
    ['https://op.example/token', '/token', ''],
    ['https://op.example/token?a=1#f?x=1', '/token', 'a=1'],
    ['https://op.example', '/', ''],
    ['https://op.example?a=1', '/', 'a=1'],
    ['HTTP://op.example:8080/a/b?c=/d', '/a/b', 'c=%2Fd'],
    ['/token?a=1&b=https://x/y', '/token', 'a=1&b=https%3A%2F%2Fx%2Fy'],
    ['/token', '/token', ''],
    ['/token?', '/token', ''],
    ['//evil.example/token', '//evil.example/token', ''],
    ['/a%2Fb', '/a%2Fb', ''],
    ['*', '*', ''],
    ['x?u=https://a/token', 'x', 'u=https%3A%2F%2Fa%2Ftoken'],
  ])('%s has path %s and query %s', (url, path, query) => {
    expect(pathOf(withUrl(url))).toBe(path)
    expect(queryOf(withUrl(url)).toString()).toBe(query)
  })

  it('refuses a query that is not percent-encoded UTF-8', async () => {
    expect(await refusal(() => queryOf(withUrl('/a?b=%ff')))).toEqual({
      code: 'malformed_form',
      status: 400,
      message: 'parameter names and values must be percent-encoded UTF-8',
    })
  })
})

describe('fromFetch', () => {
  it('hands over method, url and headers', () => {
    const request = fromFetch(new Request('https://op.example/a?b=c', { headers: { 'X-Test': '1' } }))
    expect([request.method, request.url, request.header('x-test'), request.header('absent')]).toEqual([
      'GET',
      'https://op.example/a?b=c',
      '1',
      undefined,
    ])
  })

  it.each([FORM, `${FORM};charset=UTF-8`, 'Application/X-WWW-Form-URLEncoded ; charset=utf-8'])(
    'reads a form as %s',
    async (type) => {
      const request = post('a=1&b=%C3%A9', type)
      expect((await request.form()).get('b')).toBe('é')
    },
  )

  it('reads the body once, however often it is asked', async () => {
    const request = post('a=1', FORM)
    const [first, second] = await Promise.all([request.form(), request.form()])
    expect(second).toBe(first)
    expect(await request.form()).toBe(first)
  })

  it('reads JSON', async () => {
    expect(await post('{"a":[1]}', 'application/json; charset=utf-8').json()).toEqual({ a: [1] })
  })

  it('takes no body and no type for an empty form', async () => {
    expect((await post(null).form()).names()).toEqual([])
  })

  it.each([
    ['a form that says it is JSON', () => post('a=1', 'application/json').form(), `request body must be ${FORM}`],
    ['a form that does not say', () => post(bytes('a=1')).form(), `request body must be ${FORM}`],
    ['a multipart form', () => post('x', 'multipart/form-data; boundary=x').form(), `request body must be ${FORM}`],
    ['JSON that says it is a form', () => post('{}', FORM).json(), 'request body must be application/json'],
    ['JSON that does not say', () => post(bytes('{}')).json(), 'request body must be application/json'],
    ['JSON of another kind', () => post('{}', 'application/jose+json').json(), 'request body must be application/json'],
  ])('415: %s', async (_, action, message) => {
    expect(await refusal(action)).toEqual({ code: 'unsupported_media_type', status: 415, message })
  })

  it.each(['', '[]', '{', '{"a":1,"a":2}', '{"__proto__":{}}'])('400: a JSON body that is %j', async (text) => {
    expect(await refusal(() => post(text, 'application/json').json())).toEqual({
      code: 'malformed_json',
      status: 400,
      message: 'request body must be a JSON object that names no member twice',
    })
  })

  it('400: a body that is not UTF-8', async () => {
    const message = 'request body must be UTF-8'
    const body = Uint8Array.of(0x61, 0xff)
    expect(await refusal(() => post(body, FORM).form())).toEqual({ code: 'malformed_form', status: 400, message })
    expect(await refusal(() => post(body, 'application/json').json())).toEqual({
      code: 'malformed_json',
      status: 400,
      message,
    })
  })

  it('413: a body beyond 64 KiB, of which no more is read than it takes to know', async () => {
    let pulled = 0
    let isCancelled = false
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1
        controller.enqueue(new Uint8Array(16_384))
      },
      cancel() {
        isCancelled = true
      },
    })
    expect(await refusal(() => post(stream, FORM).form())).toEqual({
      code: 'too_large',
      status: 413,
      message: 'request body must not be longer than 64 KiB',
    })
    expect(isCancelled).toBe(true)
    expect(pulled).toBeLessThan(8)
  })

  it('413: a body whose length says so, before it is read', async () => {
    const request = new Request('https://op.example/', {
      method: 'POST',
      body: 'a=1',
      headers: { 'content-type': FORM, 'content-length': '65537' },
    })
    expect((await refusal(() => fromFetch(request).form())).status).toBe(413)
    expect(request.bodyUsed).toBe(false)
  })

  it('400: a body whose sender goes away', async () => {
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error('socket hang up')) })
    expect(await refusal(() => post(body, FORM).form())).toEqual({
      code: 'incomplete_body',
      status: 400,
      message: 'request body ended early',
    })
  })

  it('says so when something in front has emptied the request', async () => {
    const request = new Request('https://op.example/', {
      method: 'POST',
      body: 'a=1',
      headers: { 'content-type': FORM },
    })
    await request.text()
    await expect(fromFetch(request).form()).rejects.toThrow(
      new TypeError('request body was already read: hand the request over before a body parser does'),
    )
  })
})

describe('bodyReaders', () => {
  it('413: a body that the adapter let through', async () => {
    const readers = bodyReaders(FORM, () => new Uint8Array(65_537))
    expect((await refusal(() => readers.form())).status).toBe(413)
  })

  it('reads nothing that nobody asks for', async () => {
    let reads = 0
    const readers = bodyReaders(FORM, () => {
      reads += 1
      return bytes('a=1')
    })
    expect(reads).toBe(0)
    await readers.form()
    await readers.form()
    expect(reads).toBe(1)
  })
})
