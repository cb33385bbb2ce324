import type { HttpRequest } from '../../http/request.ts'
import { ClientError } from '../../oauth2/client/errors.ts'
import { Transactions } from '../../oauth2/client/transactions.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { Emitter, type Listener } from '../../util/events.ts'
import { createLogger } from '../../util/logger.ts'
import { findBaseUrlProblem } from './app-url.ts'
import { ClientFactory, type SharedParts } from './client-factory.ts'
import type { Framework, OAuthEvents, OAuthOptions, RegisterOptions } from './oauth-options.ts'
import {
  flattenOptions,
  layerOptions,
  type OAuth1ProviderOptions,
  type ProviderOptions,
  type ProviderSettings,
} from './provider-options.ts'
import { SettingsSource } from './provider-settings.ts'
import { readCallback } from './read-callback.ts'
import { checkResolved, TenantClients } from './tenants.ts'

/** The providers that an application logs in with, each under its name. */
export class OAuthRegistry<C, R = HttpRequest, D = never> {
  readonly #resolve: OAuthOptions<string, R, D>['resolve']
  readonly #view: Framework<C, R>['view']
  readonly #factory: ClientFactory<C, R, D>
  readonly #clients: Map<string, C | D> = new Map()
  readonly #tenants: TenantClients<C | D>
  readonly #settings: SettingsSource
  readonly #parts: SharedParts

  constructor(options: OAuthOptions<string, R, D>, framework: Framework<C, R>) {
    const { secret, transactions: store, clock = Date.now } = options
    const problem = findBaseUrlProblem(options.baseUrl)
    if (problem !== undefined) throw new ConfigurationError('OAuth', [problem])
    this.#resolve = options.resolve
    this.#view = framework.view
    this.#settings = new SettingsSource(options.settings, options.environment)
    this.#parts = {
      clock,
      events: new Emitter(createLogger(options.logger)),
      logins: new Transactions({ kind: 'login', secret, clock, store }),
      logouts: new Transactions({ kind: 'logout', secret, clock, store }),
    }
    const factory = new ClientFactory(options, framework, this.#parts)
    this.#factory = factory
    this.#tenants = new TenantClients((name, tenant) => factory.create(name, flattenOptions(name, tenant)), clock)
    for (const [name, client] of Object.entries<ProviderOptions>(options.clients ?? {})) this.#add(name, client)
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
   * settings know, or the environment under a name in lower case, is registered with that.
   *
   * @throws ConfigurationError where there is none.
   */
  createClient(name: string): C | D {
    const client = this.#clients.get(name)
    if (client !== undefined) return client
    if (this.#settings.has(name)) return this.#add(name, {}).createClient(name)
    throw new ConfigurationError('OAuth', ['no client is registered under this name'])
  }

  /**
   * The client of the provider that `resolve` finds for a request. When the browser comes back it is the one that the login
   * was started with, or none. Clients are kept by the name and the content of what was found.
   *
   * @throws ClientError `provider_unknown`, `transaction_mismatch`
   */
  async resolveClient(request: R): Promise<C | D> {
    const resolve = this.#resolve
    if (resolve === undefined) throw new ConfigurationError('OAuth', ['"resolve" is missing: it finds the provider'])
    const startedWith = await this.#findStarted(this.#view(request))
    const context = startedWith === undefined ? {} : { startedWith }
    const { name, options } = checkResolved(await resolve(request, context), context)
    return options === undefined ? this.createClient(name) : this.#tenants.get(name, options)
  }

  /** Adds a listener; the function that comes back removes it. */
  on<E extends keyof OAuthEvents>(event: E, listener: Listener<OAuthEvents[E]>): () => void {
    return this.#parts.events.on(event, listener)
  }

  #add(name: string, options: ProviderSettings, { overwrite = false }: RegisterOptions = {}): this {
    this.#checkName(name, overwrite)
    const [code, settings] = [flattenOptions(name, options), this.#settings.read(name)]
    const client = this.#factory.create(name, overwrite ? layerOptions(settings, code) : layerOptions(code, settings))
    this.#clients.set(name, client)
    Object.defineProperty(this, name, { value: client, enumerable: true, configurable: true })
    return this
  }

  /** With whom the attempt was started that a request answers. */
  async #findStarted(request: HttpRequest): Promise<string | undefined> {
    // Other bodies than those of logins are the application's to read.
    if (!hasAttempt(request)) return undefined
    const callback = await readCallback(request)
    if (callback instanceof ClientError) return undefined
    const { state } = callback
    const { logins, logouts } = this.#parts
    return (await logins.findProvider(request, state)) ?? (await logouts.findProvider(request, state))
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
