import { findBearerToken } from '../../bearer.ts'
import { parseScope } from '../../scope.ts'
import { insufficientScope, invalidToken, missingToken } from '../bearer-refusal.ts'
import type { RequestContext } from '../context.ts'
import type { TokenStore } from '../store.ts'
import { findAccessToken } from '../tokens/find-access-token.ts'
import { tokenId } from '../tokens/token-id.ts'
import type { InitialAccess, InitialAccessRule, RegistrationStore } from './options.ts'

/**
 * Who may register a client by the initial access token that the request carries.
 *
 * @throws OAuth2Error `invalid_token`, `insufficient_scope`
 * @spec RFC 7591 §3
 */
export async function authenticateRegistration(
  context: RequestContext<RegistrationStore>,
  rule: InitialAccessRule,
): Promise<InitialAccess> {
  const token = await findBearerToken(context.request)
  if (token === undefined) {
    throw missingToken({
      description: 'registration needs an initial access token',
      reason: 'registration_token_missing',
    })
  }
  const access = await findAccess(context, rule, token)
  if (access !== undefined) return access
  throw invalidToken({ description: 'initial access token is not valid', reason: 'registration_token_invalid' })
}

async function findAccess(
  context: RequestContext<RegistrationStore>,
  rule: InitialAccessRule,
  token: string,
): Promise<InitialAccess | undefined> {
  if ('verify' in rule) return rule.verify(token, context)
  if ('scope' in rule) return findByScope(context, rule.scope, token)
  const id = await tokenId(token)
  // Hashes are compared: how long that takes tells nothing about the token.
  const known = await Promise.all(rule.tokens.map(tokenId))
  return known.includes(id) ? { id } : undefined
}

/** A token that is bound to a key is worth nothing without the proof, which is not asked for here. */
async function findByScope(
  context: RequestContext<TokenStore>,
  scope: string,
  token: string,
): Promise<InitialAccess | undefined> {
  const record = await findAccessToken(context, token)
  if (record === undefined || record.cnf !== undefined) return undefined
  if (parseScope(record.scope).includes(scope)) return { id: record.subject ?? record.client_id }
  throw insufficientScope({
    description: 'access token does not have the scope to register clients',
    reason: 'registration_scope_missing',
    scope,
  })
}
