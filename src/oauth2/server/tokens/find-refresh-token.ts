import type { RefreshTokenRecord } from '../records.ts'
import type { RefreshTokenStore } from '../store.ts'
import { isIntactToken } from './token-format.ts'
import { tokenId } from './token-id.ts'

/** The record of a refresh token of this server, rotated or not; nothing when it is not ours, has expired or was revoked. */
export async function findRefreshToken(
  store: Pick<RefreshTokenStore, 'findRefreshToken'>,
  token: string,
): Promise<RefreshTokenRecord | undefined> {
  return isIntactToken('refresh_token', token) ? store.findRefreshToken(await tokenId(token)) : undefined
}
