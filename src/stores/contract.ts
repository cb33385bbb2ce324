import type { Store } from '../oauth2/server/store.ts'
import type { Awaitable } from '../util/awaitable.ts'
import type { Clock } from '../util/clock.ts'
import type { KeyValueStore } from '../util/key-value-store.ts'
import { bulkRevocationChecks } from './contract/bulk-revocation.ts'
import { manualClock, type StoreCheck } from './contract/check.ts'
import { clientChecks } from './contract/clients.ts'
import { codeChecks } from './contract/codes.ts'
import { counterChecks } from './contract/counters.ts'
import { deviceCodeChecks } from './contract/device-codes.ts'
import { keyValueChecks, keyValueSweepChecks } from './contract/key-values.ts'
import { consentChecks, sessionChecks } from './contract/people.ts'
import { pushedRequestChecks } from './contract/pushed-requests.ts'
import { refreshTokenChecks } from './contract/refresh-tokens.ts'
import { replayChecks } from './contract/replay.ts'
import { sweepChecks } from './contract/sweep.ts'
import { familyChecks, tokenChecks } from './contract/tokens.ts'

export type { ManualClock, StoreCheck } from './contract/check.ts'
export { manualClock } from './contract/check.ts'
export { StoreContractError } from './contract/expect.ts'
export {
  bulkRevocationChecks,
  clientChecks,
  codeChecks,
  consentChecks,
  counterChecks,
  deviceCodeChecks,
  familyChecks,
  keyValueChecks,
  keyValueSweepChecks,
  pushedRequestChecks,
  refreshTokenChecks,
  replayChecks,
  sessionChecks,
  sweepChecks,
  tokenChecks,
}

/** How the checks reach a store and a test runner; the functions of vitest, jest, mocha and node:test fit. */
export interface StoreContractOptions<S> {
  /** A store that reads this clock. Called for every check; the stores may share their data. */
  readonly createStore: (clock: Clock) => Awaitable<S>
  /** Called after every check with its store. */
  readonly closeStore?: (store: S) => Awaitable<void>
  readonly describe: (name: string, body: () => void) => unknown
  readonly it: (name: string, run: () => Promise<void>) => unknown
}

/**
 * The tests that every store must pass: each verb raced by sixteen callers, expiry by the store's clock, tombstones,
 * commits that are written whole or not at all, and revocation that wins.
 *
 * @example
 * import { describe, it } from 'vitest'
 * import { storeContract } from 'authwright/stores/contract'
 *
 * storeContract({ describe, it, createStore: (clock) => new MyStore({ clock }) })
 */
export function storeContract(options: StoreContractOptions<Store>): void {
  registerChecks('clients', clientChecks, options)
  registerChecks('authorization codes', codeChecks, options)
  registerChecks('access tokens', tokenChecks, options)
  registerChecks('grants and their families', familyChecks, options)
  registerChecks('refresh tokens', refreshTokenChecks, options)
  registerChecks('device codes', deviceCodeChecks, options)
  registerChecks('pushed requests', pushedRequestChecks, options)
  registerChecks('bulk revocation', bulkRevocationChecks, options)
  registerChecks('consents', consentChecks, options)
  registerChecks('sessions', sessionChecks, options)
  registerChecks('replay markers', replayChecks, options)
  registerChecks('counters', counterChecks, options)
  registerChecks('sweeping', sweepChecks, options)
}

/**
 * The tests that every store of clients must pass. For one whose expired entries take room until they are swept, there are
 * `keyValueSweepChecks` besides, for `registerChecks`.
 *
 * @example
 * keyValueContract({ describe, it, createStore: (clock) => new MyKeyValueStore({ clock }) })
 */
export function keyValueContract(options: StoreContractOptions<KeyValueStore>): void {
  registerChecks('keys and values', keyValueChecks, options)
}

/** Registers one group of checks, for a store that implements only the capability that they are about. */
export function registerChecks<S>(
  group: string,
  checks: readonly StoreCheck<S>[],
  options: StoreContractOptions<S>,
): void {
  options.describe(group, () => {
    for (const check of checks) options.it(check.name, () => runCheck(check, options))
  })
}

async function runCheck<S>(
  check: StoreCheck<S>,
  { createStore, closeStore }: Pick<StoreContractOptions<S>, 'createStore' | 'closeStore'>,
): Promise<void> {
  const clock = manualClock()
  const store = await createStore(clock.read)
  try {
    await check.run(store, clock)
  } finally {
    await closeStore?.(store)
  }
}
