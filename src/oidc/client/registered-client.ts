import { HttpError } from '../../http/errors.ts'
import type { RequestParameters } from '../../http/form.ts'
import { type HttpRequest, queryOf } from '../../http/request.ts'
import { type Header, type HttpResponse, redirect } from '../../http/response.ts'
import { ClientError } from '../../oauth2/client/errors.ts'
import type { Transaction, Transactions } from '../../oauth2/client/transaction.ts'
import type { JsonValue } from '../../util/json.ts'
import { OpenIdClient, type OpenIdTokenSet } from './client.ts'
import type { IdTokenReport } from './id-token.ts'
import type { LoginUrlOptions } from './login-url.ts'
import type { LogoutUrlOptions } from './logout.ts'
import type { OpenIdClientOptions } from './options.ts'

/** What a registry hands to a client of its own. */
export interface Registration {
  readonly name: string
  readonly options: OpenIdClientOptions
  readonly logins: Transactions
  readonly logouts: Transactions
}

/** What may be said about one login. State, nonce and verifier are always fresh. */
export interface AuthorizeRedirectOptions
  extends Omit<LoginUrlOptions, 'redirectUri' | 'state' | 'nonce' | 'codeVerifier'> {
  /** Anything of yours, given back when the login comes back: where to go then, for one. Sealed in the cookie. */
  data?: JsonValue
}

export interface LogoutRedirectOptions extends Omit<LogoutUrlOptions, 'postLogoutRedirectUri' | 'state'> {
  /** Anything of yours, given back by `validateLogoutResponse`. */
  data?: JsonValue
}

/** A login that succeeded. */
export interface CompletedLogin {
  readonly ok: true
  /** `token.userinfo` holds the claims of the validated ID token. */
  readonly token: OpenIdTokenSet
  /** What `authorizeRedirect` was given. */
  readonly data?: JsonValue
  /** Which checks the ID token has passed. */
  readonly report?: IdTokenReport
  /** `Set-Cookie` headers for the answer. */
  readonly setCookie: readonly string[]
}

/** Something that came to nothing. The attempt is over all the same: the cookies belong into the answer. */
export interface Failure {
  readonly ok: false
  readonly error: unknown
  readonly setCookie: readonly string[]
}

export type LoginCompletion = CompletedLogin | Failure

export interface CompletedLogout {
  readonly ok: true
  readonly data?: JsonValue
  readonly setCookie: readonly string[]
}

export type LogoutCompletion = CompletedLogout | Failure

/** Redirects that a browser must not answer from its memory, and the cookies that go with them. */
function redirectWith(url: string, setCookie: readonly string[]): HttpResponse {
  return redirect(
    url,
    303,
    setCookie.map((cookie): Header => ['set-cookie', cookie]),
  )
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

  constructor({ name, options, logins, logouts }: Registration) {
    super(options)
    this.name = name
    this.#logins = logins
    this.#logouts = logouts
  }

  /** Sends the browser to the provider, and remembers the attempt in the browser. */
  protected async startLogin(
    request: HttpRequest,
    redirectUri: string | undefined,
    options: AuthorizeRedirectOptions,
  ): Promise<{ readonly response: HttpResponse }> {
    const { data, ...wishes } = options
    const { url, ...attempt } = await this.createAuthorizationUrl({
      ...wishes,
      ...(redirectUri !== undefined && { redirectUri }),
    })
    const { issuer } = await this.metadata()
    const setCookie = await this.#logins.begin(request, {
      ...attempt,
      provider: this.name,
      isPosted: options.responseMode === 'form_post',
      ...(issuer !== undefined && { issuer }),
      ...(options.maxAge !== undefined && { maxAge: options.maxAge }),
      ...(data !== undefined && { data }),
    })
    return { response: redirectWith(url, setCookie) }
  }

  /**
   * Takes the browser back: finds the attempt that it belongs to, checks the response, redeems the code and validates the
   * ID token. Whatever comes of it, the attempt is over.
   */
  protected async completeLogin(request: HttpRequest): Promise<LoginCompletion> {
    const read = await readResponse(request)
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
    postLogoutRedirectUri: string | undefined,
    options: LogoutRedirectOptions,
  ): Promise<{ readonly response: HttpResponse }> {
    const { data, ...wishes } = options
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
    const read = await readResponse(request)
    if (read instanceof ClientError) return this.#refuse('logout', read, [])
    const found = await this.#logouts.consume(request, read.state)
    if (!found.ok) return this.#refuse('logout', found.error, found.setCookie)
    const { transaction, setCookie } = found
    const fault = this.#findForeign(transaction)
    if (fault !== undefined) return this.#refuse('logout', fault, setCookie)
    return { ok: true, setCookie, ...pickData(transaction) }
  }

  async #finish(
    parameters: RequestParameters,
    attempt: Transaction,
  ): Promise<Omit<CompletedLogin, 'ok' | 'setCookie'>> {
    const fault = this.#findForeign(attempt) ?? (await this.#findMoved(attempt))
    if (fault !== undefined) throw fault
    const callback = await this.validateCallback(parameters, { state: attempt.state })
    const { codeVerifier, redirectUri, nonce, maxAge } = attempt
    const exchange = { codeVerifier, redirectUri, nonce, maxAge }
    // The attempt's own scope decides, not the client's: there is a nonce where it had openid.
    const { token, idToken } = await this.fetchLogin(callback, exchange, nonce !== undefined)
    return { token, ...pickData(attempt), ...(idToken && { report: idToken.report }) }
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

interface ReadResponse {
  readonly parameters: RequestParameters
  readonly state: string
}

/** The parameters that the browser brings, in its URL or in a form. @spec OIDC Form Post §2 */
async function readResponse(request: HttpRequest): Promise<ReadResponse | ClientError> {
  try {
    const parameters = request.method === 'POST' ? await request.form() : queryOf(request)
    const state = parameters.get('state')
    if (state !== undefined) return { parameters, state }
    return new ClientError('state_missing', '"state" is missing in the response', { parameter: 'state' })
  } catch (cause) {
    if (!(cause instanceof HttpError)) throw cause
    return new ClientError('callback_invalid', 'response must be parameters in percent-encoded UTF-8', { cause })
  }
}

function pickData({ data }: Transaction): { data?: JsonValue } {
  return data === undefined ? {} : { data }
}
