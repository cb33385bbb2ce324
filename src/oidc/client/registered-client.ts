import type { RequestParameters } from '../../http/form.ts'
import type { HttpRequest } from '../../http/request.ts'
import { type Header, type HttpResponse, redirect } from '../../http/response.ts'
import { type AuthorizationCallback, isAuthorizationCallback } from '../../oauth2/client/callback.ts'
import type { ClientCredentialsOptions } from '../../oauth2/client/client-credentials.ts'
import { getEndpoint } from '../../oauth2/client/endpoint-request.ts'
import { ClientError } from '../../oauth2/client/errors.ts'
import type { TokenParameters } from '../../oauth2/client/token-request.ts'
import type { Transaction } from '../../oauth2/client/transaction.ts'
import type { Transactions } from '../../oauth2/client/transactions.ts'
import { formatScope } from '../../oauth2/scope.ts'
import { checkReturnTo, resolveAppUrl } from './app-url.ts'
import { BackChannelLogout } from './back-channel-logout.ts'
import { type LoginExchange, OpenIdClient, type OpenIdTokenSet } from './client.ts'
import { FrontChannelLogout } from './front-channel-logout.ts'
import type {
  AuthorizeData,
  AuthorizeRedirectOptions,
  CompletedLogin,
  Failure,
  LoginCompletion,
  LogoutCompletion,
  LogoutRedirectOptions,
  Registration,
} from './login-types.ts'
import type { LoginUrl, LoginUrlOptions } from './login-url.ts'
import type { OnLogout } from './logout-notice.ts'
import { readCallback } from './read-callback.ts'
import { type ReplayStore, replayMemory } from './replay-store.ts'
import type { Userinfo } from './userinfo.ts'

/** Redirects that a browser must not answer from its memory, and the cookies that go with them. */
function redirectWith(url: string, setCookie: readonly string[]): HttpResponse {
  return redirect(
    url,
    303,
    setCookie.map((cookie): Header => ['set-cookie', cookie]),
  )
}

/** A request of the application, by which `fetchToken` finds a token. */
export interface RequestOfApp {
  readonly request: unknown
}

/**
 * The client of one provider in a registry: an `OpenIdClient`, and the login in two steps over plain requests and
 * answers. Adapters extend it: their methods convert, call one of these, and convert back.
 */
export class RegisteredClient extends OpenIdClient {
  /** The name it was registered under. */
  readonly name: string
  readonly #logins: Transactions
  readonly #logouts: Transactions
  readonly #baseUrl: string | undefined
  readonly #replayStore: ReplayStore

  constructor({ name, options, logins, logouts, baseUrl }: Registration) {
    super(options)
    this.#replayStore = options.replayStore ?? replayMemory(this.clock)
    this.name = name
    this.#logins = logins
    this.#logouts = logouts
    this.#baseUrl = baseUrl
  }

