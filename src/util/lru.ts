import type { Clock, Seconds } from './clock.ts'

export interface LruCacheOptions {
  /** How many entries it holds at most; the one that was used longest ago makes room. */
  readonly max: number
  readonly clock?: Clock
}

/** A bounded cache whose entries expire. */
export class LruCache<K, V> {
  readonly #max: number
  readonly #clock: Clock
  /** A Map keeps insertion order; an entry that is used is inserted anew, so the first one is the oldest. */
  readonly #entries: Map<K, { value: V; expiresAt: number }> = new Map()

  constructor(options: LruCacheOptions) {
    if (!Number.isSafeInteger(options.max) || options.max < 1)
      throw new TypeError('"max" must be a whole number above 0')
    this.#max = options.max
    this.#clock = options.clock ?? Date.now
  }

  /** How many entries it holds, expired ones that nobody asked for included. */
  get size(): number {
    return this.#entries.size
  }

  get(key: K): V | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    this.#entries.delete(key)
    if (this.#clock() >= entry.expiresAt) return undefined
    this.#entries.set(key, entry)
    return entry.value
  }

  /** Keeps a value for a while; without a lifetime, until it makes room. */
  set(key: K, value: V, lifetime: Seconds = Number.POSITIVE_INFINITY): void {
    this.#entries.delete(key)
    if (this.#entries.size >= this.#max) this.#dropOldest()
    this.#entries.set(key, { value, expiresAt: this.#clock() + lifetime * 1000 })
  }

  delete(key: K): boolean {
    return this.#entries.delete(key)
  }

  clear(): void {
    this.#entries.clear()
  }

  #dropOldest(): void {
    for (const key of this.#entries.keys()) {
      this.#entries.delete(key)
      return
    }
  }
}
