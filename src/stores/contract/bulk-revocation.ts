import type {
  AuthorizationCodeStore,
  BulkRevocationStore,
  DeviceCodeStore,
  RefreshTokenStore,
} from '../../oauth2/server/store.ts'
import type { ManualClock, StoreCheck } from './check.ts'
import { expectNothing, expectSame } from './expect.ts'
import {
  aCode,
  aDeviceCode,
  aFamily,
  aGrant,
  anAccessToken,
  awkwardText,
  lifetimes,
  moreTokens,
  uniqueId,
} from './fixtures.ts'
import { race } from './race.ts'

type BulkStore = BulkRevocationStore & AuthorizationCodeStore & RefreshTokenStore & DeviceCodeStore

/** A family and a token of its own for each pair of two clients and two people. */
async function saveFour(store: BulkStore, clock: ManualClock): Promise<Holding[]> {
  const [base, other] = [uniqueId(), uniqueId()]
  const holdings = [base, other].flatMap((client) => [base, other].map((subject) => aHolding(clock, client, subject)))
  for (const { family, token } of holdings) {
    await store.saveTokens(family)
    await store.saveTokens({ accessToken: token })
  }
  return holdings
}

type Holding = ReturnType<typeof aHolding>

function aHolding(clock: ManualClock, client: string, subject: string) {
  const owner = { client_id: client + awkwardText, subject: subject + awkwardText }
  return { ...owner, family: aFamily(clock, aGrant(clock, owner)), token: anAccessToken(clock, owner) }
}

async function isLive(store: BulkStore, { family, token }: Holding): Promise<boolean> {
  const grant = await store.findGrant(family.grant.id)
  const found = [
    await store.findAccessToken(family.accessToken.id),
    await store.findRefreshToken(family.refreshToken.id),
    await store.findAccessToken(token.id),
  ]
  for (const record of found)
    expectSame(record !== undefined, grant !== undefined, 'whether all of an owner ends together')
  return grant !== undefined
}

