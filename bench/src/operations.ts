import { type Clock, type Contestant, type ContestOptions, compete, type Rounds, ratio } from './contest.ts'
import { startProcessorShare } from './processor-share.ts'
import { formatRate, formatRatio, type Goal, printTable, printTitle } from './report.ts'
import { median } from './statistics.ts'

/** An operation and those who perform it: `ES256 sign`. */
export type Operations = ReadonlyMap<string, readonly Contestant[]>

/** What came of each operation. */
export type Results = ReadonlyMap<string, Rounds>

/** Many short turns: what else the machine does meets all alike. */
const turns: Pick<ContestOptions, 'rounds' | 'sliceMilliseconds'> = { rounds: 41, sliceMilliseconds: 25 }

export const wallClock: Clock = () => performance.now()

/** The processor time of this process, all threads together: what a busy machine disturbs least. */
export const processorClock: Clock = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** How the operations are performed. */
export type Mode = Pick<ContestOptions, 'inFlight' | 'clock'>

/** Has all operations performed and prints how authwright did; `peers` are the columns. */
export async function run(
  title: string,
  operations: Operations,
  peers: readonly string[],
  mode: Mode,
): Promise<Results> {
  const share = startProcessorShare()
  const results = new Map<string, Rounds>()
  for (const [operation, contestants] of operations)
    results.set(operation, await compete(contestants, { ...turns, ...mode }))
  printResults(title, results, peers)
  console.log(`\nThis process had ${share().toFixed(2)} of a core. Below 0.95 the machine was busy: measure again.`)
  return results
}

function printResults(title: string, results: Results, peers: readonly string[]): void {
  const present = peers.filter((peer) => [...results.values()].some((rounds) => rounds.has(peer)))
  printTitle(`${title}: authwright's operations per second, and × each of the others`)
  printTable(
    ['', 'per second', ...present.map((peer) => `× ${peer}`)],
    [...results].map(([operation, rounds]) => [
      operation,
      formatRate(median(rounds.get('authwright') ?? [])),
      ...present.map((peer) => formatRatio(ratio(rounds, 'authwright', peer))),
    ]),
  )
}

/** The thread pool is no way to do one thing after the other. */
export function withoutPool(operations: Operations): Operations {
  return new Map([...operations].map(([name, contestants]) => [name, contestants.filter((c) => c.name !== 'raw pool')]))
}

export function goal(results: Results, operation: string, peer: string, atLeast: number): Goal {
  const rounds = results.get(operation)
  return { text: `${operation} × ${peer}`, ratio: rounds && ratio(rounds, 'authwright', peer), atLeast }
}

export function goalAtOnce(results: Results, operation: string, peer: string, atLeast: number): Goal {
  const { text, ...rest } = goal(results, operation, peer, atLeast)
  return { text: `${text}, 64 in flight`, ...rest }
}

export function toJson(results: Results): object {
  return Object.fromEntries([...results].map(([operation, rounds]) => [operation, Object.fromEntries(rounds)]))
}
