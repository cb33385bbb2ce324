import { describe, expect, it } from 'vitest'
import type { Store } from '../../src/oauth2/server/store.ts'
import {
  bulkRevocationChecks,
  clientChecks,
  codeChecks,
  consentChecks,
  counterChecks,
  deviceCodeChecks,
  familyChecks,
  manualClock,
  pushedRequestChecks,
  refreshTokenChecks,
  replayChecks,
  type StoreCheck,
  StoreContractError,
  sessionChecks,
  sweepChecks,
  tokenChecks,
} from '../../src/stores/contract.ts'
import { MemoryStore } from '../../src/stores/memory.ts'
import { delegateTo } from './stores-delegate.ts'
import { bulkRevocationMutants } from './stores-mutants/bulk-revocation.ts'
import { clientMutants } from './stores-mutants/clients.ts'
import { codeMutants } from './stores-mutants/codes.ts'
import { deviceCodeMutants } from './stores-mutants/device-codes.ts'
import type { Mutant } from './stores-mutants/mutant.ts'
import { otherMutants } from './stores-mutants/others.ts'
import { pushedRequestMutants } from './stores-mutants/pushed-requests.ts'
import { refreshTokenMutants } from './stores-mutants/refresh-tokens.ts'
import { tokenMutants } from './stores-mutants/tokens.ts'

const checks: readonly StoreCheck<Store>[] = [
  ...clientChecks,
  ...codeChecks,
  ...tokenChecks,
  ...familyChecks,
  ...refreshTokenChecks,
  ...deviceCodeChecks,
  ...pushedRequestChecks,
  ...bulkRevocationChecks,
  ...consentChecks,
  ...sessionChecks,
  ...replayChecks,
  ...counterChecks,
  ...sweepChecks,
]

const mutants = [
  ...codeMutants,
  ...refreshTokenMutants,
  ...tokenMutants,
  ...clientMutants,
  ...otherMutants,
  ...deviceCodeMutants,
  ...pushedRequestMutants,
  ...bulkRevocationMutants,
]

/** What the check says about a store with one fault. */
async function verdict(check: StoreCheck<Store>, mutant: Mutant): Promise<unknown> {
  const clock = manualClock()
  const store = delegateTo(new MemoryStore({ clock: clock.read }))
  return check.run({ ...store, ...mutant.mutate(store, clock) }, clock).catch((error: unknown) => error)
}

describe('the store contract notices each fault', () => {
  it.each(mutants)('$name', async (mutant) => {
    const check = checks.find(({ name }) => name === mutant.caughtBy)
    expect(check).toBeDefined()
    if (check !== undefined) expect(await verdict(check, mutant)).toBeInstanceOf(StoreContractError)
  })

  it('with no check that cannot fail', () => {
    const caught = new Set(mutants.map((mutant) => mutant.caughtBy))
    expect(checks.map(({ name }) => name).filter((name) => !caught.has(name))).toEqual([])
  })

  it('with no two checks of one name', () => {
    const names = checks.map(({ name }) => name)
    expect(names).toHaveLength(new Set(names).size)
  })
})
