import type { Store } from '../../../src/oauth2/server/store.ts'
import { type Mutant, pause } from './mutant.ts'

export const codeMutants: readonly Mutant[] = [
  {
    name: 'redeeming finds the code, checks it and then uses it up',
    caughtBy: 'consumeAuthorizationCode: of sixteen redemptions one is done, and only its tokens exist',
    mutate: (store) => ({
      async consumeAuthorizationCode(id, use) {
        const code = await store.findAuthorizationCode(id)
        await pause()
        if (code === undefined) return 'gone'
        if (code.consumed_at !== undefined) return 'replayed'
        const outcome = await store.consumeAuthorizationCode(id, use)
        if (outcome === 'replayed' && use.tokens !== undefined) await store.saveTokens(use.tokens)
        return 'done'
      },
    }),
  },
  {
    name: 'burning finds the code, checks it and then uses it up',
    caughtBy: 'consumeAuthorizationCode: sixteen that burn and redeem at once agree on one end',
    mutate: (store) => ({
      async consumeAuthorizationCode(id, use) {
        if (use.tokens !== undefined) return store.consumeAuthorizationCode(id, use)
        const code = await store.findAuthorizationCode(id)
        await pause()
        if (code === undefined) return 'gone'
        if (code.consumed_at !== undefined) return 'replayed'
        await store.consumeAuthorizationCode(id, use)
        return 'done'
      },
    }),
  },
  {
    name: 'redeeming writes the tokens before it knows who has won',
    caughtBy: 'consumeAuthorizationCode: of sixteen redemptions one is done, and only its tokens exist',
    mutate: (store) => ({
      async consumeAuthorizationCode(id, { tokens, ...use }) {
        if (tokens !== undefined) await store.saveTokens(tokens)
        await pause()
        return store.consumeAuthorizationCode(id, use)
      },
    }),
  },
  {
    name: 'redeeming marks the code first and writes the tokens later',
    caughtBy: 'whoever sees that a code was used sees its tokens as well',
    mutate: marksCodesFirst,
  },
  {
    name: 'a replay that revokes runs before the grant is written',
    caughtBy: 'a replay that revokes at once leaves nothing of the family alive',
    mutate: marksCodesFirst,
  },
  {
    name: 'a code is deleted when it is used',
    caughtBy: 'redeeming a code writes its grant and tokens and leaves a tombstone',
    mutate: deletesUsedCodes,
  },
  {
    name: 'a code is deleted when it is burnt',
    caughtBy: 'a burnt code leaves a tombstone and redeems nothing',
    mutate: deletesUsedCodes,
  },
  {
    name: 'a tombstone ends when the code would have expired',
    caughtBy: 'a tombstone outlives the code, until keepUntil and no longer',
    mutate: endsTombstonesEarly,
  },
  {
    name: 'a sweep takes tombstones of codes that would have expired',
    caughtBy: 'sweep leaves tombstones until keepUntil',
    mutate: endsTombstonesEarly,
  },
  {
    name: 'a replay renews the tombstone',
    caughtBy: 'a tombstone is not prolonged by replays',
    mutate: (store) => {
      const lastUses = new Map<string, number>()
      return {
        consumeAuthorizationCode(id, use) {
          lastUses.set(id, use.at)
          return store.consumeAuthorizationCode(id, use)
        },
        async findAuthorizationCode(id) {
          const code = await store.findAuthorizationCode(id)
          const consumedAt = lastUses.get(id)
          return code === undefined || consumedAt === undefined ? code : { ...code, consumed_at: consumedAt }
        },
      }
    },
  },
  {
    name: 'a code is used up although its tokens were refused',
    caughtBy: 'a code whose tokens cannot be written stays unused',
    mutate: (store) => ({
      async consumeAuthorizationCode(id, use) {
        const outcome = await store.consumeAuthorizationCode(id, use)
        if (outcome === 'gone') await store.consumeAuthorizationCode(id, { at: use.at, keepUntil: use.keepUntil })
        return outcome
      },
    }),
  },
  {
    name: 'the column of the code challenge was forgotten',
    caughtBy: 'finds an authorization code as it was saved, and nothing for an unknown id',
    mutate: (store) => ({
      async findAuthorizationCode(id) {
        const found = await store.findAuthorizationCode(id)
        if (found === undefined) return undefined
        const { code_challenge: _, ...code } = found
        return code
      },
    }),
  },
  {
    name: 'codes do not expire',
    caughtBy: 'an unused code disappears when it expires, and redeems nothing',
    mutate: (store) => ({
      saveAuthorizationCode: (code) => store.saveAuthorizationCode({ ...code, expires_at: code.expires_at * 2 }),
    }),
  },
  {
    name: 'tokens are written whether or not the code is known',
    caughtBy: 'an unknown code is gone, and redeems nothing',
    mutate: (store) => ({
      async consumeAuthorizationCode(id, use) {
        const outcome = await store.consumeAuthorizationCode(id, use)
        if (outcome === 'gone' && use.tokens !== undefined) await store.saveTokens(use.tokens)
        return outcome
      },
    }),
  },
]

function marksCodesFirst(store: Store): Partial<Store> {
  return {
    async consumeAuthorizationCode(id, { tokens, ...use }) {
      const outcome = await store.consumeAuthorizationCode(id, use)
      if (outcome !== 'done' || tokens === undefined) return outcome
      await pause()
      await store.saveTokens(tokens)
      return outcome
    },
  }
}

function deletesUsedCodes(store: Store): Partial<Store> {
  return {
    async findAuthorizationCode(id) {
      const code = await store.findAuthorizationCode(id)
      return code?.consumed_at === undefined ? code : undefined
    },
    async consumeAuthorizationCode(id, use) {
      const outcome = await store.consumeAuthorizationCode(id, use)
      return outcome === 'replayed' ? 'gone' : outcome
    },
  }
}

function endsTombstonesEarly(store: Store): Partial<Store> {
  return {
    async consumeAuthorizationCode(id, use) {
      const code = await store.findAuthorizationCode(id)
      return store.consumeAuthorizationCode(id, { ...use, keepUntil: code?.expires_at ?? use.keepUntil })
    },
  }
}
