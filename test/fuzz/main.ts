// Throws changed tokens and keys at every parser: each must be accepted, or refused with a JoseError, quickly.
//   npm run fuzz                           a short run, the same each time
//   FUZZ_EXECUTIONS=10000000 npm run fuzz  a long one
//   FUZZ_SEED=7 npm run fuzz               another one
import { JoseError } from '../../src/jose/errors.ts'
import { mutate, randomFrom } from './mutate.ts'
import { makeTargets, type Target } from './targets.ts'

const executions = Number(process.env['FUZZ_EXECUTIONS'] ?? 200_000)
const seed = Number(process.env['FUZZ_SEED'] ?? 1)
const only = process.env['FUZZ_TARGET']

/** Nothing that a stranger sends may take longer. Generous, since machines are busy. */
const longestMilliseconds = 2000
/** What may be held on to after a target's run: caches, which are bounded. */
const mostHeldBytes = 96 * 1024 * 1024

interface Finding {
  readonly target: string
  readonly what: string
  readonly input: string
}

const targets = (await makeTargets()).filter(({ name }) => only === undefined || name === only)
const shares = targets.reduce((sum, { weight }) => sum + weight, 0)
const findings: Finding[] = []
let total = 0

for (const target of targets) {
  const runs = Math.ceil((executions * target.weight) / shares)
  const before = heldBytes()
  const started = performance.now()
  const { accepted, slowest } = await fuzz(target, runs)
  const seconds = (performance.now() - started) / 1000
  const held = heldBytes() - before
  if (held > mostHeldBytes) findings.push({ target: target.name, what: `holds ${held} bytes`, input: '' })
  total += runs
  console.log(
    `${target.name}: ${runs} executions in ${seconds.toFixed(1)} s, ${accepted} accepted, ` +
      `slowest ${slowest.toFixed(1)} ms, ${(held / 1_048_576).toFixed(1)} MiB more`,
  )
}

console.log(`${total} executions of ${targets.length} targets with seed ${seed}: ${findings.length} findings`)
for (const { target, what, input } of findings) {
  console.error(`${target}: ${what}\n  input (base64 of UTF-8): ${Buffer.from(input).toString('base64')}`)
}
process.exitCode = findings.length === 0 ? 0 : 1

async function fuzz(target: Target, runs: number): Promise<{ accepted: number; slowest: number }> {
  const random = randomFrom(seed)
  let accepted = 0
  let slowest = 0
  for (let run = 0; run < runs && findings.length < 20; run++) {
    const input = run < target.seeds.length ? (target.seeds[run] ?? '') : mutate(target.seeds, random)
    const started = performance.now()
    const problem = await attempt(target, input)
    const elapsed = await confirmed(performance.now() - started, target, input)
    slowest = Math.max(slowest, elapsed)
    if (problem === undefined) accepted++
    else if (!(problem instanceof JoseError)) findings.push({ target: target.name, what: String(problem), input })
    if (run < target.seeds.length && problem !== undefined) {
      findings.push({ target: target.name, what: `refuses its own seed: ${problem}`, input })
    }
    if (elapsed > longestMilliseconds) findings.push({ target: target.name, what: `took ${elapsed} ms`, input })
  }
  return { accepted, slowest }
}

/** A second look at what seemed slow: a machine that had other things to do is no finding. */
async function confirmed(milliseconds: number, target: Target, input: string): Promise<number> {
  if (milliseconds < 20) return milliseconds
  const started = performance.now()
  await attempt(target, input)
  return Math.min(milliseconds, performance.now() - started)
}

/** What was thrown; `undefined` where nothing was. Parsers that answer at once are not made to wait. */
function attempt(target: Target, input: string): unknown {
  try {
    const result = target.run(input)
    return result instanceof Promise ? result.then(nothing, (error: unknown) => error ?? 'nothing at all') : undefined
  } catch (error) {
    return error ?? 'nothing at all'
  }
}

function nothing(): undefined {
  return undefined
}

function heldBytes(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}
