import type { Transport } from '../../http/fetch.ts'
import type { HttpRequest } from '../../http/request.ts'
import { ClientError } from '../../oauth2/client/errors.ts'
import type { TokenSet } from '../../oauth2/client/token-set.ts'
import { Transactions } from '../../oauth2/client/transactions.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import type { Clock } from '../../util/clock.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { Emitter, type Listener } from '../../util/events.ts'
import type { KeyValueStore } from '../../util/key-value-store.ts'
import { createLogger, type Logger } from '../../util/logger.ts'
import { findBaseUrlProblem, resolveAppUrl } from './app-url.ts'
import type { OpenIdTokenSet } from './client.ts'
import type { Environment } from './environment.ts'
import type { Registration } from './login-types.ts'
import type { OpenIdClientOptions } from './options.ts'
import {
  flattenOptions,
  layerOptions,
  type OAuth1Engine,
  type OAuth1ProviderOptions,
  type ProviderOptions,
  type ProviderSettings,
} from './provider-options.ts'
import { SettingsSource } from './provider-settings.ts'
import { readCallback } from './read-callback.ts'
import { checkResolved, type ResolveProvider, TenantClients } from './tenants.ts'

/** What a registry tells its listeners. */
export interface OAuthEvents {
  /** A token was renewed. */
  'token.updated': { readonly provider: string; readonly token: OpenIdTokenSet; readonly previous: OpenIdTokenSet }
}

/**
 * @typeParam N names of the clients.
 * @typeParam R the requests of the framework.
 * @typeParam D clients of OAuth 1.0 providers.
 */
export interface OAuthOptions<N extends string = never, R = HttpRequest, D = never> {
  /**
   * Seals the cookies of logins that are under way: at least 32 bytes, and the same in every process. To rotate it, put
   * the new one in front of the old one.
   */
  secret: string | readonly string[]
  /**
   * Keeps the logins that are under way, sealed, where a cookie for each is not enough: `data` may be large, and of several
   * processes that are handed the same answer one takes it. The browser then carries what finds its logins.
   */
  transactions?: KeyValueStore
  /** Providers by name; the same as calling `register` for each. */
  clients?: { readonly [K in N]: ProviderOptions }
  /**
   * What else is known about providers, by name, in the shape of Authlib's `AUTHLIB_OAUTH_CLIENTS`: snake_case or camelCase,
   * any key left out. What the code says stands above it.
   */
  settings?: Readonly<Record<string, unknown>>
  /** Where `GOOGLE_CLIENT_ID` and its like are looked up, above `settings`: `process.env`. */
  environment?: Environment
  /** Where browsers reach the application: then redirect URIs may be paths, such as `/callback`. */
  baseUrl?: string
  /** Finds the provider for a request, in applications where each tenant has its own: see `resolveClient`. */
  resolve?: ResolveProvider<R>
  /** Makes the clients of providers that have a `requestTokenUrl`. */
  oauth1?: OAuth1Engine<D>
  /** Finds the token of whoever makes a request; for every client that has no `fetchToken` of its own. */
  fetchToken?(name: string, request: unknown): Awaitable<TokenSet | undefined>
  /** Stores a renewed token; for every client that has no `updateToken` of its own. */
  updateToken?(name: string, token: TokenSet, previous: TokenSet, request: unknown): Awaitable<unknown>
  /** For every client that has none of its own. */
  transport?: Transport
  /** For every client that has none of its own. */
  clock?: Clock
  /** For every client that has none of its own. */
  logger?: Logger
}

export interface RegisterOptions {
  /** Takes the place of a client of that name, and lets settings and environment stand above these options. */
  readonly overwrite?: boolean
}

/** What an adapter knows: its clients, and how to look at its framework's requests. */
export interface Framework<C, R> {
  readonly Client: new (registration: Registration) => C
  readonly view: (request: R) => HttpRequest
}

type UpdateToken = NonNullable<OpenIdClientOptions['updateToken']>

/** The providers that an application logs in with, each under its name. */
export class OAuthRegistry<C, R = HttpRequest, D = never> {
  readonly #options: OAuthOptions<string, R, D>
  readonly #framework: Framework<C, R>
  readonly #clients: Map<string, C | D> = new Map()
  readonly #tenants: TenantClients<C | D>
  readonly #settings: SettingsSource
  readonly #defaults: Pick<OpenIdClientOptions, 'transport' | 'clock' | 'logger'>
  readonly #events: Emitter<OAuthEvents>
  readonly #logins: Transactions
  readonly #logouts: Transactions

