import type { Awaitable } from './awaitable.ts'
import type { Seconds } from './clock.ts'

/**
 * What a client keeps beyond one process: logins that are under way, sessions, locks, markers of what was used. Keys are
 * hashes or names without secrets, values are opaque texts. Every entry ends; from then on it is not there.
 *
 * Each verb is one step: of callers at the same time, in any number of processes, one wins.
 */
export interface KeyValueStore {
  get(key: string): Awaitable<string | undefined>
  /** Creates or replaces. */
  set(key: string, value: string, expiresAt: Seconds): Awaitable<void>
  /** Creates; false where there is an entry. */
  setIfAbsent(key: string, value: string, expiresAt: Seconds): Awaitable<boolean>
  /** Replaces where the entry's value is still `expected` (compare-and-set); false where it is another, or gone. */
  replace(key: string, expected: string, value: string, expiresAt: Seconds): Awaitable<boolean>
  /** The value, for the last time: of several callers one gets it. */
  take(key: string): Awaitable<string | undefined>
  /** Removes; where `expected` is given, only an entry of that value. True where something was removed. */
  delete(key: string, expected?: string): Awaitable<boolean>
}
