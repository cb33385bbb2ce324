/**
 * The URL of a well-known document about an issuer, its name inserted before the issuer's path.
 *
 * @example
 * insertWellKnown('https://op.example/tenant', 'oauth-authorization-server')
 * // https://op.example/.well-known/oauth-authorization-server/tenant
 * @spec RFC 8414 §3.1
 */
export function insertWellKnown(issuer: string, name: string): string {
  const { origin, pathname } = new URL(issuer)
  return `${origin}/.well-known/${name}${withoutFinalSlash(pathname)}`
}

/**
 * The URL of a well-known document about an issuer, appended to the issuer's path.
 *
 * @example
 * appendWellKnown('https://op.example/tenant', 'openid-configuration')
 * // https://op.example/tenant/.well-known/openid-configuration
 * @spec OIDC Discovery §4
 */
export function appendWellKnown(issuer: string, name: string): string {
  return `${withoutFinalSlash(issuer)}/.well-known/${name}`
}

/**
 * Whether a host name, as `URL.hostname` spells it, is this very machine.
 *
 * @spec RFC 8252 §7.3
 */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
}

/** Whether what is sent there cannot be read on the way: https, or http that does not leave the machine. */
export function isHttpsOrLoopback(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname))
}

/** An absolute URL, or nothing where the text is none. */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

/**
 * What is wrong with an issuer identifier, as the end of a sentence; nothing where it is right: https (http on loopback,
 * for development), without query, fragment or credentials. It is compared as text everywhere, so the text itself counts.
 *
 * @spec RFC 8414 §2
 * @spec OIDC Discovery §3
 */
export function checkIssuer(issuer: string): string | undefined {
  const url = parseUrl(issuer)
  if (url === undefined) return 'must be an absolute URL'
  if (!isHttpsOrLoopback(url)) return 'must be https, or http on a loopback address'
  if (url.username !== '' || url.password !== '') return 'must not hold a user or password'
  // An empty query or fragment leaves no trace in the URL, but makes another text.
  if (/[?#]/.test(issuer)) return 'must not have a query or fragment'
  // The parser would mend these silently, and the text would name another place than it says.
  if (/[^\x21-\x7e]|\\/.test(issuer)) return 'must be percent-encoded ASCII'
  return undefined
}

function withoutFinalSlash(text: string): string {
  return text.endsWith('/') ? text.slice(0, -1) : text
}
