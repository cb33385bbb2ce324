import { parseAuthorization } from '../http/authorization.ts'
import { mediaTypeOf } from '../http/body.ts'
import { HttpError } from '../http/errors.ts'
import type { RequestParameters } from '../http/form.ts'
import { type HttpRequest, queryOf } from '../http/request.ts'
import { OAuth2Error } from './errors.ts'

/** Where a request may carry its access token besides the `Authorization` header, which is always looked at. */
export interface TokenPlaces {
  /** The authentication schemes that carry access tokens here, as their registration spells them. */
  readonly schemes: readonly string[]
  /** A form body. Only where the body is nothing but a form: it is read. Default: no. */
  readonly body?: boolean
  /** The query. URLs end up in logs and histories (RFC 9700 §4.3.2). Default: no. */
  readonly query?: boolean
}

/** An access token as it came. */
export interface PresentedToken {
  /** One of the schemes that were asked for. What came in the body or in the query is a bearer token. */
  readonly scheme: string
  readonly token: string
  readonly place: 'header' | 'body' | 'query'
}

const NONE: readonly PresentedToken[] = []

/**
 * The access token of a request, or nothing. A request that carries one in more than one place is refused, wherever the
 * second one is: also in the query where it would not be taken from there.
 *
 * @throws OAuth2Error `invalid_request`
 * @spec RFC 6750 §2
 * @spec RFC 9449 §7.1
 */
export async function findPresentedToken(
  request: HttpRequest,
  places: TokenPlaces,
): Promise<PresentedToken | undefined> {
  try {
    const inHeader = tokenOfHeader(request.header('authorization'), places.schemes)
    const inBody = places.body === true && mayHaveForm(request) ? bearers(await request.form(), 'body') : NONE
    const inQuery = bearers(readQuery(request), 'query')
    if (inHeader.length + inBody.length + inQuery.length > 1) {
      throw refuse('token_sent_twice', 'access token must be sent once, in one place')
    }
    return inHeader[0] ?? inBody[0] ?? (places.query === true ? inQuery[0] : undefined)
  } catch (error) {
    if (!(error instanceof HttpError)) throw error
    throw refuse('token_request_malformed', error.message, error)
  }
}

/** None or one. Credentials of another scheme are none of this. @spec RFC 6750 §2.1 */
function tokenOfHeader(header: string | undefined, schemes: readonly string[]): readonly PresentedToken[] {
  if (header === undefined) return NONE
  const { scheme: sent, token68: token } = parseAuthorization(header)
  const scheme = schemes.find((name) => name.toLowerCase() === sent)
  if (scheme === undefined) return NONE
  if (token === undefined) throw refuse('token_malformed', `${scheme} credentials must be one access token`)
  return [{ scheme, token, place: 'header' }]
}

/** Every one of them: a name that comes twice is two tokens. @spec RFC 6750 §2.2 */
function bearers(parameters: RequestParameters | undefined, place: 'body' | 'query'): readonly PresentedToken[] {
  if (parameters === undefined) return NONE
  return parameters.all('access_token').map((token) => ({ scheme: 'Bearer', token, place }))
}

/** A query that follows other rules than a form's is the application's own. */
function readQuery(request: HttpRequest): RequestParameters | undefined {
  if (!request.url.includes('?')) return undefined
  try {
    return queryOf(request)
  } catch (error) {
    if (error instanceof HttpError) return undefined
    throw error
  }
}

/** A GET has no body that would mean anything, and what is no form is not looked into. @spec RFC 6750 §2.2 */
function mayHaveForm(request: HttpRequest): boolean {
  const type = request.header('content-type')
  return request.method === 'POST' && type !== undefined && mediaTypeOf(type) === 'application/x-www-form-urlencoded'
}

function refuse(reason: string, description: string, cause?: HttpError): OAuth2Error {
  return new OAuth2Error('invalid_request', description, {
    reason,
    ...(cause !== undefined && { status: cause.status, cause }),
  })
}
