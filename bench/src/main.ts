import { benchmarkJwt } from './jwt/benchmark.ts'
import { benchmarkServer } from './server/benchmark.ts'

const benchmarks: Readonly<Record<string, () => Promise<void>>> = {
  jwt: benchmarkJwt,
  server: () => benchmarkServer(),
}

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !Object.hasOwn(benchmarks, name))
if (unknown.length > 0) {
  console.error(`No benchmark of this name: ${unknown.join(', ')}. There are: ${Object.keys(benchmarks).join(', ')}`)
  process.exit(2)
}
for (const name of asked.length > 0 ? asked : Object.keys(benchmarks)) await benchmarks[name]?.()
