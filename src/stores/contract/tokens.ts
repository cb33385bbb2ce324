import type { GrantStore, RefreshTokenStore, TokenStore } from '../../oauth2/server/store.ts'
import type { StoreCheck } from './check.ts'
import { expectNothing, expectSame, expectTally } from './expect.ts'
import {
  aFamily,
  aGrant,
  anAccessToken,
  aRefreshToken,
  awkwardText,
  lifetimes,
  moreTokens,
  uniqueId,
} from './fixtures.ts'
import { race } from './race.ts'

export const tokenChecks: readonly StoreCheck<TokenStore>[] = [
  {
    name: 'a token without a family is found as it was saved, until it expires',
    async run(store, clock) {
      const token = anAccessToken(clock, { data: { text: awkwardText.repeat(2000) } })
      expectSame(await store.saveTokens({ accessToken: token }), true, 'saveTokens')
      clock.advance(lifetimes.accessToken - 1)
      expectSame(await store.findAccessToken(token.id), token, 'findAccessToken one second before expiry')
      clock.advance(1)
      expectNothing(await store.findAccessToken(token.id), 'findAccessToken at expiry')
      expectSame(await store.revokeAccessToken(token.id), false, 'revokeAccessToken at expiry')
    },
  },
  {
    name: 'revokeAccessToken: of sixteen callers one ends it',
    async run(store, clock) {
      const token = anAccessToken(clock)
      const other = anAccessToken(clock)
      await store.saveTokens({ accessToken: token })
      await store.saveTokens({ accessToken: other })
      const outcomes = await race(() => store.revokeAccessToken(token.id))
      expectTally(outcomes, { true: 1, false: 15 }, 'revokeAccessToken by sixteen callers')
      expectNothing(await store.findAccessToken(token.id), 'findAccessToken after revokeAccessToken')
      expectSame(await store.findAccessToken(other.id), other, 'findAccessToken of another token')
    },
  },
  {
    name: 'an unknown access token is not found and not revoked',
    async run(store) {
      expectNothing(await store.findAccessToken(uniqueId()), 'findAccessToken')
      expectSame(await store.revokeAccessToken(uniqueId()), false, 'revokeAccessToken')
    },
  },
  {
    name: 'tokens of an unknown grant are refused',
    async run(store, clock) {
      const tokens = moreTokens(clock, aGrant(clock))
      expectSame(await store.saveTokens(tokens), false, 'saveTokens')
      expectNothing(await store.findAccessToken(tokens.accessToken.id), 'findAccessToken')
    },
  },
]

