import type { Awaitable } from '../util/awaitable.ts'
import type { JsonObject } from '../util/json.ts'
import type { RequestParameters } from './form.ts'

/**
 * A request as the core sees it: plain and lazy. Nothing is parsed that nobody asks for.
 * Adapters build one from what their framework holds; `fromFetch` builds one from a `Request`.
 */
export interface HttpRequest {
  /** Upper-case method, `GET`. */
  readonly method: string
  /** As received: absolute (`https://op.example/token?a=b`) or origin-form (`/token?a=b`). The core reads only path and query. */
  readonly url: string
  /** A header's value by its lower-case name; repeated lines joined by `, `. */
  header(name: string): string | undefined
  /** The `application/x-www-form-urlencoded` body. Throws `HttpError` 400, 413 or 415. */
  form(): Awaitable<RequestParameters>
  /** The `application/json` body, an object. Throws `HttpError` 400, 413 or 415. */
  json(): Awaitable<JsonObject>
}
