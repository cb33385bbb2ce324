import type { RequestParameters } from '../../../http/form.ts'
import type { HttpRequest } from '../../../http/request.ts'
import type { HttpResponse } from '../../../http/response.ts'
import type { Seconds } from '../../../util/clock.ts'
import type { Client, Confirmation } from '../records.ts'

declare const proven: unique symbol

/** A redirect URI that was proven to be the client's. Only the pipeline makes one. */
export type RedirectTarget = string & { readonly [proven]: true }

/** Where the parameters of an authorization request come from, when not from the request itself. */
export interface RequestSource {
  /** Id of the pushed request's record. @spec RFC 9126 §4 */
  readonly pushedId?: string
  /** They were in a request object whose signature was checked. @spec RFC 9101 §6.2 */
  readonly signed?: boolean
}

/** The parameters of an authorization request, taken from wherever they were. */
export interface ResolvedRequest {
  readonly params: RequestParameters
  readonly source: RequestSource
}

/** A request that the server kept where nobody could change it, and takes up again. */
export interface ResumedRequest extends ResolvedRequest {
  /** Not all parameters are here: extensions find them by the source, or in what the parameters refer to. */
  readonly isReference?: boolean
}

/**
 * An authorization request whose client and redirect URI are proven, whatever else may be wrong with it: all that an
 * error response to the client needs.
 */
export interface ProvenRequest {
  readonly client: Client
  readonly redirectUri: RedirectTarget
  /** Whether the request named its redirect URI, or the client's only one was taken. */
  readonly redirectUriSent: boolean
  /** Where the answer goes: the mode that was asked for, else the response type's own. */
  readonly responseMode: string
  readonly state: string | undefined
  /** All parameters, resolved, for extensions and for carrying the request through a login. */
  readonly params: RequestParameters
  readonly source: RequestSource
  /** What the code is to be bound to: `onAuthorizationRequest` hooks fill it in. */
  readonly binding: Confirmation
  readonly http: HttpRequest
  readonly receivedAt: Seconds
  readonly requestId: string
}

/**
 * An authorization request that passed every check of the pipeline.
 *
 * @typeParam R what `createAuthorizationResponse` answers it with: a `Response` for a request that came as a `Request`.
 * @spec RFC 6749 §4.1.1
 */
export interface AuthorizationRequest<out R = HttpResponse> extends ProvenRequest {
  readonly responseType: string
  /** Space-separated, reduced to what the server knows. */
  readonly scope: string
  /** The resources that it asks tokens for; empty: it names none. @spec RFC 8707 §2.1 */
  readonly resource: readonly string[]
  readonly codeChallenge: string | undefined
  /** Puts an answer into the shape that the request came in. */
  readonly toAnswer: (response: HttpResponse) => R
}
