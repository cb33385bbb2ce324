import type { Awaitable } from '../../util/awaitable.ts'

/** How many callers take part in a race: enough that a store which checks first and writes later lets several win. */
export const callers = 16

/** Starts all callers before any of them has an answer, and waits for every answer. */
export function race<T>(call: (caller: number) => Awaitable<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: callers }, async (_, caller) => call(caller)))
}

/** How often to look before the event loop has its turn, which a store that does I/O waits for. */
const looksPerTurn = 32

/** Repeats `look` as long as the change is under way, and once after it: whether it said `true` every time. */
export async function watch<T>(
  change: Awaitable<T>,
  look: () => Promise<boolean>,
): Promise<{ outcome: T; seen: boolean }> {
  let isUnderWay = true
  const settled = Promise.resolve(change).finally(() => {
    isUnderWay = false
  })
  let seen = true
  for (let looks = 1; isUnderWay; looks++) {
    seen = (await look()) && seen
    if (looks % looksPerTurn === 0) await new Promise((resolve) => setTimeout(resolve))
  }
  return { outcome: await settled, seen: (await look()) && seen }
}
