import type { Clock, Contestant } from '../contest.ts'
import { goal, type Results, run, toJson, wallClock } from '../operations.ts'
import { type Goal, printGoals, saveResults } from '../report.ts'
import { prepareAuthwright } from './authwright.ts'
import { checkLibraries } from './check.ts'
import { prepareJose } from './jose.ts'
import { prepareRaw } from './raw.ts'
import { type Algorithm, generateKeys, type Keys, type Library, makePlaintext } from './subject.ts'

const algorithms: readonly Algorithm[] = ['dir', 'A256KW', 'RSA-OAEP-256', 'ECDH-ES P-256', 'ECDH-ES X25519']
const prepares = [prepareAuthwright, prepareJose]
const peers = ['raw', 'jose']

/** Compact JWEs encrypted and decrypted: authwright, jose and the bare primitives, side by side. */
export async function benchmarkJwe(clock: Clock): Promise<void> {
  const operations = new Map((await Promise.all(algorithms.map(prepareOperations))).flat())
  const inTurn = await run('One at a time', operations, peers, { inFlight: 1, clock })
  const atOnce = await run('64 in flight', operations, peers, { inFlight: 64, clock: wallClock })
  printGoals('Goals', goals(inTurn))
  printGoals('Aims, near to what the primitives allow', aims(inTurn))
  saveResults('jwe', { oneAtATime: toJson(inTurn), inFlight64: toJson(atOnce) })
}

async function prepareOperations(algorithm: Algorithm): Promise<[string, readonly Contestant[]][]> {
  const keys = generateKeys(algorithm)
  const libraries = await prepareAll(algorithm, keys)
  await checkLibraries(libraries, await prepareAll(algorithm, generateKeys(algorithm)))
  const tokens = await makeTokens(libraries)
  const raw = prepareRaw(algorithm, keys, makePlaintext())
  return [
    [`${algorithm} encrypt`, [...libraries.map(encrypts), raw.encrypt]],
    [`${algorithm} decrypt`, [...libraries.map((library) => decrypts(library, tokens)), raw.decrypt]],
  ]
}

function prepareAll(algorithm: Algorithm, keys: Keys): Promise<Library[]> {
  return Promise.all(prepares.map((prepare) => prepare(algorithm, keys)))
}

/** Several, from everybody: one that is good at one text only shall not look better than it is. */
async function makeTokens(libraries: readonly Library[]): Promise<string[]> {
  const senders = Array.from({ length: 16 }, () => libraries).flat()
  // By way of bytes, as a token comes from the network: one flat string.
  return Promise.all(senders.map(async (one) => Buffer.from(await one.encrypt(makePlaintext())).toString('latin1')))
}

function encrypts(library: Library): Contestant {
  const plaintext = makePlaintext()
  return { name: library.name, run: () => library.encrypt(plaintext) }
}

function decrypts(library: Library, tokens: readonly string[]): Contestant {
  let next = 0
  return { name: library.name, run: () => library.decrypt(tokens[next++ % tokens.length] ?? '') }
}

function goals(inTurn: Results): Goal[] {
  return [...inTurn.keys()].map((operation) => goal(inTurn, operation, 'jose', 1))
}

function aims(inTurn: Results): Goal[] {
  return [
    goal(inTurn, 'dir encrypt', 'raw', 0.8),
    goal(inTurn, 'dir decrypt', 'raw', 0.62),
    goal(inTurn, 'RSA-OAEP-256 encrypt', 'raw', 0.92),
    goal(inTurn, 'RSA-OAEP-256 decrypt', 'raw', 0.97),
    goal(inTurn, 'ECDH-ES P-256 encrypt', 'raw', 0.8),
    goal(inTurn, 'ECDH-ES P-256 decrypt', 'raw', 0.52),
    goal(inTurn, 'ECDH-ES X25519 encrypt', 'raw', 0.8),
    goal(inTurn, 'ECDH-ES X25519 decrypt', 'raw', 0.52),
  ]
}
