import type { Store } from '../../oauth2/server/store.ts'
import type { StoreCheck } from './check.ts'
import { expectNothing, expectSame } from './expect.ts'
import {
  aClient,
  aCode,
  aDeviceCode,
  aFamily,
  aGrant,
  anAccessToken,
  aPushedRequest,
  aSession,
  lifetimes,
  moreTokens,
  uniqueId,
} from './fixtures.ts'
import { sweepAll } from './sweep-all.ts'

export const sweepChecks: readonly StoreCheck<Store>[] = [
  {
    name: 'sweep removes at most its limit, and comes to an end',
    async run(store, clock) {
      for (let count = 0; count < 12; count++) {
        await store.saveTokens(aFamily(clock))
        await store.saveSession(aSession(clock))
        await store.saveAuthorizationCode(aCode(clock))
        await store.rememberOnce(uniqueId(), clock.now() + 60)
        await store.saveDeviceCode(aDeviceCode(clock))
        await store.savePushedRequest(aPushedRequest(clock))
        await store.incrementCounter(uniqueId(), clock.now() + 60)
        await store.saveClient(aClient({ unused_until: clock.now() + 60 }))
      }
      clock.advance(lifetimes.grant)
      await sweepAll(store, 5)
      expectSame(await store.sweep(1), 0, 'sweep of a store that is clean')
    },
  },
  {
    name: 'sweep takes nothing that is live',
    async run(store, clock) {
      const family = aFamily(clock)
      const token = anAccessToken(clock)
      const session = aSession(clock)
      const code = aCode(clock)
      const key = uniqueId()
      await store.saveTokens(family)
      await store.saveTokens({ accessToken: token })
      await store.saveSession(session)
      await store.saveAuthorizationCode(code)
      await store.rememberOnce(key, clock.now() + lifetimes.code)
      const device = aDeviceCode(clock)
      const pushed = aPushedRequest(clock)
      const client = aClient()
      const unused = aClient({ unused_until: clock.now() + lifetimes.code })
      await store.saveDeviceCode(device)
      await store.savePushedRequest(pushed)
      await store.incrementCounter(key, clock.now() + lifetimes.code)
      await store.saveClient(client)
      await store.saveClient(unused)
      clock.advance(lifetimes.code - 1)
      await sweepAll(store, 100)
      expectSame(await store.findGrant(family.grant.id), family.grant, 'findGrant')
      expectSame(await store.findAccessToken(family.accessToken.id), family.accessToken, 'findAccessToken')
      expectSame(await store.findRefreshToken(family.refreshToken.id), family.refreshToken, 'findRefreshToken')
      expectSame(await store.findAccessToken(token.id), token, 'findAccessToken of a token without a family')
      expectSame(await store.findSession(session.id), session, 'findSession')
      expectSame(await store.findAuthorizationCode(code.id), code, 'findAuthorizationCode')
      expectSame(await store.rememberOnce(key, clock.now() + 60), false, 'rememberOnce of a known key')
      expectSame(await store.findDeviceCode(device.id), device, 'findDeviceCode')
      expectSame(await store.findPushedRequest(pushed.id), pushed, 'findPushedRequest')
      expectSame(await store.incrementCounter(key, clock.now() + 60), 2, 'incrementCounter of a known key')
      expectSame(await store.findClient(client.client_id), client, 'findClient')
      expectSame(await store.findClient(unused.client_id), unused, 'findClient of an unused client')
    },
  },
  {
    name: 'sweep leaves tombstones until keepUntil',
    async run(store, clock) {
      const code = aCode(clock)
      await store.saveAuthorizationCode(code)
      const keepUntil = clock.now() + lifetimes.tombstone
      await store.consumeAuthorizationCode(code.id, { at: clock.now(), keepUntil, tokens: aFamily(clock, code.grant) })
      clock.advance(lifetimes.tombstone - 1)
      await sweepAll(store, 100)
      const replay = await store.consumeAuthorizationCode(code.id, { at: clock.now(), keepUntil })
      expectSame(replay, 'replayed', 'consuming one second before keepUntil')
    },
  },
  {
    name: 'sweep does not forget that a grant was revoked',
    async run(store, clock) {
      const family = aFamily(clock)
      await store.saveTokens(family)
      await store.revokeGrant(family.grant.id, clock.now())
      clock.advance(lifetimes.refreshToken)
      await sweepAll(store, 100)
      expectSame(await store.saveTokens(aFamily(clock, family.grant)), false, 'saveTokens with the revoked grant')
      expectSame(await store.saveTokens(moreTokens(clock, family.grant)), false, 'saveTokens')
    },
  },
  {
    name: 'a token whose grant was swept stays invisible',
    async run(store, clock) {
      const family = aFamily(clock, aGrant(clock, { expires_at: clock.now() + 10 }))
      await store.saveTokens(family)
      clock.advance(10)
      await sweepAll(store, 100)
      expectNothing(await store.findAccessToken(family.accessToken.id), 'findAccessToken')
      expectNothing(await store.findRefreshToken(family.refreshToken.id), 'findRefreshToken')
    },
  },
]