  /** For a login that you send the browser to yourself: `saveAuthorizeData` remembers it. A path goes behind `baseUrl`. */
  override createAuthorizationUrl(options: LoginUrlOptions = {}): Promise<LoginUrl> {
    const { redirectUri } = options
    if (redirectUri === undefined) return super.createAuthorizationUrl(options)
    return super.createAuthorizationUrl({ ...options, redirectUri: this.#resolve(redirectUri, 'redirectUri') })
  }

  /**
   * Asks for a token without a browser and without a session: by what `validateCallback` returned, by the parameters of any
   * grant, or with the client's own credentials where there are none.
   *
   * @throws ClientError `token_refused` …
   */
  fetchAccessToken(
    grant: AuthorizationCallback | TokenParameters | ClientCredentialsOptions = {},
    exchange: LoginExchange = {},
  ): Promise<OpenIdTokenSet> {
    if (isAuthorizationCallback(grant) || 'grant_type' in grant) return this.fetchToken(grant, exchange)
    return this.clientCredentials(grant)
  }

  /**
   * Asks the provider about the person of a token, or of a request of the application, whose token `fetchToken` finds.
   *
   * @throws ClientError `missing_token`, `userinfo_refused` …
   * @spec OIDC Core §5.3
   */
  override async userinfo(of: OpenIdTokenSet | RequestOfApp): Promise<Userinfo> {
    if ('access_token' in of) return super.userinfo(of)
    const endpoint = getEndpoint(await this.metadata(), 'userinfo_endpoint')
    return super.userinfo(await this.activeToken('userinfo', endpoint, of))
  }

  /** Sends the browser to the provider, and remembers the attempt in the browser. */
  protected async startLogin(
    request: HttpRequest,
    redirectUri: string | undefined,
    options: AuthorizeRedirectOptions,
  ): Promise<{ readonly response: HttpResponse }> {
    const { data: _data, returnTo: _returnTo, ...wishes } = options
    const { resource: _resource, ...kept } = options
    const login = await this.createAuthorizationUrl({ ...wishes, ...(redirectUri !== undefined && { redirectUri }) })
    const setCookie = await this.saveLogin(request, { ...kept, ...login })
    this.settings.logger.debug('login started', { provider: this.name })
    return { response: redirectWith(login.url, setCookie) }
  }

  /** The cookies that remember an attempt in the browser. @throws ClientError `return_to_refused` */
  protected async saveLogin(request: HttpRequest, login: AuthorizeData): Promise<readonly string[]> {
    const { state, redirectUri, codeVerifier, nonce, maxAge, scope, resource, data, returnTo } = login
    const { issuer } = await this.metadata()
    return this.#logins.begin(request, {
      provider: this.name,
      state,
      redirectUri,
      isPosted: login.responseMode === 'form_post',
      ...(issuer !== undefined && { issuer }),
      ...(codeVerifier !== undefined && { codeVerifier }),
      ...(nonce !== undefined && { nonce }),
      ...(maxAge !== undefined && { maxAge }),
      ...(scope !== undefined && { scope: typeof scope === 'string' ? scope : formatScope(scope) }),
      ...(resource !== undefined && { resource: [...resource] }),
      ...(returnTo !== undefined && { returnTo: checkReturnTo(returnTo, this.#baseUrl ?? redirectUri) }),
      ...(data !== undefined && { data }),
    })
  }

  /**
   * Takes the browser back: finds the attempt that it belongs to, checks the response, redeems the code and validates the
   * ID token. Whatever comes of it, the attempt is over.
   */
  protected async completeLogin(request: HttpRequest): Promise<LoginCompletion> {
    const read = await readCallback(request)
    if (read instanceof ClientError) return this.#refuse('login', read, [])
    const found = await this.#logins.consume(request, read.state)
    if (!found.ok) return this.#refuse('login', found.error, found.setCookie)
    try {
      const login = await this.#finish(read.parameters, found.transaction)
      this.settings.logger.info('login completed', { provider: this.name })
      return { ok: true, setCookie: found.setCookie, ...login }
    } catch (error) {
      return this.#refuse('login', error, found.setCookie)
    }
  }

  /** Sends the browser to the provider to log out there. Your own session you end yourself. */
  protected async startLogout(
    request: HttpRequest,
    target: string | undefined,
    options: LogoutRedirectOptions,
  ): Promise<{ readonly response: HttpResponse }> {
    const { data, ...wishes } = options
    const postLogoutRedirectUri = target === undefined ? undefined : this.#resolve(target, 'postLogoutRedirectUri')
    const { url, state } = await this.createLogoutUrl({
      ...wishes,
      ...(postLogoutRedirectUri !== undefined && { postLogoutRedirectUri }),
    })
    if (state === undefined || postLogoutRedirectUri === undefined) return { response: redirectWith(url, []) }
    const attempt = {
      provider: this.name,
      state,
      redirectUri: postLogoutRedirectUri,
      ...(data !== undefined && { data }),
    }
    return { response: redirectWith(url, await this.#logouts.begin(request, attempt)) }
  }

  /** Takes the browser back from a logout that this browser started. @spec OIDC RP-Initiated Logout §3 */
  protected async completeLogout(request: HttpRequest): Promise<LogoutCompletion> {
    const read = await readCallback(request)
    if (read instanceof ClientError) return this.#refuse('logout', read, [])
    const found = await this.#logouts.consume(request, read.state)
    if (!found.ok) return this.#refuse('logout', found.error, found.setCookie)
    const { transaction, setCookie } = found
    const fault = this.#findForeign(transaction)
    if (fault !== undefined) return this.#refuse('logout', fault, setCookie)
    return { ok: true, setCookie, ...pickLuggage(transaction) }
  }

  /** Answers a provider that says behind the browser's back that somebody logged out there. */
  protected receiveBackChannelLogout(request: HttpRequest, onLogout: OnLogout): Promise<HttpResponse> {
    const { logger } = this.settings
    return new BackChannelLogout(this, { replayStore: this.#replayStore, logger }).receive(request, onLogout)
  }

  /** Answers a provider that says by a frame in the person's browser that a session of theirs ended there. */
  protected receiveFrontChannelLogout(request: HttpRequest, onLogout: OnLogout): Promise<HttpResponse> {
    return new FrontChannelLogout(this, { logger: this.settings.logger }).receive(request, onLogout)
  }

  async #finish(
    parameters: RequestParameters,
    attempt: Transaction,
  ): Promise<Omit<CompletedLogin, 'ok' | 'setCookie'>> {
    const fault = this.#findForeign(attempt) ?? (await this.#findMoved(attempt))
    if (fault !== undefined) throw fault
    const callback = await this.validateCallback(parameters, { state: attempt.state })
    const { codeVerifier, redirectUri, nonce, maxAge, scope, resource } = attempt
    const exchange = { codeVerifier, redirectUri, nonce, maxAge, scope, resource }
    // The attempt's own scope decides, not the client's: there is a nonce where it had openid.
    const { token, idToken } = await this.fetchLogin(callback, exchange, nonce !== undefined)
    return { token, ...pickLuggage(attempt), ...(idToken && { report: idToken.report }) }
  }

  /** What was started with one provider must not be finished with another. @spec RFC 9700 §4.4.2 */
  #findForeign(attempt: Transaction): ClientError | undefined {
    if (attempt.provider === this.name) return undefined
    return new ClientError('transaction_mismatch', 'attempt was started with another provider than it came back from')
  }

  /** @spec RFC 9700 §4.4.2 */
  async #findMoved(attempt: Transaction): Promise<ClientError | undefined> {
    const { issuer } = await this.metadata()
    if (attempt.issuer === issuer) return undefined
    return new ClientError('transaction_mismatch', 'login was started when the provider had another issuer')
  }

  #resolve(target: string, name: string): string {
    return resolveAppUrl(this.#baseUrl, target, name)
  }

  /** Refusals are daily business and one line; anything else is a fault of ours or of the application. */
  #refuse(what: string, error: unknown, setCookie: readonly string[]): Failure {
    const { logger } = this.settings
    if (error instanceof ClientError) {
      const { code, stage, status, refusal, message } = error
      logger.info(`${what} refused`, { provider: this.name, reason: code, stage, status, refusal, message })
    } else {
      logger.error(`${what} failed`, { provider: this.name, error })
    }
    return { ok: false, error, setCookie }
  }
}

function pickLuggage({ data, returnTo }: Transaction): Pick<CompletedLogin, 'data' | 'returnTo'> {
  return { ...(data !== undefined && { data }), ...(returnTo !== undefined && { returnTo }) }
}
