import { OAuth2Error } from '../../errors.ts'
import type { TokenContext } from '../context.ts'
import type { GrantRecord } from '../records.ts'
import type { GrantStore, TokenStore } from '../store.ts'
import { checkMayAct, identitiesOf, identityOfClient } from './actor.ts'
import { type ExchangedToken, TOKEN_TYPES } from './exchanged-token.ts'
import { type ExchangeRequest, readExchangeScope } from './policy.ts'
import { readToken, type TokenReader, type TokenRole } from './read-token.ts'
import { type ExchangeTargets, readTargets } from './targets.ts'

export type ExchangeContext = TokenContext<TokenStore & GrantStore>

/** A request in which everything is in order, but for the policy's word. */
export interface CheckedExchange {
  /** What the policy decides about. */
  readonly request: ExchangeRequest
  readonly targets: ExchangeTargets
  /** The family that the new token joins. */
  readonly grant: GrantRecord | undefined
  /** What the answer calls the new token. */
  readonly issuedType: string
}

/**
 * Reads what is asked for, and checks all that can be checked: the tokens, who may act, the services, the scope.
 *
 * @throws OAuth2Error
 * @spec RFC 8693 §2.1
 */
export async function readExchange(context: ExchangeContext, reader: TokenReader): Promise<CheckedExchange> {
  const { client, params, server } = context
  const issuedType = readRequestedType(context)
  const subject = await readParameter(context, 'subject_token', reader)
  const actor = await readActorToken(context, reader)
  checkMayAct(
    subject,
    actor === undefined ? [identityOfClient(client, server.issuer)] : identitiesOf(actor, server.issuer),
  )
  const grant = await findFamily(context, subject)
  const targets = await readTargets(context)
  const scope = readExchangeScope(params.get('scope'), client, server.scopes, subject)
  const { resource, audience } = targets
  const request = { client, subject, ...(actor === undefined ? {} : { actor }), resource, audience, scope }
  return { request, targets, grant, issuedType }
}

/** What this grant says of a subject token whose family ended. */
export function tokenEnded(): OAuth2Error {
  return new OAuth2Error('invalid_request', 'subject_token was revoked', { reason: 'exchange_token_ended' })
}

/** @spec RFC 8693 §3 */
function readRequestedType({ params }: ExchangeContext): string {
  const type = params.get('requested_token_type') ?? TOKEN_TYPES.accessToken
  if (type === TOKEN_TYPES.accessToken || type === TOKEN_TYPES.jwt) return type
  throw new OAuth2Error('invalid_request', 'requested_token_type is not one that this server issues', {
    reason: 'exchange_requested_type_unsupported',
  })
}

async function readActorToken(context: ExchangeContext, reader: TokenReader): Promise<ExchangedToken | undefined> {
  const { params } = context
  if (!params.has('actor_token')) {
    if (!params.has('actor_token_type')) return undefined
    throw new OAuth2Error('invalid_request', 'actor_token_type must not be sent without actor_token', {
      reason: 'exchange_actor_type_alone',
    })
  }
  const actor = await readParameter(context, 'actor_token', reader)
  if (actor.act === undefined) return actor
  // Two chains do not make one: who acted in the actor's name would be lost.
  throw new OAuth2Error('invalid_request', 'actor_token must be of the actor alone, with nobody acting for them', {
    reason: 'exchange_actor_delegated',
  })
}

function readParameter(context: ExchangeContext, role: TokenRole, reader: TokenReader): Promise<ExchangedToken> {
  const token = required(context, role)
  return readToken(context, role, token, required(context, `${role}_type`), reader)
}

/** The family of the subject token, which the new one joins. Tokens without one are on their own. */
async function findFamily({ store }: ExchangeContext, { grantId }: ExchangedToken): Promise<GrantRecord | undefined> {
  if (grantId === undefined) return undefined
  const grant = await store.findGrant(grantId)
  if (grant === undefined) throw tokenEnded()
  return grant
}

function required({ params }: ExchangeContext, name: string): string {
  const value = params.get(name)
  if (value !== undefined) return value
  throw new OAuth2Error('invalid_request', `${name} is missing`, { reason: 'exchange_parameter_missing' })
}
