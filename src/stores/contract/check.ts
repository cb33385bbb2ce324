import { type Clock, nowInSeconds, type Seconds } from '../../util/clock.ts'

/** A clock that moves when it is told to. */
export interface ManualClock {
  /** For the store: milliseconds, like `Date.now`. */
  readonly read: Clock
  now(): Seconds
  advance(by: Seconds): void
}

/**
 * One promise that a store has to keep. `S` is the part of the store that it is about, so that a store which implements
 * only some capabilities can be given the checks of those.
 */
export interface StoreCheck<in S> {
  readonly name: string
  /** Ends well, or throws a `StoreContractError` that says what was expected. `clock` is the one that `store` reads. */
  readonly run: (store: S, clock: ManualClock) => Promise<void>
}

/** Starts at the present, in case the store's own expiry runs beside it. */
export function manualClock(): ManualClock {
  let milliseconds = Date.now()
  const read = (): number => milliseconds
  return {
    read,
    now: () => nowInSeconds(read),
    advance: (by) => {
      milliseconds += by * 1000
    },
  }
}
