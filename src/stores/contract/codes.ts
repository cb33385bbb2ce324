import type { AuthorizationCodeStore, TokenCommit, Transition } from '../../oauth2/server/store.ts'
import type { ManualClock, StoreCheck } from './check.ts'
import { expectNothing, expectSame, expectTally } from './expect.ts'
import { aCode, aFamily, aGrant, awkwardText, type FullCommit, lifetimes, moreTokens, uniqueId } from './fixtures.ts'
import { callers, race, watch } from './race.ts'

/** How a code is used: now, remembered for as long as the tokens may live. */
function useNow(clock: ManualClock, tokens?: TokenCommit): { at: number; keepUntil: number; tokens?: TokenCommit } {
  const use = { at: clock.now(), keepUntil: clock.now() + lifetimes.tombstone }
  return tokens === undefined ? use : { ...use, tokens }
}

async function isVisible(store: AuthorizationCodeStore, tokens: FullCommit): Promise<boolean> {
  return (await store.findAccessToken(tokens.accessToken.id)) !== undefined
}

export const codeChecks: readonly StoreCheck<AuthorizationCodeStore>[] = [
  {
    name: 'finds an authorization code as it was saved, and nothing for an unknown id',
    async run(store, clock) {
      const code = aCode(clock, { redirect_uri: awkwardText, grant: aGrant(clock, { data: { text: awkwardText } }) })
      await store.saveAuthorizationCode(code)
      expectSame(await store.findAuthorizationCode(code.id), code, 'findAuthorizationCode')
      expectNothing(await store.findAuthorizationCode(uniqueId()), 'findAuthorizationCode with an unknown id')
    },
  },
  {
    name: 'an unused code disappears when it expires, and redeems nothing',
    async run(store, clock) {
      const code = aCode(clock)
      const tokens = aFamily(clock, code.grant)
      await store.saveAuthorizationCode(code)
      clock.advance(lifetimes.code - 1)
      expectSame(await store.findAuthorizationCode(code.id), code, 'findAuthorizationCode one second before expiry')
      clock.advance(1)
      expectNothing(await store.findAuthorizationCode(code.id), 'findAuthorizationCode at expiry')
      expectSame(await store.consumeAuthorizationCode(code.id, useNow(clock, tokens)), 'gone', 'consuming at expiry')
      expectSame(await isVisible(store, tokens), false, 'the access token of a consumption that failed is visible')
    },
  },
  {
    name: 'an unknown code is gone, and redeems nothing',
    async run(store, clock) {
      const tokens = aFamily(clock)
      expectSame(await store.consumeAuthorizationCode(uniqueId(), useNow(clock, tokens)), 'gone', 'consuming')
      expectSame(await isVisible(store, tokens), false, 'the access token of a consumption that failed is visible')
    },
  },
  {
    name: 'redeeming a code writes its grant and tokens and leaves a tombstone',
    async run(store, clock) {
      const code = aCode(clock)
      const tokens = aFamily(clock, code.grant)
      await store.saveAuthorizationCode(code)
      expectSame(await store.consumeAuthorizationCode(code.id, useNow(clock, tokens)), 'done', 'consuming')
      expectSame(await store.findGrant(code.grant.id), code.grant, 'findGrant')
      expectSame(await store.findAccessToken(tokens.accessToken.id), tokens.accessToken, 'findAccessToken')
      const tombstone = { ...code, consumed_at: clock.now() }
      expectSame(await store.findAuthorizationCode(code.id), tombstone, 'findAuthorizationCode')
    },
  },
  {
    name: 'consumeAuthorizationCode: of sixteen redemptions one is done, and only its tokens exist',
    async run(store, clock) {
      const code = aCode(clock)
      await store.saveAuthorizationCode(code)
      const attempts = Array.from({ length: callers }, () => aFamily(clock, code.grant))
      const outcomes = await Promise.all(
        attempts.map(async (tokens) => store.consumeAuthorizationCode(code.id, useNow(clock, tokens))),
      )
      expectTally(outcomes, { done: 1, replayed: 15 }, 'consumeAuthorizationCode by sixteen callers')
      for (const [caller, tokens] of attempts.entries())
        expectSame(await isVisible(store, tokens), outcomes[caller] === 'done', 'whether the caller has its token')
    },
  },
  {
    name: 'consumeAuthorizationCode: sixteen that burn and redeem at once agree on one end',
    async run(store, clock) {
      const code = aCode(clock)
      const tokens = aFamily(clock, code.grant)
      await store.saveAuthorizationCode(code)
      const outcomes = await race((caller) =>
        store.consumeAuthorizationCode(code.id, useNow(clock, caller === 7 ? tokens : undefined)),
      )
      expectTally(outcomes, { done: 1, replayed: 15 }, 'consumeAuthorizationCode by sixteen callers')
      expectSame(await isVisible(store, tokens), outcomes[7] === 'done', 'whether the redeeming caller has its token')
    },
  },
  {
    name: 'a burnt code leaves a tombstone and redeems nothing',
    async run(store, clock) {
      const code = aCode(clock)
      const tokens = aFamily(clock, code.grant)
      await store.saveAuthorizationCode(code)
      expectSame(await store.consumeAuthorizationCode(code.id, useNow(clock)), 'done', 'burning')
      expectSame(await store.consumeAuthorizationCode(code.id, useNow(clock, tokens)), 'replayed', 'redeeming after it')
      expectSame(await isVisible(store, tokens), false, 'the access token of a consumption that failed is visible')
      const tombstone = { ...code, consumed_at: clock.now() }
      expectSame(await store.findAuthorizationCode(code.id), tombstone, 'findAuthorizationCode')
    },
  },
  {
    name: 'a tombstone outlives the code, until keepUntil and no longer',
    async run(store, clock) {
      const code = aCode(clock)
      await store.saveAuthorizationCode(code)
      const usedAt = clock.now()
      await store.consumeAuthorizationCode(code.id, useNow(clock, aFamily(clock, code.grant)))
      clock.advance(lifetimes.tombstone - 1)
      const found = await store.findAuthorizationCode(code.id)
      expectSame(found?.consumed_at, usedAt, 'consumed_at of the tombstone one second before keepUntil')
      expectSame(await store.consumeAuthorizationCode(code.id, useNow(clock)), 'replayed', 'consuming before keepUntil')
      clock.advance(1)
      expectNothing(await store.findAuthorizationCode(code.id), 'findAuthorizationCode at keepUntil')
      expectSame(await store.consumeAuthorizationCode(code.id, useNow(clock)), 'gone', 'consuming at keepUntil')
    },
  },
  {
    name: 'a tombstone is not prolonged by replays',
    async run(store, clock) {
      const code = aCode(clock)
      await store.saveAuthorizationCode(code)
      const use = useNow(clock)
      await store.consumeAuthorizationCode(code.id, use)
      await store.consumeAuthorizationCode(code.id, { at: use.at + 5, keepUntil: use.keepUntil * 2 })
      expectSame((await store.findAuthorizationCode(code.id))?.consumed_at, use.at, 'consumed_at after a replay')
      clock.advance(lifetimes.tombstone)
      expectNothing(await store.findAuthorizationCode(code.id), 'findAuthorizationCode at the first keepUntil')
    },
  },
  {
    name: 'a code whose tokens cannot be written stays unused',
    async run(store, clock) {
      const code = aCode(clock)
      const tokens = aFamily(clock, code.grant)
      await store.saveTokens({ grant: code.grant })
      await store.revokeGrant(code.grant.id, clock.now())
      await store.saveAuthorizationCode(code)
      expectSame(await store.consumeAuthorizationCode(code.id, useNow(clock, tokens)), 'gone', 'consuming')
      expectSame(await store.findAuthorizationCode(code.id), code, 'findAuthorizationCode')
      expectSame(await isVisible(store, tokens), false, 'the access token of a revoked grant is visible')
    },
  },
  {
    name: 'whoever sees that a code was used sees its tokens as well',
    async run(store, clock) {
      const code = aCode(clock)
      const tokens = aFamily(clock, code.grant)
      await store.saveAuthorizationCode(code)
      const { outcome, seen } = await watch(
        store.consumeAuthorizationCode(code.id, useNow(clock, tokens)),
        async () => {
          const found = await store.findAuthorizationCode(code.id)
          return found?.consumed_at === undefined || (await isVisible(store, tokens))
        },
      )
      expectSame(outcome, 'done', 'consuming')
      expectSame(seen, true, 'whether a used code had its tokens, each time it was looked at')
    },
  },
  {
    name: 'a replay that revokes at once leaves nothing of the family alive',
    async run(store, clock) {
      const code = aCode(clock)
      await store.saveAuthorizationCode(code)
      const attempts = Array.from({ length: callers }, () => aFamily(clock, code.grant))
      const redeem = async (tokens: FullCommit): Promise<Transition> => {
        const outcome = await store.consumeAuthorizationCode(code.id, useNow(clock, tokens))
        if (outcome === 'replayed') await store.revokeGrant(code.grant.id, clock.now())
        return outcome
      }
      expectTally(await Promise.all(attempts.map(redeem)), { done: 1, replayed: 15 }, 'consumeAuthorizationCode')
      for (const tokens of attempts)
        expectSame(await isVisible(store, tokens), false, 'a token of the family is visible')
      expectSame(await store.saveTokens(moreTokens(clock, code.grant)), false, 'saveTokens after the revocation')
    },
  },
]
