import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expiredToken, RotatingTokens } from '../../../test/support/rotating-tokens.ts'
import { TestClock } from '../../../test/support/stub-provider.ts'
import { MemoryKeyValueStore } from '../../stores/memory.ts'
import type { KeyValueStore } from '../../util/key-value-store.ts'
import { storeLock } from './refresh-lock.ts'
import { tokenStore } from './token-store.ts'

/** Turns of the event loop, as a network or a database takes. */
async function wait(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** A store that takes its time, before and after each verb. */
function slowly(store: KeyValueStore, turns: () => number): KeyValueStore {
  const slow = async <T>(verb: () => T | PromiseLike<T>): Promise<T> => {
    await wait(turns())
    const answer = await verb()
    await wait(turns())
    return answer
  }
  return {
    get: (key) => slow(() => store.get(key)),
    set: (...given) => slow(() => store.set(...given)),
    setIfAbsent: (...given) => slow(() => store.setIfAbsent(...given)),
    replace: (...given) => slow(() => store.replace(...given)),
    take: (key) => slow(() => store.take(key)),
    delete: (...given) => slow(() => store.delete(...given)),
  }
}

const processes = 3
/** Calls at once, each by one of the processes. */
const burst = fc.array(fc.nat(processes - 1), { minLength: 1, maxLength: 6 })
const delays = fc.array(fc.nat(3), { minLength: 1, maxLength: 20 })

describe('RFC 9700 §4.14.2 processes that share tokens and a lock', () => {
  it('never present a refresh token twice, and none of their calls fails', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(burst, { minLength: 1, maxLength: 3 }), delays, async (bursts, turns) => {
        let step = 0
        const nextDelay = (): number => turns[step++ % turns.length] ?? 0
        const clock = new TestClock()
        const server = new RotatingTokens()
        server.delay = () => wait(nextDelay())
        const store = slowly(new MemoryKeyValueStore({ clock: clock.read }), nextDelay)
        const secret = 'a secret of at least thirty-two bytes'
        const tokens = tokenStore(store, { secret, key: (person: string) => person, clock: clock.read })
        const refreshLock = storeLock(store, { clock: clock.read })
        const clients = Array.from({ length: processes }, () => server.client(clock, { ...tokens, refreshLock }))
        await tokens.saveToken(expiredToken(clock), 'alice')
        for (const calls of bursts) {
          await Promise.all(calls.map((at) => clients[at]?.get('files', { request: 'alice' })))
          clock.advance(3600)
        }
        expect(server.presented).toHaveLength(bursts.length)
        expect(new Set(server.presented).size).toBe(bursts.length)
      }),
      { numRuns: 20 },
    )
  }, 60_000)
})
