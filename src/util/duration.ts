import type { Seconds } from './clock.ts'

const UNITS = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const

/** A span of time: whole seconds, or a number with its unit (`'30s'`, `'10m'`, `'1h'`, `'14d'`, `'2w'`). */
export type Duration = Seconds | `${number}${keyof typeof UNITS}`

/**
 * A span in seconds.
 *
 * @throws TypeError where it is negative, no whole number or of no known unit.
 */
export function toSeconds(duration: Duration): Seconds {
  const seconds = typeof duration === 'number' ? duration : parseDuration(duration)
  if (!Number.isSafeInteger(seconds) || seconds < 0) {
    throw new TypeError('duration must be a whole number of seconds or a text such as "10m" (units: s, m, h, d, w)')
  }
  return seconds
}

/** Whether a value is a span that `toSeconds` takes. */
export function isDuration(value: Duration): boolean {
  try {
    toSeconds(value)
    return true
  } catch {
    return false
  }
}

function parseDuration(text: string): number {
  const [, amount, unit] = /^(\d{1,12})([smhdw])$/.exec(text) ?? []
  // The pattern lets no other unit through; where it does not match, both are no numbers.
  return Number(amount) * UNITS[unit as keyof typeof UNITS]
}
