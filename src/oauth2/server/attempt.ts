import type { Awaitable } from '../../util/awaitable.ts'
import type { Seconds } from '../../util/clock.ts'

/**
 * What is about to be done:
 * - `request`: an endpoint is about to answer; nothing of the request was read yet.
 * - `client`: an endpoint is about to work for a client that has proven who it is (a public one: that says who it is).
 * - `client-secret`: a client secret is about to be compared by its slow hash. A secret that this process has found
 *   right before is not: whoever guesses spends their own budget, never that of a client that knows its secret.
 * - `user-code`: a code that a person typed is about to be looked up.
 * - `login`: a password is about to be checked.
 */
export type AttemptKind = 'request' | 'client' | 'client-secret' | 'user-code' | 'login'

/** Something that may be done only so often. */
export interface Attempt {
  readonly kind: AttemptKind
  /** The name of the endpoint, such as `token`. */
  readonly endpoint?: string | undefined
  /** The client; before a secret is compared: the one that is claimed. */
  readonly clientId?: string | undefined
  /** The user name as it was typed; for user codes, the person who is signed in or else their session. */
  readonly account?: string | undefined
  /** Where it comes from, as the adapter knows it. */
  readonly address?: string | undefined
  readonly requestId: string
  /** When. */
  readonly at: Seconds
}

/** An attempt that has to wait. */
export interface RateLimitRefusal {
  readonly retryAfter: Seconds
}

/**
 * Counts attempts. It is asked before the work is done, so that attempts at the same time count too.
 *
 * @returns how long to wait before the next one; nothing: go on.
 */
export type RateLimit = (attempt: Attempt) => Awaitable<RateLimitRefusal | undefined>
