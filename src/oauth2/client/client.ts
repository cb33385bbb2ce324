import type { OutgoingRequest } from '../../http/fetch.ts'
import type { RequestParameters } from '../../http/form.ts'
import type { Clock, Seconds } from '../../util/clock.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { ApiCalls } from './api-calls.ts'
import { type AuthorizationUrlOptions, buildAuthorizationParameters } from './authorization-parameters.ts'
import { type AuthorizationUrl, signParameters, toAuthorizationUrl } from './authorization-url.ts'
import {
  type AuthorizationCallback,
  type CallbackState,
  isAuthorizationCallback,
  readCallback,
  validateCallback,
} from './callback.ts'
import { type ClientCredentialsOptions, toClientCredentialsParameters } from './client-credentials.ts'
import { type CodeExchange, toCodeParameters } from './code-exchange.ts'
import { toResponse, withCompliance } from './compliance.ts'
import { ServerMetadataSource } from './discovery.ts'
import type { WellKnownName } from './discovery-urls.ts'
import type { EndpointAnswer, EndpointCall } from './endpoint-call.ts'
import { callEndpoint, getEndpoint, type KnownServer } from './endpoint-request.ts'
import { ClientError, type ClientStage } from './errors.ts'
import { exchange } from './exchange.ts'
import { toClientError } from './fetch-failure.ts'
import type { ClientSettings, OAuth2ClientOptions } from './options.ts'
import { isPushed, type PushedRequest, readPushedRequest } from './par.ts'
import {
  buildProtectedRequest,
  isDpop,
  type ProtectedRequestOptions,
  requireUsable,
  resolveApiUrl,
} from './protected-fetch.ts'
import { TokenRenewal } from './renewal.ts'
import type { RenewalOptions } from './renewal-options.ts'
import { type RevocationOptions, revokeToken } from './revocation.ts'
import { checkOptions } from './settings.ts'
import { requestToken, type TokenParameters } from './token-request.ts'
import type { TokenSet } from './token-set.ts'
import type { FormParameters, WireParameters } from './wire-parameters.ts'

/**
 * A client of one authorization server: sends people there, redeems what they bring back, renews and revokes tokens, and
 * calls the APIs that they open. Keep one object for each client: what it knows about the server, and the refreshes that
 * are under way, are shared by everyone who uses it.
 *
 * @example
 * const client = new OAuth2Client({ clientId, clientSecret, issuer: 'https://op.example', redirectUri })
 * const { url, state, codeVerifier } = await client.createAuthorizationUrl({ scope: 'files' })
 * // … keep state and codeVerifier, send the browser to url; when it comes back:
 * const callback = await client.validateCallback(request.url, { state })
 * const token = await client.fetchToken(callback, { codeVerifier })
 * @spec RFC 6749 §4.1
 */
export class OAuth2Client extends ApiCalls<ProtectedRequestOptions> {
  /** Private, so that printing a client prints no secret. */
  readonly #settings: ClientSettings
  readonly #discovered: ServerMetadataSource | undefined
  readonly #renewal: TokenRenewal

