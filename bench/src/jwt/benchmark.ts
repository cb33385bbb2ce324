import { type Contestant, type ContestOptions, compete, type Rounds, ratio } from '../contest.ts'
import { startProcessorShare } from '../processor-share.ts'
import { formatRate, formatRatio, type Goal, printGoals, printTable, printTitle, saveResults } from '../report.ts'
import { median } from '../statistics.ts'
import { prepareAuthwright } from './authwright.ts'
import { checkLibraries } from './check.ts'
import { prepareFastJwt } from './fast-jwt.ts'
import { prepareJose } from './jose.ts'
import { prepareJsonwebtoken } from './jsonwebtoken.ts'
import { prepareRaw } from './raw.ts'
import { type Algorithm, claimsOf, generateKeys, type Library } from './subject.ts'

const algorithms: readonly Algorithm[] = ['HS256', 'RS256', 'ES256', 'EdDSA']
const prepares = [prepareAuthwright, prepareFastJwt, prepareJsonwebtoken, prepareJose]
const peers = ['raw', 'raw pool', 'fast-jwt', 'jsonwebtoken', 'jose']

/** Many short turns: what else the machine does meets all alike. */
const turns = { rounds: 41, sliceMilliseconds: 25 }

/** An operation and those who perform it: `ES256 sign`. */
type Operations = ReadonlyMap<string, readonly Contestant[]>

/** What came of each operation. */
type Results = ReadonlyMap<string, Rounds>

/** JWTs signed and verified: authwright, its peers and the bare primitive, side by side. */
export async function benchmarkJwt(): Promise<void> {
  const operations = new Map((await Promise.all(algorithms.map(prepareOperations))).flat())
  const inTurn = await run('One at a time', withoutPool(operations), { ...turns, inFlight: 1 })
  const atOnce = await run('64 in flight', operations, { ...turns, inFlight: 64 })
  printGoals('Goals', goals(inTurn))
  printGoals('Aims, near to what the primitive allows', aims(inTurn, atOnce))
  saveResults('jwt', { oneAtATime: toJson(inTurn), inFlight64: toJson(atOnce) })
}

async function prepareOperations(algorithm: Algorithm): Promise<[string, readonly Contestant[]][]> {
  const keys = generateKeys(algorithm)
  const prepared = await Promise.all(prepares.map((prepare) => prepare(algorithm, keys)))
  const libraries = prepared.filter((library) => library !== undefined)
  await checkLibraries(libraries)
  const tokens = await makeTokens(libraries)
  const raw = prepareRaw(algorithm, keys, tokens[0] ?? '')
  return [
    [`${algorithm} sign`, [...libraries.map(signs), ...raw.sign]],
    [`${algorithm} verify`, [...libraries.map((library) => verifies(library, tokens)), ...raw.verify]],
  ]
}

/** Several, from everybody: a verifier that is good at one text only shall not look better than it is. */
async function makeTokens(libraries: readonly Library[]): Promise<string[]> {
  const signers = Array.from({ length: 16 }, () => libraries).flat()
  // By way of bytes, as a token comes from the network: one flat string.
  return Promise.all(signers.map(async (library) => Buffer.from(await library.sign(claimsOf())).toString('latin1')))
}

function signs(library: Library): Contestant {
  const claims = claimsOf()
  return { name: library.name, run: () => library.sign(claims) }
}

function verifies(library: Library, tokens: readonly string[]): Contestant {
  let next = 0
  return { name: library.name, run: () => library.verify(tokens[next++ % tokens.length] ?? '') }
}

/** The thread pool is no way to do one thing after the other. */
function withoutPool(operations: Operations): Operations {
  return new Map([...operations].map(([name, contestants]) => [name, contestants.filter((c) => c.name !== 'raw pool')]))
}

async function run(title: string, operations: Operations, options: ContestOptions): Promise<Results> {
  const share = startProcessorShare()
  const results = new Map<string, Rounds>()
  for (const [operation, contestants] of operations) results.set(operation, await compete(contestants, options))
  printResults(title, results)
  console.log(`\nThis process had ${share().toFixed(2)} of a core. Below 0.95 the machine was busy: measure again.`)
  return results
}

function printResults(title: string, results: Results): void {
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

function goals(inTurn: Results): Goal[] {
  return [
    ...[...inTurn.keys()].map((operation) => goal(inTurn, operation, 'fast-jwt', 1)),
    goal(inTurn, 'HS256 sign', 'jose', 10),
    goal(inTurn, 'HS256 verify', 'jose', 10),
    goal(inTurn, 'ES256 sign', 'jose', 3),
  ]
}

function aims(inTurn: Results, atOnce: Results): Goal[] {
  return [
    goal(inTurn, 'HS256 sign', 'raw', 0.5),
    goal(inTurn, 'HS256 verify', 'raw', 0.45),
    goal(inTurn, 'HS256 sign', 'fast-jwt', 1.3),
    goal(inTurn, 'HS256 verify', 'fast-jwt', 1.3),
    goal(inTurn, 'ES256 sign', 'raw', 0.87),
    goal(inTurn, 'ES256 verify', 'raw', 0.93),
    goal(inTurn, 'RS256 verify', 'raw', 0.87),
    goal(inTurn, 'EdDSA sign', 'raw', 0.9),
    goal(inTurn, 'EdDSA verify', 'raw', 0.97),
    { ...goal(atOnce, 'RS256 sign', 'raw', 1.75), text: 'RS256 sign × raw, 64 in flight' },
  ]
}

function goal(results: Results, operation: string, peer: string, atLeast: number): Goal {
  const rounds = results.get(operation)
  return { text: `${operation} × ${peer}`, ratio: rounds && ratio(rounds, 'authwright', peer), atLeast }
}

function toJson(results: Results): object {
  return Object.fromEntries([...results].map(([operation, rounds]) => [operation, Object.fromEntries(rounds)]))
}
