import { NO_STORE } from '../../../http/cache-control.ts'
import { empty, type HttpResponse } from '../../../http/response.ts'
import { OAuth2Error } from '../../errors.ts'
import type { ServerMetadata } from '../../server-metadata.ts'
import type { RequestContext } from '../context.ts'
import type { Endpoint } from '../endpoint.ts'
import type { Client } from '../records.ts'
import type { RefreshTokenStore } from '../store.ts'
import { findAccessToken } from '../tokens/find-access-token.ts'
import { findRefreshToken } from '../tokens/find-refresh-token.ts'
import { isJwt } from '../tokens/jwt.ts'

type Context = RequestContext<RefreshTokenStore>

/** Says whether it found the token, and ended it. Throws when the token is another client's. */
type Revoker = (context: Context, client: Client, token: string) => Promise<boolean>

/**
 * Ends a token on its client's word. An access token ends alone, a refresh token with all that belongs to its grant.
 *
 * @spec RFC 7009 §2
 */
export class RevocationEndpoint implements Endpoint<RefreshTokenStore> {
  readonly name = 'revocation'
  readonly path = '/revoke'
  readonly methods = ['POST'] as const
  readonly cors = 'public'

  metadata(url: string): Partial<ServerMetadata> {
    return { revocation_endpoint: url }
  }

  /** The answer for a token that is not known is the one for a token that was revoked. @spec RFC 7009 §2.2 */
  async handle(context: Context): Promise<HttpResponse> {
    const params = await context.request.form()
    if (params.duplicates.length > 0) {
      throw new OAuth2Error('invalid_request', 'each parameter must be sent once', { reason: 'parameter_repeated' })
    }
    const { client } = await context.server.authenticateClient(context.request, params, context)
    const token = params.get('token')
    if (token === undefined) {
      throw new OAuth2Error('invalid_request', 'token is missing', { reason: 'revocation_token_missing' })
    }
    for (const revoke of order(params.get('token_type_hint'))) {
      if (await revoke(context, client, token)) break
    }
    return empty(200, NO_STORE)
  }
}

/** A hint says where to look first; a hint that is wrong or unknown does no harm. @spec RFC 7009 §2.1 */
function order(hint: string | undefined): readonly Revoker[] {
  return hint === 'refresh_token' ? [revokeRefreshToken, revokeAccessToken] : [revokeAccessToken, revokeRefreshToken]
}

/** @spec RFC 7009 §2.1 */
const revokeAccessToken: Revoker = async (context, client, token) => {
  const { store, server, requestId } = context
  const record = await findAccessToken(context, token)
  if (record === undefined) return false
  checkOwner(client, record.client_id)
  const grantId = record.grant_id
  // Nobody asks us about such a token, so nobody would learn that it ended (RFC 7009 §2.2.1).
  if (grantId === undefined && isJwt(token)) {
    throw new OAuth2Error('unsupported_token_type', 'token is valid by its signature alone and cannot be revoked', {
      reason: 'revocation_token_self_contained',
    })
  }
  if (await store.revokeAccessToken(record.id)) {
    const { client_id: clientId, subject } = record
    server.emit('token.revoked', { clientId, subject, grantId, by: 'client', requestId })
  }
  return true
}

/** @spec RFC 7009 §2.1 */
const revokeRefreshToken: Revoker = async ({ store, server, now, requestId }, client, token) => {
  const record = await findRefreshToken(store, token)
  if (record === undefined) return false
  checkOwner(client, record.client_id)
  const grantId = record.grant_id
  if (await store.revokeGrant(grantId, now)) {
    const { client_id: clientId, subject } = record
    server.emit('token.revoked', { clientId, subject, grantId, by: 'client', requestId })
  }
  return true
}

/** A token of another client is left as it is, and the caller is told. @spec RFC 7009 §2.1 */
function checkOwner(client: Client, owner: string): void {
  if (client.client_id === owner) return
  throw new OAuth2Error('invalid_grant', 'token was issued to another client', { reason: 'revocation_token_foreign' })
}
