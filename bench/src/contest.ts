import { median } from './statistics.ts'

/** One implementation of what is measured. */
export interface Contestant {
  readonly name: string
  /** Does it once. A promise is awaited; what answers at once is not made to wait. */
  readonly run: () => unknown
}

/** What each contestant reached, in operations per second: one figure a round. */
export type Rounds = ReadonlyMap<string, readonly number[]>

export interface ContestOptions {
  readonly rounds: number
  /** How many operations are under way at a time. */
  readonly inFlight: number
  /** How long each contestant runs in each round. */
  readonly sliceMilliseconds: number
  /** What is divided by: the time that went by, or the processor time that the whole process took. */
  readonly clock: Clock
}

/** Milliseconds since some moment. */
export type Clock = () => number

/**
 * Lets contestants take turns, slice by slice, so that a slow moment of the machine meets all of them. The first round
 * warms up and is not counted; each round begins with another contestant.
 */
export async function compete(contestants: readonly Contestant[], options: ContestOptions): Promise<Rounds> {
  const rounds = new Map(contestants.map(({ name }): [string, number[]] => [name, []]))
  for (let round = 0; round <= options.rounds; round++) {
    for (const { name, run } of rotate(contestants, round)) {
      const rate = await measure(run, options)
      if (round > 0) rounds.get(name)?.push(rate)
    }
  }
  return rounds
}

/**
 * How many times as fast as another one was. Figures of one round stood under the same load, so they are compared with
 * each other before the median is taken.
 */
export function ratio(rounds: Rounds, name: string, other: string): number | undefined {
  const others = rounds.get(other)
  const ratios = rounds.get(name)?.map((rate, round) => rate / (others?.[round] ?? Number.NaN))
  return others === undefined || ratios === undefined ? undefined : median(ratios)
}

export function rotate<T>(items: readonly T[], by: number): T[] {
  const start = by % items.length
  return [...items.slice(start), ...items.slice(0, start)]
}

async function measure(run: Contestant['run'], options: ContestOptions): Promise<number> {
  const deadline = performance.now() + options.sliceMilliseconds
  const start = options.clock()
  const count =
    options.inFlight === 1 ? await runInTurn(run, deadline) : await runAtOnce(run, deadline, options.inFlight)
  return (count * 1000) / (options.clock() - start)
}

/** Looking at the clock costs as much as a small operation: it is looked at once a batch. */
const batch = 8

async function runInTurn(run: Contestant['run'], deadline: number): Promise<number> {
  let count = 0
  while (performance.now() < deadline) {
    for (let index = 0; index < batch; index++) {
      const result = run()
      if (result instanceof Promise) await result
    }
    count += batch
  }
  return count
}

async function runAtOnce(run: Contestant['run'], deadline: number, inFlight: number): Promise<number> {
  let count = 0
  const lane = async (): Promise<void> => {
    while (performance.now() < deadline) {
      await run()
      count += 1
    }
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
  return count
}
