import type { RequestParameters } from '../../http/form.ts'
import type { HttpRequest } from '../../http/request.ts'
import { fromFetch } from '../../http/request.ts'
import type { HttpResponse } from '../../http/response.ts'
import { toFetch } from '../../http/response.ts'
import type { KeySet } from '../../jose/jwks/index.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import type { Seconds } from '../../util/clock.ts'
import { Emitter, type Listener } from '../../util/events.ts'
import { type Logger, silentLogger } from '../../util/logger.ts'
import type { PresentedToken } from '../presented-token.ts'
import type { ServerMetadata } from '../server-metadata.ts'
import type { TokenResponse } from '../token-response.ts'
import type { Attempt } from './attempt.ts'
import { ClientSecretBasic } from './auth/client-secret-basic.ts'
import { ClientSecretPost } from './auth/client-secret-post.ts'
import { NoClientAuthentication } from './auth/none.ts'
import { SecretVerifier } from './auth/secret-verifier.ts'
import { decideAuthorization, refuseAuthorization } from './authorization/decision.ts'
import { checkAuthorizationRequest, checkPushedRequest } from './authorization/pipeline.ts'
import type { AuthorizationRequest, ProvenRequest, ResumedRequest } from './authorization/request.ts'
import type { ClientAuthMethod } from './client-auth.ts'
import { authenticateClient } from './client-authentication.ts'
import type { AuthenticatedClient, RequestContext, RequestOrigin, ServerHandle, TokenContext } from './context.ts'
import type { ServerCore } from './core.ts'
import type { AuthorizationDecision, GrantDecision } from './decisions.ts'
import { Diagnostics } from './diagnostics.ts'
import type { Endpoint } from './endpoint.ts'
import { JwksEndpoint } from './endpoints/jwks.ts'
import { MetadataEndpoint } from './endpoints/metadata.ts'
import { TokenEndpoint } from './endpoints/token.ts'
import type { EventPayloads, ServerEvent, ServerEvents } from './events.ts'
import type { Extension, ServerRegistry } from './extension.ts'
import { IssuerParameter } from './extensions/issuer-parameter.ts'
import type { AuthorizationGrant, TokenGrant } from './grant.ts'
import type { LifetimeContext, Lifetimes, RuledLifetime } from './lifetimes.ts'
import { buildMetadata } from './metadata.ts'
import type { AuthorizationServerOptions } from './options.ts'
import { checkRateLimit } from './rate-limit.ts'
import type { AccessTokenRecord, Client } from './records.ts'
import { instantiate, Registry } from './registry.ts'
import type { ResourceServer } from './resources.ts'
import type { ResponseMode } from './response-mode.ts'
import { FormPost } from './response-modes/form-post.ts'
import { Fragment } from './response-modes/fragment.ts'
import { Query } from './response-modes/query.ts'
import { Routes } from './routes.ts'
import { checkOptions } from './settings.ts'
import type { BulkRevocationStore, ClientStore, GrantStore, RefreshTokenStore, TokenStore } from './store.ts'
import { authenticateToken } from './tokens/authenticate-token.ts'
import { issueTokens } from './tokens/issuer.ts'
import { revokeAll, revokeGrant, revokeToken } from './tokens/revoke.ts'
import { findLifetime } from './tokens/shape.ts'
import { createToken, type TokenKind } from './tokens/token-format.ts'
import { Trails } from './trails.ts'

/** These come with a decision that has a line of its own in the log. */
const LOG_LEVELS: Partial<Record<keyof ServerEvents, 'debug' | 'warn' | 'none'>> = {
  // Its line has more than the event: what went out, and the detail.
  'request.refused': 'none',
  'client.authenticated': 'debug',
  'client.refused': 'debug',
  'authorization.denied': 'debug',
  'token.introspected': 'debug',
  'code.replayed': 'warn',
  'device_code.replayed': 'warn',
  'refresh.replayed': 'warn',
}

/**
 * An OAuth 2.0 authorization server: what is registered with it is what it does, and its metadata says the same.
 *
 * @example
 * const server = new AuthorizationServer({ issuer: 'https://op.example', store: new MemoryStore({ clients }) })
 *   .registerGrant(AuthorizationCodeGrant)
 *   .registerGrant(RefreshTokenGrant, { rotate: true })
 *   .registerEndpoint(RevocationEndpoint)
 * const response = await server.fetch(request)
 * @typeParam S the store. What is registered has to find the capabilities it needs in it.
 * @spec RFC 6749 §1.1
 */
