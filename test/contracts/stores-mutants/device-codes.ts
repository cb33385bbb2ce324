import type { DeviceCodeRecord } from '../../../src/oauth2/server/records.ts'
import type { Store } from '../../../src/oauth2/server/store.ts'
import { type Mutant, pause } from './mutant.ts'

export const deviceCodeMutants: readonly Mutant[] = [
  {
    name: 'a device is found by its user code as long as it is kept',
    caughtBy: 'finds a device code as it was saved, by each of its codes, until it expires',
    mutate: (store) => {
      const kept = new Map<string, DeviceCodeRecord>()
      return {
        saveDeviceCode(record) {
          kept.set(record.user_code_id, structuredClone(record))
          return store.saveDeviceCode(record)
        },
        findDeviceCodeByUserCode: (userCodeId) => kept.get(userCodeId),
      }
    },
  },
  {
    name: 'a poll is always in time where there is no device',
    caughtBy: 'an expired device is polled, decided and consumed by nobody',
    mutate: (store) => ({
      recordDevicePoll: async (id, at) =>
        (await store.findDeviceCode(id)) === undefined || store.recordDevicePoll(id, at),
    }),
  },
  {
    name: 'a user code is looked for and then taken',
    caughtBy: 'saveDeviceCode: of sixteen devices with one user code one is kept',
    mutate: (store) => ({
      async saveDeviceCode(record) {
        const found = await store.findDeviceCodeByUserCode(record.user_code_id)
        await pause()
        await store.saveDeviceCode(record)
        return found === undefined
      },
    }),
  },
  {
    name: 'a user code is free as soon as somebody has decided',
    caughtBy: 'a user code is free again when its device has expired, and not before',
    mutate: (store) => ({
      async saveDeviceCode(record) {
        if ((await store.findDeviceCodeByUserCode(record.user_code_id)) !== undefined) return false
        await store.saveDeviceCode(record)
        return true
      },
    }),
  },
  {
    name: 'a hasty poll does not make the interval longer',
    caughtBy: 'polls are in time from the interval on, and each that is not makes it longer',
    mutate: (store) => ({
      async findDeviceCode(id) {
        const found = await store.findDeviceCode(id)
        return found === undefined ? found : { ...found, interval: 5 }
      },
    }),
  },
  {
    name: 'a poll reads the last one and then writes its own',
    caughtBy: 'recordDevicePoll: of sixteen polls at once one is in time, and each other costs five seconds',
    mutate: (store) => ({
      async recordDevicePoll(id, at) {
        const found = await store.findDeviceCode(id)
        await pause()
        await store.recordDevicePoll(id, at)
        return found !== undefined && (found.polled_at === undefined || at >= found.polled_at + found.interval)
      },
    }),
  },
  {
    name: 'deciding looks for a decision and then writes its own',
    caughtBy: 'decideDeviceCode: of sixteen that approve and deny one is done, and that stays',
    mutate: (store) => ({
      async decideDeviceCode(id, decision) {
        const found = await store.findDeviceCode(id)
        await pause()
        await store.decideDeviceCode(id, decision)
        return found?.decision === undefined ? 'done' : 'replayed'
      },
    }),
  },
  {
    name: 'a device is found, checked and then used up',
    caughtBy: 'consumeDeviceCode: of sixteen callers one is done, and only its tokens exist',
    mutate: (store) => ({
      async consumeDeviceCode(id, use) {
        const found = await store.findDeviceCode(id)
        await pause()
        if (found?.consumed_at !== undefined) return 'replayed'
        if ((await store.consumeDeviceCode(id, use)) === 'replayed') await store.saveTokens(use.tokens)
        return 'done'
      },
    }),
  },
  {
    name: 'a used device is forgotten',
    caughtBy: 'a consumed device code shows it, until it expires',
    mutate: (store) => ({
      async findDeviceCode(id) {
        const found = await store.findDeviceCode(id)
        return found?.consumed_at === undefined ? found : undefined
      },
    }),
  },
  {
    name: 'a device is used up whatever the person said',
    caughtBy: 'a device that nobody has approved redeems nothing',
    mutate: (store) => ({
      async consumeDeviceCode(id, use) {
        const outcome = await store.consumeDeviceCode(id, use)
        if (outcome !== 'gone') return outcome
        return (await store.saveTokens(use.tokens)) ? 'done' : 'gone'
      },
    }),
  },
  {
    name: 'a device is marked as used before its tokens are written',
    caughtBy: 'a device whose tokens are refused is not used up',
    mutate: marksFirst,
  },
]

function marksFirst(store: Store): Partial<Store> {
  const used = new Set<string>()
  return {
    async consumeDeviceCode(id, use) {
      if (used.has(id)) return 'replayed'
      used.add(id)
      return store.consumeDeviceCode(id, use)
    },
  }
}