  constructor(
    options: OAuth2ClientOptions,
    wellKnown: readonly WellKnownName[] = ['oauth-authorization-server', 'openid-configuration'],
  ) {
    super()
    const settings = checkOptions(options, wellKnown)
    const { discovery, compliance, clock, logger, acceptIssuer, metadataStore } = settings
    this.#settings = settings
    if (discovery !== undefined) {
      const transport = withCompliance(settings.transport, compliance, 'discovery')
      const source = { discovery, transport, clock, logger, acceptIssuer, metadataStore }
      this.#discovered = new ServerMetadataSource(source)
    }
    this.#renewal = new TokenRenewal({
      settings,
      refresh: (refreshToken) => this.#refresh(refreshToken),
      accept: (renewed, previous) => this.acceptRenewed(renewed, previous),
      subjectOf: (token) => this.subjectOf(token),
      issuer: async () => (await this.metadata()).issuer,
    })
  }

  get clientId(): string {
    return this.#settings.clientId
  }

  /** What is asked for where a call says nothing else. */
  get scope(): readonly string[] {
    return this.#settings.scope
  }

  get clock(): Clock {
    return this.#settings.clock
  }

  /** How long before its end a token is renewed. */
  get leeway(): Seconds {
    return this.#settings.leeway
  }

  protected get settings(): ClientSettings {
    return this.#settings
  }

  /** What is known about the server: discovered when first needed, and what the options say above it. */
  async metadata(): Promise<KnownServer> {
    const { authentication, serverMetadata } = this.#settings
    const discovered = (await this.#discovered?.get()) ?? {}
    const aliasesIn = (server: KnownServer): KnownServer => authentication?.endpoints?.(server) ?? {}
    return { ...discovered, ...aliasesIn(discovered), ...serverMetadata, ...aliasesIn(serverMetadata) }
  }

  /**
   * Where to send the browser. The request is signed and sent ahead where the client is made to.
   *
   * @throws ClientError `endpoint_missing`, `pushed_request_refused` …
   * @spec RFC 6749 §4.1.1
   */
  async createAuthorizationUrl(options: AuthorizationUrlOptions = {}): Promise<AuthorizationUrl> {
    const server = await this.metadata()
    const endpoint = getEndpoint(server, 'authorization_endpoint')
    const { parameters, kept } = await buildAuthorizationParameters(this.#settings, options)
    const sign = (): Promise<WireParameters> => signParameters(this.#settings, server, parameters)
    const pushed = isPushed(this.#settings, server, parameters) ? await this.#push(sign) : undefined
    const url = await toAuthorizationUrl(endpoint, pushed?.parameters ?? (await sign()), this.#settings.compliance)
    return { url, ...kept, ...(pushed && { expiresAt: pushed.expiresAt }) }
  }

  /**
   * Checks what came back from the server: the only way to something that `fetchToken` redeems.
   *
   * @param response the URL that was called, which may be a path and query alone, or the parameters of a form post.
   */
  async validateCallback(
    response: string | URL | RequestParameters,
    expected: CallbackState,
  ): Promise<AuthorizationCallback> {
    const metadata = await this.metadata()
    const { issuer, authorization_response_iss_parameter_supported: issuerRequired } = metadata
    const { acceptIssuer } = this.#settings
    return validateCallback(readCallback(response), {
      ...{ clientId: this.clientId, state: expected.state, issuer, issuerRequired },
      ...(acceptIssuer && { acceptIssuer: (received) => acceptIssuer(received, { where: 'response', metadata }) }),
    })
  }

  /**
   * Redeems a code, or asks for a token by any other grant: `{ grant_type: 'urn:…', … }`.
   *
   * @throws ClientError `token_refused`, `token_response_invalid`, `request_failed` …
   */
  async fetchToken(grant: AuthorizationCallback | TokenParameters, exchange: CodeExchange = {}): Promise<TokenSet> {
    if (isAuthorizationCallback(grant)) {
      const { issuer } = await this.metadata()
      return this.requestToken(toCodeParameters(this.#settings, issuer, grant, exchange))
    }
    if (grant.grant_type === 'authorization_code') {
      throw new ConfigurationError('fetchToken', ['a code is redeemed with what "validateCallback" returned'])
    }
    return this.requestToken(grant)
  }

  /**
   * A token for the client itself. It comes without a refresh token and is renewed by asking again: it may be used for ever.
   *
   * @spec RFC 6749 §4.4
   */
  async clientCredentials(options: ClientCredentialsOptions = {}): Promise<TokenSet> {
    const parameters = toClientCredentialsParameters(this.#settings, options)
    return this.renewable(await this.requestToken(parameters), () => this.requestToken(parameters))
  }

  /**
   * Says how a token is renewed that has no refresh token: as long as this client lives, whoever uses the token after its end,
   * or a copy of it, gets the one that `renew` brought last.
   *
   * @example
   * const token = client.renewable(await fetchByAssertion(), () => fetchByAssertion())
   * @returns the token.
   */
  renewable(token: TokenSet, renew: () => Promise<TokenSet>): TokenSet {
    this.#renewal.remember(token, renew)
    return token
  }

  /**
   * Renews a token. However many ask at once with the same refresh token, the server is asked once.
   *
   * @throws ClientError `missing_token` where there is no refresh token, `token_refused`, `token_update_conflict` …
   * @spec RFC 6749 §6
   */
  async refreshToken(token: TokenSet, options: RenewalOptions = {}): Promise<TokenSet> {
    if (token.refresh_token === undefined) {
      throw new ClientError('missing_token', '"refresh_token" is missing: the server did not grant one', {
        stage: 'refresh',
      })
    }
    return this.#renewal.renew(token, { ...options, isFound: false })
  }

  /**
   * The token, or its successor where it has expired.
   *
   * @throws ClientError `token_expired` where it cannot be renewed.
   */
  async ensureActiveToken(token: TokenSet, options: RenewalOptions = {}): Promise<TokenSet> {
    return this.#renewal.ensureActive(token, { ...options, isFound: false })
  }

  /**
   * Posts a form to an endpoint at which the client proves who it is, and reads the JSON that comes back whatever its status
   * is: for what this class has no method for.
   *
   * @param name as in the server's metadata.
   * @throws ClientError `endpoint_missing`, `request_failed` …
   */
  async callEndpoint(
    name: `${string}_endpoint`,
    parameters: FormParameters,
    call: EndpointCall,
  ): Promise<EndpointAnswer> {
    return callEndpoint(this.#settings, await this.metadata(), name, parameters, call)
  }

  /** @spec RFC 7009 §2.1 */
  async revokeToken(token: TokenSet | string, options: RevocationOptions = {}): Promise<void> {
    await revokeToken(this.#settings, await this.metadata(), token, options)
  }

  /**
   * Calls an API. The answer is returned whatever its status is; redirects are not followed.
   *
   * @param url absolute, or relative to `apiBaseUrl`.
   * @throws ClientError `missing_token`, `token_expired`, `insecure_endpoint`, `request_failed` …
   * @spec RFC 6750 §2.1
   */
  request(method: string, url: string | URL, options: ProtectedRequestOptions = {}): Promise<Response> {
    return this.send('resource', method, url, options)
  }

  /** Calls what an access token opens, as one step of the protocol or another. */
  protected async send(
    stage: ClientStage,
    method: string,
    url: string | URL,
    options: ProtectedRequestOptions,
  ): Promise<Response> {
    const { apiBaseUrl, dpop, tokenPlacement: placement } = this.#settings
    const endpoint = resolveApiUrl(url, apiBaseUrl)
    const token = options.withholdToken === true ? undefined : await this.activeToken(stage, endpoint, options)
    if (token !== undefined) requireUsable(token, dpop !== undefined)
    const accessToken = token !== undefined && isDpop(token.token_type) ? token.access_token : undefined
    const moment = stage === 'userinfo' ? 'userinfo' : 'protected'
    const build = (): OutgoingRequest => buildProtectedRequest(method, endpoint, { token, placement }, options)
    try {
      return toResponse(await exchange(this.#settings, { moment, build, accessToken }))
    } catch (error) {
      throw toClientError(error, { stage, endpoint, invalid: 'request_failed' })
    }
  }

  /** The token that opens an API, renewed where it has to be. */
  protected async activeToken(
    stage: ClientStage,
    endpoint: string,
    { token, request }: ProtectedRequestOptions,
  ): Promise<TokenSet> {
    if (token !== undefined) return this.ensureActiveToken(token, { request })
    const found = await this.#settings.fetchToken?.(request)
    if (found !== undefined) return this.#renewal.ensureActive(found, { request, isFound: true })
    throw new ClientError('missing_token', '"token" is missing: the call needs an access token', { stage, endpoint })
  }

  /** Asks the token endpoint. */
  protected async requestToken(parameters: TokenParameters): Promise<TokenSet> {
    return requestToken(this.#settings, await this.metadata(), parameters)
  }

  /** Checks a token that a refresh brought, before it is stored. */
  protected async acceptRenewed(renewed: TokenSet, _previous: TokenSet): Promise<TokenSet> {
    return renewed
  }

  /** Who logged in, where the token says so. Renewals for one person wait for each other. */
  protected subjectOf(_token: TokenSet): string | undefined {
    return undefined
  }

  async #refresh(refreshToken: string): Promise<TokenSet> {
    const parameters = { grant_type: 'refresh_token', refresh_token: refreshToken }
    return requestToken(this.#settings, await this.metadata(), parameters, 'refresh')
  }

  /** @spec RFC 9126 §2.1 */
  async #push(parameters: FormParameters): Promise<PushedRequest> {
    const call = { stage: 'authorization', moment: 'pushedAuthorization', invalid: 'pushed_response_invalid' } as const
    const answer = await this.callEndpoint('pushed_authorization_request_endpoint', parameters, call)
    return readPushedRequest(this.#settings, answer)
  }
}
