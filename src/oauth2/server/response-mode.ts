import type { HttpResponse } from '../../http/response.ts'
import type { Awaitable } from '../../util/awaitable.ts'

/** How an authorization response travels back to the client. @spec OAuth 2.0 Multiple Response Types §2.1 */
export interface ResponseMode {
  /** As in `response_mode`: `query`, `fragment`, `form_post`. */
  readonly name: string
  /** `redirectUri` has been proven to belong to the client. */
  respond(
    parameters: ReadonlyArray<readonly [name: string, value: string]>,
    redirectUri: string,
  ): Awaitable<HttpResponse>
}
