import { isNonEmptyString, isRecord } from '../../../util/assert.ts'
import { OAuth2Error } from '../../errors.ts'
import type { Actor, Client } from '../records.ts'
import type { ExchangedToken } from './exchanged-token.ts'

/** Somebody in the words of claims: `iss` says whose name for them `sub` is. */
export interface Identity {
  readonly iss: string
  readonly sub: string
  readonly [claim: string]: unknown
}

/** No chain that anybody could want is longer; it is a bound for malice. */
const MAX_READ = 100

/** Who the holder of an actor token is: as this server knows them, and as their own issuer does. */
export function identitiesOf(actor: ExchangedToken, issuer: string): readonly [Identity, ...Identity[]] {
  const { subject, clientId, claims } = actor
  const sub = subject ?? clientId ?? ''
  if (actor.issuer !== issuer)
    return [
      { iss: issuer, sub },
      { ...claims, iss: actor.issuer, sub: claims.sub ?? '' },
    ]
  return [{ ...claims, iss: issuer, sub, ...(clientId === undefined ? {} : { client_id: clientId }) }]
}

/** Who acts where there is no actor token: the client. */
export function identityOfClient({ client_id }: Client, issuer: string): Identity {
  return { iss: issuer, sub: client_id, client_id }
}

/**
 * A subject token that says who may act for its subject is good for nobody else. What it says is about who they are, in
 * the names of its issuer unless it says whose: each member has to fit, so that one which is not known here excludes
 * rather than being passed over.
 *
 * @spec RFC 8693 §4.4
 */
export function checkMayAct({ claims, issuer }: ExchangedToken, identities: readonly Identity[]): void {
  const mayAct = claims['may_act']
  if (mayAct === undefined) return
  if (isRecord(mayAct) && isNonEmptyString(mayAct['sub'])) {
    const expected = Object.entries({ iss: issuer, ...mayAct })
    const fits = (identity: Identity): boolean =>
      expected.every(([name, value]) => Object.hasOwn(identity, name) && identity[name] === value)
    if (identities.some(fits)) return
  }
  throw new OAuth2Error('invalid_request', 'subject_token does not allow this party to act for its subject', {
    reason: 'exchange_actor_not_allowed',
  })
}

/** Puts the one who acts now before those who acted already. @spec RFC 8693 §4.1 */
export function prependActor({ sub }: Identity, before: Actor | undefined): Actor {
  return { sub, ...(before === undefined ? {} : { act: before }) }
}

/** @throws OAuth2Error where more have acted than may. A token that is handed on without end cannot be traced. */
export function checkDepth(act: Actor | undefined, maxActors: number): void {
  let depth = 0
  for (let actor = act; actor !== undefined; actor = actor.act) depth += 1
  if (depth <= maxActors) return
  throw new OAuth2Error('invalid_request', 'token was handed on too often', { reason: 'exchange_chain_too_long' })
}

/**
 * The actors that a token names; nothing where it names none.
 *
 * @param issuer whose names these are, where it is not this server and they do not say.
 * @throws OAuth2Error where they are malformed.
 */
export function readActor(value: unknown, issuer?: string, depth = 0): Actor | undefined {
  if (value === undefined) return undefined
  if (!isRecord(value) || !isNonEmptyString(value['sub']) || depth > MAX_READ) {
    throw new OAuth2Error('invalid_request', '"act" (Actor) claim of a token is malformed', {
      reason: 'exchange_actor_malformed',
    })
  }
  const iss = isNonEmptyString(value['iss']) ? value['iss'] : issuer
  const before = readActor(value['act'], issuer, depth + 1)
  return { sub: value['sub'], ...(iss === undefined ? {} : { iss }), ...(before === undefined ? {} : { act: before }) }
}
