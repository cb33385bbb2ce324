import type { RequestParameters } from '../../../http/form.ts'
import type { HttpRequest } from '../../../http/request.ts'
import type { HttpResponse } from '../../../http/response.ts'
import type { Seconds } from '../../../util/clock.ts'
import type { Client } from '../records.ts'

declare const proven: unique symbol

/** A redirect URI that was proven to be the client's. Only the pipeline makes one. */
export type RedirectTarget = string & { readonly [proven]: true }

/**
 * An authorization request that passed every check of the pipeline.
 *
 * @typeParam R what `createAuthorizationResponse` answers it with: a `Response` for a request that came as a `Request`.
 * @spec RFC 6749 §4.1.1
 */
export interface AuthorizationRequest<out R = HttpResponse> {
  readonly client: Client
  readonly redirectUri: RedirectTarget
  /** Whether the request named its redirect URI, or the client's only one was taken. */
  readonly redirectUriSent: boolean
  readonly responseType: string
  readonly responseMode: string
  /** Space-separated, reduced to what the server knows. */
  readonly scope: string
  readonly state: string | undefined
  readonly codeChallenge: string | undefined
  /** All parameters as they came, for extensions and for carrying the request through a login. */
  readonly params: RequestParameters
  readonly http: HttpRequest
  readonly receivedAt: Seconds
  readonly requestId: string
  /** Never set: carries the kind of answer that this request gets. */
  readonly answer?: R
}
