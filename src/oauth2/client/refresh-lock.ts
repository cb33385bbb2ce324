import { randomToken } from '../../crypto/random.ts'
import { type Clock, nowInSeconds } from '../../util/clock.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { type Duration, isDuration, toSeconds } from '../../util/duration.ts'
import type { KeyValueStore } from '../../util/key-value-store.ts'

/** Runs one after the other, across processes, what goes by one key. */
export interface RefreshLock {
  /** @param key without secrets: made of issuer, client and subject, or of a hash. */
  run<T>(key: string, work: () => Promise<T>): Promise<T>
}

export interface StoreLockOptions {
  /**
   * When a lock ends whose holder has died; 30 seconds. It cannot be extended: it must be above the time that a refresh may
   * take, which is the transport's timeout for the token endpoint, once more with DPoP, and for the provider's keys.
   */
  readonly lifetime?: Duration
  /** How long to wait for others before going on without the lock. Defaults to `lifetime`. */
  readonly patience?: Duration
  readonly clock?: Clock
}

/** Between two tries, in milliseconds: short for a holder that is about to finish, then longer. */
const FIRST_PAUSE = 20
const LONGEST_PAUSE = 250

/**
 * Keeps the processes that share a store from renewing one token at once.
 *
 * Who holds the lock and dies, leaves it behind until `lifetime` is over; the others wait. When their patience ends, which
 * by default is then, they go on without it: the client looks for a new token first, and only where there is none does what
 * it would have done without a lock. To fail instead would turn a slow provider into an outage.
 *
 * @example
 * const client = new OAuth2Client({ ...options, refreshLock: storeLock(store) })
 * @throws ConfigurationError
 */
export function storeLock(store: KeyValueStore, options: StoreLockOptions = {}): RefreshLock {
  const { lifetime = '30s', patience = lifetime, clock = Date.now } = options
  const problems = findProblems({ lifetime, patience })
  if (problems.length > 0) throw new ConfigurationError('storeLock', problems)
  const waiting = toSeconds(patience) * 1000
  return {
    async run(name, work) {
      const key = `refresh-lock:${name}`
      const owner = randomToken()
      const acquire = (): ReturnType<KeyValueStore['setIfAbsent']> =>
        store.setIfAbsent(key, owner, nowInSeconds(clock) + toSeconds(lifetime))
      const isHeld = await tryUntil(acquire, clock() + waiting, clock)
      try {
        return await work()
      } finally {
        if (isHeld) await release(store, key, owner)
      }
    },
  }
}

function findProblems({ lifetime, patience }: Required<Pick<StoreLockOptions, 'lifetime' | 'patience'>>): string[] {
  const problems: string[] = []
  if (!isDuration(lifetime) || toSeconds(lifetime) === 0)
    problems.push('"lifetime" must be a span of at least a second, such as "30s"')
  if (!isDuration(patience)) problems.push('"patience" must be a span, such as "30s"')
  return problems
}

/** Whether it worked out before the deadline, in milliseconds. */
async function tryUntil(
  attempt: () => boolean | PromiseLike<boolean>,
  deadline: number,
  clock: Clock,
): Promise<boolean> {
  for (let pause = FIRST_PAUSE; !(await attempt()); pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    if (clock() >= deadline) return false
    // Not all at once, again and again: each waits between half and all of the pause.
    await new Promise((resolve) => setTimeout(resolve, (pause * (1 + Math.random())) / 2))
  }
  return true
}

/** Only one's own: it may have ended, and be somebody else's by now. Where that fails it ends by itself, and the work is done. */
async function release(store: KeyValueStore, key: string, owner: string): Promise<void> {
  try {
    await store.delete(key, owner)
  } catch {
    // What the work came to matters more than how long the next one waits.
  }
}
