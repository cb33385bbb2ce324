import { benchmarkClient } from './client/benchmark.ts'
import type { Clock } from './contest.ts'
import { benchmarkJwe } from './jwe/benchmark.ts'
import { benchmarkJwt } from './jwt/benchmark.ts'
import { benchmarkKeys } from './keys/benchmark.ts'
import { processorClock, wallClock } from './operations.ts'
import { benchmarkServer } from './server/benchmark.ts'

const benchmarks: Readonly<Record<string, (clock: Clock) => Promise<void>>> = {
  jwt: benchmarkJwt,
  jwe: benchmarkJwe,
  keys: benchmarkKeys,
  client: benchmarkClient,
  server: () => benchmarkServer(),
}

/** One at a time, operations are counted per second of processor time: for machines on which others are at work. */
const processorTime = 'processor-time'

const asked = process.argv.slice(2)
const names = asked.filter((word) => word !== processorTime)
const clock = asked.includes(processorTime) ? processorClock : wallClock
const unknown = names.filter((name) => !Object.hasOwn(benchmarks, name))
if (unknown.length > 0) {
  console.error(`No benchmark of this name: ${unknown.join(', ')}. There are: ${Object.keys(benchmarks).join(', ')}`)
  process.exit(2)
}
for (const name of names.length > 0 ? names : Object.keys(benchmarks)) await benchmarks[name]?.(clock)
