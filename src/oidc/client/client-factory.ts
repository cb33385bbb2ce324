import type { Transactions } from '../../oauth2/client/transactions.ts'
import type { Clock } from '../../util/clock.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import type { Emitter } from '../../util/events.ts'
import { resolveAppUrl } from './app-url.ts'
import type { Framework, OAuthEvents, OAuthOptions } from './oauth-options.ts'
import type { OpenIdClientOptions } from './options.ts'
import type { OAuth1Engine, ProviderOptions, ProviderSettings } from './provider-options.ts'

/** What all clients of a registry share. */
export interface SharedParts {
  readonly clock: Clock
  readonly events: Emitter<OAuthEvents>
  readonly logins: Transactions
  readonly logouts: Transactions
}

type UpdateToken = NonNullable<OpenIdClientOptions['updateToken']>

/** Makes the clients of a registry out of what is said about their providers. */
export class ClientFactory<C, R, D> {
  readonly #options: OAuthOptions<string, R, D>
  readonly #framework: Framework<C, R>
  readonly #parts: SharedParts

  constructor(options: OAuthOptions<string, R, D>, framework: Framework<C, R>, parts: SharedParts) {
    this.#options = options
    this.#framework = framework
    this.#parts = parts
  }

  create(name: string, options: ProviderSettings): C | D {
    const { baseUrl, transport, logger } = this.#options
    const { clock, logins, logouts } = this.#parts
    const registration = { name, logins, logouts, ...(baseUrl !== undefined && { baseUrl }) }
    const { requestTokenUrl, clientClass, ...provider } = {
      clock,
      ...(transport && { transport }),
      ...(logger && { logger }),
      ...this.#resolveRedirectUri(options),
    }
    if (requestTokenUrl !== undefined) {
      return this.#engine().createClient({ ...registration, options: { ...provider, requestTokenUrl } })
    }
    // What the type of `register` promises, for classes out of settings too.
    const Client = (clientClass ?? this.#framework.Client) as Framework<C, R>['Client']
    const functions = this.#tokenFunctions(name, provider)
    // Without a name the client says so itself, with all else that is wrong.
    return new Client({ ...registration, options: { clientId: '', ...provider, ...functions } })
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
  #tokenFunctions(name: string, own: ProviderOptions): Pick<OpenIdClientOptions, 'fetchToken' | 'updateToken'> {
    const shared = this.#options
    const fetchToken = own.fetchToken ?? shared.fetchToken?.bind(shared, name)
    const store = own.updateToken ?? shared.updateToken?.bind(shared, name)
    const updateToken: UpdateToken = async (token, previous, request) => {
      const answer = await store?.(token, previous, request)
      // Listeners are told after the token was stored, and not where another one has won.
      if (answer !== false) this.#parts.events.emit('token.updated', { provider: name, token, previous })
      return answer
    }
    return { ...(fetchToken && { fetchToken }), updateToken }
  }
}