  constructor(options: OAuthOptions<string, R, D>, framework: Framework<C, R>) {
    const { secret, clients, transport, transactions: store, clock = Date.now, logger } = options
    const problem = findBaseUrlProblem(options.baseUrl)
    if (problem !== undefined) throw new ConfigurationError('OAuth', [problem])
    this.#options = options
    this.#framework = framework
    this.#defaults = { clock, ...(transport && { transport }), ...(logger && { logger }) }
    this.#settings = new SettingsSource(options.settings, options.environment)
    this.#events = new Emitter(createLogger(logger))
    this.#logins = new Transactions({ kind: 'login', secret, clock, store })
    this.#logouts = new Transactions({ kind: 'logout', secret, clock, store })
    this.#tenants = new TenantClients((name, provider) => this.#create(name, flattenOptions(name, provider)), clock)
    for (const [name, client] of Object.entries<ProviderOptions>(clients ?? {})) this.#add(name, client)
  }

  /**
   * Adds a provider. It is there under its name from now on; for the compiler to know, go on with what is returned.
   *
   * @example
   * const oauth = new OAuth({ secret }).register('github', github).register('google', google)
   * oauth.google.authorizeRedirect(…)
   * @param options what the settings do not say already.
   * @throws ConfigurationError where the options are wrong or the name is taken.
   */
  register<N extends string, K extends C = C>(
    name: N,
    options?: ProviderOptions<K>,
    registering?: RegisterOptions,
  ): this & { readonly [M in N]: K }
  register<N extends string>(
    name: N,
    options: [D] extends [never] ? never : OAuth1ProviderOptions,
    registering?: RegisterOptions,
  ): this & { readonly [M in N]: D }
  register(name: string, options: ProviderSettings = {}, registering: RegisterOptions = {}): this {
    return this.#add(name, options, registering)
  }

