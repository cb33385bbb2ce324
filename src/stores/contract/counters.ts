import type { CounterStore } from '../../oauth2/server/store.ts'
import type { StoreCheck } from './check.ts'
import { expectSame } from './expect.ts'
import { uniqueId } from './fixtures.ts'
import { callers, race } from './race.ts'

export const counterChecks: readonly StoreCheck<CounterStore>[] = [
  {
    name: 'incrementCounter: sixteen callers get sixteen different sums',
    async run(store, clock) {
      const key = uniqueId()
      const sums = await race(() => store.incrementCounter(key, clock.now() + 60))
      const expected = Array.from({ length: callers }, (_, index) => index + 1)
      expectSame(
        [...sums].sort((a, b) => a - b),
        expected,
        'incrementCounter by sixteen callers',
      )
    },
  },
  {
    name: 'the first count of a key sets when it begins again',
    async run(store, clock) {
      const key = uniqueId()
      await store.incrementCounter(key, clock.now() + 60)
      clock.advance(59)
      const sum = await store.incrementCounter(key, clock.now() + 6000)
      expectSame(sum, 2, 'incrementCounter one second before expiry')
      clock.advance(1)
      expectSame(await store.incrementCounter(key, clock.now() + 60), 1, 'incrementCounter at the first expiry')
      expectSame(await store.incrementCounter(key, clock.now() + 60), 2, 'incrementCounter after it began again')
    },
  },
  {
    name: 'a counter that began again lasts as long as it was told then',
    async run(store, clock) {
      const key = uniqueId()
      await store.incrementCounter(key, clock.now() + 60)
      clock.advance(60)
      await store.incrementCounter(key, clock.now() + 100)
      clock.advance(99)
      expectSame(await store.incrementCounter(key, clock.now() + 60), 2, 'incrementCounter before the second expiry')
    },
  },
  {
    name: 'each key counts for itself',
    async run(store, clock) {
      const key = uniqueId()
      for (const end of ['', 'a', 'A', 'a ', '%', 'é', 'e\u0301'])
        expectSame(await store.incrementCounter(key + end, clock.now() + 60), 1, `the first of ${JSON.stringify(end)}`)
    },
  },
]
