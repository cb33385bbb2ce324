import { PUBLIC_CORS } from './cors.ts'
import { type Header, type HttpResponse, json } from './response.ts'

/** How long a public document may be used again: short enough for a new key or endpoint to be seen before it is used. */
const CACHE_CONTROL: Header = ['cache-control', 'public, max-age=300']

/** The response for a public document, written once for as long as its source stays the same object. */
export class DocumentCache<T extends object> {
  #last: { readonly source: T; readonly response: HttpResponse } | undefined

  respond(source: T, write: (source: T) => object): HttpResponse {
    if (this.#last?.source !== source) {
      this.#last = { source, response: json(200, write(source), [CACHE_CONTROL, ...PUBLIC_CORS]) }
    }
    return this.#last.response
  }
}
