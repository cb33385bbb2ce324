import { type HttpResponse, json } from '../../../http/response.ts'

/** How long a public document may be used again: short enough for a new key to be seen before it is used. */
const CACHE_CONTROL = ['cache-control', 'public, max-age=300'] as const

/** The response for a public document, written once for as long as its source stays the same object. */
export class DocumentCache<T extends object> {
  #last: { readonly source: T; readonly response: HttpResponse } | undefined

  respond(source: T, write: (source: T) => object): HttpResponse {
    if (this.#last?.source !== source) {
      this.#last = { source, response: json(200, write(source), [CACHE_CONTROL]) }
    }
    return this.#last.response
  }
}
