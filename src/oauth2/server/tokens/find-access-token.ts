import { isPending } from '../../../util/awaitable.ts'
import type { RequestContext } from '../context.ts'
import type { AccessTokenRecord } from '../records.ts'
import type { TokenStore } from '../store.ts'
import { isJwt, readAccessToken } from './jwt.ts'
import { isIntactToken } from './token-format.ts'
import { tokenId } from './token-id.ts'

/**
 * The record of an access token of this server, opaque or JWT; nothing when it is not ours, has expired or was revoked,
 * or when its family was. Whether it is meant for the asker (`audience`, `scope`) is the asker's to decide,
 * and whether whoever presents it possesses what it is bound to (`cnf`): `server.authenticateToken` sees to that.
 */
export async function findAccessToken(
  { server, store, now }: Pick<RequestContext<TokenStore>, 'server' | 'store' | 'now'>,
  token: string,
): Promise<AccessTokenRecord | undefined> {
  const claimed = isJwt(token) ? await readAccessToken({ server, now }, token) : undefined
  if (claimed === undefined && !isIntactToken('access_token', token)) return undefined
  // A token without family describes itself: there is nothing to look up.
  if (claimed !== undefined && claimed.grant_id === undefined) return claimed
  const id = claimed?.id ?? tokenId(token)
  const found = store.findAccessToken(isPending(id) ? await id : id)
  const record = isPending(found) ? await found : found
  return record !== undefined && record.expires_at > now ? record : undefined
}
