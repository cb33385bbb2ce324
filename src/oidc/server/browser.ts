import type { CookieOptions } from '../../http/cookies.ts'
import { cookieName, expireCookie, parseCookies, serializeCookie } from '../../http/cookies.ts'
import type { Header } from '../../http/response.ts'
import type { RequestContext } from '../../oauth2/server/index.ts'
import type { Seconds } from '../../util/clock.ts'

/** What we hand to browsers: 256 random bits in base64url. Anything else in our cookies was not put there by us. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/

/** The value of one of our cookies. */
export function readCookie(context: RequestContext, name: string): string | undefined {
  const cookies = parseCookies(context.request.header('cookie'))
  const value = cookies.get(cookieName(nameAtPath(context, name), isSecure(context)))
  return value !== undefined && TOKEN.test(value) ? value : undefined
}

/** The header that sets one of our cookies; without `maxAge` it lasts until the browser is closed. */
export function setCookie(context: RequestContext, name: string, value: string, maxAge?: Seconds): Header {
  const options: CookieOptions = { secure: isSecure(context), ...(maxAge === undefined ? {} : { maxAge }) }
  return ['set-cookie', serializeCookie(nameAtPath(context, name), value, options)]
}

/** The header that makes the browser forget one of our cookies. */
export function clearCookie(context: RequestContext, name: string): Header {
  return ['set-cookie', expireCookie(nameAtPath(context, name), { secure: isSecure(context) })]
}

/**
 * Whether a form was sent from a page of ours, as far as the browser tells. Our pages send no referrer, and for such a
 * page browsers spell the origin `null`: that says nothing, and the form's own token has to decide.
 *
 * @spec RFC 6749 §10.12
 */
export function isOwnForm(context: RequestContext): boolean {
  const site = context.request.header('sec-fetch-site')
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  const origin = context.request.header('origin')
  return origin === undefined || origin === 'null' || origin === new URL(context.server.issuer).origin
}

/** Providers on one host that differ in their path share its cookies: each needs names of its own. */
function nameAtPath(context: RequestContext, name: string): string {
  const { pathname } = new URL(context.server.issuer)
  return pathname === '/' ? name : name + pathname.replaceAll(/[^\w-]/g, '.')
}

/** The issuer is configured; what the request says about its scheme is the work of proxies. */
function isSecure(context: RequestContext): boolean {
  return context.server.issuer.startsWith('https:')
}
