import { buildChallenge } from '../http/authorization.ts'
import { NO_STORE } from '../http/cache-control.ts'
import type { HttpRequest } from '../http/request.ts'
import { empty, type Header, type HttpResponse, json } from '../http/response.ts'
import type { OAuth2Error } from './errors.ts'
import { findPresentedToken } from './presented-token.ts'

const BEARER = ['Bearer'] as const

export interface BearerPlaces {
  /**
   * Whether a form body may carry the token too. Only for endpoints whose body is nothing but a form: it is read.
   * Default: no.
   */
  readonly body?: boolean
}

/**
 * The bearer token of a request, or nothing. It is taken from the `Authorization` header, never from the query: URLs end
 * up in logs and histories (RFC 9700 §4.3.2). A request that carries it in more than one place is refused, wherever the
 * second one is.
 *
 * @throws OAuth2Error `invalid_request`
 * @spec RFC 6750 §2
 */
export async function findBearerToken(request: HttpRequest, places: BearerPlaces = {}): Promise<string | undefined> {
  const presented = await findPresentedToken(request, { schemes: BEARER, body: places.body === true })
  return presented?.token
}

export interface BearerChallenge {
  readonly realm?: string | undefined
  /** The scope that would do, space-separated. */
  readonly scope?: string | undefined
  /** Absent: the request had no token, and then nothing is said to be wrong with it. */
  readonly error?: OAuth2Error
}

/**
 * Answers a request that may not have what it asked for: the challenge in `WWW-Authenticate`, and the same words as JSON
 * for people who read bodies.
 *
 * @spec RFC 6750 §3
 */
export function refuseBearer({ realm, scope, error }: BearerChallenge): HttpResponse {
  const parameters = error?.toParameters()
  const headers: Header[] = [
    ['www-authenticate', buildChallenge('Bearer', { realm, ...parameters, scope })],
    ...NO_STORE,
  ]
  if (error?.retryAfter !== undefined) headers.push(['retry-after', String(error.retryAfter)])
  return error === undefined || parameters === undefined ? empty(401, headers) : json(error.status, parameters, headers)
}
