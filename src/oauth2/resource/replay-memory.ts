import type { Clock, Seconds } from '../../util/clock.ts'
import { LruCache } from '../../util/lru.ts'
import type { ReplayStore } from '../server/store.ts'

/** More than a process sees within the time in which proofs are accepted; beyond it the oldest are forgotten. */
const MAX = 100_000

/** What was used once, in the memory of this process. */
export class ReplayMemory implements ReplayStore {
  readonly #clock: Clock
  readonly #used: LruCache<string, true>

  constructor(clock: Clock) {
    this.#clock = clock
    this.#used = new LruCache({ max: MAX, clock })
  }

  rememberOnce(key: string, expiresAt: Seconds): boolean {
    if (this.#used.get(key) !== undefined) return false
    this.#used.set(key, true, expiresAt - this.#clock() / 1000)
    return true
  }
}
