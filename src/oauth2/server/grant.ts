import type { RequestParameters } from '../../http/form.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import type { ServerMetadata } from '../server-metadata.ts'
import type { AuthorizationRequest } from './authorization/request.ts'
import type { RequestContext, TokenContext } from './context.ts'
import type { AuthorizationParameters, GrantDecision, RepeatedAnswer } from './decisions.ts'
import type { GrantRecord } from './records.ts'

/**
 * A grant type of the token endpoint. It decides; the server mints, saves and answers.
 *
 * @typeParam S the part of the store that it uses: registering it with a store that lacks it does not compile.
 * @spec RFC 6749 §1.3
 */
export interface TokenGrant<in S = unknown> {
  readonly grantType: string
  /** The parameters it reads; any of them sent twice is refused. */
  readonly parameters?: readonly string[]
  /** Joins the server's metadata document. */
  readonly metadata?: Partial<ServerMetadata>
  /** Why it had better not be used. The log says it when the grant is registered. */
  readonly warning?: string
  /**
   * Whose a request is, by client id, that says nothing about its client, where the grant itself proves enough. Without
   * it, or where it answers nothing, the client has to authenticate.
   */
  identifyClient?(params: RequestParameters): Awaitable<string | undefined>
  /** Throws `OAuth2Error` to refuse. */
  readonly grant: (context: TokenContext<S>) => Awaitable<GrantDecision | RepeatedAnswer>
}

/**
 * A grant that begins at the authorization endpoint.
 *
 * @spec RFC 6749 §3.1.1
 */
export interface AuthorizationGrant<in S = unknown> {
  /** Each a set of words in any order, such as `code`. */
  readonly responseTypes: readonly string[]
  /** What a client has to be registered for (`grant_types`), if anything. */
  readonly grantType?: string
  readonly metadata?: Partial<ServerMetadata>
  readonly warning?: string
  /** Where its answer goes unless the request says otherwise. */
  readonly defaultResponseMode: 'query' | 'fragment'
  /** The only modes that its answer may travel by. Absent: all but `query` for what belongs into a fragment. */
  readonly responseModes?: readonly string[]
  /** Issues what the response carries. */
  readonly authorize: (
    context: RequestContext<S>,
    request: AuthorizationRequest,
    grant: GrantRecord,
  ) => Awaitable<AuthorizationParameters>
}
