import { type Clock, nowInSeconds, type Seconds } from '../util/clock.ts'
import type { KeyValueStore } from '../util/key-value-store.ts'
import { ExpiringMap } from './expiring-map.ts'

export interface MemoryKeyValueStoreOptions {
  /** Defaults to `Date.now`. */
  readonly clock?: Clock
}

/**
 * Keeps a client's entries in this process and forgets them at the end: for development, tests and applications of one
 * process. Every verb answers at once, and that is what makes it atomic. Every write clears away some of what has expired.
 * It has no bound of its own: an entry that made room for another would be a lock or a marker that no longer holds.
 *
 * @example
 * const store = new MemoryKeyValueStore()
 */
export class MemoryKeyValueStore implements KeyValueStore {
  readonly #clock: Clock
  readonly #entries = new ExpiringMap<string>()

  constructor(options: MemoryKeyValueStoreOptions = {}) {
    this.#clock = options.clock ?? Date.now
  }

  get(key: string): string | undefined {
    return this.#entries.get(key, this.#now())
  }

  set(key: string, value: string, expiresAt: Seconds): void {
    this.#entries.set(key, value, expiresAt, this.#now())
  }

  setIfAbsent(key: string, value: string, expiresAt: Seconds): boolean {
    if (this.get(key) !== undefined) return false
    this.set(key, value, expiresAt)
    return true
  }

  replace(key: string, expected: string, value: string, expiresAt: Seconds): boolean {
    if (this.get(key) !== expected) return false
    this.set(key, value, expiresAt)
    return true
  }

  take(key: string): string | undefined {
    const value = this.get(key)
    this.#entries.delete(key, this.#now())
    return value
  }

  delete(key: string, expected?: string): boolean {
    if (expected !== undefined && this.get(key) !== expected) return false
    return this.#entries.delete(key, this.#now())
  }

  /** Removes at most `limit` entries that have expired; returns how many. */
  sweep(limit: number): number {
    return this.#entries.sweep(this.#now(), limit)
  }

  #now(): Seconds {
    return nowInSeconds(this.#clock)
  }
}
