/** A span or a point in time in whole seconds; points count from 1970-01-01T00:00:00Z (a JWT's NumericDate). */
export type Seconds = number

/** Tells the time in milliseconds since the epoch. `Date.now` is one; tests inject their own. */
export type Clock = () => number

/** The current time in whole seconds. */
export function nowInSeconds(clock: Clock): Seconds {
  return Math.floor(clock() / 1000)
}
