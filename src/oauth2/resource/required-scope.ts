import { isScopeSubset, parseScope } from '../scope.ts'

/**
 * What a token must allow: all of the scopes of a string (`'read write'`), or those of any one string of a list
 * (`['read write', 'admin']`).
 */
export type RequiredScope = string | readonly string[]

/** Whether the scopes of a token are enough. @spec RFC 6749 §3.3 */
export function hasRequiredScope(scopes: readonly string[], required: RequiredScope): boolean {
  return alternativesOf(required).some((alternative) => isScopeSubset(parseScope(alternative), scopes))
}

/** A scope that would be enough, for the challenge: the first that would do. @spec RFC 6750 §3 */
export function sufficientScope(required: RequiredScope): string | undefined {
  return alternativesOf(required)[0] || undefined
}

function alternativesOf(required: RequiredScope): readonly string[] {
  return typeof required === 'string' ? [required] : required
}
