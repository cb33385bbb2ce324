/** Visible ASCII that RFC 3986 §2 lets stand in a URI, without `#`: a redirect URI has no fragment. */
const URI_CHARACTERS = /^[A-Za-z0-9\-._~:/?[\]@!$&'()*+,;=%]+$/
/** An http URI on a loopback host: host, port, and the rest. Nothing but a path or a query may follow the port. */
const LOOPBACK = /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(?::(\d{1,5}))?((?:[/?].*)?)$/

export type ApplicationType = 'web' | 'native'

/**
 * What is wrong with a redirect URI that somebody wants to register, or nothing. The one rule for static clients,
 * registration and administration alike.
 *
 * - absolute, without fragment (RFC 6749 §3.1.2) and without user information, which only serves to deceive;
 * - https, or http on a loopback host;
 * - for native clients also a private-use scheme, which has a period in it (RFC 8252 §7.1, §8.4): that leaves
 *   `javascript:`, `data:` and their like no way in.
 *
 * @spec RFC 6749 §3.1.2
 * @spec RFC 8252 §8.4
 */
export function findRedirectUriProblem(uri: string, applicationType: ApplicationType = 'web'): string | undefined {
  if (uri.includes('#')) return 'must not have a fragment'
  if (!URI_CHARACTERS.test(uri) || !URL.canParse(uri)) return 'must be an absolute URI'
  const url = new URL(uri)
  if (url.username !== '' || url.password !== '') return 'must not have user information'
  if (url.host.includes('*'))
    return 'must name one host: redirect URIs are compared character by character, without wildcards'
  if (url.protocol === 'https:') return uri.startsWith('https://') ? undefined : 'must be an absolute URI'
  if (url.protocol === 'http:')
    return LOOPBACK.test(uri) ? undefined : 'must be https unless its host is a loopback host'
  if (applicationType === 'native') {
    return url.protocol.includes('.')
      ? undefined
      : 'must use a private-use scheme with a period, such as "com.example.app:"'
  }
  return 'must be https, or http on a loopback host, unless "application_type" is "native"'
}

/**
 * Whether a requested redirect URI is a registered one: the same string, character by character. The port of a loopback
 * redirect is free for native clients, which take whichever the system gives them. Of a client that says of itself neither
 * that it is native nor that it is not, the port of a loopback address is free, that of `localhost` is not.
 *
 * @spec RFC 9700 §2.1
 * @spec RFC 8252 §7.3
 */
export function matchesRedirectUri(registered: string, requested: string, applicationType?: ApplicationType): boolean {
  if (registered === requested) return true
  if (applicationType === 'web') return false
  const [, host, , rest] = LOOPBACK.exec(registered) ?? []
  const [, requestedHost, port, requestedRest] = LOOPBACK.exec(requested) ?? []
  if (host === undefined || host !== requestedHost || rest !== requestedRest) return false
  return Number(port ?? 80) <= 65_535 && (host !== 'localhost' || applicationType === 'native')
}
