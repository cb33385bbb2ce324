import type { Awaitable } from '../../util/awaitable.ts'
import type { Seconds } from '../../util/clock.ts'
import type { TokenResponse } from '../token-response.ts'
import type { Actor, Authentication, GrantRecord } from './records.ts'
import type { TokenCommit } from './store.ts'

/** What a grant decided: who gets tokens for what. */
export interface GrantDecision {
  /** Absent: the client acts for itself. */
  subject?: string
  /** What is granted, space-separated: the scope of the access token. Absent: nothing in particular. */
  scope?: string
  /**
   * What was asked for of what was granted, where the access token has less because its resource knows less. An ID token
   * goes by this.
   */
  askedScope?: string
  /** Whether the subject is a person who signed in for this client. Default `true`; otherwise no ID token goes with it. */
  signedIn?: boolean
  /** Who acts for the subject, where it is somebody else. @spec RFC 8693 §4.1 */
  act?: Actor
  /** Who may accept the access token. Absent: the server's default. */
  audience?: readonly string[]
  /** The resources that were named. A grant that is created for this keeps them: refreshed tokens are for no others. */
  resource?: readonly string[]
  /** The family the tokens join. Absent: a new one where there is a refresh token, none otherwise. */
  grant?: GrantRecord
  /** Whether `grant` is to be created by the commit. */
  createsGrant?: boolean
  /** Whether a refresh token may go with it, if the client is allowed the `refresh_token` grant. */
  refreshable?: boolean
  /** Never later than this, whatever the server's lifetimes say. */
  expiresAt?: Seconds
  /**
   * Writes the tokens together with the transition that the grant guards. Absent: `store.saveTokens`.
   * A `TokenResponse` is answered in place of the one that was built: the winner's, to a caller that lost inside the replay window.
   * Throws `OAuth2Error` to refuse.
   */
  commit?(tokens: TokenCommit, response: TokenResponse): Awaitable<TokenResponse | undefined>
}

/** An answer that was given before, to be given again: nothing is minted. */
export interface RepeatedAnswer {
  repeat: TokenResponse
}

/** The members of an authorization response, before `state` and what extensions add. */
export type AuthorizationParameters = Record<string, string>

/** The person's answer to an authorization request. */
export type AuthorizationDecision = Approval | Denial

/** The person, or a policy for them, agreed. */
export interface Approval {
  subject: string
  /** What was agreed to, space-separated; absent: all that was asked for. */
  scope?: string
  /** When the person proved who they are; absent: not known, and then `max_age` cannot be met. */
  authTime?: Seconds
  authentication?: Omit<Authentication, 'auth_time'>
}

/** The person, or a policy for them, said no. Defaults to `access_denied`. */
export interface Denial {
  denied: true
  error?:
    | 'access_denied'
    | 'login_required'
    | 'consent_required'
    | 'interaction_required'
    | 'account_selection_required'
  description?: string
  /** Why, for the log: snake_case. Defaults to `denied`. */
  reason?: string
}
