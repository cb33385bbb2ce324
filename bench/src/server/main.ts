import { benchmarkServer } from './benchmark.ts'

const asked = process.argv.slice(2)
await benchmarkServer(asked.length > 0 ? asked : undefined)
