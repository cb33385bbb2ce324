import type { AccessTokenRecord, AuthorizationCodeRecord } from '../../../src/oauth2/server/records.ts'
import type { Store } from '../../../src/oauth2/server/store.ts'
import type { ManualClock } from '../../../src/stores/contract.ts'
import { type Mutant, pause } from './mutant.ts'

export const otherMutants: readonly Mutant[] = [
  {
    name: 'the first consent stays',
    caughtBy: 'finds a consent as it was saved last',
    mutate: (store) => ({
      async saveConsent(record) {
        if ((await store.findConsent(record.subject, record.client_id)) === undefined) await store.saveConsent(record)
      },
    }),
  },
  {
    name: 'person and client are joined into one key',
    caughtBy: 'a consent belongs to one person and one client',
    mutate: (store) => ({
      saveConsent: (record) => store.saveConsent(record),
      async findConsent(subject, clientId) {
        const joined = subject + clientId
        for (let end = 1; end < joined.length; end++) {
          const found = await store.findConsent(joined.slice(0, end), joined.slice(end))
          if (found !== undefined) return found
        }
        return undefined
      },
    }),
  },
  {
    name: 'deleting a consent finds it and then deletes it',
    caughtBy: 'deleteConsent: of sixteen callers one ends it',
    mutate: (store) => ({
      async deleteConsent(subject, clientId) {
        const found = await store.findConsent(subject, clientId)
        await pause()
        await store.deleteConsent(subject, clientId)
        return found !== undefined
      },
    }),
  },
  {
    name: 'saving a session again does not prolong it',
    caughtBy: 'finds a session as it was saved last, until it expires',
    mutate: (store) => ({
      async saveSession(record) {
        const expiresAt = (await store.findSession(record.id))?.expires_at ?? record.expires_at
        await store.saveSession({ ...record, expires_at: expiresAt })
      },
    }),
  },
  {
    name: 'deleting a session finds it and then deletes it',
    caughtBy: 'deleteSession: of sixteen callers one ends it',
    mutate: (store) => ({
      async deleteSession(id) {
        const found = await store.findSession(id)
        await pause()
        await store.deleteSession(id)
        return found !== undefined
      },
    }),
  },
  {
    name: 'remembering looks and then writes',
    caughtBy: 'rememberOnce: of sixteen callers one is the first',
    mutate: looksThenRemembers,
  },
  {
    name: 'remembering looks and then writes, after expiry too',
    caughtBy: 'rememberOnce: of sixteen callers one is the first again after expiry',
    mutate: looksThenRemembers,
  },
  {
    name: 'a replay renews what is remembered',
    caughtBy: 'a replay does not prolong what is remembered',
    mutate: (_, clock) => {
      const markers = new Map<string, number>()
      return {
        rememberOnce(key, expiresAt) {
          const isKnown = (markers.get(key) ?? 0) > clock.now()
          markers.set(key, expiresAt)
          return !isKnown
        },
      }
    },
  },
  {
    name: 'keys are cut to the width of their column',
    caughtBy: 'keys are compared exactly, not interpreted',
    mutate: (store) => ({ rememberOnce: (key, expiresAt) => store.rememberOnce(key.slice(0, 37), expiresAt) }),
  },
  {
    name: 'a sweep has no limit',
    caughtBy: 'sweep removes at most its limit, and comes to an end',
    mutate: (store) => ({ sweep: () => store.sweep(1_000_000) }),
  },
  {
    name: 'a sweep never comes to an end',
    caughtBy: 'sweep removes at most its limit, and comes to an end',
    mutate: () => ({ sweep: (limit) => limit }),
  },
  {
    name: 'a sweep takes what will expire soon',
    caughtBy: 'sweep takes nothing that is live',
    mutate: (store) => {
      const codes = new Map<string, AuthorizationCodeRecord>()
      return {
        saveAuthorizationCode(record) {
          codes.set(record.id, record)
        },
        findAuthorizationCode: (id) => codes.get(id),
        sweep(limit) {
          codes.clear()
          return store.sweep(limit)
        },
      }
    },
  },
  {
    name: 'a sweep takes revoked grants before their end',
    caughtBy: 'sweep does not forget that a grant was revoked',
    mutate: (store) => {
      const revoked = new Set<string>()
      return {
        async saveTokens(tokens) {
          return (await store.saveTokens(tokens)) || (tokens.grant !== undefined && !revoked.has(tokens.grant.id))
        },
        revokeGrant(id, at) {
          revoked.add(id)
          return store.revokeGrant(id, at)
        },
        sweep(limit) {
          revoked.clear()
          return store.sweep(limit)
        },
      }
    },
  },
  {
    name: 'a token whose grant was swept looks as if it had none',
    caughtBy: 'a token whose grant was swept stays invisible',
    mutate: (store) => {
      const saved: AccessTokenRecord[] = []
      let isSwept = false
      return {
        saveTokens(tokens) {
          if (tokens.accessToken !== undefined) saved.push(tokens.accessToken)
          return store.saveTokens(tokens)
        },
        sweep(limit) {
          isSwept = true
          return store.sweep(limit)
        },
        async findAccessToken(id) {
          const found = await store.findAccessToken(id)
          return found ?? (isSwept ? saved.find((token) => token.id === id) : undefined)
        },
      }
    },
  },
  {
    name: 'counting reads the sum and then writes it',
    caughtBy: 'incrementCounter: sixteen callers get sixteen different sums',
    mutate: () => {
      const sums = new Map<string, number>()
      return {
        async incrementCounter(key) {
          const sum = sums.get(key) ?? 0
          await pause()
          sums.set(key, sum + 1)
          return sum + 1
        },
      }
    },
  },
  {
    name: 'each count prolongs the counter',
    caughtBy: 'the first count of a key sets when it begins again',
    mutate: (_store, clock) => countingMutant(clock, (_before, given) => given),
  },
  {
    name: 'a counter that began again keeps its first end',
    caughtBy: 'a counter that began again lasts as long as it was told then',
    mutate: (_store, clock) => countingMutant(clock, (before, given) => before ?? given),
  },
  {
    name: 'keys of counters are folded',
    caughtBy: 'each key counts for itself',
    mutate: (store) => ({ incrementCounter: (key, expiresAt) => store.incrementCounter(key.toLowerCase(), expiresAt) }),
  },
]

function looksThenRemembers(store: Store, clock: ManualClock): Partial<Store> {
  const markers = new Map<string, number>()
  return {
    async rememberOnce(key, expiresAt) {
      const isKnown = (markers.get(key) ?? 0) > clock.now()
      await pause()
      markers.set(key, expiresAt)
      await store.rememberOnce(key, expiresAt)
      return !isKnown
    },
  }
}

/** Counts with an end that is chosen from the one there was and the one that was given. */
function countingMutant(
  clock: ManualClock,
  chooseEnd: (before: number | undefined, given: number) => number,
): Partial<Store> {
  const counters = new Map<string, { sum: number; end: number }>()
  return {
    incrementCounter(key, expiresAt) {
      const before = counters.get(key)
      const sum = before !== undefined && before.end > clock.now() ? before.sum + 1 : 1
      counters.set(key, { sum, end: chooseEnd(before?.end, expiresAt) })
      return sum
    },
  }
}
