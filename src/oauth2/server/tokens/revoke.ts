import { nowInSeconds } from '../../../util/clock.ts'
import { createRequestId, type ServerCore } from '../core.ts'
import type { GrantRecord } from '../records.ts'
import type { BulkRevocationStore, GrantStore, RefreshTokenStore, TokenStore } from '../store.ts'
import { findAccessToken } from './find-access-token.ts'
import { findRefreshToken } from './find-refresh-token.ts'

/**
 * Ends a token on the word of the application, whosever it is: an access token alone, a refresh token with its family.
 *
 * @returns whether this call ended it. A JWT that belongs to no family is kept nowhere, and ends by itself.
 * @spec RFC 7009 §2.1
 */
export async function revokeToken<S extends TokenStore & RefreshTokenStore>(
  core: ServerCore<S>,
  token: string,
): Promise<boolean> {
  const { server, settings } = core
  const { store } = settings
  const access = await findAccessToken({ server, store, now: nowInSeconds(settings.clock) }, token)
  if (access !== undefined) {
    const ended = await store.revokeAccessToken(access.id)
    if (ended) announce(core, access, access.grant_id)
    return ended
  }
  const refresh = await findRefreshToken(store, token)
  return refresh === undefined ? false : revokeGrant(core, refresh.grant_id)
}

/** Ends a grant and all tokens of its family; whether this call did. */
export async function revokeGrant<S extends GrantStore>(core: ServerCore<S>, grantId: string): Promise<boolean> {
  const { store, clock } = core.settings
  const grant = await store.findGrant(grantId)
  const ended = grant !== undefined && (await store.revokeGrant(grantId, nowInSeconds(clock)))
  if (ended) announce(core, grant, grantId)
  return ended
}

/** Ends all grants of a client, of a person, or of a person at a client, and their tokens; how many. */
export async function revokeAll<S extends BulkRevocationStore>(
  { settings, server }: ServerCore<S>,
  owner: { clientId?: string; subject?: string },
): Promise<number> {
  const count = await settings.store.revokeAll(owner, nowInSeconds(settings.clock))
  const { clientId, subject } = owner
  server.emit('grants.revoked', { clientId, subject, count, requestId: createRequestId() })
  return count
}

function announce<S>(
  { server }: ServerCore<S>,
  { client_id: clientId, subject }: Pick<GrantRecord, 'client_id' | 'subject'>,
  grantId: string | undefined,
): void {
  server.emit('token.revoked', { clientId, subject, grantId, by: 'application', requestId: createRequestId() })
}
