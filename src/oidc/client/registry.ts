import type { Transport } from '../../http/fetch.ts'
import { Transactions } from '../../oauth2/client/transaction.ts'
import type { Clock } from '../../util/clock.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { Emitter, type Listener } from '../../util/events.ts'
import { createLogger, type Logger } from '../../util/logger.ts'
import type { OpenIdTokenSet } from './client.ts'
import type { OpenIdClientOptions } from './options.ts'
import type { Registration } from './registered-client.ts'

/** What a registry tells its listeners. */
export interface OAuthEvents {
  /** A token was renewed. */
  'token.updated': { readonly provider: string; readonly token: OpenIdTokenSet; readonly previous: OpenIdTokenSet }
}

export interface OAuthOptions<N extends string = never> {
  /**
   * Seals the cookies of logins that are under way: at least 32 bytes, and the same in every process. To rotate it, put
   * the new one in front of the old one.
   */
  secret: string | readonly string[]
  /** Providers by name; the same as calling `register` for each. */
  clients?: { readonly [K in N]: OpenIdClientOptions }
  /** For every client that has none of its own. */
  transport?: Transport
  /** For every client that has none of its own. */
  clock?: Clock
  /** For every client that has none of its own. */
  logger?: Logger
}

type UpdateToken = NonNullable<OpenIdClientOptions['updateToken']>

/** The providers that an application logs in with, each under its name. */
export class OAuthRegistry<C> {
  readonly #clients: Map<string, C> = new Map()
  readonly #create: (registration: Registration) => C
  readonly #defaults: Pick<OpenIdClientOptions, 'transport' | 'clock' | 'logger'>
  readonly #events: Emitter<OAuthEvents>
  readonly #logins: Transactions
  readonly #logouts: Transactions

  constructor(options: OAuthOptions<string>, create: (registration: Registration) => C) {
    const { secret, clients, transport, clock = Date.now, logger } = options
    this.#create = create
    this.#defaults = { clock, ...(transport && { transport }), ...(logger && { logger }) }
    this.#events = new Emitter(createLogger(logger))
    this.#logins = new Transactions({ kind: 'login', secret, clock })
    this.#logouts = new Transactions({ kind: 'logout', secret, clock })
    for (const [name, client] of Object.entries(clients ?? {})) this.register(name, client)
  }

  /**
   * Adds a provider. It is there under its name from now on; for the compiler to know, go on with what is returned.
   *
   * @example
   * const oauth = new OAuth({ secret }).register('github', github).register('google', google)
   * oauth.google.authorizeRedirect(…)
   * @throws ConfigurationError where the options are wrong or the name is taken.
   */
  register<N extends string>(name: N, options: OpenIdClientOptions): this & { readonly [K in N]: C } {
    this.#checkName(name)
    const client = this.#create({
      name,
      options: { ...this.#defaults, ...options, updateToken: this.#announce(name, options.updateToken) },
      logins: this.#logins,
      logouts: this.#logouts,
    })
    this.#clients.set(name, client)
    Object.defineProperty(this, name, { value: client, enumerable: true })
    return this as this & { readonly [K in N]: C }
  }

  /**
   * The client of that name: always the same object, which knows the provider's metadata and keys.
   *
   * @throws ConfigurationError where there is none.
   */
  createClient(name: string): C {
    const client = this.#clients.get(name)
    if (client !== undefined) return client
    throw new ConfigurationError('OAuth', ['no client is registered under this name'])
  }

  /** Adds a listener; the function that comes back removes it. */
  on<E extends keyof OAuthEvents>(event: E, listener: Listener<OAuthEvents[E]>): () => void {
    return this.#events.on(event, listener)
  }

  /** Tells the listeners after the token was stored. */
  #announce(provider: string, updateToken: OpenIdClientOptions['updateToken']): UpdateToken {
    return async (token, previous) => {
      await updateToken?.(token, previous)
      this.#events.emit('token.updated', { provider, token, previous })
    }
  }

  #checkName(name: string): void {
    if (!/^[A-Za-z][\w-]*$/.test(name)) {
      throw new ConfigurationError('OAuth', [
        'name of a client must start with a letter and hold letters, digits, "_" and "-"',
      ])
    }
    // A registry with a "then" would be taken for a promise.
    if (this.#clients.has(name)) throw new ConfigurationError('OAuth', [`"${name}" is already registered`])
    if (name in this || name === 'then')
      throw new ConfigurationError('OAuth', [`"${name}" cannot be the name of a client: it has a meaning of its own`])
  }
}

/** Makes registries: `new OAuth({ secret, clients })` has the clients as typed members. */
export interface OAuthConstructor<C> {
  new <const N extends string = never>(options: OAuthOptions<N>): OAuthRegistry<C> & { readonly [K in N]: C }
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
 * export const OAuth: OAuthConstructor<ExpressClient> = defineOAuth(ExpressClient)
 */
export function defineOAuth<C>(Client: new (registration: Registration) => C): OAuthConstructor<C> {
  class OAuth extends OAuthRegistry<C> {
    constructor(options: OAuthOptions<string>) {
      super(options, (registration) => new Client(registration))
    }
  }
  // The members that the constructor adds are known from its argument, which a class declaration cannot say.
  return OAuth as OAuthConstructor<C>
}
