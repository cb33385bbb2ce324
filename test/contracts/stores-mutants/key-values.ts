import type { ManualClock } from '../../../src/stores/contract.ts'
import type { SweptKeyValueStore } from '../key-values-delegate.ts'
import { type Mutant, pause } from './mutant.ts'

type KeyValueMutant = Mutant<SweptKeyValueStore>

const looksThenSets: KeyValueMutant['mutate'] = (store) => ({
  async setIfAbsent(key, value, expiresAt) {
    const found = await store.get(key)
    await pause()
    if (found === undefined) await store.set(key, value, expiresAt)
    return found === undefined
  },
})

/** Keeps every entry for good; what it is given to decide by is whether the entry is over. */
function forgetsExpiry(clock: ManualClock, verb: 'get' | 'replace' | 'take' | 'delete'): Partial<SweptKeyValueStore> {
  const entries = new Map<string, { value: string; expiresAt: number }>()
  const read = (key: string, by: string) => {
    const entry = entries.get(key)
    return entry !== undefined && (by === verb || entry.expiresAt > clock.now()) ? entry.value : undefined
  }
  return {
    get: (key) => read(key, 'get'),
    set: (key, value, expiresAt) => void entries.set(key, { value, expiresAt }),
    replace: (key, expected, value, expiresAt) => {
      const isMeant = read(key, 'replace') === expected
      if (isMeant) entries.set(key, { value, expiresAt })
      return isMeant
    },
    take: (key) => {
      const value = read(key, 'take')
      entries.delete(key)
      return value
    },
    delete: (key) => read(key, 'delete') !== undefined && entries.delete(key),
  }
}