export class AuthorizationServer<S extends ClientStore & TokenStore> implements ServerHandle, ServerRegistry<S> {
  readonly #core: ServerCore<S>
  readonly #events: Emitter<EventPayloads>
  #metadata: { readonly keys: KeySet; readonly document: ServerMetadata } | undefined
  #scopes: readonly string[] | undefined
  #personalScopes: readonly string[] = []
  #routes: Routes<S>

  /** @throws ConfigurationError with every problem of the options at once. */
  constructor(options: AuthorizationServerOptions<S>) {
    const settings = checkOptions(options)
    const diagnostics = new Diagnostics(settings.issuer)
    this.#core = { settings, registry: new Registry(), server: this, trails: new Trails(), diagnostics }
    this.#events = new Emitter(settings.logger)
    this.#routes = new Routes(this.#core)
    this.#registerDefaults()
  }

  #registerDefaults(): void {
    const secrets = new SecretVerifier()
    for (const method of [
      new ClientSecretBasic(secrets),
      new ClientSecretPost(secrets),
      new NoClientAuthentication(),
    ]) {
      this.registerClientAuthMethod(method)
    }
    for (const mode of [new Query(), new Fragment(), new FormPost()]) this.registerResponseMode(mode)
    this.registerEndpoint(new TokenEndpoint(this.#core))
    this.registerEndpoint(new MetadataEndpoint())
    if (this.#core.settings.hasKeys) this.registerEndpoint(new JwksEndpoint())
    this.registerExtension(new IssuerParameter())
  }

  get issuer(): string {
    return this.#core.settings.issuer
  }

  /** Itself: what an extension is given when it is installed. */
  get server(): ServerHandle {
    return this
  }

  get keys(): KeySet {
    return this.#core.settings.keys.current
  }

  get lifetimes(): Lifetimes {
    return this.#core.settings.lifetimes
  }

  get scopes(): readonly string[] | undefined {
    return this.#scopes
  }

  get personalScopes(): readonly string[] {
    return this.#personalScopes
  }

  get logger(): Logger {
    return this.#core.settings.logger
  }

  /** Adds a grant: for the token endpoint, the authorization endpoint or both. */
  registerGrant(grant: TokenGrant<S> | AuthorizationGrant<S>): this
  registerGrant(Grant: new () => TokenGrant<S> | AuthorizationGrant<S>): this
  registerGrant<O>(Grant: new (options: O) => TokenGrant<S> | AuthorizationGrant<S>, options: NoInfer<O>): this
  registerGrant<O>(
    grant: TokenGrant<S> | AuthorizationGrant<S> | (new (options?: O) => TokenGrant<S> | AuthorizationGrant<S>),
    options?: O,
  ): this {
    const part = instantiate(grant, options)
    this.#core.registry.addGrant(part)
    if (part.warning !== undefined)
      this.logger.warn('a grant is registered that weakens the server', { why: part.warning })
    return this.#rebuild()
  }

  /** Adds something that is answered at a path of its own. */
  registerEndpoint(endpoint: Endpoint<S>): this
  registerEndpoint(Endpoint: new () => Endpoint<S>): this
  registerEndpoint<O>(Endpoint: new (options: O) => Endpoint<S>, options: NoInfer<O>): this
  registerEndpoint<O>(endpoint: Endpoint<S> | (new (options?: O) => Endpoint<S>), options?: O): this {
    this.#core.registry.addEndpoint(instantiate(endpoint, options))
    return this.#rebuild()
  }

  /** Adds a way for clients to prove who they are. */
  registerClientAuthMethod(method: ClientAuthMethod<S>): this
  registerClientAuthMethod(Method: new () => ClientAuthMethod<S>): this
  registerClientAuthMethod<O>(Method: new (options: O) => ClientAuthMethod<S>, options: NoInfer<O>): this
  registerClientAuthMethod<O>(
    method: ClientAuthMethod<S> | (new (options?: O) => ClientAuthMethod<S>),
    options?: O,
  ): this {
    this.#core.registry.addClientAuthMethod(instantiate(method, options))
    return this.#rebuild()
  }

  /** Adds a way for authorization responses to travel. */
  registerResponseMode(mode: ResponseMode): this
  registerResponseMode(Mode: new () => ResponseMode): this
  registerResponseMode<O>(Mode: new (options: O) => ResponseMode, options: NoInfer<O>): this
  registerResponseMode<O>(mode: ResponseMode | (new (options?: O) => ResponseMode), options?: O): this {
    this.#core.registry.addResponseMode(instantiate(mode, options))
    return this.#rebuild()
  }

  /** Adds a part that takes part in what the others do, and what it brings with it. */
  // A class has a name, as extensions have: it must not pass for one.
  registerExtension(extension: Extension<S> & { readonly prototype?: never }): this
  registerExtension(Extension: new () => Extension<S>): this
  registerExtension<O>(Extension: new (options: O) => Extension<S>, options: NoInfer<O>): this
  registerExtension<O>(extension: Extension<S> | (new (options?: O) => Extension<S>), options?: O): this {
    const instance = instantiate(extension, options)
    this.#core.registry.addExtension(instance)
    instance.install?.(this)
    return this.#rebuild()
  }

  /** Listens to what happens. The function that comes back ends it. */
  on<E extends keyof ServerEvents>(event: E, listener: Listener<ServerEvent<E>>): () => void {
    return this.#events.on(event, listener)
  }

  /** Tells the listeners, the log and whoever traces, with what is known about the request. */
  emit<E extends keyof ServerEvents>(event: E, payload: ServerEvent<E>): void {
    const { trails, diagnostics } = this.#core
    trails.learn(event, payload)
    if (!this.#isHeard(event)) return
    const complete = trails.complete(payload)
    const level: keyof Logger | 'none' = LOG_LEVELS[event] ?? 'info'
    if (level !== 'none') this.logger[level](event, complete)
    this.#events.emit(event, complete)
    diagnostics.tell(event, complete)
  }

  /** Most servers have no listener for most events: those are not put together. */
  #isHeard(event: keyof ServerEvents): boolean {
    return this.logger !== silentLogger || this.#events.hasListeners(event) || this.#core.diagnostics.hearsEvents
  }

  /** The server's description of itself: the sum of what is registered. @spec RFC 8414 §2 */
  metadata(): ServerMetadata {
    // What is signed with depends on the keys, which may have rotated.
    if (this.#metadata?.keys !== this.keys) this.#metadata = { keys: this.keys, document: buildMetadata(this.#core) }
    return this.#metadata.document
  }

  findLifetime(name: RuledLifetime, context: LifetimeContext): Promise<Seconds> {
    return findLifetime(this.#core.settings, name, context)
  }

  createToken(kind: TokenKind): string {
    return createToken(this.#core.settings.tokenPrefix, kind)
  }

  endpointUrl(name: string): string | undefined {
    return this.#routes.urlOf(name)
  }

  findResource(resource: string, client: Client): Awaitable<ResourceServer | undefined> {
    return this.#core.settings.findResource(resource, client)
  }

  requiresPkce(client: Client): boolean {
    return this.#core.settings.requiresPkce(client)
  }

  /** Whether the path of this request is one of the server's: for adapters that hand on what is not. */
  owns(request: HttpRequest): boolean {
    return this.#routes.owns(request)
  }

  /** Answers any request to any of its endpoints. Every error is a response. */
  handle(request: HttpRequest): Promise<HttpResponse> {
    return this.#routes.handle(request)
  }

  /** `handle` for platforms that speak `Request` and `Response`. */
  async fetch(request: Request): Promise<Response> {
    return toFetch(await this.handle(fromFetch(request)))
  }

  /**
   * Checks an authorization request, so that a person can be asked about it.
   *
   * @throws AuthorizationRefusal whose `response` is the page or the redirect to answer with.
   * @spec RFC 6749 §4.1.1
   */
  getConsentGrant(request: Request): Promise<AuthorizationRequest<Response>>
  getConsentGrant(request: HttpRequest, requestId?: string, resumed?: ResumedRequest): Promise<AuthorizationRequest>
  async getConsentGrant(
    request: Request | HttpRequest,
    requestId?: string,
    resumed?: ResumedRequest,
  ): Promise<AuthorizationRequest<Response> | AuthorizationRequest> {
    return isFetchRequest(request)
      ? checkAuthorizationRequest(this.#core, fromFetch(request), toFetch)
      : checkAuthorizationRequest(this.#core, request, (response) => response, requestId, resumed)
  }

  checkPushedRequest(
    request: HttpRequest,
    parameters: RequestParameters,
    pushedId: string,
    requestId?: string,
  ): Promise<AuthorizationRequest> {
    return checkPushedRequest(this.#core, request, parameters, pushedId, requestId)
  }

  /** Answers a checked authorization request with the person's decision. @spec RFC 6749 §4.1.2 */
  async createAuthorizationResponse<R>(request: AuthorizationRequest<R>, decision: AuthorizationDecision): Promise<R> {
    return request.toAnswer(await decideAuthorization(this.#core, request, decision))
  }

  refuseAuthorization(request: ProvenRequest, error: unknown): Promise<HttpResponse> {
    return refuseAuthorization(this.#core, request, error)
  }

  /** Answers a token request, wherever it was routed. @spec RFC 6749 §3.2 */
  createTokenResponse(request: Request): Promise<Response>
  createTokenResponse(request: HttpRequest): Promise<HttpResponse>
  createTokenResponse(request: Request | HttpRequest): Promise<Response | HttpResponse> {
    return isFetchRequest(request)
      ? this.createEndpointResponse('token', request)
      : this.createEndpointResponse('token', request)
  }

  /** Answers a request to the endpoint of that name, wherever it was routed. */
  createEndpointResponse(name: string, request: Request): Promise<Response>
  createEndpointResponse(name: string, request: HttpRequest): Promise<HttpResponse>
  async createEndpointResponse(name: string, request: Request | HttpRequest): Promise<Response | HttpResponse> {
    return isFetchRequest(request)
      ? toFetch(await this.#routes.handleAt(name, fromFetch(request)))
      : this.#routes.handleAt(name, request)
  }

  /**
   * Ends a token that became known to somebody, whosever it is: an access token alone, a refresh token with its family.
   *
   * @returns whether this call ended it.
   */
  revokeToken(this: AuthorizationServer<S & RefreshTokenStore>, token: string): Promise<boolean> {
    return revokeToken(this.#core, token)
  }

  /** Ends a grant with all its tokens. @returns whether this call did. */
  revokeGrant(this: AuthorizationServer<S & GrantStore>, grantId: string): Promise<boolean> {
    return revokeGrant(this.#core, grantId)
  }

  /** Ends all that a client has, such as when it is taken over. @returns how many grants and tokens of its own. */
  revokeClient(this: AuthorizationServer<S & BulkRevocationStore>, clientId: string): Promise<number> {
    return revokeAll(this.#core, { clientId })
  }

  /**
   * Ends what clients have of a person, such as after a change of password; or what one client has, where it is named.
   *
   * @returns how many grants and tokens.
   */
  revokeSubject(
    this: AuthorizationServer<S & BulkRevocationStore>,
    subject: string,
    options: { readonly clientId?: string } = {},
  ): Promise<number> {
    return revokeAll(this.#core, { ...options, subject })
  }

  issueTokens(context: TokenContext, decision: GrantDecision): Promise<TokenResponse> {
    return issueTokens(this.#core, { ...context, store: this.#core.settings.store }, decision)
  }

  authenticateClient(
    request: HttpRequest,
    parameters: RequestParameters,
    origin?: RequestOrigin,
  ): Promise<AuthenticatedClient> {
    return authenticateClient(this.#core, request, parameters, origin)
  }

  checkRateLimit(attempt: Attempt, code?: 'temporarily_unavailable' | 'slow_down'): Promise<void> {
    return checkRateLimit(this.#core, attempt, code)
  }

  authenticateToken(context: RequestContext, presented: PresentedToken): Promise<AccessTokenRecord | undefined> {
    return authenticateToken(this.#core, context, presented)
  }

  /** Derives anew what is derived from the registry: here, not per request. */
  #rebuild(): this {
    const { settings, registry } = this.#core
    this.#metadata = undefined
    this.#scopes = settings.scopes && [...new Set([...settings.scopes, ...registry.extensionScopes()])]
    this.#personalScopes = registry.personalScopes()
    this.#routes = new Routes(this.#core)
    return this
  }
}

function isFetchRequest(request: Request | HttpRequest): request is Request {
  return !('header' in request)
}
