import { buildChallenge, parseAuthorization } from '../http/authorization.ts'
import { mediaTypeOf } from '../http/body.ts'
import { NO_STORE } from '../http/cache-control.ts'
import { HttpError } from '../http/errors.ts'
import { type HttpRequest, queryOf } from '../http/request.ts'
import { empty, type Header, type HttpResponse, json } from '../http/response.ts'
import { OAuth2Error } from './errors.ts'

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
  try {
    const inHeader = tokensOfHeader(request.header('authorization'))
    const inBody = places.body === true && mayHaveForm(request) ? (await request.form()).all('access_token') : []
    const sent = [...inHeader, ...inBody, ...tokensOfQuery(request)]
    if (sent.length > 1) throw new OAuth2Error('invalid_request', 'access token must be sent once, in one place')
    return inHeader[0] ?? inBody[0]
  } catch (error) {
    if (!(error instanceof HttpError)) throw error
    throw new OAuth2Error('invalid_request', error.message, { status: error.status, cause: error })
  }
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

/** None or one. Credentials of another scheme are none of this. @spec RFC 6750 §2.1 */
function tokensOfHeader(header: string | undefined): readonly string[] {
  if (header === undefined) return []
  const { scheme, token68 } = parseAuthorization(header)
  if (scheme !== 'bearer') return []
  if (token68 === undefined) throw new OAuth2Error('invalid_request', 'Bearer credentials must be one access token')
  return [token68]
}

/** Never taken, but counted. A query that follows other rules than a form's is the application's own. */
function tokensOfQuery(request: HttpRequest): readonly string[] {
  try {
    return queryOf(request).all('access_token')
  } catch (error) {
    if (error instanceof HttpError) return []
    throw error
  }
}

/** A GET has no body that would mean anything, and what is no form is not looked into. @spec RFC 6750 §2.2 */
function mayHaveForm(request: HttpRequest): boolean {
  const type = request.header('content-type')
  return request.method === 'POST' && type !== undefined && mediaTypeOf(type) === 'application/x-www-form-urlencoded'
}