export const familyChecks: readonly StoreCheck<TokenStore & GrantStore & RefreshTokenStore>[] = [
  {
    name: 'finds a grant and its tokens as they were saved',
    async run(store, clock) {
      const family = aFamily(clock)
      expectSame(await store.saveTokens(family), true, 'saveTokens')
      expectSame(await store.findGrant(family.grant.id), family.grant, 'findGrant')
      expectSame(await store.findAccessToken(family.accessToken.id), family.accessToken, 'findAccessToken')
      expectSame(await store.findRefreshToken(family.refreshToken.id), family.refreshToken, 'findRefreshToken')
    },
  },
  {
    name: 'tokens join a grant that exists',
    async run(store, clock) {
      const family = aFamily(clock)
      const more = moreTokens(clock, family.grant)
      await store.saveTokens(family)
      expectSame(await store.saveTokens(more), true, 'saveTokens')
      expectSame(await store.findAccessToken(more.accessToken.id), more.accessToken, 'findAccessToken')
      expectSame(await store.findAccessToken(family.accessToken.id), family.accessToken, 'findAccessToken of the first')
    },
  },
  {
    name: 'revoking an access token leaves the rest of its family',
    async run(store, clock) {
      const family = aFamily(clock)
      await store.saveTokens(family)
      expectSame(await store.revokeAccessToken(family.accessToken.id), true, 'revokeAccessToken')
      expectNothing(await store.findAccessToken(family.accessToken.id), 'findAccessToken')
      expectSame(await store.findRefreshToken(family.refreshToken.id), family.refreshToken, 'findRefreshToken')
      expectSame(await store.findGrant(family.grant.id), family.grant, 'findGrant')
    },
  },
  {
    name: 'revokeGrant: of sixteen callers one ends it, and the family with it',
    async run(store, clock) {
      const family = aFamily(clock)
      const more = moreTokens(clock, family.grant)
      await store.saveTokens(family)
      await store.saveTokens(more)
      const outcomes = await race(() => store.revokeGrant(family.grant.id, clock.now()))
      expectTally(outcomes, { true: 1, false: 15 }, 'revokeGrant by sixteen callers')
      expectNothing(await store.findGrant(family.grant.id), 'findGrant')
      for (const { accessToken, refreshToken } of [family, more]) {
        expectNothing(await store.findAccessToken(accessToken.id), 'findAccessToken')
        expectNothing(await store.findRefreshToken(refreshToken.id), 'findRefreshToken')
        expectSame(await store.revokeAccessToken(accessToken.id), false, 'revokeAccessToken')
      }
    },
  },
  {
    name: 'another grant of the same person and client is another family',
    async run(store, clock) {
      const family = aFamily(clock)
      const other = aFamily(clock)
      await store.saveTokens(family)
      await store.saveTokens(other)
      await store.revokeGrant(family.grant.id, clock.now())
      expectSame(await store.findGrant(other.grant.id), other.grant, 'findGrant')
      expectSame(await store.findAccessToken(other.accessToken.id), other.accessToken, 'findAccessToken')
      expectSame(await store.findRefreshToken(other.refreshToken.id), other.refreshToken, 'findRefreshToken')
    },
  },
  {
    name: 'a revoked grant takes no tokens, not even when it is committed again',
    async run(store, clock) {
      const family = aFamily(clock)
      const again = aFamily(clock, family.grant)
      await store.saveTokens(family)
      await store.revokeGrant(family.grant.id, clock.now())
      expectSame(await store.saveTokens(moreTokens(clock, family.grant)), false, 'saveTokens')
      expectSame(await store.saveTokens(again), false, 'saveTokens with the grant')
      expectNothing(await store.findGrant(family.grant.id), 'findGrant')
      expectNothing(await store.findAccessToken(again.accessToken.id), 'findAccessToken')
    },
  },
  {
    name: 'revocation wins against fifteen commits in flight',
    async run(store, clock) {
      const family = aFamily(clock)
      await store.saveTokens(family)
      const commits = Array.from({ length: 15 }, () => moreTokens(clock, family.grant))
      await race(async (caller) => {
        const tokens = commits[caller]
        return tokens === undefined ? store.revokeGrant(family.grant.id, clock.now()) : store.saveTokens(tokens)
      })
      for (const { accessToken, refreshToken } of commits) {
        expectNothing(await store.findAccessToken(accessToken.id), 'findAccessToken')
        expectNothing(await store.findRefreshToken(refreshToken.id), 'findRefreshToken')
      }
    },
  },
  {
    name: 'nothing outlives its grant',
    async run(store, clock) {
      const family = aFamily(clock, aGrant(clock, { expires_at: clock.now() + 100 }))
      await store.saveTokens(family)
      clock.advance(99)
      expectSame(await store.findAccessToken(family.accessToken.id), family.accessToken, 'findAccessToken before')
      expectSame(await store.findRefreshToken(family.refreshToken.id), family.refreshToken, 'findRefreshToken before')
      clock.advance(1)
      expectNothing(await store.findGrant(family.grant.id), 'findGrant at expiry')
      expectNothing(await store.findAccessToken(family.accessToken.id), 'findAccessToken at expiry')
      expectNothing(await store.findRefreshToken(family.refreshToken.id), 'findRefreshToken at expiry')
      expectSame(await store.saveTokens(moreTokens(clock, family.grant)), false, 'saveTokens at expiry')
      expectSame(await store.revokeGrant(family.grant.id, clock.now()), false, 'revokeGrant at expiry')
    },
  },
  {
    name: 'a grant that has already expired is not created',
    async run(store, clock) {
      const family = aFamily(clock, aGrant(clock, { expires_at: clock.now() }))
      expectSame(await store.saveTokens(family), false, 'saveTokens')
      expectNothing(await store.findAccessToken(family.accessToken.id), 'findAccessToken')
    },
  },
  {
    name: 'a commit is written whole or not at all',
    async run(store, clock) {
      const family = aFamily(clock)
      const revoked = aFamily(clock)
      await store.saveTokens(revoked)
      await store.revokeGrant(revoked.grant.id, clock.now())
      const mixed = { ...family, refreshToken: aRefreshToken(clock, revoked.grant) }
      expectSame(await store.saveTokens(mixed), false, 'saveTokens with a refresh token of a revoked grant')
      expectNothing(await store.findGrant(family.grant.id), 'findGrant')
      expectNothing(await store.findAccessToken(family.accessToken.id), 'findAccessToken')
    },
  },
  {
    name: 'an unknown grant is not found and not revoked',
    async run(store, clock) {
      expectNothing(await store.findGrant(uniqueId()), 'findGrant')
      expectSame(await store.revokeGrant(uniqueId(), clock.now()), false, 'revokeGrant')
    },
  },
]
