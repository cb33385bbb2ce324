import type { SweepableStore } from '../../oauth2/server/store.ts'
import { expectAtMost, expectSame } from './expect.ts'

/** More rounds than any check leaves work for: a sweep that never comes to an end must fail, not hang. */
const mostRounds = 10_000

export async function sweepAll(store: SweepableStore, limit: number): Promise<void> {
  for (let round = 0; round < mostRounds; round++) {
    const removed = await store.sweep(limit)
    expectAtMost(removed, limit, `sweep(${limit})`)
    if (removed < limit) return
  }
  expectSame('never', `after at most ${mostRounds} rounds`, 'when sweep removes less than its limit')
}
