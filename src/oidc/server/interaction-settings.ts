import type { HttpRequest } from '../../http/request.ts'
import type { ConsentStore, ReplayStore, SessionStore } from '../../oauth2/server/index.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import type { Seconds } from '../../util/clock.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import type { Duration } from '../../util/duration.ts'
import { toSeconds } from '../../util/duration.ts'
import { findProblem } from './find-problem.ts'
import { InteractionHandles } from './interaction-handle.ts'
import type { ConsentPolicy } from './interaction-policy.ts'
import type { Look } from './pages/layout.ts'
import type { PageOptions } from './pages/look.ts'
import { findPageProblems } from './pages/look.ts'
import type { AuthenticatedPerson } from './session.ts'
import { SignOutHandles } from './sign-out-handle.ts'

/** What the pages ask of the store. */
export type InteractionStore = SessionStore & ConsentStore & ReplayStore

/** What a person typed, and the request it came with, for whoever counts attempts by address. */
export interface LoginAttempt {
  readonly username: string
  readonly password: string
  readonly request: HttpRequest
}

/**
 * Finds out who it is; nothing where username and password do not belong together. It should take as long for a name
 * that does not exist as for a wrong password.
 */
export type Authenticate = (attempt: LoginAttempt) => Awaitable<AuthenticatedPerson | undefined>

export interface InteractionsOptions extends PageOptions {
  /**
   * Protects what travels through the browser: at least 32 bytes, the same on every instance. Of several, the first
   * writes and all of them read, so that they can be rotated.
   */
  readonly secret: string | readonly string[]
  readonly authenticate: Authenticate
  /** How long a sign-in lasts, however much it is used. Defaults to one day. */
  readonly sessionLifetime?: Duration
  /**
   * Whether the person is asked before the client gets something new. Defaults to always; a provider may trust its own
   * clients.
   */
  readonly requireConsent?: ConsentPolicy
}

/** The options after they were checked, and how the pages look at this issuer. */
export interface InteractionSettings extends CheckedOptions {
  readonly look: Look
}

export interface CheckedOptions {
  readonly authenticate: Authenticate
  readonly requireConsent: ConsentPolicy
  readonly sessionLifetime: Seconds
  readonly handles: InteractionHandles
  readonly signOutHandles: SignOutHandles
}

/** @throws ConfigurationError with every problem at once. */
export function checkInteractionsOptions(options: InteractionsOptions): CheckedOptions {
  const { secret, sessionLifetime = '1d' } = options
  const problems = [
    ...findPageProblems(options),
    ...findProblem(() => new InteractionHandles(secret), 'secret'),
    ...findProblem(() => toSeconds(sessionLifetime), 'sessionLifetime'),
  ]
  if (problems.length > 0) throw new ConfigurationError('Interactions', problems)
  return {
    authenticate: options.authenticate,
    requireConsent: options.requireConsent ?? (() => true),
    sessionLifetime: toSeconds(sessionLifetime),
    handles: new InteractionHandles(secret),
    signOutHandles: new SignOutHandles(secret),
  }
}
