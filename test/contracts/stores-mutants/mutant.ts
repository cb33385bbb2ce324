import type { Store } from '../../../src/oauth2/server/store.ts'
import type { ManualClock } from '../../../src/stores/contract.ts'

/** A way to write a store wrongly that was met in the wild or is easily met, and the check that has to notice. */
export interface Mutant<S = Store> {
  readonly name: string
  readonly caughtBy: string
  readonly mutate: (store: S, clock: ManualClock) => Partial<S>
}

/** Time for others: what an await on a database gives them. */
export const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
