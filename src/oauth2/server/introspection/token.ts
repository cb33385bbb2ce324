import { isPending } from '../../../util/awaitable.ts'
import type { RequestContext } from '../context.ts'
import { lookUpClient } from '../find-client.ts'
import type { AccessTokenRecord, Client, GrantRecord, RefreshTokenRecord } from '../records.ts'
import type { ClientStore, RefreshTokenStore } from '../store.ts'
import { findAccessToken } from '../tokens/find-access-token.ts'
import { findRefreshToken } from '../tokens/find-refresh-token.ts'

type Found =
  | { readonly kind: 'access_token'; readonly record: AccessTokenRecord }
  | { readonly kind: 'refresh_token'; readonly record: RefreshTokenRecord }

/** A live token that somebody asks about. */
export type IntrospectedToken = Found & {
  /** The token as it came. */
  readonly value: string
  /** The client that it was issued to. */
  readonly client: Client
  /** Its family, if it has one. */
  readonly grant?: GrantRecord
}

type Context = RequestContext<ClientStore & RefreshTokenStore>

/**
 * The token, if it is live: also its family and its client have to be there still. A hint says where to look first; one
 * that is wrong or unknown does no harm.
 *
 * @spec RFC 7662 §2.1
 */
export async function findIntrospectedToken(
  context: Context,
  value: string,
  hint: string | undefined,
): Promise<IntrospectedToken | undefined> {
  for (const find of hint === 'refresh_token' ? REFRESH_FIRST : ACCESS_FIRST) {
    const found = await find(context, value)
    if (found !== undefined) return complete(context, value, found)
  }
  return undefined
}

const ACCESS_FIRST = [findAccess, findRefresh] as const
const REFRESH_FIRST = [findRefresh, findAccess] as const

async function findAccess(context: Context, value: string): Promise<Found | undefined> {
  const record = await findAccessToken(context, value)
  return record && { kind: 'access_token', record }
}

/** One that was exchanged for its successor is still known, but no longer good. */
async function findRefresh({ store, now }: Context, value: string): Promise<Found | undefined> {
  const record = await findRefreshToken(store, value)
  if (record === undefined || record.rotated_at !== undefined || record.expires_at <= now) return undefined
  return { kind: 'refresh_token', record }
}

async function complete({ store }: Context, value: string, found: Found): Promise<IntrospectedToken | undefined> {
  const { client_id, grant_id } = found.record
  const owner = lookUpClient(store, client_id)
  const client = isPending(owner) ? await owner : owner
  if (client === undefined) return undefined
  if (grant_id === undefined) return { ...found, value, client }
  const grant = await store.findGrant(grant_id)
  return grant && { ...found, value, client, grant }
}
