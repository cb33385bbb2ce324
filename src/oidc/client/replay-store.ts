import { type Clock, nowInSeconds } from '../../util/clock.ts'
import type { KeyValueStore } from '../../util/key-value-store.ts'
import { LruCache } from '../../util/lru.ts'

/** Remembers which tokens were used. Any `KeyValueStore` is one. */
export type ReplayStore = Pick<KeyValueStore, 'setIfAbsent' | 'delete'>

/** A bound on the memory of one process. */
const MAX_REMEMBERED = 10_000

/** Remembers within this process. */
export function replayMemory(clock: Clock): ReplayStore {
  const used = new LruCache<string, true>({ max: MAX_REMEMBERED, clock })
  return {
    setIfAbsent(key, _value, expiresAt) {
      if (used.get(key) !== undefined) return false
      used.set(key, true, expiresAt - nowInSeconds(clock))
      return true
    },
    delete: (key) => used.delete(key),
  }
}
