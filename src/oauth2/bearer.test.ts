import { describe, expect, it } from 'vitest'
import { fromFetch } from '../http/request.ts'
import { findBearerToken, refuseBearer } from './bearer.ts'
import { OAuth2Error } from './errors.ts'

const URL = 'https://api.example/me'
const once = 'invalid_request: access token must be sent once, in one place'

function post(body: string, headers: Record<string, string> = {}): Request {
  return new Request(URL, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  })
}

function get(authorization?: string, query = ''): Request {
  return new Request(URL + query, authorization === undefined ? {} : { headers: { authorization } })
}

describe('RFC 6750 §2.1 the Authorization header', () => {
  it.each(['Bearer mF_9.B5f-4.1JqM', 'bearer mF_9.B5f-4.1JqM', 'BEARER   mF_9.B5f-4.1JqM'])(
    'reads "%s"',
    async (header) => {
      expect(await findBearerToken(fromFetch(get(header)))).toBe('mF_9.B5f-4.1JqM')
    },
  )

  it.each([undefined, 'Basic dTpw', 'DPoP abc', 'Digest username="u"'])(
    'finds no bearer token in %s',
    async (header) => {
      expect(await findBearerToken(fromFetch(get(header)))).toBeUndefined()
    },
  )

  it.each(['Bearer', 'Bearer token="abc"'])('refuses "%s"', async (header) => {
    await expect(findBearerToken(fromFetch(get(header)))).rejects.toThrow(
      'invalid_request: Bearer credentials must be one access token',
    )
  })

  it.each(['Bearer abc, Bearer def', 'Bearer a b', 'Bearer a,b'])(
    'refuses "%s", which is not one token',
    async (header) => {
      await expect(findBearerToken(fromFetch(get(header)))).rejects.toMatchObject({
        code: 'invalid_request',
        status: 400,
      })
    },
  )
})

describe('RFC 6750 §2 no more than one method', () => {
  it('refuses header and query together', async () => {
    await expect(findBearerToken(fromFetch(get('Bearer abc', '?access_token=abc')))).rejects.toThrow(once)
  })

  it.each(['?q=100%', '?caf%E9', `?${'a&'.repeat(1001)}`])(
    'leaves a query of another kind alone: %.9s',
    async (query) => {
      expect(await findBearerToken(fromFetch(get('Bearer abc', query)))).toBe('abc')
    },
  )

  it('refuses header and body together where a body is read', async () => {
    const request = post('access_token=abc', { authorization: 'Bearer abc' })
    await expect(findBearerToken(fromFetch(request), { body: true })).rejects.toThrow(once)
  })

  it('refuses a name that comes twice', async () => {
    await expect(findBearerToken(fromFetch(post('access_token=a&access_token=b')), { body: true })).rejects.toThrow(
      once,
    )
  })
})

describe('RFC 6750 §2.2 the form body', () => {
  it('is read where the caller allows it', async () => {
    expect(await findBearerToken(fromFetch(post('access_token=abc')), { body: true })).toBe('abc')
  })

  it('is left alone otherwise', async () => {
    const request = post('access_token=abc')
    expect(await findBearerToken(fromFetch(request))).toBeUndefined()
    expect(request.bodyUsed).toBe(false)
  })

  it('is left alone when it is no form', async () => {
    const request = post('{}', { 'content-type': 'application/json', authorization: 'Bearer abc' })
    expect(await findBearerToken(fromFetch(request), { body: true })).toBe('abc')
    expect(request.bodyUsed).toBe(false)
  })

  it('keeps the status of a body that is too large', async () => {
    await expect(findBearerToken(fromFetch(post('a'.repeat(65_537))), { body: true })).rejects.toMatchObject({
      code: 'invalid_request',
      status: 413,
    })
  })
})

describe('RFC 9700 §4.3.2 never in the query', () => {
  it('takes a token in the query for no token', async () => {
    expect(await findBearerToken(fromFetch(get(undefined, '?access_token=abc')), { body: true })).toBeUndefined()
  })
})

describe('RFC 6750 §3 the challenge', () => {
  const challengeOf = (response: ReturnType<typeof refuseBearer>) =>
    response.headers.find(([name]) => name === 'www-authenticate')?.[1]

  it('names no error where no token was sent', () => {
    const response = refuseBearer({ realm: 'api', scope: 'read write' })
    expect(response.status).toBe(401)
    expect(response.body).toBeUndefined()
    expect(challengeOf(response)).toBe('Bearer realm="api", scope="read write"')
  })

  it('is bare where there is nothing to say', () => {
    expect(challengeOf(refuseBearer({}))).toBe('Bearer')
  })

  it.each([
    ['invalid_token', 401],
    ['insufficient_scope', 403],
    ['invalid_request', 400],
  ] as const)('answers %s with %i', (code, status) => {
    const response = refuseBearer({ realm: 'api', error: new OAuth2Error(code, 'words') })
    expect(response.status).toBe(status)
    expect(challengeOf(response)).toBe(`Bearer realm="api", error="${code}", error_description="words"`)
    expect(JSON.parse(String(response.body))).toEqual({ error: code, error_description: 'words' })
    expect(response.headers).toContainEqual(['cache-control', 'no-store'])
  })

  it('says when to come back', () => {
    const error = new OAuth2Error('temporarily_unavailable', 'words', { retryAfter: 5 })
    expect(refuseBearer({ error })).toMatchObject({ status: 503 })
    expect(refuseBearer({ error }).headers).toContainEqual(['retry-after', '5'])
  })
})
