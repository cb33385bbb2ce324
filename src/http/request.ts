import type { Awaitable } from '../util/awaitable.ts'
import type { JsonObject } from '../util/json.ts'
import { bodyReaders, bodyTooLarge, MAX_BODY_BYTES, readAtMost } from './body.ts'
import { HttpError } from './errors.ts'
import { RequestParameters } from './form.ts'

/**
 * A request as the core sees it: plain and lazy. Nothing is parsed that nobody asks for.
 * Adapters build one from what their framework holds; `fromFetch` builds one from a `Request`.
 */
export interface HttpRequest {
  /** Upper-case method, `GET`. */
  readonly method: string
  /** As received: absolute (`https://op.example/token?a=b`) or origin-form (`/token?a=b`). The core reads only path and query. */
  readonly url: string
  /** The address that it comes from, as far as it is known and proxies are trusted: for limits and the log, proof of nothing. */
  readonly remoteAddress?: string | undefined
  /** A header's value by its lower-case name; repeated lines joined by `, `. */
  header(name: string): string | undefined
  /** The `application/x-www-form-urlencoded` body. Throws `HttpError` 400, 413 or 415. */
  form(): Awaitable<RequestParameters>
  /** The `application/json` body, an object. Throws `HttpError` 400, 413 or 415. */
  json(): Awaitable<JsonObject>
}

/**
 * The core's view of a fetch `Request`. Its body is read with the size limit, and only when asked for.
 *
 * @param remoteAddress where it comes from: the platform knows, the `Request` does not.
 */
export function fromFetch(request: Request, remoteAddress?: string): HttpRequest {
  const header = (name: string): string | undefined => request.headers.get(name) ?? undefined
  return {
    method: request.method,
    url: request.url,
    remoteAddress,
    header,
    ...bodyReaders(header('content-type'), () => readBody(request)),
  }
}

/** The path as it was sent, percent-encoding included. */
export function pathOf(request: HttpRequest): string {
  const { url } = request
  return url.slice(pathStart(url), pathEnd(url)) || '/'
}

/**
 * The parameters of the query.
 *
 * @throws HttpError 400 where percent-encoding is broken, 413 where there is too much.
 */
export function queryOf({ url }: Pick<HttpRequest, 'url'>): RequestParameters {
  const end = pathEnd(url)
  const query = url.charAt(end) === '?' ? url.slice(end + 1) : ''
  const fragment = query.indexOf('#')
  return RequestParameters.parse(fragment === -1 ? query : query.slice(0, fragment))
}

async function readBody(request: Request): Promise<Uint8Array> {
  if (request.bodyUsed || request.body?.locked === true)
    throw new TypeError('request body was already read: hand the request over before a body parser does')
  if (Number(request.headers.get('content-length')) > MAX_BODY_BYTES) throw bodyTooLarge()
  if (request.body === null) return new Uint8Array()
  const bytes = await readAtMost(request.body, MAX_BODY_BYTES).catch(() => {
    // The stream fails when whoever sends it goes away: no fault of the server.
    throw new HttpError('incomplete_body', 'request body ended early')
  })
  if (bytes === undefined) throw bodyTooLarge()
  return bytes
}

/**
 * Where the path starts: at once in origin-form, behind the authority in absolute form.
 *
 * @spec RFC 9112 §3.2
 */
function pathStart(url: string): number {
  if (url.startsWith('/')) return 0
  const [beforePath = ''] = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(url) ?? []
  return beforePath.length
}

function pathEnd(url: string): number {
  const end = url.search(/[?#]/)
  return end === -1 ? url.length : end
}