export const bulkRevocationChecks: readonly StoreCheck<BulkStore>[] = [
  {
    name: 'revokeAll ends what is of a client, of a person, or of both, and nothing else',
    async run(store, clock) {
      for (const [names, expected] of [
        [['clientId'], [false, false, true, true]],
        [['subject'], [false, true, false, true]],
        [
          ['clientId', 'subject'],
          [false, true, true, true],
        ],
      ] as const) {
        const holdings = await saveFour(store, clock)
        const [first] = holdings
        const owner = { clientId: first?.client_id ?? '', subject: first?.subject ?? '' }
        const ended = await store.revokeAll(Object.fromEntries(names.map((name) => [name, owner[name]])), clock.now())
        const live = await Promise.all(holdings.map((holding) => isLive(store, holding)))
        expectSame(live, expected, `what is live after revokeAll by ${names.join(' and ')}`)
        expectSame(ended, 2 * expected.filter((isKept) => !isKept).length, 'how many grants and tokens it ended')
      }
    },
  },
  {
    name: 'revokeAll ends tokens that a client got by exchange from the grant of another client',
    async run(store, clock) {
      for (const names of [['clientId'], ['clientId', 'subject']]) {
        const family = aFamily(clock, aGrant(clock, { client_id: uniqueId() }))
        const owner: Record<string, string> = { clientId: uniqueId(), subject: family.grant.subject ?? '' }
        const token = anAccessToken(clock, { client_id: owner['clientId'] ?? '', grant_id: family.grant.id })
        await store.saveTokens(family)
        await store.saveTokens({ accessToken: token })
        const ended = await store.revokeAll(Object.fromEntries(names.map((name) => [name, owner[name]])), clock.now())
        expectSame(ended, 1, 'how many grants and tokens it ended')
        expectNothing(await store.findAccessToken(token.id), 'the exchanged token')
        expectSame(await store.findGrant(family.grant.id), family.grant, 'the grant of the other client')
      }
    },
  },
  {
    name: 'revokeAll of nobody ends nothing',
    async run(store, clock) {
      const holdings = await saveFour(store, clock)
      // It may refuse: what counts is that nobody is harmed.
      await Promise.resolve({})
        .then(async (nobody) => store.revokeAll(nobody, clock.now()))
        .catch(() => 0)
      for (const holding of holdings) expectSame(await isLive(store, holding), true, 'whether it is live')
    },
  },
  {
    name: 'revokeAll: of sixteen callers one ends each grant and token',
    async run(store, clock) {
      const [first] = await saveFour(store, clock)
      const owner = { clientId: first?.client_id ?? '' }
      const counts = await race(() => store.revokeAll(owner, clock.now()))
      expectSame(
        counts.reduce((sum, count) => sum + count, 0),
        4,
        'what sixteen callers ended together',
      )
    },
  },
  {
    name: 'revokeAll does not count what has ended already',
    async run(store, clock) {
      const owner = { client_id: uniqueId() }
      const expired = aFamily(clock, aGrant(clock, { ...owner, expires_at: clock.now() + 10 }))
      const revoked = aFamily(clock, aGrant(clock, owner))
      await store.saveTokens(expired)
      await store.saveTokens(revoked)
      await store.saveTokens({ accessToken: anAccessToken(clock, { ...owner, expires_at: clock.now() + 10 }) })
      await store.revokeGrant(revoked.grant.id, clock.now())
      clock.advance(10)
      expectSame(await store.revokeAll({ clientId: owner.client_id }, clock.now()), 0, 'revokeAll')
    },
  },
  {
    name: 'revokeAll ends authorizations that nobody has redeemed yet',
    async run(store, clock) {
      const owner = { client_id: uniqueId(), subject: uniqueId() }
      for (const given of [{ clientId: owner.client_id }, { subject: owner.subject }]) {
        const code = aCode(clock, { client_id: owner.client_id, grant: aGrant(clock, owner) })
        const device = aDeviceCode(clock, { client_id: owner.client_id })
        const grant = aGrant(clock, owner)
        await store.saveAuthorizationCode(code)
        await store.saveDeviceCode(device)
        await store.decideDeviceCode(device.id, { decision: 'approved', grant })
        await store.revokeAll(given, clock.now())
        const use = { at: clock.now(), keepUntil: clock.now() + lifetimes.tombstone }
        const tokens = aFamily(clock, code.grant)
        expectSame(await store.consumeAuthorizationCode(code.id, { ...use, tokens }), 'gone', 'redeeming a code')
        const others = aFamily(clock, grant)
        expectSame(await store.consumeDeviceCode(device.id, { ...use, tokens: others }), 'gone', 'redeeming a device')
      }
    },
  },
  {
    name: 'revokeAll leaves the tombstones of used codes',
    async run(store, clock) {
      const code = aCode(clock, { client_id: uniqueId() })
      code.grant.client_id = code.client_id
      await store.saveAuthorizationCode(code)
      const use = { at: clock.now(), keepUntil: clock.now() + lifetimes.tombstone }
      await store.consumeAuthorizationCode(code.id, { ...use, tokens: aFamily(clock, code.grant) })
      await store.revokeAll({ clientId: code.client_id }, clock.now())
      expectSame(await store.consumeAuthorizationCode(code.id, use), 'replayed', 'redeeming again')
      expectNothing(await store.findGrant(code.grant.id), 'findGrant')
    },
  },
  {
    name: 'revokeAll wins against fifteen refreshes and commits in flight',
    async run(store, clock) {
      const owner = { client_id: uniqueId() }
      const family = aFamily(clock, aGrant(clock, owner))
      await store.saveTokens(family)
      const commits = Array.from({ length: 15 }, () => moreTokens(clock, family.grant))
      await race(async (caller) => {
        const tokens = commits[caller]
        if (tokens === undefined) return store.revokeAll({ clientId: owner.client_id }, clock.now())
        const rotation = { at: clock.now(), successorResponse: 'sealed', tokens }
        return caller === 0 ? store.rotateRefreshToken(family.refreshToken.id, rotation) : store.saveTokens(tokens)
      })
      for (const { accessToken, refreshToken } of commits) {
        expectNothing(await store.findAccessToken(accessToken.id), 'findAccessToken')
        expectNothing(await store.findRefreshToken(refreshToken.id), 'findRefreshToken')
      }
      expectSame(await store.saveTokens(aFamily(clock, family.grant)), false, 'saveTokens with the grant')
    },
  },
]
