import { OAuth2Error } from '../errors.ts'
import { includesScope, isScope, parseScope } from '../scope.ts'
import type { Client } from './records.ts'

/**
 * The scope that a client may be given when it asks for one. Tokens that the server does not know are left out, as
 * OpenID Connect wants it; what it knows but does not allow the client is an error, because the client relies on it.
 *
 * @param known the server's scopes; absent: any.
 * @throws OAuth2Error `invalid_scope`
 * @spec RFC 6749 §3.3
 * @spec OIDC Core §3.1.2.1
 */
export function reduceScope(
  requested: string | undefined,
  client: Client,
  known: readonly string[] | undefined,
): string {
  if (requested === undefined) return ''
  if (!isScope(requested)) {
    throw refuse('scope must be a list of scope tokens separated by spaces', 'scope_malformed')
  }
  const scopes = parseScope(requested).filter((scope) => known === undefined || known.includes(scope))
  if (scopes.length === 0) throw refuse('scope names nothing that this server knows', 'scope_unknown')
  const { scope: allowed } = client
  if (allowed !== undefined && !scopes.every((scope) => includesScope(allowed, scope))) {
    throw refuse('scope asks for more than this client is registered for', 'scope_unregistered')
  }
  return scopes.join(' ')
}

function refuse(description: string, reason: string): OAuth2Error {
  return new OAuth2Error('invalid_scope', description, { reason })
}
