import type { RefreshTokenStore, TokenCommit } from '../../oauth2/server/store.ts'
import type { ManualClock, StoreCheck } from './check.ts'
import { expectNothing, expectSame, expectTally } from './expect.ts'
import {
  aFamily,
  aGrant,
  aRefreshToken,
  awkwardText,
  type FullCommit,
  lifetimes,
  moreTokens,
  uniqueId,
} from './fixtures.ts'
import { callers, race, watch } from './race.ts'

function rotateNow(
  clock: ManualClock,
  tokens: TokenCommit,
  successorResponse = 'sealed',
): { at: number; successorResponse: string; tokens: TokenCommit } {
  return { at: clock.now(), successorResponse, tokens }
}

async function saveFamily(store: RefreshTokenStore, clock: ManualClock): Promise<FullCommit> {
  const family = aFamily(clock)
  await store.saveTokens(family)
  return family
}

export const refreshTokenChecks: readonly StoreCheck<RefreshTokenStore>[] = [
  {
    name: 'a refresh token disappears when it expires, and rotates into nothing',
    async run(store, clock) {
      const { grant, refreshToken } = await saveFamily(store, clock)
      const successors = moreTokens(clock, grant)
      clock.advance(lifetimes.refreshToken - 1)
      expectSame(
        await store.findRefreshToken(refreshToken.id),
        refreshToken,
        'findRefreshToken one second before expiry',
      )
      clock.advance(1)
      expectNothing(await store.findRefreshToken(refreshToken.id), 'findRefreshToken at expiry')
      const outcome = await store.rotateRefreshToken(refreshToken.id, rotateNow(clock, successors))
      expectSame(outcome, 'gone', 'rotateRefreshToken at expiry')
      expectNothing(await store.findRefreshToken(successors.refreshToken.id), 'findRefreshToken of the successor')
    },
  },
  {
    name: 'an unknown refresh token is gone, and rotates into nothing',
    async run(store, clock) {
      const { grant } = await saveFamily(store, clock)
      const successors = moreTokens(clock, grant)
      expectNothing(await store.findRefreshToken(uniqueId()), 'findRefreshToken')
      expectSame(await store.rotateRefreshToken(uniqueId(), rotateNow(clock, successors)), 'gone', 'rotateRefreshToken')
      expectNothing(await store.findRefreshToken(successors.refreshToken.id), 'findRefreshToken of the successor')
      expectNothing(await store.findAccessToken(successors.accessToken.id), 'findAccessToken of the successor')
    },
  },
  {
    name: 'rotateRefreshToken: of sixteen callers one is done, and only its successors exist',
    async run(store, clock) {
      const { grant, refreshToken } = await saveFamily(store, clock)
      const attempts = Array.from({ length: callers }, () => moreTokens(clock, grant))
      const outcomes = await Promise.all(
        attempts.map(async (tokens, caller) =>
          store.rotateRefreshToken(refreshToken.id, rotateNow(clock, tokens, `answer ${caller}`)),
        ),
      )
      expectTally(outcomes, { done: 1, replayed: 15 }, 'rotateRefreshToken by sixteen callers')
      for (const [caller, tokens] of attempts.entries()) {
        const isWinner = outcomes[caller] === 'done'
        const found = await store.findRefreshToken(tokens.refreshToken.id)
        expectSame(found, isWinner ? tokens.refreshToken : undefined, 'the successor of the caller')
        const foundAccess = await store.findAccessToken(tokens.accessToken.id)
        expectSame(foundAccess, isWinner ? tokens.accessToken : undefined, 'the access token of the caller')
      }
      const rotated = await store.findRefreshToken(refreshToken.id)
      expectSame(rotated?.successor_response, `answer ${outcomes.indexOf('done')}`, 'successor_response after the race')
    },
  },
  {
    name: 'a rotated token is kept with the answer of its rotation, until it expires',
    async run(store, clock) {
      const { grant, refreshToken } = await saveFamily(store, clock)
      const answer = awkwardText.repeat(2000)
      const rotatedAt = clock.now()
      await store.rotateRefreshToken(refreshToken.id, rotateNow(clock, moreTokens(clock, grant), answer))
      const expected = { ...refreshToken, rotated_at: rotatedAt, successor_response: answer }
      expectSame(await store.findRefreshToken(refreshToken.id), expected, 'findRefreshToken')
      clock.advance(lifetimes.refreshToken - 1)
      const replay = await store.rotateRefreshToken(
        refreshToken.id,
        rotateNow(clock, moreTokens(clock, grant), 'another'),
      )
      expectSame(replay, 'replayed', 'rotateRefreshToken one second before expiry')
      expectSame(await store.findRefreshToken(refreshToken.id), expected, 'findRefreshToken after a replay')
      clock.advance(1)
      expectNothing(await store.findRefreshToken(refreshToken.id), 'findRefreshToken at expiry')
    },
  },
  {
    name: 'a successor is rotated in its turn',
    async run(store, clock) {
      const { grant, refreshToken } = await saveFamily(store, clock)
      const second = moreTokens(clock, grant)
      const third = moreTokens(clock, grant)
      expectSame(
        await store.rotateRefreshToken(refreshToken.id, rotateNow(clock, second)),
        'done',
        'the first rotation',
      )
      const next = await store.rotateRefreshToken(second.refreshToken.id, rotateNow(clock, third))
      expectSame(next, 'done', 'the second rotation')
      expectSame(await store.findRefreshToken(third.refreshToken.id), third.refreshToken, 'findRefreshToken')
    },
  },
  {
    name: 'a refresh token of a revoked grant is gone, rotated or not',
    async run(store, clock) {
      const { grant, refreshToken } = await saveFamily(store, clock)
      const second = moreTokens(clock, grant)
      const third = moreTokens(clock, grant)
      await store.rotateRefreshToken(refreshToken.id, rotateNow(clock, second))
      await store.revokeGrant(grant.id, clock.now())
      for (const id of [refreshToken.id, second.refreshToken.id]) {
        expectNothing(await store.findRefreshToken(id), 'findRefreshToken')
        expectSame(await store.rotateRefreshToken(id, rotateNow(clock, third)), 'gone', 'rotateRefreshToken')
      }
      expectNothing(await store.findRefreshToken(third.refreshToken.id), 'findRefreshToken of the successor')
      expectNothing(await store.findAccessToken(third.accessToken.id), 'findAccessToken of the successor')
    },
  },
  {
    name: 'revocation wins against fifteen rotations in flight',
    async run(store, clock) {
      const { grant, refreshToken } = await saveFamily(store, clock)
      const attempts = Array.from({ length: 15 }, () => moreTokens(clock, grant))
      const outcomes = await race(async (caller) => {
        const tokens = attempts[caller]
        if (tokens === undefined) return store.revokeGrant(grant.id, clock.now())
        return store.rotateRefreshToken(refreshToken.id, rotateNow(clock, tokens))
      })
      expectSame(outcomes[15], true, 'revokeGrant')
      for (const { accessToken, refreshToken: successor } of attempts) {
        expectNothing(await store.findAccessToken(accessToken.id), 'findAccessToken of a successor')
        expectNothing(await store.findRefreshToken(successor.id), 'findRefreshToken of a successor')
      }
      const last = await store.rotateRefreshToken(refreshToken.id, rotateNow(clock, moreTokens(clock, grant)))
      expectSame(last, 'gone', 'rotateRefreshToken after the revocation')
    },
  },
  {
    name: 'a token whose successors cannot be written stays as it was',
    async run(store, clock) {
      const { grant, refreshToken } = await saveFamily(store, clock)
      const successors = { ...moreTokens(clock, grant), refreshToken: aRefreshToken(clock, aGrant(clock)) }
      const outcome = await store.rotateRefreshToken(refreshToken.id, rotateNow(clock, successors))
      expectSame(outcome, 'gone', 'rotateRefreshToken')
      expectSame(await store.findRefreshToken(refreshToken.id), refreshToken, 'findRefreshToken')
      expectNothing(await store.findAccessToken(successors.accessToken.id), 'findAccessToken of the successor')
    },
  },
  {
    name: 'whoever sees that a token was rotated sees its answer and its successor as well',
    async run(store, clock) {
      const { grant, refreshToken } = await saveFamily(store, clock)
      const successors = moreTokens(clock, grant)
      const rotation = store.rotateRefreshToken(refreshToken.id, rotateNow(clock, successors))
      const { outcome, seen } = await watch(rotation, async () => {
        const found = await store.findRefreshToken(refreshToken.id)
        if (found?.rotated_at === undefined) return true
        const successor = await store.findRefreshToken(successors.refreshToken.id)
        return found.successor_response === 'sealed' && successor !== undefined
      })
      expectSame(outcome, 'done', 'rotateRefreshToken')
      expectSame(seen, true, 'whether a rotated token had its successor, each time it was looked at')
    },
  },
]
