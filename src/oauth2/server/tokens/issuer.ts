import { randomToken } from '../../../crypto/random.ts'
import { type Awaitable, isPending } from '../../../util/awaitable.ts'
import { OAuth2Error } from '../../errors.ts'
import type { TokenResponse } from '../../token-response.ts'
import { isConfidential, mayRefresh } from '../client-rules.ts'
import type { TokenContext } from '../context.ts'
import type { ServerCore } from '../core.ts'
import type { GrantDecision } from '../decisions.ts'
import type { AccessTokenRecord, GrantRecord, RefreshTokenRecord } from '../records.ts'
import type { TokenCommit, TokenStore } from '../store.ts'
import { isBound, type Minted, mintAccessToken } from './access-token.ts'
import { lifetimeOf } from './shape.ts'
import { createToken } from './token-format.ts'
import { tokenId } from './token-id.ts'

/**
 * Turns a grant's decision into tokens. Hooks run before anything is written, so that one that fails loses nothing; then
 * tokens and the grant's own transition are written in one step; then the client is answered.
 *
 * @throws OAuth2Error `invalid_grant` when the grant was revoked meanwhile.
 * @spec RFC 6749 §5.1
 */
export async function issueTokens<S extends TokenStore>(
  core: ServerCore<S>,
  context: TokenContext<S>,
  decision: GrantDecision,
): Promise<TokenResponse> {
  const refreshable = decision.refreshable === true && mayRefresh(context.client, core.registry)
  const grant = decision.grant ?? (refreshable ? createGrant(core, context, decision) : undefined)
  const createsGrant = decision.createsGrant ?? (decision.grant === undefined && grant !== undefined)
  const access = await mintAccessToken(core.settings, context, decision, grant)
  const refresh = refreshable && grant !== undefined ? await mintRefreshToken(core, context, grant) : undefined
  const response = buildResponse(context, access, refresh)
  for (const extension of core.registry.extensions) {
    if (extension.onTokenResponse === undefined) continue
    await extension.onTokenResponse({ ...context, decision, grant, accessToken: access.record, response })
  }
  const tokens: TokenCommit = {}
  if (createsGrant && grant !== undefined) tokens.grant = grant
  if (!access.selfContained) tokens.accessToken = access.record
  if (refresh !== undefined) tokens.refreshToken = refresh.record
  const saved = decision.commit === undefined ? save(context, tokens) : decision.commit(tokens, response)
  const earlier = isPending(saved) ? await saved : saved
  if (earlier !== undefined) return earlier
  announce(context, access.record)
  return response
}

/**
 * A refresh token stands for all that was granted, even where the access token beside it was asked for less.
 *
 * @spec RFC 6749 §6
 * @spec RFC 9449 §5
 */
async function mintRefreshToken<S>(
  { settings }: ServerCore<S>,
  { client, grantType, now, binding }: TokenContext<S>,
  grant: GrantRecord,
): Promise<Minted<RefreshTokenRecord>> {
  const value = createToken(settings.tokenPrefix, 'refresh_token')
  const lifetime = lifetimeOf(settings, 'refreshToken', { client, grantType, audience: grant.resource ?? [] })
  const record: RefreshTokenRecord = {
    id: await tokenId(value),
    client_id: client.client_id,
    grant_id: grant.id,
    scope: grant.scope,
    created_at: now,
    expires_at: Math.min(now + lifetime, grant.expires_at),
  }
  if (grant.subject !== undefined) record.subject = grant.subject
  // A client that authenticates may change its key; for one that does not, the key is all that it can prove.
  if (isBound(binding) && !isConfidential(client)) record.cnf = { ...binding }
  return { value, record }
}

function createGrant<S>(
  { settings }: ServerCore<S>,
  { client, grantType, now }: TokenContext<S>,
  { subject, scope = '', askedScope = scope, expiresAt, audience = [], resource }: GrantDecision,
): GrantRecord {
  const lifetime = lifetimeOf(settings, 'grant', { client, grantType, audience })
  return {
    id: randomToken(16),
    client_id: client.client_id,
    ...(subject === undefined ? {} : { subject }),
    scope: askedScope,
    ...(resource === undefined ? {} : { resource }),
    created_at: now,
    expires_at: Math.floor(Math.min(now + lifetime, expiresAt ?? Infinity)),
  }
}

function buildResponse(
  { now }: TokenContext,
  { value, record }: Minted<AccessTokenRecord>,
  refresh: Minted<RefreshTokenRecord> | undefined,
): TokenResponse {
  const response: TokenResponse = {
    access_token: value,
    // RFC 9449 §5: what is bound to a key is presented with a proof.
    token_type: record.cnf?.jkt === undefined ? 'Bearer' : 'DPoP',
    expires_in: record.expires_at - now,
  }
  if (refresh !== undefined) response.refresh_token = refresh.value
  if (record.scope !== '') response.scope = record.scope
  return response
}

function grantGone(): OAuth2Error {
  return new OAuth2Error('invalid_grant', 'grant was revoked or has expired', { reason: 'grant_gone' })
}

/** @throws OAuth2Error when the family ended while its tokens were being made. */
function save<S extends TokenStore>({ store }: TokenContext<S>, tokens: TokenCommit): Awaitable<undefined> {
  const { grant, accessToken, refreshToken } = tokens
  if (grant === undefined && accessToken === undefined && refreshToken === undefined) return
  const saved = store.saveTokens(tokens)
  return isPending(saved) ? saved.then(requireSaved) : requireSaved(saved)
}

function requireSaved(isSaved: boolean): undefined {
  if (!isSaved) throw grantGone()
}

function announce({ server, client, grantType, requestId }: TokenContext, token: AccessTokenRecord): void {
  server.emit('token.issued', {
    clientId: client.client_id,
    subject: token.subject,
    scope: token.scope,
    grantType,
    grantId: token.grant_id,
    requestId,
  })
}
