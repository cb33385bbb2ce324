import type { Seconds } from '../util/clock.ts'

/** How a cookie is set. It always belongs to this host alone and to all its paths, and no script can read it. */
export interface CookieOptions {
  /** Whether the site is on https: then the cookie is `Secure` and its name says so to the browser. */
  readonly secure: boolean
  /** How long the browser keeps it. Absent: until it is closed. */
  readonly maxAge?: Seconds
  /** Default `Lax`: it comes along when another site sends the browser here, not with its forms and scripts. */
  readonly sameSite?: 'Strict' | 'Lax' | 'None'
}

/** Browsers drop a cookie whose name and value are longer together. */
const MAX_COOKIE_BYTES = 4096
const MAX_HEADER_LENGTH = 32_768
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const COOKIE_VALUE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/

/**
 * The name a cookie goes by: on https `__Host-name`, which no other host and no plain http page can set or overwrite.
 * Development on http has no such thing.
 *
 * @spec RFC 6265bis §4.1.3.2
 */
export function cookieName(name: string, secure: boolean): string {
  return secure ? `__Host-${name}` : name
}

/**
 * Reads a `Cookie` header. Of a name that comes twice the first counts, which is the more specific one.
 *
 * @spec RFC 6265 §5.4
 */
export function parseCookies(header: string | undefined): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>()
  if (header === undefined || header.length > MAX_HEADER_LENGTH) return cookies
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=')
    const name = trimBlanks(pair.slice(0, equals))
    if (equals > 0 && name !== '' && !cookies.has(name)) cookies.set(name, unquote(trimBlanks(pair.slice(equals + 1))))
  }
  return cookies
}

/**
 * Writes a `Set-Cookie` header.
 *
 * @param name without prefix: `cookieName` adds it.
 * @throws TypeError where name, value or options make no cookie that a browser keeps.
 * @spec RFC 6265 §4.1
 */
export function serializeCookie(name: string, value: string, options: CookieOptions): string {
  const { secure, maxAge, sameSite = 'Lax' } = options
  const pair = `${cookieName(name, secure)}=${value}`
  if (!TOKEN.test(name)) throw new TypeError('cookie name must be letters, digits and the signs of an HTTP token')
  if (!COOKIE_VALUE.test(value))
    throw new TypeError('cookie value must be ASCII without space, quote, comma, semicolon, backslash')
  if (pair.length > MAX_COOKIE_BYTES) throw new TypeError('cookie must not be longer than 4096 bytes')
  if (sameSite === 'None' && !secure) throw new TypeError('cookie with "sameSite" None needs https')
  if (maxAge !== undefined && !Number.isSafeInteger(maxAge)) throw new TypeError('"maxAge" must be whole seconds')
  const attributes = ['Path=/', 'HttpOnly', `SameSite=${sameSite}`]
  if (maxAge !== undefined) attributes.push(`Max-Age=${maxAge}`)
  if (secure) attributes.push('Secure')
  return [pair, ...attributes].join('; ')
}

/** Writes the `Set-Cookie` header that makes the browser forget it. */
export function expireCookie(name: string, options: CookieOptions): string {
  return serializeCookie(name, '', { ...options, maxAge: 0 })
}

/**
 * Blank and tab only. `trim` takes away more than browsers do: a cookie that another host has named `\u00a0__Host-…`,
 * which no browser takes for a prefix, would turn into ours.
 *
 * @spec RFC 6265 §5.2
 */
function trimBlanks(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text, start)) start += 1
  while (start < end && isBlank(text, end - 1)) end -= 1
  return text.slice(start, end)
}

function isBlank(text: string, index: number): boolean {
  const sign = text.charAt(index)
  return sign === ' ' || sign === '\t'
}

function unquote(value: string): string {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value
}
