import { describe, expect, it, vi } from 'vitest'
import { HttpError } from '../http/errors.ts'
import { FetchError } from '../http/fetch-error.ts'
import { JoseError } from '../jose/errors.ts'
import { ClientError } from '../oauth2/client/errors.ts'
import { OAuth2Error } from '../oauth2/errors.ts'
import { StoreError } from '../stores/store-error.ts'
import { createLogger, type LogFields, silentLogger } from './logger.ts'

function record() {
  const lines: string[] = []
  const write = (line: string): void => void lines.push(line)
  return { lines, logger: createLogger({ debug: write, info: write, warn: write, error: write }) }
}

function lineOf(fields: LogFields): string {
  const { lines, logger } = record()
  logger.info('line', fields)
  return lines.join('\n')
}

describe('createLogger', () => {
  it('writes nothing by default', () => {
    expect(createLogger()).toBe(silentLogger)
    expect(silentLogger.error('nothing')).toBeUndefined()
  })

  it('hands over one finished line per call, at its level', () => {
    const target = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() }
    const logger = createLogger(target)
    logger.debug('one')
    logger.info('two', { client_id: 'app' })
    logger.warn('three')
    logger.error('four')
    expect([target.debug, target.info, target.warn, target.error].map(({ mock }) => mock.calls)).toEqual([
      [['one']],
      [['two {"client_id":"app"}']],
      [['three']],
      [['four']],
    ])
  })

  it('cannot be made to write a second line', () => {
    const { lines, logger } = record()
    logger.info('refused\r\nINFO accepted\u2028', { scope: 'a\nb' })
    expect(lines).toEqual(['refused INFO accepted  {"scope":"a\\nb"}'])
  })

  it('changes nothing when the target throws', () => {
    const fail = (): never => {
      throw new Error('disk full')
    }
    const logger = createLogger({ debug: fail, info: fail, warn: fail, error: fail })
    expect(() => logger.info('line')).not.toThrow()
  })
})

