import type { RequestParameters } from '../../http/form.ts'
import type { HttpRequest } from '../../http/request.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import type { Seconds } from '../../util/clock.ts'
import type { ServerHandle } from './context.ts'
import type { Client } from './records.ts'

/** A request that may carry a client's credentials. */
export interface ClientAuthContext<out S = unknown> {
  readonly server: ServerHandle
  readonly request: HttpRequest
  readonly params: RequestParameters
  readonly store: S
  readonly issuer: string
  readonly now: Seconds
  /**
   * To be awaited before work that takes long and that strangers can cause, such as a slow hash: throws where too much
   * of it was done for this client.
   */
  readonly beforeSlowWork: () => Promise<void>
}

/**
 * A way for a client to prove who it is.
 *
 * @spec RFC 6749 §2.3
 */
export interface ClientAuthMethod<in S = unknown> {
  /** As in client metadata: `client_secret_basic`. */
  readonly name: string
  /** The `WWW-Authenticate` challenge that goes with its refusal, if its scheme has one. */
  readonly challenge?: string
  /** What its credentials may be signed with, where they are: for the metadata. @spec RFC 8414 §2 */
  readonly signingAlgorithms?: readonly string[]
  /** The client id, if the request carries credentials of this kind. A request may carry one kind only. */
  readonly identify: (context: ClientAuthContext<S>) => Awaitable<string | undefined>
  /**
   * Whether the credentials are that client's. It may throw an `OAuth2Error` instead, whose reason and description the
   * log has; the client is told no more than that it failed.
   */
  readonly verify: (client: Client, context: ClientAuthContext<S>) => Awaitable<boolean>
}
