import { empty, type Header, type HttpResponse, withHeaders } from './response.ts'

const ANY_ORIGIN: Header = ['access-control-allow-origin', '*']

/**
 * Lets a script of any origin read the response. Cookies are not part of it: the wildcard excludes credentials, and what
 * these endpoints go by travels in the request itself.
 */
export const PUBLIC_CORS: readonly Header[] = [
  ANY_ORIGIN,
  // The challenge of a refusal, when to try again, and the nonce that RFC 9449 §8.2 hands to the client.
  ['access-control-expose-headers', 'WWW-Authenticate, DPoP-Nonce, Retry-After'],
]

/** The response for scripts of any origin: itself where it was prepared for them. */
export function withPublicCors(response: HttpResponse): HttpResponse {
  return response.headers.includes(ANY_ORIGIN) ? response : withHeaders(response, PUBLIC_CORS)
}

/** Answers a browser that asks whether a script may send such a request. */
export function preflight(methods: readonly string[]): HttpResponse {
  return empty(204, [
    ...PUBLIC_CORS,
    ['access-control-allow-methods', methods.join(', ')],
    ['access-control-allow-headers', 'Authorization, Content-Type, DPoP'],
    ['access-control-max-age', '7200'],
  ])
}
