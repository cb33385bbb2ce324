import type { DeviceCodeStore } from '../../oauth2/server/store.ts'
import type { ManualClock, StoreCheck } from './check.ts'
import { expectNothing, expectSame, expectTally } from './expect.ts'
import { aDeviceCode, aFamily, aGrant, type FullCommit, lifetimes, moreTokens, uniqueId } from './fixtures.ts'
import { callers, race } from './race.ts'

/** A device that a person has approved. */
async function approve(
  store: DeviceCodeStore,
  clock: ManualClock,
): Promise<{ record: ReturnType<typeof aDeviceCode>; tokens: FullCommit }> {
  const record = aDeviceCode(clock)
  const tokens = aFamily(clock)
  await store.saveDeviceCode(record)
  await store.decideDeviceCode(record.id, { decision: 'approved', grant: tokens.grant })
  return { record, tokens }
}

export const deviceCodeChecks: readonly StoreCheck<DeviceCodeStore>[] = [
  {
    name: 'finds a device code as it was saved, by each of its codes, until it expires',
    async run(store, clock) {
      const record = aDeviceCode(clock)
      expectSame(await store.saveDeviceCode(record), true, 'saveDeviceCode')
      clock.advance(lifetimes.deviceCode - 1)
      expectSame(await store.findDeviceCode(record.id), record, 'findDeviceCode one second before expiry')
      expectSame(await store.findDeviceCodeByUserCode(record.user_code_id), record, 'findDeviceCodeByUserCode')
      clock.advance(1)
      expectNothing(await store.findDeviceCode(record.id), 'findDeviceCode at expiry')
      expectNothing(await store.findDeviceCodeByUserCode(record.user_code_id), 'findDeviceCodeByUserCode at expiry')
    },
  },
  {
    name: 'an expired device is polled, decided and consumed by nobody',
    async run(store, clock) {
      const { record, tokens } = await approve(store, clock)
      clock.advance(lifetimes.deviceCode)
      for (const id of [record.id, uniqueId()]) {
        expectSame(await store.recordDevicePoll(id, clock.now()), false, 'recordDevicePoll')
        expectSame(await store.decideDeviceCode(id, { decision: 'denied' }), 'gone', 'decideDeviceCode')
        expectSame(await store.consumeDeviceCode(id, { at: clock.now(), tokens }), 'gone', 'consumeDeviceCode')
      }
      expectNothing(await store.findAccessToken(tokens.accessToken.id), 'findAccessToken')
    },
  },
  {
    name: 'saveDeviceCode: of sixteen devices with one user code one is kept',
    async run(store, clock) {
      const userCode = uniqueId()
      const records = Array.from({ length: callers }, () => aDeviceCode(clock, { user_code_id: userCode }))
      const outcomes = await Promise.all(records.map(async (record) => store.saveDeviceCode(record)))
      expectTally(outcomes, { true: 1, false: 15 }, 'saveDeviceCode by sixteen callers')
      for (const [index, record] of records.entries()) {
        const found = await store.findDeviceCode(record.id)
        expectSame(found, outcomes[index] === true ? record : undefined, 'findDeviceCode')
      }
    },
  },
  {
    name: 'a user code is free again when its device has expired, and not before',
    async run(store, clock) {
      const first = aDeviceCode(clock)
      await store.saveDeviceCode(first)
      await store.decideDeviceCode(first.id, { decision: 'denied' })
      const again = { user_code_id: first.user_code_id }
      expectSame(await store.saveDeviceCode(aDeviceCode(clock, again)), false, 'saveDeviceCode while it is taken')
      clock.advance(lifetimes.deviceCode)
      const second = aDeviceCode(clock, again)
      expectSame(await store.saveDeviceCode(second), true, 'saveDeviceCode at expiry')
      expectSame(await store.findDeviceCodeByUserCode(first.user_code_id), second, 'findDeviceCodeByUserCode')
    },
  },
  {
    name: 'polls are in time from the interval on, and each that is not makes it longer',
    async run(store, clock) {
      const record = aDeviceCode(clock)
      await store.saveDeviceCode(record)
      const start = clock.now()
      const polls: [after: number, isInTime: boolean, interval: number][] = [
        [0, true, 5],
        [5, true, 5],
        [9, false, 10],
        [18, false, 15],
        [33, true, 15],
      ]
      for (const [after, isInTime, interval] of polls) {
        expectSame(await store.recordDevicePoll(record.id, start + after), isInTime, `the poll at ${after} s`)
        const polled = { ...record, interval, polled_at: start + after }
        expectSame(await store.findDeviceCode(record.id), polled, `findDeviceCode after the poll at ${after} s`)
      }
    },
  },
  {
    name: 'recordDevicePoll: of sixteen polls at once one is in time, and each other costs five seconds',
    async run(store, clock) {
      const record = aDeviceCode(clock)
      await store.saveDeviceCode(record)
      const outcomes = await race(() => store.recordDevicePoll(record.id, clock.now()))
      expectTally(outcomes, { true: 1, false: 15 }, 'recordDevicePoll by sixteen callers')
      expectSame((await store.findDeviceCode(record.id))?.interval, 80, 'the interval after fifteen hasty polls')
    },
  },
  {
    name: 'decideDeviceCode: of sixteen that approve and deny one is done, and that stays',
    async run(store, clock) {
      const record = aDeviceCode(clock)
      const grant = aGrant(clock)
      await store.saveDeviceCode(record)
      const approval = { decision: 'approved', grant } as const
      const decide = (caller: number) => (caller % 2 === 0 ? approval : ({ decision: 'denied' } as const))
      const outcomes = await race((caller) => store.decideDeviceCode(record.id, decide(caller)))
      expectTally(outcomes, { done: 1, replayed: 15 }, 'decideDeviceCode by sixteen callers')
      const winner = decide(outcomes.indexOf('done'))
      expectSame(await store.findDeviceCode(record.id), { ...record, ...winner }, 'findDeviceCode')
      expectNothing(await store.findDeviceCodeByUserCode(record.user_code_id), 'findDeviceCodeByUserCode')
      expectNothing(await store.findGrant(grant.id), 'findGrant before the device has fetched its tokens')
    },
  },
  {
    name: 'consumeDeviceCode: of sixteen callers one is done, and only its tokens exist',
    async run(store, clock) {
      const { record, tokens } = await approve(store, clock)
      const attempts = Array.from({ length: callers }, () => ({
        ...moreTokens(clock, tokens.grant),
        grant: tokens.grant,
      }))
      const outcomes = await Promise.all(
        attempts.map(async (attempt) => store.consumeDeviceCode(record.id, { at: clock.now(), tokens: attempt })),
      )
      expectTally(outcomes, { done: 1, replayed: 15 }, 'consumeDeviceCode by sixteen callers')
      for (const [caller, attempt] of attempts.entries()) {
        const found = await store.findAccessToken(attempt.accessToken.id)
        expectSame(found !== undefined, outcomes[caller] === 'done', 'whether the caller has its token')
      }
    },
  },
  {
    name: 'a consumed device code shows it, until it expires',
    async run(store, clock) {
      const { record, tokens } = await approve(store, clock)
      const at = clock.now()
      expectSame(await store.consumeDeviceCode(record.id, { at, tokens }), 'done', 'consumeDeviceCode')
      expectSame(await store.findGrant(tokens.grant.id), tokens.grant, 'findGrant')
      clock.advance(lifetimes.deviceCode - 1)
      const used = { ...record, decision: 'approved', grant: tokens.grant, consumed_at: at }
      expectSame(await store.findDeviceCode(record.id), used, 'findDeviceCode one second before expiry')
      const again = { at: clock.now(), tokens: aFamily(clock) }
      expectSame(await store.consumeDeviceCode(record.id, again), 'replayed', 'consumeDeviceCode again')
    },
  },
  {
    name: 'a device that nobody has approved redeems nothing',
    async run(store, clock) {
      const waiting = aDeviceCode(clock)
      const denied = aDeviceCode(clock)
      await store.saveDeviceCode(waiting)
      await store.saveDeviceCode(denied)
      await store.decideDeviceCode(denied.id, { decision: 'denied' })
      for (const { id } of [waiting, denied]) {
        const tokens = aFamily(clock)
        expectSame(await store.consumeDeviceCode(id, { at: clock.now(), tokens }), 'gone', 'consumeDeviceCode')
        expectNothing(await store.findAccessToken(tokens.accessToken.id), 'findAccessToken')
      }
    },
  },
  {
    name: 'a device whose tokens are refused is not used up',
    async run(store, clock) {
      const { record, tokens } = await approve(store, clock)
      const stray = moreTokens(clock, aGrant(clock))
      expectSame(await store.consumeDeviceCode(record.id, { at: clock.now(), tokens: stray }), 'gone', 'with a stray')
      expectSame(await store.consumeDeviceCode(record.id, { at: clock.now(), tokens }), 'done', 'consumeDeviceCode')
    },
  },
]
