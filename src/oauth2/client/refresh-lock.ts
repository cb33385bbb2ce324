import { randomToken } from '../../crypto/random.ts'
import { type Clock, nowInSeconds } from '../../util/clock.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { type Duration, isDuration, toSeconds } from '../../util/duration.ts'
import type { KeyValueStore } from '../../util/key-value-store.ts'
import { settleWithin } from '../../util/settle-within.ts'

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
/** For how long the store may take to answer, in milliseconds. */
const ANSWER_TIME = 5000

/**
 * Keeps the processes that share a store from renewing one token at once.
 *
 * Who holds the lock and dies, leaves it behind until `lifetime` is over; the others wait. When their patience ends, which
 * by default is then, they go on without it: the client looks for a new token first, and only where there is none does what
 * it would have done without a lock. So they do at once where the store fails. To fail instead would turn a slow provider, or
 * a store that is down, into an outage.
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
      let isDone = false
      const acquire = async (): Promise<boolean> => {
        const isHeld = await store.setIfAbsent(key, owner, nowInSeconds(clock) + toSeconds(lifetime))
        // An answer that nobody waited for any more.
        if (isHeld && isDone) await release(store, key, owner)
        return isHeld
      }
      await tryUntil(acquire, clock() + waiting, clock)
      try {
        return await work()
      } finally {
        isDone = true
        await release(store, key, owner)
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

/** Tries until it works out, or there is no sense in it: after the deadline, in milliseconds, or where the store fails. */
async function tryUntil(attempt: () => Promise<boolean>, deadline: number, clock: Clock): Promise<void> {
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    const isRefused = (await answerOf(attempt)) === false
    if (!isRefused || clock() >= deadline) return
    // Not all at once, again and again: each waits between half and all of the pause.
    await new Promise((resolve) => setTimeout(resolve, (pause * (1 + Math.random())) / 2))
  }
}

/** Only one's own: another may hold it by now, or still. Where that fails it ends by itself, and the work is done. */
async function release(store: KeyValueStore, key: string, owner: string): Promise<void> {
  await answerOf(async () => store.delete(key, owner))
}

/** Nothing where the store does not answer: it may have done what it was told, or may do it later. */
async function answerOf(verb: () => Promise<boolean>): Promise<boolean | undefined> {
  try {
    return await settleWithin<boolean | undefined>(ANSWER_TIME, verb(), () => undefined)
  } catch {
    // Renewing a token matters more than who waits for whom.
    return undefined
  }
}
