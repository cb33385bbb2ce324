import type { Seconds } from '../../util/clock.ts'
import { type Duration, toSeconds } from '../../util/duration.ts'
import { OAuth2Error } from '../errors.ts'
import { isScopeSubset, parseScope } from '../scope.ts'
import type { AccessToken } from './access-token.ts'

/** All the names of a text (`'read write'`), or those of any one text of a list (`['read write', 'admin']`). */
export type Alternatives = string | readonly string[]

/** What a request needs beyond a token that is valid. Each member that is there has to be met. */
export interface Requirements {
  readonly scope?: Alternatives
  /** @spec RFC 9068 §2.2.3.1 */
  readonly groups?: Alternatives
  readonly roles?: Alternatives
  readonly entitlements?: Alternatives
  /** How the person must have been authenticated: any one of these, the preferred first. @spec RFC 9470 §3 */
  readonly acrValues?: readonly string[]
  /** How long ago the person may have been authenticated. @spec RFC 9470 §3 */
  readonly maxAge?: Duration
  /** Lets a request without a token pass too. One whose token is refused does not. */
  readonly optional?: boolean
}

/** What a token must allow: a scope, or more than that. */
export type Requirement = Alternatives | Requirements

/** What authorizes, where the token says it, and what that is called in a refusal. */
const AUTHORIZATIONS = [
  ['scope', 'scopes', 'scope_insufficient'],
  ['groups', 'groups', 'groups_insufficient'],
  ['roles', 'roles', 'roles_insufficient'],
  ['entitlements', 'entitlements', 'entitlements_insufficient'],
] as const

/** A requirement in its long form. */
export function normalizeRequirement(requirement: Requirement): Requirements {
  return typeof requirement === 'string' || isAlternatives(requirement) ? { scope: requirement } : requirement
}

/**
 * Holds a valid token to what the request needs. The authentication first: its refusal also names the scope, so that one
 * more login mends both.
 *
 * @throws OAuth2Error `insufficient_user_authentication` or `insufficient_scope`
 */
export function checkRequirements(token: AccessToken, requirements: Requirements, now: Seconds): void {
  checkAuthentication(token, requirements, now)
  for (const [name, member, reason] of AUTHORIZATIONS) {
    const required = requirements[name]
    if (required === undefined || hasAnyOf(token[member] ?? [], required)) continue
    throw new OAuth2Error('insufficient_scope', 'access token does not allow what this request needs', { reason })
  }
}

/** What the challenge says about the requirements. @spec RFC 6750 §3 */
export function describeRequirements({ scope = '' }: Requirements): { scope?: string } {
  const sufficient = typeof scope === 'string' ? scope : scope[0]
  return sufficient ? { scope: sufficient } : {}
}

/** What the challenge says besides where the authentication was not enough. @spec RFC 9470 §3 */
export function describeAuthentication({ acrValues, maxAge }: Requirements): { acr_values?: string; max_age?: string } {
  return {
    ...(acrValues !== undefined && { acr_values: acrValues.join(' ') }),
    ...(maxAge !== undefined && { max_age: String(toSeconds(maxAge)) }),
  }
}

/** A token that does not say how its person was authenticated does not meet any requirement about it. */
function checkAuthentication({ acr, authTime }: AccessToken, { acrValues, maxAge }: Requirements, now: Seconds): void {
  if (acrValues !== undefined && (acr === undefined || !acrValues.includes(acr))) {
    throw stepUp('a different authentication level is required', 'authentication_context_insufficient')
  }
  if (maxAge !== undefined && (authTime === undefined || !(now - authTime <= toSeconds(maxAge)))) {
    throw stepUp('a more recent authentication is required', 'authentication_too_old')
  }
}

/** @spec RFC 6749 §3.3 */
function hasAnyOf(names: readonly string[], required: Alternatives): boolean {
  if (typeof required === 'string') return isScopeSubset(parseScope(required), names)
  return required.some((alternative) => isScopeSubset(parseScope(alternative), names))
}

function stepUp(description: string, reason: string): OAuth2Error {
  return new OAuth2Error('insufficient_user_authentication', description, { reason })
}

function isAlternatives(requirement: Requirement): requirement is Alternatives {
  return Array.isArray(requirement)
}
