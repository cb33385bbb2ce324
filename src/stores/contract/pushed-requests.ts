import type { PushedRequestStore } from '../../oauth2/server/store.ts'
import type { StoreCheck } from './check.ts'
import { expectNothing, expectSame, expectTally } from './expect.ts'
import { aPushedRequest, lifetimes, uniqueId } from './fixtures.ts'
import { race } from './race.ts'

export const pushedRequestChecks: readonly StoreCheck<PushedRequestStore>[] = [
  {
    name: 'finds a pushed request as it was saved, until it expires',
    async run(store, clock) {
      const request = aPushedRequest(clock, { parameters: 'state=x'.repeat(4000) })
      await store.savePushedRequest(request)
      clock.advance(lifetimes.pushedRequest - 1)
      expectSame(await store.findPushedRequest(request.id), request, 'findPushedRequest one second before expiry')
      clock.advance(1)
      expectNothing(await store.findPushedRequest(request.id), 'findPushedRequest at expiry')
      expectSame(await store.consumePushedRequest(request.id, clock.now()), 'gone', 'consuming at expiry')
    },
  },
  {
    name: 'an unknown pushed request is gone, and extending it makes none',
    async run(store, clock) {
      const id = uniqueId()
      await store.extendPushedRequest(id, clock.now() + 600)
      expectNothing(await store.findPushedRequest(id), 'findPushedRequest')
      expectSame(await store.consumePushedRequest(id, clock.now()), 'gone', 'consumePushedRequest')
    },
  },
  {
    name: 'consumePushedRequest: of sixteen callers one is done, and the request shows it',
    async run(store, clock) {
      const request = aPushedRequest(clock)
      await store.savePushedRequest(request)
      const outcomes = await race(() => store.consumePushedRequest(request.id, clock.now()))
      expectTally(outcomes, { done: 1, replayed: 15 }, 'consumePushedRequest by sixteen callers')
      const used = { ...request, consumed_at: clock.now() }
      expectSame(await store.findPushedRequest(request.id), used, 'findPushedRequest')
    },
  },
  {
    name: 'an unused request that is extended lives until then',
    async run(store, clock) {
      const request = aPushedRequest(clock)
      await store.savePushedRequest(request)
      const expiresAt = clock.now() + 3600
      await store.extendPushedRequest(request.id, expiresAt)
      clock.advance(3599)
      const extended = { ...request, expires_at: expiresAt }
      expectSame(await store.findPushedRequest(request.id), extended, 'findPushedRequest one second before its new end')
      clock.advance(1)
      expectNothing(await store.findPushedRequest(request.id), 'findPushedRequest at its new end')
    },
  },
  {
    name: 'extending a request never shortens it',
    async run(store, clock) {
      const request = aPushedRequest(clock)
      await store.savePushedRequest(request)
      await store.extendPushedRequest(request.id, clock.now() + 1)
      clock.advance(2)
      expectSame(await store.findPushedRequest(request.id), request, 'findPushedRequest')
    },
  },
  {
    name: 'a request that has expired or was used is not extended',
    async run(store, clock) {
      const used = aPushedRequest(clock)
      const expired = aPushedRequest(clock)
      await store.savePushedRequest(used)
      await store.savePushedRequest(expired)
      await store.consumePushedRequest(used.id, clock.now())
      await store.extendPushedRequest(used.id, clock.now() + 3600)
      clock.advance(lifetimes.pushedRequest)
      await store.extendPushedRequest(expired.id, clock.now() + 3600)
      expectNothing(await store.findPushedRequest(used.id), 'findPushedRequest of a used one')
      expectNothing(await store.findPushedRequest(expired.id), 'findPushedRequest of an expired one')
    },
  },
]
