import type { Awaitable } from '../../util/awaitable.ts'
import type { Seconds } from '../../util/clock.ts'
import type { ServerMetadata } from '../server-metadata.ts'
import type { TokenResponse } from '../token-response.ts'
import type { AuthorizationRequest } from './authorization/request.ts'
import type { RequestContext, TokenContext } from './context.ts'
import type { Authentication, GrantRecord } from './records.ts'
import type { TokenCommit, Transition } from './store.ts'

/**
 * A grant type of the token endpoint. It decides; the server mints, saves and answers.
 *
 * @typeParam S the part of the store that it uses: registering it with a store that lacks it does not compile.
 * @spec RFC 6749 §1.3
 */
export interface TokenGrant<in S = unknown> {
  readonly grantType: string
  /** The parameters it reads; any of them sent twice is refused. */
  readonly parameters?: readonly string[]
  /** Joins the server's metadata document. */
  readonly metadata?: Partial<ServerMetadata>
  /** Throws `OAuth2Error` to refuse. */
  grant(context: TokenContext<S>): Awaitable<GrantDecision | RepeatedAnswer>
}

/** An answer that was given before, to be given again: nothing is minted. */
export interface RepeatedAnswer {
  repeat: TokenResponse
}

/** What a grant decided: who gets tokens for what. */
export interface GrantDecision {
  /** Absent: the client acts for itself. */
  subject?: string
  /** What is granted, space-separated. */
  scope: string
  /** Who may accept the access token. Absent: the server's default. */
  audience?: readonly string[]
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

/**
 * A grant that begins at the authorization endpoint.
 *
 * @spec RFC 6749 §3.1.1
 */
export interface AuthorizationGrant<in S = unknown> {
  /** Each a set of words in any order, such as `code`. */
  readonly responseTypes: readonly string[]
  readonly metadata?: Partial<ServerMetadata>
  /** Where its answer goes unless the request says otherwise. */
  readonly defaultResponseMode: 'query' | 'fragment'
  /** Issues what the response carries. */
  authorize(
    context: RequestContext<S>,
    request: AuthorizationRequest,
    grant: GrantRecord,
  ): Awaitable<AuthorizationParameters>
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
}

export type { TokenCommit, Transition }
