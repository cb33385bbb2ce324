import type { ConsentStore, SessionStore } from '../../oauth2/server/store.ts'
import type { StoreCheck } from './check.ts'
import { expectNothing, expectSame, expectTally } from './expect.ts'
import { aConsent, aSession, awkwardText, lifetimes, uniqueId } from './fixtures.ts'
import { race } from './race.ts'

export const consentChecks: readonly StoreCheck<ConsentStore>[] = [
  {
    name: 'finds a consent as it was saved last',
    async run(store, clock) {
      const first = aConsent(clock)
      const second = { ...first, scope: 'openid email', created_at: first.created_at + 1 }
      expectNothing(await store.findConsent(first.subject, first.client_id), 'findConsent before')
      await store.saveConsent(first)
      expectSame(await store.findConsent(first.subject, first.client_id), first, 'findConsent')
      await store.saveConsent(second)
      expectSame(await store.findConsent(first.subject, first.client_id), second, 'findConsent after a second one')
    },
  },
  {
    name: 'a consent belongs to one person and one client',
    async run(store, clock) {
      const base = uniqueId()
      const consent = aConsent(clock, { subject: `${base}a`, client_id: `b${base}` })
      const others = [
        [consent.subject, base],
        [base, consent.client_id],
        [base, `ab${base}`],
        [`${base}ab`, base],
        [consent.client_id, consent.subject],
      ] as const
      await store.saveConsent(consent)
      for (const [subject, clientId] of others) {
        expectNothing(await store.findConsent(subject, clientId), 'findConsent of another pair')
        expectSame(await store.deleteConsent(subject, clientId), false, 'deleteConsent of another pair')
      }
      expectSame(await store.findConsent(consent.subject, consent.client_id), consent, 'findConsent')
    },
  },
  {
    name: 'deleteConsent: of sixteen callers one ends it',
    async run(store, clock) {
      const consent = aConsent(clock)
      await store.saveConsent(consent)
      const outcomes = await race(() => store.deleteConsent(consent.subject, consent.client_id))
      expectTally(outcomes, { true: 1, false: 15 }, 'deleteConsent by sixteen callers')
      expectNothing(await store.findConsent(consent.subject, consent.client_id), 'findConsent')
    },
  },
]

export const sessionChecks: readonly StoreCheck<SessionStore>[] = [
  {
    name: 'finds a session as it was saved last, until it expires',
    async run(store, clock) {
      const first = aSession(clock, { subject: awkwardText })
      const second = { ...first, subject: 'someone else', expires_at: first.expires_at + 50 }
      await store.saveSession(first)
      expectSame(await store.findSession(first.id), first, 'findSession')
      await store.saveSession(second)
      clock.advance(lifetimes.session + 49)
      expectSame(await store.findSession(first.id), second, 'findSession one second before its new expiry')
      clock.advance(1)
      expectNothing(await store.findSession(first.id), 'findSession at expiry')
      expectSame(await store.deleteSession(first.id), false, 'deleteSession at expiry')
    },
  },
  {
    name: 'deleteSession: of sixteen callers one ends it',
    async run(store, clock) {
      const session = aSession(clock)
      const other = aSession(clock)
      await store.saveSession(session)
      await store.saveSession(other)
      const outcomes = await race(() => store.deleteSession(session.id))
      expectTally(outcomes, { true: 1, false: 15 }, 'deleteSession by sixteen callers')
      expectNothing(await store.findSession(session.id), 'findSession')
      expectSame(await store.findSession(other.id), other, 'findSession of another session')
    },
  },
]
