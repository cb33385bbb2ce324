import { sha256Base64url } from '../../crypto/hash.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import type { Clock, Seconds } from '../../util/clock.ts'
import { type Duration, isDuration, toSeconds } from '../../util/duration.ts'
import { LruCache } from '../../util/lru.ts'
import type { AccessToken } from './access-token.ts'

/** How much is remembered of tokens that were found good. */
export interface TokenCacheOptions {
  /** How many, at most. Default 1000. */
  readonly max?: number
  /** How long a token that has ended meanwhile may go on being accepted, at most. Default 1 minute. */
  readonly lifetime?: Duration
}

/** Found good, with whatever tells whether it still is. */
interface Remembered {
  readonly token: AccessToken
}

export function findTokenCacheProblems({ max = 1, lifetime = 1 }: TokenCacheOptions = {}): string[] {
  const problems: string[] = []
  if (!Number.isSafeInteger(max) || max < 1) problems.push('"cache.max" must be a whole number above 0')
  if (!isDuration(lifetime)) problems.push('"cache.lifetime" must be a whole number of seconds or a text such as "30s"')
  return problems
}

/**
 * Tokens that were found good, by their hashes, for a short while and never longer than they live. Who asks for one that is
 * being looked at waits for the same answer; what was refused is not remembered.
 */
export class TokenCache<E extends Remembered> {
  readonly #entries: LruCache<string, E>
  readonly #pending: Map<string, Promise<E>> = new Map()
  readonly #lifetime: Seconds
  readonly #clock: Clock
  /** What was asked for before something was forgotten is not remembered after it. */
  #forgotten = 0

  constructor({ max = 1000, lifetime = '1m' }: TokenCacheOptions, clock: Clock) {
    this.#entries = new LruCache({ max, clock })
    this.#lifetime = toSeconds(lifetime)
    this.#clock = clock
  }

  /** @param isStillGood asked each time: what made it good may be gone. */
  async get(value: string, load: () => Promise<E>, isStillGood?: (entry: E) => Awaitable<boolean>): Promise<E> {
    const id = await sha256Base64url(value)
    const entry = this.#entries.get(id)
    if (entry !== undefined && (isStillGood === undefined || (await isStillGood(entry)))) return entry
    const pending = this.#pending.get(id)
    if (pending !== undefined) return pending
    const loading = this.#load(id, load).finally(() => {
      if (this.#pending.get(id) === loading) this.#pending.delete(id)
    })
    this.#pending.set(id, loading)
    return loading
  }

  /** Forgets a token, or all of them. */
  async forget(value?: string): Promise<void> {
    this.#forgotten += 1
    this.#pending.clear()
    if (value === undefined) this.#entries.clear()
    else this.#entries.delete(await sha256Base64url(value))
  }

  async #load(id: string, load: () => Promise<E>): Promise<E> {
    const before = this.#forgotten
    const entry = await load()
    const { expiresAt } = entry.token
    // Of what does not say when it ends, nobody knows how long it may be remembered.
    if (expiresAt === undefined || before !== this.#forgotten) return entry
    const remaining = expiresAt - this.#clock() / 1000
    if (remaining > 0) this.#entries.set(id, entry, Math.min(remaining, this.#lifetime))
    return entry
  }
}
