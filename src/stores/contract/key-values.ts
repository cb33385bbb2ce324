import type { SweepableStore } from '../../oauth2/server/store.ts'
import type { KeyValueStore } from '../../util/key-value-store.ts'
import type { StoreCheck } from './check.ts'
import { expectNothing, expectSame, expectTally } from './expect.ts'
import { awkwardText, uniqueId } from './fixtures.ts'
import { race } from './race.ts'
import { sweepAll } from './sweep-all.ts'

/** Texts that a careless column, collation or query would take for one another, or cut. */
const lookalikes = ['', 'a', 'A', 'a ', 'a\u0000', 'a\u0000b', '%', '_', 'é', 'e\u0301', '\u{1F511}', '__proto__']

const entryChecks: readonly StoreCheck<KeyValueStore>[] = [
  {
    name: 'finds an entry as it was set last, until it expires',
    async run(store, clock) {
      const key = uniqueId()
      expectNothing(await store.get(key), 'get of an unknown key')
      await store.set(key, 'before', clock.now() + 30)
      const value = awkwardText + 'x'.repeat(40_000)
      await store.set(key, value, clock.now() + 60)
      expectSame(await store.get(key), value, 'get')
      clock.advance(59)
      expectSame(await store.get(key), value, 'get one second before expiry')
      clock.advance(1)
      expectNothing(await store.get(key), 'get at expiry')
    },
  },
  {
    name: 'setting an entry again may shorten it',
    async run(store, clock) {
      const key = uniqueId()
      await store.set(key, 'long', clock.now() + 6000)
      await store.set(key, 'short', clock.now() + 60)
      clock.advance(60)
      expectNothing(await store.get(key), 'get at the second expiry')
    },
  },
  {
    name: 'keys are told apart exactly, and an empty value is a value',
    async run(store, clock) {
      const base = uniqueId()
      const keys = [...lookalikes, 'x'.repeat(2000)].map((end) => base + end)
      for (const key of keys) expectSame(await store.setIfAbsent(key, '', clock.now() + 60), true, `setIfAbsent ${key}`)
      for (const [index, key] of keys.entries()) await store.set(key, String(index), clock.now() + 60)
      for (const [index, key] of keys.entries()) expectSame(await store.get(key), String(index), `get ${key}`)
    },
  },
  {
    name: 'values are compared exactly',
    async run(store, clock) {
      const key = uniqueId()
      const value = `${key}a`
      const others = lookalikes.map((end) => key + end).filter((other) => other !== value)
      await store.set(key, value, clock.now() + 60)
      for (const other of others) {
        expectSame(await store.replace(key, other, 'x', clock.now() + 60), false, `replace of ${JSON.stringify(other)}`)
        expectSame(await store.delete(key, other), false, `delete of ${JSON.stringify(other)}`)
      }
      expectSame(await store.get(key), value, 'get')
    },
  },
]

const setIfAbsentChecks: readonly StoreCheck<KeyValueStore>[] = [
  {
    name: 'setIfAbsent: of sixteen callers one creates the entry, and its value stays',
    async run(store, clock) {
      const key = uniqueId()
      const outcomes = await race((caller) => store.setIfAbsent(key, String(caller), clock.now() + 60))
      expectTally(outcomes, { true: 1, false: 15 }, 'setIfAbsent by sixteen callers')
      expectSame(await store.get(key), String(outcomes.indexOf(true)), 'get: the value of the one that won')
    },
  },
  {
    name: 'setIfAbsent: of sixteen callers one creates the entry again at expiry',
    async run(store, clock) {
      const key = uniqueId()
      await store.setIfAbsent(key, 'first', clock.now() + 60)
      clock.advance(60)
      const outcomes = await race((caller) => store.setIfAbsent(key, String(caller), clock.now() + 60))
      expectTally(outcomes, { true: 1, false: 15 }, 'setIfAbsent by sixteen callers at expiry')
      expectSame(await store.get(key), String(outcomes.indexOf(true)), 'get: the value of the one that won')
    },
  },
  {
    name: 'setIfAbsent that finds an entry does not prolong it',
    async run(store, clock) {
      const key = uniqueId()
      await store.setIfAbsent(key, 'first', clock.now() + 60)
      expectSame(await store.setIfAbsent(key, 'second', clock.now() + 6000), false, 'setIfAbsent of a known key')
      clock.advance(60)
      expectNothing(await store.get(key), 'get at the first expiry')
    },
  },
]

