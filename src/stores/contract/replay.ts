import type { ReplayStore } from '../../oauth2/server/store.ts'
import type { StoreCheck } from './check.ts'
import { expectSame, expectTally } from './expect.ts'
import { uniqueId } from './fixtures.ts'
import { race } from './race.ts'

export const replayChecks: readonly StoreCheck<ReplayStore>[] = [
  {
    name: 'rememberOnce: of sixteen callers one is the first',
    async run(store, clock) {
      const key = uniqueId()
      const outcomes = await race(() => store.rememberOnce(key, clock.now() + 60))
      expectTally(outcomes, { true: 1, false: 15 }, 'rememberOnce by sixteen callers')
    },
  },
  {
    name: 'rememberOnce: of sixteen callers one is the first again after expiry',
    async run(store, clock) {
      const key = uniqueId()
      await store.rememberOnce(key, clock.now() + 60)
      clock.advance(59)
      expectSame(await store.rememberOnce(key, clock.now() + 60), false, 'rememberOnce one second before expiry')
      clock.advance(1)
      const outcomes = await race(() => store.rememberOnce(key, clock.now() + 60))
      expectTally(outcomes, { true: 1, false: 15 }, 'rememberOnce by sixteen callers at expiry')
    },
  },
  {
    name: 'a replay does not prolong what is remembered',
    async run(store, clock) {
      const key = uniqueId()
      await store.rememberOnce(key, clock.now() + 60)
      expectSame(await store.rememberOnce(key, clock.now() + 6000), false, 'rememberOnce of a known key')
      clock.advance(60)
      expectSame(await store.rememberOnce(key, clock.now() + 60), true, 'rememberOnce at the first expiry')
    },
  },
  {
    name: 'keys are compared exactly, not interpreted',
    async run(store, clock) {
      const base = uniqueId()
      for (const end of ['a', 'A', 'a ', 'a\u0000', 'a\u0000b', '%', 'é', 'e\u0301', '\u{1F511}', 'x'.repeat(2000)])
        expectSame(
          await store.rememberOnce(base + end, clock.now() + 60),
          true,
          `rememberOnce of ${JSON.stringify(end)}`,
        )
    },
  },
]
