import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CookieJar } from '../../test/support/cookie-jar.ts'
import { NOW, TestClock } from '../../test/support/stub-provider.ts'
import { ChunkedCookie } from './chunked-cookie.ts'
import { checkSessionOptions, type SessionsOptions } from './options.ts'

const secret = 'a secret that is long enough: 0123456789'

function create(options: Partial<SessionsOptions> = {}): ChunkedCookie {
  const settings = { secret, maxCookies: 4, clock: new TestClock().read, mode: 'cookie', ...options }
  return new ChunkedCookie(checkSessionOptions(settings as SessionsOptions))
}

const namesOf = (headers: readonly (readonly [string, string])[]) => headers.map(([, line]) => line.split('=')[0])

describe('next-auth#13186, better-auth#4697: a session that is larger than a cookie', () => {
  it('is in one cookie while it fits', () => {
    const headers = create().write('x', NOW + 60, new CookieJar().request())
    expect(headers).toEqual([
      ['set-cookie', '__Host-authwright.session=1.x; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure'],
    ])
  })

  it('goes over several, none of which is longer than browsers keep', () => {
    const cookie = create()
    const jar = new CookieJar()
    const text = 'x'.repeat(cookie.capacity)
    const headers = cookie.write(text, NOW + 60, jar.request())
    expect(namesOf(headers)).toEqual([
      '__Host-authwright.session',
      '__Host-authwright.session.1',
      '__Host-authwright.session.2',
      '__Host-authwright.session.3',
    ])
    for (const [, line] of headers) expect(line.length).toBeLessThanOrEqual(4096)
    jar.takeHeaders(headers)
    expect(cookie.read(jar.request())).toBe(text)
  })

  it('takes the place of a longer one, and leaves none of its parts behind', () => {
    const cookie = create()
    const jar = new CookieJar()
    jar.takeHeaders(cookie.write('a'.repeat(12_000), NOW + 60, jar.request()))
    expect(jar.cookies.size).toBe(4)
    jar.takeHeaders(cookie.write('b'.repeat(5000), NOW + 60, jar.request()))
    expect([...jar.cookies.keys()]).toEqual(['__Host-authwright.session', '__Host-authwright.session.1'])
    expect(cookie.read(jar.request())).toBe('b'.repeat(5000))
    jar.takeHeaders(cookie.clear(jar.request()))
    expect(jar.cookies.size).toBe(0)
  })

  it('forgets parts that the same answer has set before', () => {
    const headers = create().write('x', NOW + 60, new CookieJar().request(), 3)
    expect(namesOf(headers)).toEqual([
      '__Host-authwright.session',
      '__Host-authwright.session.1',
      '__Host-authwright.session.2',
    ])
    expect(headers.slice(1).every(([, line]) => line.includes('Max-Age=0'))).toBe(true)
  })

  it('is not there where a part is missing', () => {
    const cookie = create()
    const jar = new CookieJar()
    jar.takeHeaders(cookie.write('a'.repeat(9000), NOW + 60, jar.request()))
    jar.cookies.delete('__Host-authwright.session.1')
    expect(cookie.read(jar.request())).toBeUndefined()
  })

  it.each(['', 'x', '0.x', '5.x', '1', '.x', '1x'])('is not there where the first part is %j', (value) => {
    const jar = new CookieJar()
    jar.cookies.set('__Host-authwright.session', value)
    expect(create().read(jar.request())).toBeUndefined()
  })

  it('comes back as it was, whatever its length, and however long the one before was', () => {
    const cookie = create()
    const text = fc.integer({ min: 0, max: cookie.capacity }).map((length) => 'A-z_09'.repeat(3000).slice(0, length))
    fc.assert(
      fc.property(text, text, (before, after) => {
        const jar = new CookieJar()
        jar.takeHeaders(cookie.write(before, NOW + 60, jar.request()))
        jar.takeHeaders(cookie.write(after, NOW + 60, jar.request()))
        expect(cookie.read(jar.request())).toBe(after)
      }),
    )
  })

  it('is counted in cookies: two where nothing else is said', () => {
    expect(create({ maxCookies: 2 }).capacity * 2).toBe(create().capacity)
  })
})

describe('RFC 6265bis §4.1.3.2 a cookie that a sibling host has planted', () => {
  it('does not count on https, whole or as a part', () => {
    const cookie = create()
    const jar = new CookieJar()
    jar.plant('authwright.session', '1.theirs')
    expect(cookie.read(jar.request())).toBeUndefined()
    jar.takeHeaders(cookie.write('m'.repeat(5000), NOW + 60, jar.request()))
    jar.plant('authwright.session.1', 'theirs')
    expect(cookie.read(jar.request())).toBe('m'.repeat(5000))
  })

  it('does not count under a name that only looks like ours', () => {
    const jar = new CookieJar()
    jar.plant('\u00a0__Host-authwright.session', '1.theirs')
    expect(create().read(jar.request())).toBeUndefined()
  })
})
