import type { Transport } from '../../http/fetch.ts'
import type { HttpRequest } from '../../http/request.ts'
import type { TokenSet } from '../../oauth2/client/token-set.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import type { Clock } from '../../util/clock.ts'
import type { KeyValueStore } from '../../util/key-value-store.ts'
import type { Logger } from '../../util/logger.ts'
import type { OpenIdTokenSet } from './client.ts'
import type { Environment } from './environment.ts'
import type { Registration } from './login-types.ts'
import type { OAuth1Engine, ProviderOptions } from './provider-options.ts'
import type { ResolveProvider } from './tenants.ts'

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
  /**
   * Finds the token of whoever makes a request; for every client that has no `fetchToken` of its own. (A method, as
   * `updateToken`, so that a function fits which knows what requests look like.)
   */
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
