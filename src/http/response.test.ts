import { describe, expect, it } from 'vitest'
import { NO_STORE, parseMaxAge } from './cache-control.ts'
import { empty, headerOf, html, json, redirect, toFetch, withHeaders } from './response.ts'

describe('responses', () => {
  it('RFC 6749 §5.1: carry JSON that nobody stores', () => {
    expect(json(400, { error: 'invalid_request', error_description: undefined }, NO_STORE)).toEqual({
      status: 400,
      headers: [
        ['content-type', 'application/json'],
        ['cache-control', 'no-store'],
        ['pragma', 'no-cache'],
      ],
      body: '{"error":"invalid_request"}',
    })
  })

  it('carry pages that nobody frames, stores or sniffs', () => {
    expect(html(200, '<p>')).toEqual({
      status: 200,
      headers: [
        ['content-type', 'text/html; charset=utf-8'],
        ['cache-control', 'no-store'],
        ['pragma', 'no-cache'],
        ['content-security-policy', "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"],
        ['referrer-policy', 'no-referrer'],
        ['x-content-type-options', 'nosniff'],
        ['x-frame-options', 'DENY'],
      ],
      body: '<p>',
    })
  })

  it('take a page’s own headers in the place of the defaults', () => {
    const response = html(200, '<p>', [['content-security-policy', "default-src 'self'"]])
    expect(response.headers.filter(([name]) => name === 'content-security-policy')).toEqual([
      ['content-security-policy', "default-src 'self'"],
    ])
    expect(headerOf(response, 'x-frame-options')).toBe('DENY')
  })

  it('become fetch responses with every cookie', async () => {
    const response = toFetch(
      withHeaders(json(200, { a: 1 }), [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
      ]),
    )
    expect(response.status).toBe(200)
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(await response.json()).toEqual({ a: 1 })
  })

  it.each([204, 205, 304])('become fetch responses without a body where %d has none', async (status) => {
    expect(toFetch({ status, headers: [], body: '' }).body).toBeNull()
  })

  it('carry bytes', async () => {
    const response = toFetch({ status: 200, headers: [], body: Uint8Array.of(1, 2, 3).subarray(1) })
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([2, 3])
  })

  it('may be empty', () => {
    expect(empty()).toEqual({ status: 204, headers: [] })
    expect(empty(404, [['allow', 'GET']])).toEqual({ status: 404, headers: [['allow', 'GET']] })
    expect(headerOf(empty(), 'allow')).toBeUndefined()
  })
})

describe('RFC 9700 §4.12 redirects', () => {
  it('are 303, so that a form is not posted on', () => {
    expect(redirect('https://client.example/cb?code=a')).toEqual({
      status: 303,
      headers: [['location', 'https://client.example/cb?code=a'], ...NO_STORE],
    })
  })

  it.each(['http://127.0.0.1:1/cb', 'com.example.app:/cb', 'myapp://cb', 'https://a.example/#access_token=x'])(
    'go to %s',
    (location) => {
      expect(headerOf(redirect(location, 302), 'location')).toBe(location)
    },
  )

  it.each([
    '',
    '/login',
    '//evil.example/',
    'login',
    'https:',
    'https://a.example/\r\nset-cookie: a=b',
    'https://a.example/\nx',
    'https://a.example/ x',
    'https://a.example/é',
    'https://a.example/\0',
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'blob:https://a.example/x',
    'file:///etc/passwd',
    'about:blank',
  ])('do not go to %j', (location) => {
    expect(() => redirect(location)).toThrow(
      new TypeError('redirect location must be an absolute URI of a scheme that leads somewhere, percent-encoded'),
    )
  })
})

describe('RFC 9111 §5.2.2 max-age', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['public', undefined],
    ['max-age=60', 60],
    ['public, Max-Age=60 , must-revalidate', 60],
    ['max-age="60"', 60],
    ['s-maxage=5', undefined],
    ['max-age=-1', undefined],
    ['max-age=1e3', undefined],
    ['max-age=99999999999', undefined],
    ['no-store', 0],
    ['max-age=60, no-cache', 0],
  ])('of %j is %s', (header, seconds) => {
    expect(parseMaxAge(header)).toBe(seconds)
  })
})
