import type { Seconds } from '../util/clock.ts'

/** What a poll that came too soon adds to a device's interval. @spec RFC 8628 §3.5 */
export const pollPenalty: Seconds = 5