  /**
   * The client of that name: always the same object, which knows the provider's metadata and keys. One that only the
   * settings or the environment know is registered with that.
   *
   * @throws ConfigurationError where there is none.
   */
  createClient(name: string): C | D {
    const client = this.#clients.get(name)
    if (client !== undefined) return client
    if (Object.keys(this.#settings.read(name)).length > 0) return this.#add(name, {}).createClient(name)
    throw new ConfigurationError('OAuth', ['no client is registered under this name'])
  }

  /**
   * The client of the provider that `resolve` finds for a request. When the browser comes back it is the one that the login
   * was started with, or none. Clients are kept by the name and the content of what was found.
   *
   * @throws ClientError `provider_unknown`, `transaction_mismatch`
   */
  async resolveClient(request: R): Promise<C | D> {
    const { resolve } = this.#options
    if (resolve === undefined) throw new ConfigurationError('OAuth', ['"resolve" is missing: it finds the provider'])
    const startedWith = await this.#findStarted(this.#framework.view(request))
    const context = startedWith === undefined ? {} : { startedWith }
    const { name, options } = checkResolved(await resolve(request, context), context)
    return options === undefined ? this.createClient(name) : this.#tenants.get(name, options)
  }

  /** Adds a listener; the function that comes back removes it. */
  on<E extends keyof OAuthEvents>(event: E, listener: Listener<OAuthEvents[E]>): () => void {
    return this.#events.on(event, listener)
  }

  #add(name: string, options: ProviderSettings, { overwrite = false }: RegisterOptions = {}): this {
    this.#checkName(name, overwrite)
    const [code, settings] = [flattenOptions(name, options), this.#settings.read(name)]
    const client = this.#create(name, overwrite ? layerOptions(settings, code) : layerOptions(code, settings))
    this.#clients.set(name, client)
    Object.defineProperty(this, name, { value: client, enumerable: true, configurable: true })
    return this
  }

  #create(name: string, options: ProviderSettings): C | D {
    const { baseUrl } = this.#options
    const registration = {
      name,
      logins: this.#logins,
      logouts: this.#logouts,
      ...(baseUrl !== undefined && { baseUrl }),
    }
    const complete = { ...this.#defaults, ...this.#resolveRedirectUri(options) }
    const { requestTokenUrl, clientClass, ...provider } = complete
    if (requestTokenUrl !== undefined)
      return this.#engine().createClient({ ...registration, options: { ...complete, requestTokenUrl } })
    // What the type of `register` promises, for classes out of settings too.
    const Client = (clientClass ?? this.#framework.Client) as Framework<C, R>['Client']
    return new Client({
      ...registration,
      options: { clientId: '', ...provider, ...this.#tokenFunctions(name, provider) },
    })
  }

  #engine(): OAuth1Engine<D> {
    const { oauth1 } = this.#options
    if (oauth1 !== undefined) return oauth1
    throw new ConfigurationError('OAuth', [
      '"oauth1" is missing: a provider with "requestTokenUrl" speaks OAuth 1.0, which needs an engine of its own',
    ])
  }

  #resolveRedirectUri(options: ProviderSettings): ProviderSettings {
    const { redirectUri } = options
    if (redirectUri === undefined) return options
    return { ...options, redirectUri: resolveAppUrl(this.#options.baseUrl, redirectUri, 'redirectUri') }
  }

  /** The provider's own functions, or else those that all share. */
  #tokenFunctions(name: string, options: ProviderOptions): Pick<OpenIdClientOptions, 'fetchToken' | 'updateToken'> {
    const shared = this.#options
    const fetchToken =
      options.fetchToken ?? (shared.fetchToken && ((request: unknown) => shared.fetchToken?.(name, request)))
    const updateToken: UpdateToken = async (token, previous, request) => {
      const store = options.updateToken ?? shared.updateToken?.bind(shared, name)
      const answer = await store?.(token, previous, request)
      // Listeners are told after the token was stored, and not where another one has won.
      if (answer !== false) this.#events.emit('token.updated', { provider: name, token, previous })
      return answer
    }
    return { ...(fetchToken && { fetchToken }), updateToken }
  }

  /** With whom the attempt was started that a request answers. */
  async #findStarted(request: HttpRequest): Promise<string | undefined> {
    // Other bodies than those of logins are the application's to read.
    if (!hasAttempt(request)) return undefined
    const callback = await readCallback(request)
    if (callback instanceof ClientError) return undefined
    const { state } = callback
    return (await this.#logins.findProvider(request, state)) ?? (await this.#logouts.findProvider(request, state))
  }

  #checkName(name: string, overwrite: boolean): void {
    if (!/^[A-Za-z][\w-]*$/.test(name)) {
      throw new ConfigurationError('OAuth', [
        'name of a client must start with a letter and hold letters, digits, "_" and "-"',
      ])
    }
    if (this.#clients.has(name)) {
      if (overwrite) return
      throw new ConfigurationError('OAuth', [`"${name}" is already registered`])
    }
    // A registry with a "then" would be taken for a promise.
    if (name in this || name === 'then')
      throw new ConfigurationError('OAuth', [`"${name}" cannot be the name of a client: it has a meaning of its own`])
  }
}

/** Whether the browser has an attempt under way at all. */
function hasAttempt(request: HttpRequest): boolean {
  return request.header('cookie')?.includes('authwright.log') === true
}

/** Makes registries: `new OAuth({ secret, clients })` has the clients as typed members. */
export interface OAuthConstructor<C, R = HttpRequest> {
  new <const N extends string = never, D = never>(
    options: OAuthOptions<N, R, D>,
  ): OAuthRegistry<C, R, D> & { readonly [K in N]: C }
}

/**
 * A registry of an adapter's own clients.
 *
 * @example
 * class ExpressClient extends RegisteredClient {
 *   async authorizeRedirect(req: Request, res: Response, redirectUri?: string, options: AuthorizeRedirectOptions = {}) {
 *     const { response } = await this.startLogin(fromExpress(req), redirectUri, options)
 *     writeResponse(res, response)
 *   }
 *   async authorizeAccessToken(req: Request, res: Response) {
 *     const login = await this.completeLogin(fromExpress(req))
 *     appendCookies(res, login.setCookie)
 *     if (!login.ok) throw login.error
 *     return login.token
 *   }
 * }
 * export const OAuth: OAuthConstructor<ExpressClient, Request> = defineOAuth(ExpressClient, fromExpress)
 * @param view looks at a request of the framework; the same view each time, where a body can be read but once.
 */
export function defineOAuth<C, R = HttpRequest>(
  Client: Framework<C, R>['Client'],
  view: (request: R) => HttpRequest,
): OAuthConstructor<C, R> {
  class OAuth<D> extends OAuthRegistry<C, R, D> {
    constructor(options: OAuthOptions<string, R, D>) {
      super(options, { Client, view })
    }
  }
  // The members that the constructor adds are known from its argument, which a class declaration cannot say.
  return OAuth as OAuthConstructor<C, R>
}