const replaceChecks: readonly StoreCheck<KeyValueStore>[] = [
  {
    name: 'replace: of sixteen callers that expect the same value one replaces it',
    async run(store, clock) {
      const key = uniqueId()
      await store.set(key, 'before', clock.now() + 60)
      const outcomes = await race((caller) => store.replace(key, 'before', String(caller), clock.now() + 60))
      expectTally(outcomes, { true: 1, false: 15 }, 'replace by sixteen callers')
      expectSame(await store.get(key), String(outcomes.indexOf(true)), 'get: the value of the one that won')
    },
  },
  {
    name: 'replace makes no entry where there is none, and brings none back',
    async run(store, clock) {
      const key = uniqueId()
      expectSame(await store.replace(key, 'before', 'after', clock.now() + 60), false, 'replace of an unknown key')
      await store.set(key, 'before', clock.now() + 60)
      clock.advance(60)
      expectSame(await store.replace(key, 'before', 'after', clock.now() + 60), false, 'replace at expiry')
      expectNothing(await store.get(key), 'get')
    },
  },
  {
    name: 'an entry that was replaced lasts as long as it was told then',
    async run(store, clock) {
      const key = uniqueId()
      await store.set(key, 'before', clock.now() + 60)
      expectSame(await store.replace(key, 'before', 'after', clock.now() + 100), true, 'replace')
      clock.advance(99)
      expectSame(await store.get(key), 'after', 'get one second before the new expiry')
      clock.advance(1)
      expectNothing(await store.get(key), 'get at the new expiry')
    },
  },
]

const takeChecks: readonly StoreCheck<KeyValueStore>[] = [
  {
    name: 'take: of sixteen callers one gets the value, and it is gone',
    async run(store, clock) {
      const key = uniqueId()
      await store.set(key, awkwardText, clock.now() + 60)
      const outcomes = await race(() => store.take(key))
      expectTally(outcomes, { [awkwardText]: 1, undefined: 15 }, 'take by sixteen callers')
      expectNothing(await store.get(key), 'get')
      expectSame(await store.setIfAbsent(key, 'again', clock.now() + 60), true, 'setIfAbsent of what was taken')
    },
  },
  {
    name: 'what has expired cannot be taken',
    async run(store, clock) {
      const key = uniqueId()
      expectNothing(await store.take(key), 'take of an unknown key')
      await store.set(key, 'value', clock.now() + 60)
      clock.advance(60)
      expectNothing(await store.take(key), 'take at expiry')
    },
  },
  {
    name: 'a value that was taken is not replaced afterwards',
    async run(store, clock) {
      const key = uniqueId()
      await store.set(key, 'before', clock.now() + 60)
      const outcomes = await race(async (caller) =>
        caller % 2 === 1 ? store.take(key) : (await store.replace(key, 'before', 'after', clock.now() + 60)) && 'won',
      )
      const taken = outcomes.filter((outcome) => outcome === 'before' || outcome === 'after')
      expectSame(taken.length, 1, 'how many of eight callers took a value')
      expectNothing(await store.get(key), 'get after take')
    },
  },
]

const deleteChecks: readonly StoreCheck<KeyValueStore>[] = [
  {
    name: 'delete: of sixteen callers one removes the entry',
    async run(store, clock) {
      const key = uniqueId()
      await store.set(key, 'value', clock.now() + 60)
      expectTally(await race(() => store.delete(key)), { true: 1, false: 15 }, 'delete by sixteen callers')
      expectNothing(await store.get(key), 'get')
    },
  },
  {
    name: 'delete of a certain value: of sixteen callers one removes it',
    async run(store, clock) {
      const key = uniqueId()
      await store.set(key, 'mine', clock.now() + 60)
      expectTally(await race(() => store.delete(key, 'mine')), { true: 1, false: 15 }, 'delete by sixteen callers')
      expectNothing(await store.get(key), 'get')
    },
  },
  {
    name: 'delete and replace that expect the same value: one of them wins',
    async run(store, clock) {
      const key = uniqueId()
      await store.set(key, 'mine', clock.now() + 60)
      const outcomes = await race((caller) =>
        caller % 2 === 0 ? store.delete(key, 'mine') : store.replace(key, 'mine', 'theirs', clock.now() + 60),
      )
      expectTally(outcomes, { true: 1, false: 15 }, 'eight callers of delete and eight of replace')
      const wasDeleted = outcomes.indexOf(true) % 2 === 0
      expectSame(await store.get(key), wasDeleted ? undefined : 'theirs', 'get')
    },
  },
  {
    name: 'delete of what has expired removes nothing',
    async run(store, clock) {
      const key = uniqueId()
      await store.set(key, 'value', clock.now() + 60)
      clock.advance(60)
      expectSame(await store.delete(key, 'value'), false, 'delete of the value at expiry')
      expectSame(await store.delete(key), false, 'delete at expiry')
    },
  },
]

export const keyValueChecks: readonly StoreCheck<KeyValueStore>[] = [
  ...entryChecks,
  ...setIfAbsentChecks,
  ...replaceChecks,
  ...takeChecks,
  ...deleteChecks,
]

/** For stores that give room back themselves; where the database does it, there is nothing to sweep. */
export const keyValueSweepChecks: readonly StoreCheck<KeyValueStore & SweepableStore>[] = [
  {
    name: 'sweep removes at most its limit of what has expired, and nothing that is live',
    async run(store, clock) {
      const live = uniqueId()
      await store.set(live, 'live', clock.now() + 61)
      for (let count = 0; count < 12; count++) await store.set(uniqueId(), 'value', clock.now() + 60)
      clock.advance(60)
      await sweepAll(store, 5)
      expectSame(await store.sweep(1), 0, 'sweep of a store that is clean')
      expectSame(await store.get(live), 'live', 'get')
    },
  },
]