export const keyValueMutants: readonly KeyValueMutant[] = [
  {
    name: 'an entry is still there at its expiry',
    caughtBy: 'finds an entry as it was set last, until it expires',
    mutate: (_, clock) => forgetsExpiry(clock, 'get'),
  },
  {
    name: 'values are cut to the width of their column',
    caughtBy: 'finds an entry as it was set last, until it expires',
    mutate: (store) => ({ set: (key, value, expiresAt) => store.set(key, value.slice(0, 4096), expiresAt) }),
  },
  {
    name: 'the first expiry stays',
    caughtBy: 'setting an entry again may shorten it',
    mutate: (store) => {
      const ends = new Map<string, number>()
      return {
        set(key, value, expiresAt) {
          const end = ends.get(key) ?? expiresAt
          ends.set(key, end)
          return store.set(key, value, end)
        },
      }
    },
  },
  {
    name: 'keys are folded',
    caughtBy: 'keys are told apart exactly, and an empty value is a value',
    mutate: (store) => ({
      setIfAbsent: (key, value, expiresAt) => store.setIfAbsent(key.toLowerCase(), value, expiresAt),
    }),
  },
  {
    name: 'an empty value counts as none',
    caughtBy: 'keys are told apart exactly, and an empty value is a value',
    mutate: (store) => ({
      setIfAbsent: (key, value, expiresAt) => value !== '' && store.setIfAbsent(key, value, expiresAt),
    }),
  },
  {
    name: 'values are compared without case',
    caughtBy: 'values are compared exactly',
    mutate: (store) => ({
      async delete(key, expected) {
        const value = await store.get(key)
        return value?.toLowerCase() === expected?.toLowerCase() && store.delete(key)
      },
    }),
  },
  {
    name: 'replacing does not look at the value',
    caughtBy: 'values are compared exactly',
    mutate: (store) => ({
      async replace(key, _expected, value, expiresAt) {
        await store.set(key, value, expiresAt)
        return true
      },
    }),
  },
  {
    name: 'creating looks and then writes',
    caughtBy: 'setIfAbsent: of sixteen callers one creates the entry, and its value stays',
    mutate: looksThenSets,
  },
  {
    name: 'creating says who won, and keeps what came last',
    caughtBy: 'setIfAbsent: of sixteen callers one creates the entry, and its value stays',
    mutate: (store) => ({
      async setIfAbsent(key, value, expiresAt) {
        const isFirst = await store.setIfAbsent(key, value, expiresAt)
        await store.set(key, value, expiresAt)
        return isFirst
      },
    }),
  },
  {
    name: 'creating looks and then writes, after expiry too',
    caughtBy: 'setIfAbsent: of sixteen callers one creates the entry again at expiry',
    mutate: looksThenSets,
  },
  {
    name: 'creating never begins again',
    caughtBy: 'setIfAbsent: of sixteen callers one creates the entry again at expiry',
    mutate: (store) => {
      const known = new Set<string>()
      return {
        setIfAbsent(key, value, expiresAt) {
          if (known.has(key)) return false
          known.add(key)
          return store.setIfAbsent(key, value, expiresAt)
        },
      }
    },
  },
  {
    name: 'creating prolongs what it finds',
    caughtBy: 'setIfAbsent that finds an entry does not prolong it',
    mutate: (store) => ({
      async setIfAbsent(key, value, expiresAt) {
        const found = await store.get(key)
        await store.set(key, found ?? value, expiresAt)
        return found === undefined
      },
    }),
  },
  {
    name: 'replacing compares and then writes',
    caughtBy: 'replace: of sixteen callers that expect the same value one replaces it',
    mutate: (store) => ({
      async replace(key, expected, value, expiresAt) {
        const isMeant = (await store.get(key)) === expected
        await pause()
        if (isMeant) await store.set(key, value, expiresAt)
        return isMeant
      },
    }),
  },
  {
    name: 'replacing brings back what has expired',
    caughtBy: 'replace makes no entry where there is none, and brings none back',
    mutate: (_, clock) => forgetsExpiry(clock, 'replace'),
  },
  {
    name: 'replacing keeps the expiry that there was',
    caughtBy: 'an entry that was replaced lasts as long as it was told then',
    mutate: (store, clock) => ({
      replace: (key, expected, value) => store.replace(key, expected, value, clock.now() + 60),
    }),
  },
  {
    name: 'taking reads and then deletes',
    caughtBy: 'take: of sixteen callers one gets the value, and it is gone',
    mutate: (store) => ({
      async take(key) {
        const value = await store.get(key)
        await pause()
        await store.delete(key)
        return value
      },
    }),
  },
  {
    name: 'taking leaves a mark that is in the way',
    caughtBy: 'take: of sixteen callers one gets the value, and it is gone',
    mutate: (store, clock) => ({
      async take(key) {
        const value = await store.take(key)
        if (value !== undefined) await store.set(key, '', clock.now() + 60)
        return value === '' ? undefined : value
      },
    }),
  },
  {
    name: 'what has expired is taken',
    caughtBy: 'what has expired cannot be taken',
    mutate: (_, clock) => forgetsExpiry(clock, 'take'),
  },
  {
    name: 'replacing brings back what was taken meanwhile',
    caughtBy: 'a value that was taken is not replaced afterwards',
    mutate: (store) => ({
      async replace(key, expected, value, expiresAt) {
        const isMeant = (await store.get(key)) === expected
        await pause()
        if (isMeant) await store.set(key, value, expiresAt)
        return isMeant
      },
    }),
  },
  {
    name: 'deleting finds the entry and then deletes it',
    caughtBy: 'delete: of sixteen callers one removes the entry',
    mutate: (store) => ({
      async delete(key) {
        const found = await store.get(key)
        await pause()
        await store.delete(key)
        return found !== undefined
      },
    }),
  },
  {
    name: 'deleting a certain value compares and then deletes',
    caughtBy: 'delete of a certain value: of sixteen callers one removes it',
    mutate: comparesThenDeletes,
  },
  {
    name: 'deleting a certain value removes what has replaced it',
    caughtBy: 'delete and replace that expect the same value: one of them wins',
    mutate: comparesThenDeletes,
  },
  {
    name: 'deleting says that it removed what had expired',
    caughtBy: 'delete of what has expired removes nothing',
    mutate: (_, clock) => forgetsExpiry(clock, 'delete'),
  },
  {
    name: 'a sweep has no limit',
    caughtBy: 'sweep removes at most its limit of what has expired, and nothing that is live',
    mutate: (store) => ({ sweep: () => store.sweep(1_000_000) }),
  },
  {
    name: 'a sweep takes what will expire soon',
    caughtBy: 'sweep removes at most its limit of what has expired, and nothing that is live',
    mutate: (store) => {
      let isSwept = false
      return {
        get: async (key) => (isSwept ? undefined : await store.get(key)),
        sweep(limit) {
          isSwept = true
          return store.sweep(limit)
        },
      }
    },
  },
]

function comparesThenDeletes(store: SweptKeyValueStore): Partial<SweptKeyValueStore> {
  return {
    async delete(key, expected) {
      const isMeant = (await store.get(key)) === expected
      await pause()
      if (isMeant) await store.delete(key)
      return isMeant
    },
  }
}
