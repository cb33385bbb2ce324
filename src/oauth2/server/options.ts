import type { KeySet } from '../../jose/jwks/index.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import type { Clock } from '../../util/clock.ts'
import type { Duration } from '../../util/duration.ts'
import type { Logger } from '../../util/logger.ts'
import type { RateLimit } from './attempt.ts'
import type { ErrorPage } from './authorization/error-page.ts'
import type { LifetimeRule, Lifetimes, RuledLifetime } from './lifetimes.ts'
import type { Client } from './records.ts'
import type { AccessTokenFormat, ResourceServer } from './resources.ts'
import type { AccessTokenClaims } from './tokens/claims.ts'

/** Keys that change while the server runs, such as `RotatingKeys`. */
export interface CurrentKeys {
  /** The keys as of now; the same object until something changes. */
  readonly current: KeySet
}

export interface AuthorizationServerOptions<out S> {
  /** The server's own URL, as clients know it: https (http on a loopback host), no query, no fragment. */
  readonly issuer: string
  readonly store: S
  /** The keys that tokens are signed with: a set, or one that rotates. Needed for JWT access tokens and OpenID Connect. */
  readonly keys?: KeySet | CurrentKeys
  /** Seconds, or a text such as `'10m'`; those of tokens and grants also a function of what they are for. */
  readonly lifetimes?: {
    readonly [Name in keyof Lifetimes]?: Duration | (Name extends RuledLifetime ? LifetimeRule : never)
  }
  /** The scopes that the server knows, besides those that extensions bring. Absent: any. */
  readonly scopes?: readonly string[]
  /** Defaults to `opaque`. */
  readonly accessTokenFormat?: AccessTokenFormat | ((client: Client) => AccessTokenFormat)
  /**
   * What access tokens say besides what they always say: in a JWT, and to those who introspect. Roles and groups, for
   * instance, as `groups`, `roles` and `entitlements`.
   *
   * @spec RFC 9068 §2.2.3.1
   */
  readonly accessTokenClaims?: AccessTokenClaims
  /** What opaque tokens begin with, so that scanners recognise one that was published. Letters and digits, `aw` by default. */
  readonly tokenPrefix?: string
  /** Who accepts access tokens, where a grant does not say. Defaults to the issuer for JWTs. @spec RFC 9068 §3 */
  readonly audience?: string | readonly string[]
  /**
   * The APIs that tokens are for, or a function that finds one. A client names them in `resource`; one that is not here is
   * refused. Absent: clients cannot choose.
   *
   * @spec RFC 8707 §2
   */
  readonly resources?:
    | readonly ResourceServer[]
    | ((resource: string, client: Client) => Awaitable<ResourceServer | undefined>)
  /**
   * Whether authorization requests need a PKCE challenge. They do, unless a function excuses a client; public clients
   * are never excused.
   *
   * @spec RFC 9700 §2.1.1
   */
  readonly pkce?: 'required' | ((client: Client) => 'required' | 'optional')
  /**
   * Whether this client's redirect URIs are trusted so far that a browser is sent there before a person has decided
   * anything, with an error. By default those are that an operator wrote down; clients that registered themselves have
   * their errors shown on a page.
   *
   * @spec RFC 9700 §4.11.2
   */
  readonly trustsRedirects?: (client: Client) => boolean
  /**
   * Asked before what may be done only so often: requests, comparing secrets, looking up user codes, signing in. What it
   * refuses is answered with 429; what it throws, with 500. `createRateLimiter` makes one. Absent: everything goes.
   *
   * @spec RFC 6585 §4
   */
  readonly rateLimit?: RateLimit
  /** Paths below the issuer's, by endpoint name: `{ token: '/oauth/token' }`. */
  readonly paths?: { readonly [endpoint: string]: string }
  /** What people see when a request cannot be answered to the client. */
  readonly errorPage?: ErrorPage
  /** Silent by default. */
  readonly logger?: Logger
  /** Defaults to `Date.now`. */
  readonly clock?: Clock
}