describe('the redactor: no token, code, verifier, secret, assertion or cookie reaches a log', () => {
  const SECRET = 'gX1fBat3bVsupersecret'

  it.each([
    'access_token',
    'refreshToken',
    'id_token',
    'token',
    'tokens',
    'code',
    'device_code',
    'user_code',
    'code_verifier',
    'codeVerifier',
    'client_secret',
    'clientSecret',
    'secret',
    'password',
    'client_assertion',
    'assertion',
    'subject_token',
    'logout_token',
    'registration_access_token',
    'Authorization',
    'proxy-authorization',
    'Cookie',
    'Set-Cookie',
    'DPoP',
    'state',
    'nonce',
    'request',
    'id_token_hint',
  ])('member %s', (name) => {
    expect(lineOf({ [name]: SECRET })).toBe(`line {"${name}":"[redacted]"}`)
  })

  it.each([
    ['a nested object', { a: { b: [{ client_secret: SECRET }] } }],
    ['a Map', { a: new Map([['refresh_token', SECRET]]) }],
    ['Headers', { a: new Headers({ authorization: `Bearer ${SECRET}` }) }],
    ['URLSearchParams', { a: new URLSearchParams({ code: SECRET }) }],
    ['pairs of headers', { headers: [['set-cookie', `sid=${SECRET}`]] }],
    ['a flat list of headers', { rawHeaders: ['Cookie', `sid=${SECRET}`] }],
    ['a Set', { a: new Set([`code=${SECRET}`]) }],
    ['bytes', { a: new TextEncoder().encode(SECRET) }],
    ['a private JWK', { key: { kty: 'EC', x: 'public', d: SECRET } }],
    ['a symmetric JWK', { key: { kty: 'oct', k: SECRET } }],
    ['a URL', { a: new URL(`https://app.example/cb?code=${SECRET}&x=1`) }],
    ['the query of a URL', { url: `https://app.example/cb?x=1&code=${SECRET}` }],
    ['the fragment of a URL', { url: `https://app.example/cb#access_token=${SECRET}&x=1` }],
    ['the query of a path', { url: `/cb?state=${SECRET}` }],
    ['a URL in a URL', { url: `/login?next=${encodeURIComponent(`/cb?x=1&code=${SECRET}&y=2`)}` }],
    [
      'a URL in a URL in a URL',
      { url: `/a?b=${encodeURIComponent(`/c?d=${encodeURIComponent(`/cb?code=${SECRET}`)}`)}` },
    ],
    ['a password in a URL', { url: `https://user:${SECRET}@op.example/` }],
    ['a form', { body: `grant_type=authorization_code&code_verifier=${SECRET}` }],
    ['a value with commas', { body: `code=ab,${SECRET}` }],
    ['a pair behind a comma', { text: `a=1,token=${SECRET}` }],
    ['a JSON text', { body: `{"access_token": "${SECRET}"}` }],
    ['a JSON text with quotes in the value', { body: `{"password":"a\\"${SECRET}","x":1}` }],
    ['a JSON text in a JSON text', { body: JSON.stringify({ body: `{"client_secret":"${SECRET}"}` }) }],
    ['a JSON text cut off', { body: `{"x":1,"refresh_token":"${SECRET}` }],
    ['a header line', { text: `GET / HTTP/1.1\r\nCookie: sid=${SECRET}; b=c\r\nHost: a` }],
    ['an Authorization value', { text: `sent Basic ${SECRET}==` }],
    ['a bearer token', { text: `bearer ${SECRET}` }],
    ['a JWT', { text: `got eyJhbGciOiJub25lIn0.${SECRET}.` }],
    ['an error message', { error: new Error(`failed: /cb?code=${SECRET}`) }],
    ['an error cause', { error: new Error('failed', { cause: new Error('why', { cause: { token: SECRET } }) }) }],
    ['an error member', { error: Object.assign(new Error('failed'), { body: { client_secret: SECRET } }) }],
    ['an error whose code is a code', { error: Object.assign(new Error('failed'), { code: SECRET }) }],
    ['several errors', { error: new AggregateError([new Error(`token=${SECRET}`)], 'all failed') }],
  ])('%s', (_, fields) => {
    const line = lineOf(fields)
    expect(line).not.toContain(SECRET)
    expect(line).toMatch(/redacted|\[bytes\]|"name":"Error"/)
  })

  it('goes over the message too', () => {
    const { lines, logger } = record()
    logger.warn(`callback /cb?code=${SECRET}&iss=https%3A%2F%2Fop.example`)
    expect(lines).toEqual(['callback /cb?code=[redacted]&iss=https%3A%2F%2Fop.example'])
  })

  it('leaves what is no secret', () => {
    const fields = {
      client_id: 'app',
      grant_type: 'authorization_code',
      token_type: 'Bearer',
      token_endpoint: 'https://op.example/token?tenant=a',
      error: 'invalid_grant',
      codeLength: 43,
      ok: true,
      nothing: null,
      list: ['a', 1],
      when: new Date(0),
    }
    expect(lineOf(fields)).toBe(
      'line {"client_id":"app","grant_type":"authorization_code","token_type":"Bearer",' +
        '"token_endpoint":"https://op.example/token?tenant=a","error":"invalid_grant","codeLength":43,"ok":true,' +
        '"nothing":null,"list":["a",1],"when":"1970-01-01T00:00:00.000Z"}',
    )
  })

  it('keeps name, code, message and stack of an error', () => {
    const error = Object.assign(new TypeError('connection refused'), { code: 'ECONNREFUSED' })
    error.stack = 'TypeError: connection refused\n  at here'
    expect(lineOf({ error })).toBe(
      'line {"error":{"name":"TypeError","code":"ECONNREFUSED","message":"connection refused",' +
        '"stack":"TypeError: connection refused\\n  at here"}}',
    )
  })

  it.each([
    new ClientError('authorization_refused', 'no', { refusal: { error: 'access_denied' } }),
    new FetchError('invalid_json', { url: 'https://op.example/token' }),
    new HttpError('malformed_form', 'no'),
    new JoseError('signature_invalid', 'no'),
    new OAuth2Error('invalid_grant', 'no'),
    new StoreError('corrupt_record', 'no'),
  ])('keeps the code of an error of this package, also as the cause of another: $name', (error) => {
    expect(lineOf({ error })).toContain(`"name":"${error.name}","code":"${error.code}"`)
    expect(lineOf({ error: new Error('failed', { cause: error }) })).toContain(`"code":"${error.code}"`)
  })

  it('takes a code outside an error for one that opens something', () => {
    expect(lineOf({ code: 'authorization_refused', codes: { code: 'x' } })).toBe(
      'line {"code":"[redacted]","codes":{"code":"[redacted]"}}',
    )
  })

  it('ends on circles, depth, length and values that JSON does not have', () => {
    const circle: Record<string, unknown> = {
      big: 10n,
      call: () => 1,
      long: 'x'.repeat(10_000),
      bad: new Date(Number.NaN),
    }
    circle['self'] = circle
    let deep: unknown = 'bottom'
    for (let level = 0; level < 20; level++) deep = { deep }
    const line = lineOf({ circle, deep, many: Array.from({ length: 1000 }, () => 1) })
    expect(line).toContain('"big":"10","call":"[function]"')
    expect(line).toContain('"bad":"[invalid date]","self":"[circular]"')
    expect(line).toContain('[too deep]')
    expect(line.length).toBeLessThan(6000)
  })

  it('takes what is nested too deep for a secret, instead of giving up on the line', () => {
    expect(lineOf({ a: `${'a='.repeat(1000)}${SECRET}` })).toBe('line {"a":"a=a=a=a=a=[redacted]"}')
  })

  it('has no prototype to reach: a member named __proto__ stays a member', () => {
    expect(lineOf({ a: JSON.parse('{"__proto__":{"token":"x"}}') })).toBe(
      'line {"a":{"__proto__":{"token":"[redacted]"}}}',
    )
  })
})
