import type { Transport } from '../../../http/fetch.ts'
import type { HttpRequest } from '../../../http/request.ts'
import type { AlgorithmName, Key } from '../../../jose/jwk/index.ts'
import type { KeySource } from '../../../jose/jwks/index.ts'
import type { JwtClaims } from '../../../jose/jwt/index.ts'
import type { Awaitable } from '../../../util/awaitable.ts'
import type { Duration } from '../../../util/duration.ts'
import type { ClientMetadata } from '../../client-metadata.ts'
import type { RequestContext } from '../context.ts'
import type { Client } from '../records.ts'
import type { BulkRevocationStore, ClientRegistrationStore, CounterStore, TokenStore } from '../store.ts'

/** What registration asks of the store. */
export type RegistrationStore = ClientRegistrationStore & BulkRevocationStore & CounterStore & TokenStore

/** Who was let in. */
export interface InitialAccess {
  /** What its registrations are counted by. It is no secret: it stands in events. */
  readonly id: string
}

/**
 * What lets somebody register a client: tokens that were handed out, access tokens of this server with a scope, or whatever
 * a function says.
 *
 * @spec RFC 7591 §3
 */
export type InitialAccessRule =
  | { readonly tokens: readonly string[] }
  | { readonly scope: string }
  | { verify(token: string, context: RequestContext<RegistrationStore>): Awaitable<InitialAccess | undefined> }

/** Somebody whose word about software counts. @spec RFC 7591 §2.3 */
export interface StatementIssuer {
  /** As it names itself in `iss`. */
  readonly issuer: string
  readonly keys: Key | KeySource
  readonly algorithms: readonly AlgorithmName[]
}

/** What a policy may go by. */
export interface RegistrationRequest {
  readonly request: HttpRequest
  /** Absent: registration is open, or a registered client changes itself. */
  readonly initialAccess: InitialAccess | undefined
  /** The claims of the software statement, verified. */
  readonly statement: JwtClaims | undefined
  /** The client as it is, when it changes itself. */
  readonly current: Client | undefined
}

export interface ClientRegistrationOptions {
  /**
   * Who may register clients. `'open'`: anybody who can reach the server. There is no default: this is decided by whoever
   * writes it down.
   */
  readonly initialAccess: 'open' | InitialAccessRule
  /**
   * The grant types that registered clients may have. Default: those in which a person decides (authorization code, refresh
   * token, device code), as far as the server has them.
   */
  readonly grantTypes?: readonly string[]
  /** The scopes that registered clients may have, and get where they name none. Default: all that the server knows. */
  readonly scopes?: readonly string[]
  /** Changes what is to be registered, or refuses it by throwing an `OAuth2Error`. What it returns is checked again. */
  policy?(metadata: ClientMetadata, request: RegistrationRequest): Awaitable<ClientMetadata>
  /** Whose software statements count. Absent: statements are ignored. @spec RFC 7591 §2.3 */
  readonly softwareStatements?: { readonly issuers: readonly StatementIssuer[]; readonly required?: boolean }
  /**
   * How many clients may be registered with one initial access token and from one address (`HttpRequest.remoteAddress`; of
   * IPv6 its first 64 bits); where neither is known, by all together. Default: 100 a day.
   */
  readonly quota?: { readonly clients: number; readonly within: Duration }
  /** How long a client is kept that gets no tokens. Default 90 days. */
  readonly unusedLifetime?: Duration
  /** How long client secrets are good. Default: for good. */
  readonly secretLifetime?: Duration
  /** Whether clients can read, change and delete their registration. Default: yes. @spec RFC 7592 §2 */
  readonly management?: boolean
  /** How a `sector_identifier_uri` is asked. Default: `guardedFetch()`, which asks public addresses only. */
  readonly transport?: Transport
}
