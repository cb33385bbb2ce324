import { parseScope } from '../../oauth2/scope.ts'
import type { Client } from '../../oauth2/server/index.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import type { UserClaims } from '../claims.ts'

/** Looks a person up; nothing where there is no such person any more. What the scope does not ask for is left out later. */
export type LoadClaims = (
  subject: string,
  context: { readonly scope: string; readonly client: Client },
) => Awaitable<UserClaims | undefined>

/** Which claims each scope asks for. */
export type ClaimsOfScope = Readonly<Record<string, readonly string[]>>

/**
 * The claims that a scope asks for. A claim without a value is left out, not sent empty.
 *
 * @spec OIDC Core §5.3.2
 * @spec OIDC Core §5.4
 */
export function selectClaims(claims: UserClaims, scope: string, claimsOfScope: ClaimsOfScope): UserClaims {
  const selected: [string, unknown][] = []
  for (const token of parseScope(scope)) {
    const names = Object.hasOwn(claimsOfScope, token) ? claimsOfScope[token] : undefined
    for (const name of names ?? []) {
      if (name !== 'sub' && Object.hasOwn(claims, name) && !isEmpty(claims[name])) selected.push([name, claims[name]])
    }
  }
  return Object.fromEntries(selected)
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}
