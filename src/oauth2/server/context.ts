import type { RequestParameters } from '../../http/form.ts'
import type { HttpRequest } from '../../http/request.ts'
import type { HttpResponse } from '../../http/response.ts'
import type { KeySet } from '../../jose/jwks/index.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import type { Seconds } from '../../util/clock.ts'
import type { Logger } from '../../util/logger.ts'
import type { PresentedToken } from '../presented-token.ts'
import type { ServerMetadata } from '../server-metadata.ts'
import type { TokenResponse } from '../token-response.ts'
import type { Attempt } from './attempt.ts'
import type { AuthorizationRequest, ProvenRequest, ResumedRequest } from './authorization/request.ts'
import type { AuthorizationDecision, GrantDecision } from './decisions.ts'
import type { ServerEvent, ServerEvents } from './events.ts'
import type { LifetimeContext, Lifetimes, RuledLifetime } from './lifetimes.ts'
import type { AccessTokenRecord, Client, Confirmation, GrantRecord } from './records.ts'
import type { ResourceServer } from './resources.ts'
import type { TokenKind } from './tokens/token-format.ts'

/** What ties a step to the request that it is part of. */
export interface RequestOrigin {
  /** Identifies the request in the log and in `server_error` answers. */
  readonly requestId: string
  /** The name of the endpoint that answers. Absent where the application routes the request itself. */
  readonly endpoint?: string | undefined
}

/** What grants, endpoints and extensions may ask of the server that they are registered with. */
export interface ServerHandle {
  readonly issuer: string
  /** The keys as of now: where they rotate, ask again each time. */
  readonly keys: KeySet
  readonly lifetimes: Lifetimes
  /** Scopes the server knows. Absent: any. */
  readonly scopes: readonly string[] | undefined
  /** Scopes that are about a person, and mean nothing where there is none. */
  readonly personalScopes: readonly string[]
  readonly logger: Logger
  /** The server's description: the sum of what is registered. */
  metadata(): ServerMetadata
  /** How long a token, or a grant, lives that is for this client and audience. `lifetimes` is what holds without rules. */
  findLifetime(name: RuledLifetime, context: LifetimeContext): Promise<Seconds>
  /** A new opaque token of this server. Stores are given its hash. */
  createToken(kind: TokenKind): string
  /** The absolute URL of a registered endpoint, or nothing. */
  endpointUrl(name: string): string | undefined
  /** Proves which client is asking, by exactly one of the registered methods. Throws `invalid_client`. */
  authenticateClient(
    request: HttpRequest,
    parameters: RequestParameters,
    origin?: RequestOrigin,
  ): Promise<AuthenticatedClient>
  /**
   * Asks whether something may be done as often as it is. Throws `OAuth2Error` with status 429: `temporarily_unavailable`
   * unless another code is given.
   */
  checkRateLimit(attempt: Attempt, code?: 'temporarily_unavailable' | 'slow_down'): Promise<void>
  /**
   * The record of an access token that came with a request to an endpoint of the server itself. Throws `invalid_token` where
   * it is bound to a key that was not proven, `invalid_dpop_proof` or `use_dpop_nonce`. Nothing: it is not ours, or has ended.
   */
  authenticateToken(context: RequestContext, presented: PresentedToken): Promise<AccessTokenRecord | undefined>
  /** Whether this client's authorization requests need a PKCE challenge. */
  requiresPkce(client: Client): boolean
  /** What the server knows about a resource that a client names, or nothing. @spec RFC 8707 §2 */
  findResource(resource: string, client: Client): Awaitable<ResourceServer | undefined>
  /**
   * Checks an authorization request: THE TABLE. Throws `AuthorizationRefusal`, whose `response` is a page or a redirect.
   * A `requestId` ties it to the request it is part of in the log. `resumed` is what an earlier request was resolved to,
   * kept by the server where nobody could change it: it is checked anew, but taken from nowhere else.
   */
  getConsentGrant(request: HttpRequest, requestId?: string, resumed?: ResumedRequest): Promise<AuthorizationRequest>
  /**
   * Checks an authorization request that its client sends ahead, by the same table. There is no browser that could be
   * answered, so it throws `OAuth2Error`. `pushedId` is under which the request will be kept.
   *
   * @spec RFC 9126 §2.1
   */
  checkPushedRequest(
    request: HttpRequest,
    parameters: RequestParameters,
    pushedId: string,
    requestId?: string,
  ): Promise<AuthorizationRequest>
  /** Answers a checked authorization request with the person's decision. */
  createAuthorizationResponse(request: AuthorizationRequest, decision: AuthorizationDecision): Promise<HttpResponse>
  /** Tells the client that its request failed: by redirect, as `server_error` unless it is an `OAuth2Error`. */
  refuseAuthorization(request: ProvenRequest, error: unknown): Promise<HttpResponse>
  /**
   * Mints, saves and describes the tokens that a grant decided on. The token endpoint does it by itself; a grant that
   * answers at the authorization endpoint asks for it.
   */
  issueTokens(context: TokenContext, decision: GrantDecision): Promise<TokenResponse>
  emit<E extends keyof ServerEvents>(event: E, payload: ServerEvent<E>): void
}

export interface AuthenticatedClient {
  readonly client: Client
  /** The method that proved it, such as `client_secret_basic`; `none` for a public client. */
  readonly method: string
}

/** All that belongs to one request; grants, endpoints and extensions themselves keep no state. */
export interface RequestContext<out S = unknown> extends RequestOrigin {
  readonly server: ServerHandle
  readonly store: S
  readonly request: HttpRequest
  /** When the request came in. */
  readonly now: Seconds
}

/** A token request whose client is proven. */
export interface TokenContext<out S = unknown> extends RequestContext<S> {
  readonly client: Client
  readonly clientAuthMethod: string
  readonly grantType: string
  readonly params: RequestParameters
  /** What the client has proven to possess: `onTokenRequest` hooks fill it in, tokens are bound to it. */
  readonly binding: Confirmation
}

/** A token response that is about to be committed and sent. */
export interface TokenResponseContext<out S = unknown> extends TokenContext<S> {
  readonly decision: GrantDecision
  /** The family, also where this response only creates it. Absent: the token belongs to none. */
  readonly grant: GrantRecord | undefined
  readonly accessToken: AccessTokenRecord
  /** What goes out. Hooks add members. */
  readonly response: TokenResponse
}

/** A hook that takes part in a request. */
export type Hook<C> = (context: C) => Awaitable<void>
