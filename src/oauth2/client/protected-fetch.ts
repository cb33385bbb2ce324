import type { OutgoingRequest } from '../../http/fetch.ts'
import type { Header } from '../../http/response.ts'
import { isHttpsOrLoopback, parseUrl } from '../../http/url.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { ClientError } from './errors.ts'
import type { TokenPlacement } from './options.ts'
import type { TokenSet } from './token-set.ts'
import { setParameters, toForm, type WireParameters } from './wire-parameters.ts'

/** A request to an API. At most one of `json`, `form` and `body`. */
export interface ProtectedRequestOptions {
  /** The token that opens the API; it is renewed first where it has expired and can be. */
  token?: TokenSet | undefined
  /** The request of the application that this call serves: the client's `fetchToken` finds the token that goes with it. */
  request?: unknown
  /** Whether to send no token at all. Default `false`. */
  withholdToken?: boolean
  headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  json?: unknown
  /** Sent as `application/x-www-form-urlencoded`. */
  form?: WireParameters
  /** Sent as it is; say in `headers` what it is. */
  body?: string | Uint8Array
  signal?: AbortSignal
}

/** How a token is presented. */
export interface Presentation {
  readonly token: TokenSet | undefined
  readonly placement: TokenPlacement
}

/**
 * A request with the access token: in its header unless the client was told otherwise, and never over plain http to another
 * machine.
 *
 * @throws ClientError `insecure_endpoint`
 * @spec RFC 6750 §2
 */
export function buildProtectedRequest(
  method: string,
  url: string,
  { token, placement }: Presentation,
  options: ProtectedRequestOptions,
): OutgoingRequest {
  requireSecure(url)
  const { signal } = options
  const place = token === undefined ? IN_NOTHING : PLACES[placementOf(token, placement, method, options)](token)
  const target = new URL(url)
  setParameters(target, place.query ?? {})
  const { type, body } = toContent(options, place.form)
  return {
    method: method.toUpperCase(),
    url: place.query === undefined ? url : target.href,
    headers: [...toHeaders(options.headers ?? {}, type), ...(place.headers ?? [])],
    ...(body !== undefined && { body }),
    ...(signal !== undefined && { signal }),
  }
}

interface Place {
  readonly headers?: readonly Header[]
  readonly query?: WireParameters
  readonly form?: WireParameters
}

const IN_NOTHING: Place = {}

const PLACES: Readonly<Record<TokenPlacement, (token: TokenSet) => Place>> = {
  header: ({ access_token, token_type }) => ({
    headers: [['authorization', `${isDpop(token_type) ? 'DPoP' : 'Bearer'} ${access_token}`]],
  }),
  // What is stored with its URL would be stored with the token.
  query: ({ access_token }) => ({ query: { access_token }, headers: [['cache-control', 'no-store']] }),
  body: ({ access_token }) => ({ form: { access_token } }),
}

/**
 * A form has room for a token, other content does not, and every API has to look into the header. A proof of possession
 * is only looked for beside the header.
 *
 * @spec RFC 6750 §2.2
 * @spec RFC 9449 §7.1
 */
function placementOf(
  { token_type }: TokenSet,
  placement: TokenPlacement,
  method: string,
  { form }: ProtectedRequestOptions,
): TokenPlacement {
  if (isDpop(token_type)) return 'header'
  return placement === 'body' && (form === undefined || /^(?:get|head)$/i.test(method)) ? 'header' : placement
}

/** Whether a token is only good with a proof that its key is held. @spec RFC 9449 §5 */
export function isDpop(tokenType: string): boolean {
  return tokenType.toLowerCase() === 'dpop'
}

/**
 * A token type that is not understood must not be used: what it would prove is unknown.
 *
 * @throws ClientError `token_type_unsupported`
 * @spec RFC 6749 §7.1
 */
export function requireUsable({ token_type }: TokenSet, hasKey: boolean): void {
  if (token_type.toLowerCase() === 'bearer' || (hasKey && isDpop(token_type))) return
  const expectation = isDpop(token_type) ? 'the key that it is bound to, as "dpop" of the client' : 'Bearer or DPoP'
  throw new ClientError(
    'token_type_unsupported',
    `"token_type" of the token is not supported: expected ${expectation}`,
    { parameter: 'token_type' },
  )
}

function requireSecure(url: string): void {
  const target = parseUrl(url)
  if (target !== undefined && isHttpsOrLoopback(target)) return
  const message = 'access token is not sent there: "url" must be https, or http on a loopback host'
  throw new ClientError('insecure_endpoint', message, { endpoint: url })
}

/**
 * The address of an API call. A relative one stays with the API: `//host` and its like would carry the token elsewhere.
 *
 * @throws ConfigurationError
 */
export function resolveApiUrl(url: string | URL, apiBaseUrl: string | undefined): string {
  const absolute = parseUrl(String(url))
  if (absolute !== undefined) return absolute.href
  if (apiBaseUrl === undefined)
    throw new ConfigurationError('OAuth2Client', ['"apiBaseUrl" is missing: the URL of the call is relative'])
  const base = new URL(apiBaseUrl)
  const resolved = new URL(String(url), base)
  if (resolved.origin !== base.origin)
    throw new ConfigurationError('OAuth2Client', ['a relative URL must not leave the host of "apiBaseUrl"'])
  return resolved.href
}

function toContent(
  { json, form, body }: ProtectedRequestOptions,
  more: WireParameters | undefined,
): { type?: string; body?: string | Uint8Array } {
  if ([json, form, body].filter((content) => content !== undefined).length > 1) {
    throw new ConfigurationError('OAuth2Client', ['a request takes one of "json", "form" and "body"'])
  }
  if (json !== undefined) return { type: 'application/json', body: JSON.stringify(json) }
  if (form !== undefined) return { type: 'application/x-www-form-urlencoded', body: toForm({ ...form, ...more }) }
  return body === undefined ? {} : { body }
}

function toHeaders(headers: Readonly<Record<string, string>>, contentType: string | undefined): Header[] {
  const given = Object.entries(headers).map(([name, value]): Header => [name.toLowerCase(), value])
  if (given.some(([name]) => name === 'authorization')) {
    throw new ConfigurationError('OAuth2Client', ['"headers" must not hold "authorization": it is made of "token"'])
  }
  const isTyped = contentType === undefined || given.some(([name]) => name === 'content-type')
  return isTyped ? given : [...given, ['content-type', contentType]]
}
