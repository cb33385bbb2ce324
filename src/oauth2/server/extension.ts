import type { RequestParameters } from '../../http/form.ts'
import type { Header } from '../../http/response.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import type { PresentedToken } from '../presented-token.ts'
import type { ServerMetadata } from '../server-metadata.ts'
import type { ErrorPage } from './authorization/error-page.ts'
import type { AuthorizationRequest, ProvenRequest, RequestSource, ResolvedRequest } from './authorization/request.ts'
import type { ClientAuthMethod } from './client-auth.ts'
import type { Hook, RequestContext, ServerHandle, TokenContext, TokenResponseContext } from './context.ts'
import type { Approval, AuthorizationParameters } from './decisions.ts'
import type { Endpoint } from './endpoint.ts'
import type { AuthorizationGrant, TokenGrant } from './grant.ts'
import type { AccessTokenRecord, Client, Confirmation } from './records.ts'
import type { ResponseMode } from './response-mode.ts'

/** What an extension may register while it is installed: the same verbs that users have. */
export interface ServerRegistry<S> {
  /** The server itself, for what has to be known at set-up: its keys, its issuer. */
  readonly server: ServerHandle
  registerGrant(grant: TokenGrant<S> | AuthorizationGrant<S>): unknown
  registerEndpoint(endpoint: Endpoint<S>): unknown
  registerClientAuthMethod(method: ClientAuthMethod<S>): unknown
  registerResponseMode(mode: ResponseMode): unknown
}

/** An authorization request whose client is known and nothing else: what is thrown is shown to the person. */
export interface ResolutionContext<out S = unknown> extends RequestContext<S> {
  readonly client: Client
  /** As far as they were resolved: by the request itself, or by an extension before. */
  readonly params: RequestParameters
  readonly source: RequestSource
}

/** An authorization request whose client and redirect URI are proven: errors thrown here are redirected. */
export interface AuthorizationContext<out S = unknown> extends RequestContext<S> {
  readonly authorization: AuthorizationRequest
}

/** An approval that is about to take effect. What is thrown here is told to the client instead. */
export interface ApprovalContext<out S = unknown> extends AuthorizationContext<S> {
  readonly approval: Approval
}

/** An authorization response, successful or not, that is about to be sent. */
export interface AuthorizationResponseContext<out S = unknown> extends RequestContext<S> {
  readonly authorization: ProvenRequest
  /** What goes out. Hooks add members. */
  readonly parameters: AuthorizationParameters
}

/** An access token that is presented at an endpoint of the server itself, such as userinfo. */
export interface PresentedTokenContext<out S = unknown> extends RequestContext<S> {
  readonly presented: PresentedToken
  /** What is kept of it. */
  readonly accessToken: AccessTokenRecord
  /** What has been proven to belong to whoever presents it: hooks fill it in. */
  readonly binding: Confirmation
}

/** The response of an endpoint, successful or not, that is about to be sent. */
export interface EndpointResponseContext<out S = unknown> extends RequestContext<S> {
  /** The endpoint's name. */
  readonly endpoint: string
  /** What goes out with it. Hooks add headers. */
  readonly headers: Header[]
}

/**
 * A part that takes part in what others do. Hooks of all extensions run in ascending `order`, then in the order of
 * registration, each awaited before the next. They see one request's context and keep no state of their own.
 */
export interface Extension<in S = unknown> {
  /** One extension a name. */
  readonly name: string
  /** Defaults to 0. */
  readonly order?: number
  /** Scopes that it brings. They join those the server knows. */
  readonly scopes?: readonly string[]
  /** Those of them that are about a person: a client that acts for itself gets none of these. */
  readonly personalScopes?: readonly string[]
  /** What people see on errors, unless the server's options say. The extension registered last wins. */
  readonly errorPage?: ErrorPage
  readonly install?: (registry: ServerRegistry<S>) => void
  /** Takes the parameters from where they are: sent ahead, in a signed object. Nothing: they are where they should be. */
  readonly resolveAuthorizationRequest?: (context: ResolutionContext<S>) => Awaitable<ResolvedRequest | undefined>
  onAuthorizationRequest?: Hook<AuthorizationContext<S>>
  onAuthorizationApproval?: Hook<ApprovalContext<S>>
  onAuthorizationResponse?: Hook<AuthorizationResponseContext<S>>
  onTokenRequest?: Hook<TokenContext<S>>
  onTokenResponse?: Hook<TokenResponseContext<S>>
  onTokenPresented?: Hook<PresentedTokenContext<S>>
  /** Runs after every endpoint, also where it refused. */
  onEndpointResponse?: Hook<EndpointResponseContext<S>>
  /** Changes the metadata document after grants and endpoints have joined it; the server, for what depends on its keys. */
  onMetadata?(metadata: ServerMetadata, server: ServerHandle): void
}
