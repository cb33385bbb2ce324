import { describe, expect, it } from 'vitest'
import { cookieName, expireCookie, parseCookies, serializeCookie } from './cookies.ts'

describe('RFC 6265 §5.4 Cookie', () => {
  it.each([
    [undefined, {}],
    ['', {}],
    ['a=1', { a: '1' }],
    ['a=1; b=2;c=3 ; d = 4', { a: '1', b: '2', c: '3', d: '4' }],
    ['\ta \t=\t 1', { a: '1' }],
    ['a="1"; b=""; c="', { a: '1', b: '', c: '"' }],
    ['a=b=c', { a: 'b=c' }],
    ['a; =b; ;c=', { c: '' }],
    ['__proto__=1', JSON.parse('{"__proto__":"1"}')],
    ['a=%20', { a: '%20' }],
  ])('%j holds %j', (header, expected) => {
    expect(Object.fromEntries(parseCookies(header))).toEqual(expected)
  })

  it('counts the first of a name: a broader one set by somebody else comes later', () => {
    expect(parseCookies('a=mine; a=theirs').get('a')).toBe('mine')
  })

  it('RFC 6265 §5.2, RFC 6265bis §4.1.3.2: takes no name for a prefixed one that browsers take for another', () => {
    // A sibling host can set these. `trim` strips every sign in front of them, and U+00A0 is one byte in a header.
    for (const sign of ['\u00a0', '\ufeff', '\u2000', '\u3000', '\v', '\f']) {
      expect([...parseCookies(`${sign}__Host-a=1; __Host-b${sign}=2`).keys()]).toEqual([
        `${sign}__Host-a`,
        `__Host-b${sign}`,
      ])
    }
  })

  it('is not read beyond a sane size', () => {
    expect(parseCookies(`a=${'x'.repeat(32_766)}`).size).toBe(1)
    expect(parseCookies(`a=${'x'.repeat(32_767)}`).size).toBe(0)
  })
})

describe('RFC 6265 §4.1, RFC 6265bis §4.1.3.2 Set-Cookie', () => {
  it('is bound to the host on https', () => {
    expect(cookieName('session', true)).toBe('__Host-session')
    expect(serializeCookie('session', 'abc', { secure: true })).toBe(
      '__Host-session=abc; Path=/; HttpOnly; SameSite=Lax; Secure',
    )
  })

  it('has no prefix on http, where browsers would refuse it', () => {
    expect(cookieName('session', false)).toBe('session')
    expect(serializeCookie('session', 'abc', { secure: false })).toBe('session=abc; Path=/; HttpOnly; SameSite=Lax')
  })

  it('lives as long as it is told, and comes along where it is told', () => {
    expect(serializeCookie('a', 'b', { secure: true, maxAge: 600, sameSite: 'None' })).toBe(
      '__Host-a=b; Path=/; HttpOnly; SameSite=None; Max-Age=600; Secure',
    )
  })

  it('can be taken back', () => {
    expect(expireCookie('a', { secure: true, maxAge: 600 })).toBe(
      '__Host-a=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure',
    )
  })

  it.each(['a;b', 'a b', 'a,b', 'a"b', 'a\\b', 'a\r\nb', 'é', 'a\0'])('refuses the value %j', (value) => {
    expect(() => serializeCookie('a', value, { secure: true })).toThrow(
      new TypeError('cookie value must be ASCII without space, quote, comma, semicolon, backslash'),
    )
  })

  it.each(['', 'a b', 'a=b', 'a;b', 'é', 'a\n'])('refuses the name %j', (name) => {
    expect(() => serializeCookie(name, 'a', { secure: true })).toThrow(
      new TypeError('cookie name must be letters, digits and the signs of an HTTP token'),
    )
  })

  it('refuses what a browser would drop', () => {
    const value = 'x'.repeat(4096 - '__Host-a='.length)
    expect(serializeCookie('a', value, { secure: true })).toContain(value)
    expect(() => serializeCookie('a', `${value}x`, { secure: true })).toThrow(
      new TypeError('cookie must not be longer than 4096 bytes'),
    )
    expect(() => serializeCookie('a', 'b', { secure: false, sameSite: 'None' })).toThrow(
      new TypeError('cookie with "sameSite" None needs https'),
    )
    expect(() => serializeCookie('a', 'b', { secure: true, maxAge: 1.5 })).toThrow(
      new TypeError('"maxAge" must be whole seconds'),
    )
  })
})
