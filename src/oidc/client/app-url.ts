import { isHttpsOrLoopback, parseUrl } from '../../http/url.ts'
import { ClientError } from '../../oauth2/client/errors.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'

/** Longer paths are nobody's page, and would fill the cookie that remembers them. */
const MAX_RETURN_TO = 2048

/** What is wrong with the address of an application, as a sentence; nothing where it is right. */
export function findBaseUrlProblem(baseUrl: string | undefined): string | undefined {
  if (baseUrl === undefined) return undefined
  const url = parseUrl(baseUrl)
  // The text itself goes in front of paths, with whatever the parser mends silently.
  const isPlain = url !== undefined && url.username === '' && url.password === '' && !/[?#\\\s]/.test(baseUrl)
  if (isPlain && isHttpsOrLoopback(url)) return undefined
  return '"baseUrl" must be an absolute URL with https, or http on a loopback host, without user, query, fragment or blanks'
}

/**
 * The address of one of the application's pages: a path goes behind `baseUrl`, and never behind the request's `Host`, which
 * anybody can send.
 *
 * @throws ConfigurationError where it is neither a path nor an absolute URI, or there is no `baseUrl` for a path.
 */
export function resolveAppUrl(baseUrl: string | undefined, target: string, name: string): string {
  if (!target.startsWith('/')) {
    if (parseUrl(target) !== undefined) return target
    throw new ConfigurationError('OAuth', [`"${name}" must be an absolute URI, or a path that starts with "/"`])
  }
  if (baseUrl === undefined) {
    throw new ConfigurationError('OAuth', [`"baseUrl" is missing: "${name}" is a path, and "Host" is not trusted`])
  }
  if (hidesHost(target)) throw new ConfigurationError('OAuth', [`"${name}" must be a path, not another host`])
  return baseUrl.replace(/\/+$/, '') + target
}

/**
 * A path of the application to go on to after a login, out of what often comes from a query and may be anybody's, and a list
 * where it came twice. Browsers read `//evil.example` and `/\evil.example` as other hosts, and drop tabs and line breaks before they read.
 *
 * @param home any address of the application; an absolute `returnTo` must have its origin.
 * @returns path, query and fragment.
 * @throws ClientError `return_to_refused`
 * @spec RFC 9700 §4.11.1
 */
export function checkReturnTo(returnTo: string, home: string): string {
  const { origin, protocol } = new URL(home)
  const isFit = typeof returnTo === 'string' && returnTo.length <= MAX_RETURN_TO && !hidesHost(returnTo)
  const url = isFit ? parseAgainst(returnTo, home) : undefined
  // `/.//evil.example` loses its dot when it is parsed, which makes another host of what is left.
  if (origin === 'null' || url?.origin !== origin || url.protocol !== protocol || !/^\/(?!\/)/.test(url.pathname)) {
    throw new ClientError('return_to_refused', '"returnTo" must be a path of this application, or a URL of its origin')
  }
  return url.pathname + url.search + url.hash
}

function parseAgainst(target: string, home: string): URL | undefined {
  return parseUrl(target) ?? (target.startsWith('/') ? new URL(target, home) : undefined)
}

/** Whether a browser could read another host, or no page at all, out of what looks like a path. */
function hidesHost(target: string): boolean {
  return target.startsWith('//') || target.includes('\\') || hasControl(target) || target.trim() !== target
}

function hasControl(text: string): boolean {
  return /[\p{Cc}\p{Cf}\u2028\u2029]/u.test(text)
}
