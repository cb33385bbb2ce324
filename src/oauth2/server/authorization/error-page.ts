import type { HttpResponse } from '../../../http/response.ts'
import type { Awaitable } from '../../../util/awaitable.ts'
import type { OAuth2Error } from '../../errors.ts'
import type { RequestContext } from '../context.ts'

/**
 * Shows a person why an authorization request cannot go on, where the client must not be told: it may be the attacker.
 * The context's `requestId` is what the person may quote to the operator.
 *
 * @spec RFC 6749 §4.1.2.1
 */
export type ErrorPage = (error: OAuth2Error, context: RequestContext) => Awaitable<HttpResponse>
