import type { Awaitable } from '../../util/awaitable.ts'

/** How many callers take part in a race: enough that a store which checks first and writes later lets several win. */
export const callers = 16

/** Starts all callers before any of them has an answer, and waits for every answer. */
export function race<T>(call: (caller: number) => Awaitable<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: callers }, async (_, caller) => call(caller)))
}

/** Repeats `look` as long as the change is under way, and once after it; everything that was seen has to be `true`. */
export async function watch<T>(
  change: Awaitable<T>,
  look: () => Promise<boolean>,
): Promise<{ outcome: T; seen: boolean }> {
  let isUnderWay = true
  const settled = Promise.resolve(change).finally(() => {
    isUnderWay = false
  })
  let seen = true
  do seen = (await look()) && seen
  while (isUnderWay)
  return { outcome: await settled, seen: (await look()) && seen }
}
