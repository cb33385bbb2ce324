import type { OutgoingRequest } from '../../http/fetch.ts'
import type { Header } from '../../http/response.ts'
import { isHttpsOrLoopback, parseUrl } from '../../http/url.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { toForm, type WireParameters } from './endpoint-request.ts'
import { ClientError } from './errors.ts'
import type { TokenSet } from './token-set.ts'

/** A request to an API. At most one of `json`, `form` and `body`. */
export interface ProtectedRequestOptions {
  /** The token that opens the API; it is renewed first where it has expired and can be. */
  token?: TokenSet | undefined
  /** The request of the application that this call serves: the client's `fetchToken` finds the token that goes with it. */
  request?: unknown
  headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  json?: unknown
  /** Sent as `application/x-www-form-urlencoded`. */
  form?: WireParameters
  /** Sent as it is; say in `headers` what it is. */
  body?: string | Uint8Array
  signal?: AbortSignal
}

/**
 * A request with the access token in its header: never in the URL, where logs and histories keep it, and never over plain
 * http to another machine.
 *
 * @throws ClientError `insecure_endpoint`, `token_type_unsupported`
 * @spec RFC 6750 §2.1
 */
export function buildProtectedRequest(
  method: string,
  url: string,
  token: TokenSet,
  options: ProtectedRequestOptions,
): OutgoingRequest {
  const target = parseUrl(url)
  if (target === undefined || !isHttpsOrLoopback(target)) {
    throw new ClientError(
      'insecure_endpoint',
      'access token is not sent there: "url" must be https, or http on a loopback host',
      {
        endpoint: url,
      },
    )
  }
  const content = toContent(options)
  return {
    method: method.toUpperCase(),
    url,
    headers: [...toHeaders(options.headers ?? {}, content.type), ['authorization', `Bearer ${bearerOf(token)}`]],
    ...(content.body !== undefined && { body: content.body }),
    ...(options.signal !== undefined && { signal: options.signal }),
  }
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

/** A token type that is not understood must not be used: what it would prove is unknown. @spec RFC 6749 §7.1 */
function bearerOf({ access_token, token_type }: TokenSet): string {
  if (token_type.toLowerCase() === 'bearer') return access_token
  throw new ClientError('token_type_unsupported', '"token_type" of the token is not supported: expected Bearer')
}

function toContent({ json, form, body }: ProtectedRequestOptions): { type?: string; body?: string | Uint8Array } {
  if ([json, form, body].filter((content) => content !== undefined).length > 1) {
    throw new ConfigurationError('OAuth2Client', ['a request takes one of "json", "form" and "body"'])
  }
  if (json !== undefined) return { type: 'application/json', body: JSON.stringify(json) }
  if (form !== undefined) return { type: 'application/x-www-form-urlencoded', body: toForm(form) }
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
