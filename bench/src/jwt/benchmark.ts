import type { Clock, Contestant } from '../contest.ts'
import { goal, goalAtOnce, type Results, run, toJson, wallClock, withoutPool } from '../operations.ts'
import { type Goal, printGoals, saveResults } from '../report.ts'
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

/** JWTs signed and verified: authwright, its peers and the bare primitive, side by side. */
export async function benchmarkJwt(clock: Clock): Promise<void> {
  const operations = new Map((await Promise.all(algorithms.map(prepareOperations))).flat())
  const inTurn = await run('One at a time', withoutPool(operations), peers, { inFlight: 1, clock })
  const atOnce = await run('64 in flight', operations, peers, { inFlight: 64, clock: wallClock })
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
    goal(inTurn, 'HS256 sign', 'jose', 15),
    goal(inTurn, 'HS256 verify', 'jose', 15),
    goal(inTurn, 'RS256 sign', 'raw', 0.98),
    goal(inTurn, 'RS256 verify', 'raw', 0.87),
    goal(inTurn, 'ES256 sign', 'raw', 0.87),
    goal(inTurn, 'ES256 verify', 'raw', 0.93),
    goal(inTurn, 'EdDSA sign', 'raw', 0.9),
    goal(inTurn, 'EdDSA verify', 'raw', 0.97),
    goalAtOnce(atOnce, 'RS256 sign', 'raw', 1.75),
    goalAtOnce(atOnce, 'RS256 verify', 'raw', 1.25),
    goalAtOnce(atOnce, 'ES256 verify', 'raw', 1.55),
    goalAtOnce(atOnce, 'EdDSA sign', 'raw', 1.5),
    goalAtOnce(atOnce, 'EdDSA verify', 'raw', 1.5),
  ]
}
