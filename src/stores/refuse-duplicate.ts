import type { Seconds } from '../util/clock.ts'
import type { ExpiringMap } from './expiring-map.ts'
import { StoreError } from './store-error.ts'

/** Overwriting would bring a used code or a rotated token back to life. */
export function refuseDuplicate(records: ExpiringMap<unknown>, id: string, now: Seconds): void {
  if (records.get(id, now) !== undefined)
    throw new StoreError('duplicate_id', '"id" is in use by another record: expected the hash of a fresh random value')
}
