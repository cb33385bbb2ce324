import { describe, expect, it } from 'vitest'
import {
  keyValueChecks,
  keyValueSweepChecks,
  manualClock,
  type StoreCheck,
  StoreContractError,
} from '../../src/stores/contract.ts'
import { MemoryKeyValueStore } from '../../src/stores/memory.ts'
import { delegateKeyValues, type SweptKeyValueStore } from './key-values-delegate.ts'
import { keyValueMutants } from './stores-mutants/key-values.ts'

const checks: readonly StoreCheck<SweptKeyValueStore>[] = [...keyValueChecks, ...keyValueSweepChecks]

describe('the contract of stores of clients notices each fault', () => {
  it.each(keyValueMutants)('$name', async ({ caughtBy, mutate }) => {
    const clock = manualClock()
    const store = delegateKeyValues(new MemoryKeyValueStore({ clock: clock.read }))
    const check = checks.find(({ name }) => name === caughtBy)
    expect(check).toBeDefined()
    await expect(check?.run({ ...store, ...mutate(store, clock) }, clock)).rejects.toBeInstanceOf(StoreContractError)
  })

  it('with no check that cannot fail', () => {
    const caught = new Set(keyValueMutants.map((mutant) => mutant.caughtBy))
    expect(checks.map(({ name }) => name).filter((name) => !caught.has(name))).toEqual([])
  })
})
