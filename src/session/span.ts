import { nowInSeconds, type Seconds } from '../util/clock.ts'
import type { SessionSettings } from './options.ts'
import type { SessionRecord } from './record.ts'

/** How much time may pass before it is noted that a session was used: not every request is to write. */
const MAX_UNNOTED: Seconds = 300

type Times = Pick<SessionRecord<unknown>, 'begunAt' | 'usedAt'>

/** When a session ends at the latest. */
export function lastEndOf({ begunAt }: Times, { lifetime }: SessionSettings): Seconds {
  return begunAt + lifetime
}

/** When a session ends that nobody uses any more. */
export function endOf(times: Times, settings: SessionSettings): Seconds {
  return Math.min(times.usedAt + settings.idle, lastEndOf(times, settings))
}

export function isOver(times: Times, settings: SessionSettings): boolean {
  return nowInSeconds(settings.clock) >= endOf(times, settings)
}

/** Whether it is time to note that it is in use. */
export function isDue({ usedAt }: Times, { clock, idle }: SessionSettings): boolean {
  return nowInSeconds(clock) - usedAt >= Math.min(MAX_UNNOTED, Math.ceil(idle / 2))
}
