import type { Awaitable } from '../../../util/awaitable.ts'
import type { Clock } from '../../../util/clock.ts'
import type { ServerMetadata } from '../../server-metadata.ts'

/** What a method of client authentication may look at. */
export interface ClientAuthenticationContext {
  readonly clientId: string
  /** The endpoint that is about to be called. */
  readonly endpoint: string
  /** The authorization server, where it is known. */
  readonly issuer?: string
  /** The client's. */
  readonly clock: Clock
}

/** What is added to the request. */
export interface ClientCredentials {
  readonly headers?: Readonly<Record<string, string>>
  readonly parameters?: Readonly<Record<string, string>>
}

/**
 * How a client proves to the authorization server who it is. Stateless; called for every request.
 *
 * @spec RFC 6749 §2.3
 */
export interface ClientAuthentication {
  /** As registered for `token_endpoint_auth_method`. */
  readonly method: string
  authenticate(context: ClientAuthenticationContext): Awaitable<ClientCredentials>
  /** Endpoints that a client which uses this method calls in place of the usual ones. @spec RFC 8705 §5 */
  endpoints?(server: Partial<ServerMetadata>): Partial<ServerMetadata>
}
