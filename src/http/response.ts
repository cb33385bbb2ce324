import { NO_STORE } from './cache-control.ts'
import type { Header } from './header.ts'

export { type Header, headerOf } from './header.ts'

/** A response as the core returns it: plain data that every adapter can write. */
export interface HttpResponse {
  readonly status: number
  /** Name and value pairs in order; a name may come more than once (`set-cookie`). Names are lower-case. */
  readonly headers: readonly Header[]
  readonly body?: string | Uint8Array
}

const NO_HEADERS: readonly Header[] = []
const JSON_TYPE: Header = ['content-type', 'application/json']

/** What every page gets unless it says otherwise: nobody frames it, stores it, or learns where it was left for. */
const PAGE_HEADERS: readonly Header[] = [
  ['content-type', 'text/html; charset=utf-8'],
  ...NO_STORE,
  ['content-security-policy', "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"],
  ['referrer-policy', 'no-referrer'],
  ['x-content-type-options', 'nosniff'],
  ['x-frame-options', 'DENY'],
]

/** A JSON document. Members that are `undefined` are left out. */
export function json(status: number, value: object, headers: readonly Header[] = NO_HEADERS): HttpResponse {
  return { status, headers: [JSON_TYPE, ...headers], body: JSON.stringify(value) }
}

/** A page. Headers given here stand in the place of the defaults of the same name. */
export function html(status: number, markup: string, headers: readonly Header[] = NO_HEADERS): HttpResponse {
  const given = new Set(headers.map(([name]) => name))
  return { status, headers: [...PAGE_HEADERS.filter(([name]) => !given.has(name)), ...headers], body: markup }
}

/**
 * Sends the browser elsewhere, by GET whatever the method was. Where that is must be proven by the caller; this refuses
 * only what can be no such place: a relative reference, a character that ends a header, a scheme that runs or holds its
 * own content.
 *
 * @throws TypeError
 * @spec RFC 9700 §4.12
 */
export function redirect(
  location: string,
  status: 302 | 303 | 307 | 308 = 303,
  headers: readonly Header[] = NO_HEADERS,
): HttpResponse {
  if (
    !/^[a-z][a-z0-9+.-]*:[\x21-\x7e]+$/i.test(location) ||
    /^(?:javascript|data|vbscript|blob|file|about):/i.test(location)
  ) {
    throw new TypeError('redirect location must be an absolute URI of a scheme that leads somewhere, percent-encoded')
  }
  return { status, headers: [['location', location], ...NO_STORE, ...headers] }
}

/** A response without content. */
export function empty(status = 204, headers: readonly Header[] = NO_HEADERS): HttpResponse {
  return { status, headers }
}

/** The response with further headers. */
export function withHeaders(response: HttpResponse, headers: readonly Header[]): HttpResponse {
  return { ...response, headers: [...response.headers, ...headers] }
}

/** The response as fetch handlers return it. */
export function toFetch(response: HttpResponse): Response {
  const headers = new Headers()
  for (const [name, value] of response.headers) headers.append(name, value)
  return new Response(toBody(response), { status: response.status, headers })
}

/** `Response` takes no body with a status that has none. */
function toBody({ status, body }: HttpResponse): BodyInit | null {
  if (body === undefined || status === 204 || status === 205 || status === 304) return null
  // A copy where the bytes may lie in shared memory, which Response does not take.
  return typeof body === 'string' ? body : new Uint8Array(body)
}
