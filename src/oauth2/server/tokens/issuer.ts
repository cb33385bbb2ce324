import { randomToken } from '../../../crypto/random.ts'
import { OAuth2Error } from '../../errors.ts'
import type { TokenResponse } from '../../token-response.ts'
import { mayRefresh } from '../client-rules.ts'
import type { TokenContext, TokenResponseContext } from '../context.ts'
import type { ServerCore } from '../core.ts'
import type { GrantDecision } from '../decisions.ts'
import type { AccessTokenRecord, GrantRecord, RefreshTokenRecord } from '../records.ts'
import type { TokenCommit, TokenStore } from '../store.ts'
import { findAccessTokenKey, signAccessToken } from './jwt.ts'
import { jwtTokenId, tokenId } from './token-id.ts'

/** A token: what goes out, and what is kept of it. */
interface Minted<R> {
  readonly value: string
  readonly record: R
}

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
  const access = await mintAccessToken(core, context, decision, grant)
  const refresh = refreshable && grant !== undefined ? await mintRefreshToken(core, context, grant) : undefined
  const response = buildResponse(context, access, refresh)
  await runHooks(core, context, { decision, grant, accessToken: access.record, response })
  const tokens: TokenCommit = {
    ...(createsGrant && grant !== undefined ? { grant } : {}),
    ...(access.selfContained ? {} : { accessToken: access.record }),
    ...(refresh === undefined ? {} : { refreshToken: refresh.record }),
  }
  const earlier = decision.commit === undefined ? await save(context, tokens) : await decision.commit(tokens, response)
  if (earlier !== undefined) return earlier
  announce(context, access.record)
  return response
}

interface MintedAccessToken extends Minted<AccessTokenRecord> {
  /** It is valid by its signature alone; nothing is kept. */
  readonly selfContained: boolean
}

/** A JWT that belongs to a family is kept like an opaque token, so that revocation reaches it. */
async function mintAccessToken<S>(
  { settings }: ServerCore<S>,
  { client, now }: TokenContext<S>,
  decision: GrantDecision,
  grant: GrantRecord | undefined,
): Promise<MintedAccessToken> {
  const value = randomToken(32)
  const isJwt = settings.accessTokenFormat(client) === 'jwt'
  const audience = decision.audience ?? settings.audience
  const lifetime = settings.lifetimes.accessToken
  const record: AccessTokenRecord = {
    id: await (isJwt ? jwtTokenId(value) : tokenId(value)),
    client_id: client.client_id,
    scope: decision.scope,
    created_at: now,
    expires_at: Math.min(now + lifetime, decision.expiresAt ?? Infinity, grant?.expires_at ?? Infinity),
  }
  if (grant !== undefined) record.grant_id = grant.id
  if (decision.subject !== undefined) record.subject = decision.subject
  if (decision.act !== undefined) record.act = decision.act
  if (audience !== undefined) record.audience = audience
  if (!isJwt) return { value, record, selfContained: false }
  const jwt = await signAccessToken(settings.issuer, findAccessTokenKey(settings.keys.current), value, record, grant)
  return { value: jwt, record, selfContained: grant === undefined }
}

/**
 * A refresh token stands for all that was granted, even where the access token beside it was asked for less.
 *
 * @spec RFC 6749 §6
 */
async function mintRefreshToken<S>(
  { settings }: ServerCore<S>,
  { client, now }: TokenContext<S>,
  grant: GrantRecord,
): Promise<Minted<RefreshTokenRecord>> {
  const value = randomToken(32)
  const record: RefreshTokenRecord = {
    id: await tokenId(value),
    client_id: client.client_id,
    grant_id: grant.id,
    scope: grant.scope,
    created_at: now,
    expires_at: Math.min(now + settings.lifetimes.refreshToken, grant.expires_at),
  }
  if (grant.subject !== undefined) record.subject = grant.subject
  return { value, record }
}

function createGrant<S>(
  { settings }: ServerCore<S>,
  { client, now }: TokenContext<S>,
  { subject, scope, expiresAt }: GrantDecision,
): GrantRecord {
  return {
    id: randomToken(16),
    client_id: client.client_id,
    ...(subject === undefined ? {} : { subject }),
    scope,
    created_at: now,
    expires_at: Math.min(now + settings.lifetimes.grant, expiresAt ?? Infinity),
  }
}

function buildResponse(
  { now }: TokenContext,
  { value, record }: Minted<AccessTokenRecord>,
  refresh: Minted<RefreshTokenRecord> | undefined,
): TokenResponse {
  const response: TokenResponse = {
    access_token: value,
    token_type: 'Bearer',
    expires_in: record.expires_at - now,
  }
  if (refresh !== undefined) response.refresh_token = refresh.value
  if (record.scope !== '') response.scope = record.scope
  return response
}

async function runHooks<S>(
  { registry }: ServerCore<S>,
  context: TokenContext<S>,
  issued: Omit<TokenResponseContext, keyof TokenContext>,
): Promise<void> {
  for (const extension of registry.extensions) {
    if (extension.onTokenResponse) await extension.onTokenResponse({ ...context, ...issued })
  }
}

/** @throws OAuth2Error when the family ended while its tokens were being made. */
async function save<S extends TokenStore>({ store }: TokenContext<S>, tokens: TokenCommit): Promise<undefined> {
  const { grant, accessToken, refreshToken } = tokens
  if (grant === undefined && accessToken === undefined && refreshToken === undefined) return
  if (!(await store.saveTokens(tokens))) throw new OAuth2Error('invalid_grant', 'grant was revoked or has expired')
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
