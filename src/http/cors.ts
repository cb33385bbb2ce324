import { empty, type Header, type HttpResponse } from './response.ts'

/**
 * Lets a script of any origin read the response. Cookies are not part of it: the wildcard excludes credentials, and what
 * these endpoints go by travels in the request itself.
 */
export const PUBLIC_CORS: readonly Header[] = [
  ['access-control-allow-origin', '*'],
  // The challenge of a refusal, when to try again, and the nonce that RFC 9449 §8.2 hands to the client.
  ['access-control-expose-headers', 'WWW-Authenticate, DPoP-Nonce, Retry-After'],
]

/** Answers a browser that asks whether a script may send such a request. */
export function preflight(methods: readonly string[]): HttpResponse {
  return empty(204, [
    ...PUBLIC_CORS,
    ['access-control-allow-methods', methods.join(', ')],
    ['access-control-allow-headers', 'Authorization, Content-Type, DPoP'],
    ['access-control-max-age', '7200'],
  ])
}
