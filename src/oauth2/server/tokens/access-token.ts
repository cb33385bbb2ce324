import { randomToken } from '../../../crypto/random.ts'
import type { AlgorithmName } from '../../../jose/jwk/index.ts'
import { isPending } from '../../../util/awaitable.ts'
import type { Seconds } from '../../../util/clock.ts'
import type { JsonObject } from '../../../util/json.ts'
import type { TokenContext } from '../context.ts'
import type { GrantDecision } from '../decisions.ts'
import type { AccessTokenRecord, Confirmation, GrantRecord } from '../records.ts'
import type { Settings } from '../settings.ts'
import { type AccessTokenClaimsContext, loadClaims } from './claims.ts'
import { signAccessToken } from './jwt.ts'
import { findShape } from './shape.ts'
import { createToken } from './token-format.ts'
import { jwtTokenId, tokenId } from './token-id.ts'

/** A token: what goes out, and what is kept of it. */
export interface Minted<R> {
  readonly value: string
  readonly record: R
}

export interface MintedAccessToken extends Minted<AccessTokenRecord> {
  /** It is valid by its signature alone; nothing is kept. */
  readonly selfContained: boolean
}

/** Makes the access token that a grant decided on, in the shape that its audience wants. */
export async function mintAccessToken(
  settings: Settings<unknown>,
  context: TokenContext,
  decision: GrantDecision,
  grant: GrantRecord | undefined,
): Promise<MintedAccessToken> {
  const { client, grantType } = context
  const audience = decision.audience ?? settings.audience
  const found = findShape(settings, { client, grantType, audience: audience ?? [] })
  const { lifetime, format, algorithm } = isPending(found) ? await found : found
  const { accessTokenClaims } = settings
  const claims = accessTokenClaims && (await loadClaims(accessTokenClaims, about(context, decision, audience, grant)))
  const facts = describeAccessToken(context, decision, grant, { audience, lifetime, claims })
  if (format === 'jwt') return mintJwt(settings, facts, grant, algorithm)
  const value = createToken(settings.tokenPrefix, 'access_token')
  const id = tokenId(value)
  return { value, record: { id: isPending(id) ? await id : id, ...facts }, selfContained: false }
}

function about(
  { client, grantType }: TokenContext,
  { subject, scope = '' }: GrantDecision,
  audience: readonly string[] = [],
  grant: GrantRecord | undefined,
): AccessTokenClaimsContext {
  return { client, grantType, subject, scope, audience, grant }
}

/** An access token before it has a value. */
type AccessTokenFacts = Omit<AccessTokenRecord, 'id'>

/** A JWT that belongs to a family is kept like an opaque token, so that revocation reaches it. */
async function mintJwt(
  { issuer, keys }: Settings<unknown>,
  facts: AccessTokenFacts,
  grant: GrantRecord | undefined,
  algorithm: AlgorithmName | undefined,
): Promise<MintedAccessToken> {
  const jti = randomToken(16)
  const record = { id: await jwtTokenId(jti), ...facts }
  const value = await signAccessToken({ issuer, keys: keys.current, algorithm, jti, record, grant })
  return { value, record, selfContained: grant === undefined }
}

/** What the options of the server make of a decision. */
interface Terms {
  readonly audience: readonly string[] | undefined
  readonly lifetime: Seconds
  readonly claims: JsonObject | undefined
}

function describeAccessToken(
  { client, now, binding }: TokenContext,
  { subject, scope = '', act, expiresAt }: GrantDecision,
  grant: GrantRecord | undefined,
  { audience, lifetime, claims }: Terms,
): AccessTokenFacts {
  const facts: AccessTokenFacts = {
    client_id: client.client_id,
    scope,
    created_at: now,
    // Others' times may have fractions (RFC 7519 §2); what is kept has whole seconds.
    expires_at: Math.floor(Math.min(now + lifetime, expiresAt ?? Infinity, grant?.expires_at ?? Infinity)),
  }
  if (grant !== undefined) facts.grant_id = grant.id
  if (subject !== undefined) facts.subject = subject
  if (audience !== undefined) facts.audience = audience
  if (isBound(binding)) facts.cnf = { ...binding }
  if (act !== undefined) facts.act = act
  if (claims !== undefined) facts.claims = claims
  return facts
}

/** Whether the client has proven to possess something. @spec RFC 7800 §3.1 */
export function isBound(binding: Confirmation): boolean {
  return Object.keys(binding).length > 0
}
