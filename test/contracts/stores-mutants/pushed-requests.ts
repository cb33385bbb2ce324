import type { PushedRequestRecord } from '../../../src/oauth2/server/records.ts'
import type { ManualClock } from '../../../src/stores/contract.ts'
import { type Mutant, pause } from './mutant.ts'

/** What an extension wrote, whatever the store thinks of it. */
function extendingMutant(
  decides: (record: PushedRequestRecord | undefined, clock: ManualClock) => boolean,
): Mutant['mutate'] {
  return (store, clock) => {
    const saved = new Map<string, PushedRequestRecord>()
    const ends = new Map<string, number>()
    return {
      savePushedRequest(record) {
        saved.set(record.id, record)
        return store.savePushedRequest(record)
      },
      extendPushedRequest(id, expiresAt) {
        if (decides(saved.get(id), clock)) ends.set(id, expiresAt)
      },
      async findPushedRequest(id) {
        const end = ends.get(id)
        const record = end === undefined ? await store.findPushedRequest(id) : (saved.get(id) ?? stranger(id))
        if (record === undefined || end === undefined) return record
        return end > clock.now() ? { ...record, expires_at: end } : undefined
      },
    }
  }
}

function stranger(id: string): PushedRequestRecord {
  return { id, client_id: '', parameters: '', created_at: 0, expires_at: 0 }
}

export const pushedRequestMutants: readonly Mutant[] = [
  {
    name: 'a pushed request is kept until it is used',
    caughtBy: 'finds a pushed request as it was saved, until it expires',
    mutate: (store) => {
      const kept = new Map<string, PushedRequestRecord>()
      return {
        savePushedRequest(record) {
          kept.set(record.id, record)
          return store.savePushedRequest(record)
        },
        findPushedRequest: (id) => kept.get(id),
      }
    },
  },
  {
    name: 'extending creates or replaces',
    caughtBy: 'an unknown pushed request is gone, and extending it makes none',
    mutate: extendingMutant(() => true),
  },
  {
    name: 'extending shortens as well',
    caughtBy: 'extending a request never shortens it',
    mutate: extendingMutant((record) => record !== undefined),
  },
  {
    name: 'extending wakes requests that have expired or were used',
    caughtBy: 'a request that has expired or was used is not extended',
    mutate: extendingMutant((record) => record !== undefined),
  },
  {
    name: 'a request is not extended',
    caughtBy: 'an unused request that is extended lives until then',
    mutate: () => ({ extendPushedRequest: () => undefined }),
  },
  {
    name: 'a request is found, checked and then used up',
    caughtBy: 'consumePushedRequest: of sixteen callers one is done, and the request shows it',
    mutate: (store) => ({
      async consumePushedRequest(id, at) {
        const found = await store.findPushedRequest(id)
        await pause()
        await store.consumePushedRequest(id, at)
        if (found === undefined) return 'gone'
        return found.consumed_at === undefined ? 'done' : 'replayed'
      },
    }),
  },
]
