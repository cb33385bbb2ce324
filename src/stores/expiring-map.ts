import type { Seconds } from '../util/clock.ts'

interface Entry<V> {
  readonly value: V
  readonly expiresAt: Seconds
}

/** How many entries each write looks at: two, so that cleaning outruns growth. */
const visitsPerWrite = 2

/**
 * A map whose entries cannot be seen from their expiry on. It cleans up behind itself: every write moves a cursor on by
 * two entries and drops those that have expired, so the map stays in proportion to what is live, without a timer.
 */
export class ExpiringMap<V> {
  readonly #entries = new Map<string, Entry<V>>()
  #cursor: Iterator<[string, Entry<V>]> | undefined
  /** Nothing expires before this: until then there is nothing to look for. */
  #earliest: Seconds = Number.POSITIVE_INFINITY
  /** The same, of what this round trip has come by and of what was written meanwhile. */
  #earliestOfTrip: Seconds = Number.POSITIVE_INFINITY

  /** Everything that takes room, expired or not. */
  get size(): number {
    return this.#entries.size
  }

  get(key: string, now: Seconds): V | undefined {
    const entry = this.#entries.get(key)
    return entry !== undefined && entry.expiresAt > now ? entry.value : undefined
  }

  /** Creates or replaces. */
  set(key: string, value: V, expiresAt: Seconds, now: Seconds): void {
    this.#entries.set(key, { value, expiresAt })
    this.#earliest = Math.min(this.#earliest, expiresAt)
    this.#earliestOfTrip = Math.min(this.#earliestOfTrip, expiresAt)
    this.#collect(now, visitsPerWrite, visitsPerWrite)
  }

  /** `true`: there was a live entry, and this call removed it. */
  delete(key: string, now: Seconds): boolean {
    return this.get(key, now) !== undefined && this.#entries.delete(key)
  }

  /** The keys of the live entries that this is true of; looks at every entry. */
  keysWhere(isMeant: (value: V) => boolean, now: Seconds): string[] {
    const keys: string[] = []
    for (const [key, entry] of this.#entries) if (entry.expiresAt > now && isMeant(entry.value)) keys.push(key)
    return keys
  }

  /** Removes at most `limit` expired entries; returns how many. */
  sweep(now: Seconds, limit: number): number {
    return this.#collect(now, this.#entries.size, limit)
  }

  #collect(now: Seconds, visits: number, limit: number): number {
    if (now < this.#earliest) return 0
    let removed = 0
    for (let visit = 0; visit < visits && removed < limit; visit++) {
      const visited = this.#advance()
      if (visited === undefined) break
      const [key, entry] = visited
      if (entry.expiresAt <= now && this.#entries.delete(key)) removed++
      else this.#earliestOfTrip = Math.min(this.#earliestOfTrip, entry.expiresAt)
    }
    return removed
  }

  /** The next entry in a round trip without end; a map's iterator survives changes to the map. */
  #advance(): [string, Entry<V>] | undefined {
    const step = this.#cursor?.next()
    if (step?.done === false) return step.value
    if (step !== undefined) this.#earliest = this.#earliestOfTrip
    this.#earliestOfTrip = Number.POSITIVE_INFINITY
    this.#cursor = this.#entries.entries()
    const first = this.#cursor.next()
    return first.done === true ? undefined : first.value
  }
}
