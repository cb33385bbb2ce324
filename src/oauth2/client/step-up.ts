import type { Seconds } from '../../util/clock.ts'
import { isScopeSubset, parseScope } from '../scope.ts'
import { type AccessChallenge, ChallengeError } from './challenges.ts'

/** What to ask for so that an API opens: options of `authorizeRedirect` and of an `OpenIdClient`'s `createAuthorizationUrl`. */
export interface StepUp {
  readonly scope: readonly string[]
  /** How the person has to prove who they are. */
  readonly acrValues?: readonly string[]
  /** How long ago they may have done it. */
  readonly maxAge?: Seconds
}

export interface StepUpOptions {
  /** What the token is good for now, or was asked for: what is asked next has all of it, so that nothing is lost. */
  scope?: string | readonly string[] | undefined
  /** What was asked for last because of this very call. To want the same again would go in circles. */
  previous?: StepUp | undefined
}

/**
 * What another login has to bring for a call that was refused: the scopes that are missing besides those that are there, or
 * a stronger or fresher proof of who the person is. `undefined` where another login would not help: the API wants something
 * else, does not say what, or what it wants was asked for already.
 *
 * @example
 * const more = stepUp(error, { scope: token.scope })
 * if (more !== undefined) return oauth.op.authorizeRedirect(request, response, callbackUrl, more)
 * @spec RFC 6750 §3.1
 * @spec RFC 9470 §4
 */
export function stepUp(error: unknown, { scope = [], previous }: StepUpOptions = {}): StepUp | undefined {
  if (!(error instanceof ChallengeError)) return undefined
  const current = typeof scope === 'string' ? parseScope(scope) : scope
  const next = NEXT.get(error.challenge.error ?? '')?.(error.challenge, current)
  return next === undefined || (previous !== undefined && isSame(next, previous)) ? undefined : next
}

type Next = (challenge: AccessChallenge, current: readonly string[]) => StepUp | undefined

/** By what the API says is missing. A map, because it may say anything. */
const NEXT: ReadonlyMap<string, Next> = new Map([
  ['insufficient_scope', moreScope],
  ['insufficient_user_authentication', betterAuthentication],
])

/** @spec RFC 6750 §3.1 */
function moreScope({ scope }: AccessChallenge, current: readonly string[]): StepUp | undefined {
  const wanted = parseScope(scope)
  return isScopeSubset(wanted, current) ? undefined : { scope: union(current, wanted) }
}

/** @spec RFC 9470 §4 */
function betterAuthentication(challenge: AccessChallenge, current: readonly string[]): StepUp | undefined {
  const { acr_values, max_age, scope } = challenge
  if (acr_values === undefined && max_age === undefined) return undefined
  return {
    scope: union(current, parseScope(scope)),
    ...(acr_values !== undefined && { acrValues: parseScope(acr_values) }),
    ...(max_age !== undefined && { maxAge: max_age }),
  }
}

function union(...lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())]
}

function isSame(next: StepUp, previous: StepUp): boolean {
  return (
    isScopeSubset(next.scope, previous.scope) &&
    (next.acrValues ?? []).join(' ') === (previous.acrValues ?? []).join(' ') &&
    next.maxAge === previous.maxAge
  )
}
