import type { Transactions } from '../../oauth2/client/transactions.ts'
import type { JsonValue } from '../../util/json.ts'
import type { OpenIdTokenSet } from './client.ts'
import type { IdTokenReport } from './id-token.ts'
import type { LoginUrl, LoginUrlOptions } from './login-url.ts'
import type { LogoutUrlOptions } from './logout.ts'
import type { OpenIdClientOptions } from './options.ts'

/** What a registry hands to a client of its own. */
export interface Registration {
  readonly name: string
  readonly options: OpenIdClientOptions
  readonly logins: Transactions
  readonly logouts: Transactions
  /** Where browsers reach the application. */
  readonly baseUrl?: string
}

/** What an attempt to log in carries to its end, sealed. */
export interface Luggage {
  /**
   * Where to go on to after the login: a path of the application, or a URL of its origin. It may come from a query: what
   * leads elsewhere is refused.
   */
  returnTo?: string
  /** Anything of yours, given back when the login comes back. */
  data?: JsonValue
}

/** What may be said about one login. State, nonce and verifier are always fresh. */
export interface AuthorizeRedirectOptions
  extends Omit<LoginUrlOptions, 'redirectUri' | 'state' | 'nonce' | 'codeVerifier'>,
    Luggage {}

/** A login whose URL the application sends the browser to itself: what `createAuthorizationUrl` returned, and more. */
export interface AuthorizeData
  extends Omit<LoginUrl, 'url' | 'expiresAt'>,
    Luggage,
    Pick<LoginUrlOptions, 'maxAge' | 'responseMode' | 'scope'> {}

export interface LogoutRedirectOptions extends Omit<LogoutUrlOptions, 'postLogoutRedirectUri'> {
  /** Anything of yours, given back by `validateLogoutResponse`. */
  data?: JsonValue
}

/** A login that succeeded. */
export interface CompletedLogin {
  readonly ok: true
  /** `token.userinfo` holds the claims of the validated ID token. */
  readonly token: OpenIdTokenSet
  /** The path to go on to that the login was started with: safe to redirect to. */
  readonly returnTo?: string
  /** What the login was started with. */
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
