import type { Awaitable } from '../../util/awaitable.ts'
import type { JsonObject } from '../../util/json.ts'

/** A document as it came, and when. */
export interface KeptDocument {
  readonly document: JsonObject
  /** Milliseconds since the epoch. */
  readonly fetchedAt: number
}

/**
 * Keeps what a server said about itself beyond the process, so that an application can start while the server is down:
 * `storedMetadata(store, { secret })` is one.
 */
export interface MetadataStore {
  load(address: string): Awaitable<KeptDocument | undefined>
  save(address: string, kept: KeptDocument): Awaitable<void>
}
