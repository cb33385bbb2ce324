import { sha256Base64url } from '../../crypto/hash.ts'
import { Sealer } from '../../crypto/sealed.ts'
import { SealedStore } from '../../crypto/sealed-store.ts'
import type { Clock, Seconds } from '../../util/clock.ts'
import { isJsonObject, type JsonValue } from '../../util/json.ts'
import type { KeyValueStore } from '../../util/key-value-store.ts'
import type { KeptDocument, MetadataStore } from './metadata-store.ts'

export interface StoredMetadataOptions {
  /** At least 32 bytes, the same in every process. To rotate it, put the new one in front of the old one. */
  readonly secret: string | readonly string[]
  readonly clock?: Clock
}

/** Longer than any document serves. */
const LIFETIME: Seconds = 3 * 86_400

/**
 * Keeps the metadata of servers in a store, sealed: nothing in them is secret, but whoever could write there would name the
 * endpoint that gets the client's secret.
 *
 * @example
 * const metadataStore = storedMetadata(new SqliteKeyValueStore(await openSqlite('app.db')), { secret })
 * new OpenIdClient({ …, metadataStore })
 */
export function storedMetadata(store: KeyValueStore, { secret, clock }: StoredMetadataOptions): MetadataStore {
  const sealer = new Sealer(secret, { purpose: 'server-metadata', ...(clock && { clock }) })
  const sealed = new SealedStore(store, sealer)
  const keyOf = async (address: string): Promise<string> => `server-metadata:${await sha256Base64url(address)}`
  return {
    load: async (address) => toKept((await sealed.get(await keyOf(address)))?.value),
    async save(address, { document, fetchedAt }) {
      const expiresAt = Math.ceil(fetchedAt / 1000) + LIFETIME
      await sealed.set(await keyOf(address), { document, fetchedAt }, expiresAt)
    },
  }
}

function toKept(value: JsonValue | undefined): KeptDocument | undefined {
  if (!isJsonObject(value)) return undefined
  const { document, fetchedAt } = value
  return isJsonObject(document) && typeof fetchedAt === 'number' ? { document, fetchedAt } : undefined
}
