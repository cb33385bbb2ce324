import type { Seconds } from '../util/clock.ts'

/** Which login at which provider a session came of: what a logout over there will name. */
export interface SessionLogin {
  /** The provider's issuer identifier. */
  readonly issuer: string
  /** The person, as the provider calls them. */
  readonly subject: string
  /** The session at the provider, where it tells. @spec OIDC Front-Channel Logout §3 */
  readonly sid?: string | undefined
}

/** A token set, spelled as on the wire. */
export interface SessionToken {
  access_token: string
  token_type: string
  refresh_token?: string
  id_token?: string
  scope?: string
  expires_in?: Seconds
  expires_at?: Seconds
  [member: string]: unknown
}

/** What a session begins with. */
export interface SessionContent<T> {
  /** Who it is, and what else is the application's: as JSON. */
  readonly data: T
  /**
   * The tokens of the person, by the name of their provider. Their `userinfo` is not kept: the ID token says the same, and
   * what the application needs of it belongs into `data`.
   */
  readonly tokens?: Readonly<Record<string, SessionToken>>
  /** Makes the session end with the login at the provider: see `endLogin`. */
  readonly login?: SessionLogin | undefined
}

/** What changes. What is not named stays. */
export interface SessionChange<T> {
  readonly data?: T
  /** By the name of their provider; those of other providers stay. `undefined` drops one. */
  readonly tokens?: Readonly<Record<string, SessionToken | undefined>>
}

/** A session as it was found. */
export interface Session<T> {
  /** Names the session in logs and queues, and opens nothing. */
  readonly id: string
  readonly data: T
  readonly tokens: Readonly<Record<string, SessionToken>>
  readonly login?: SessionLogin
  readonly createdAt: Seconds
  /** Brought up to date every few minutes, not with every request. */
  readonly lastUsedAt: Seconds
}

/**
 * The login that a validated ID token tells of.
 *
 * @example
 * sessions.start(req, res, { data: { name }, tokens: { google: token }, login: loginOf(token.userinfo) })
 */
export function loginOf(
  claims: { readonly iss: string; readonly sub: string; readonly sid?: unknown } | undefined,
): SessionLogin | undefined {
  if (claims === undefined) return undefined
  const { iss: issuer, sub: subject, sid } = claims
  return { issuer, subject, ...(typeof sid === 'string' && { sid }) }
}
