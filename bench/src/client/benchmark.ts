import type { Clock, Contestant } from '../contest.ts'
import { goal, goalAtOnce, type Operations, run, toJson, wallClock } from '../operations.ts'
import { printGoals, saveResults } from '../report.ts'
import { nextMessage, startPinned } from '../server/pinned.ts'
import { prepareAuthwright, prepareAuthwrightOverFetch } from './authwright.ts'
import { checkLibrary } from './check.ts'
import { prepareAgentLimit, prepareFetchLimit } from './limit.ts'
import { prepareOauth4webapi } from './oauth4webapi.ts'
import { prepareOpenidClient, prepareOpenidClientUnsigned } from './openid-client.ts'
import { measureStartup } from './startup.ts'
import { comeBack, type Library } from './subject.ts'

const prepares = [
  prepareAuthwright,
  prepareAuthwrightOverFetch,
  prepareOpenidClient,
  prepareOpenidClientUnsigned,
  prepareOauth4webapi,
  prepareFetchLimit,
  prepareAgentLimit,
]

/** Whole logins against a provider in another process, and what it takes to import who logs people in. */
export async function benchmarkClient(clock: Clock): Promise<void> {
  const provider = startPinned('../client/provider.js', 1)
  try {
    const issuer = await nextMessage<string>(provider)
    const libraries = await Promise.all(prepares.map((prepare) => prepare(issuer)))
    for (const library of libraries) await checkLibrary(library)
    await measureLogins(libraries, clock)
  } finally {
    provider.kill()
  }
}

async function measureLogins(libraries: readonly Library[], clock: Clock): Promise<void> {
  const operations: Operations = new Map([['login', libraries.map(logsIn)]])
  const peers = libraries.map(({ name }) => name).filter((name) => name !== 'authwright')
  const inTurn = await run('One at a time', operations, peers, { inFlight: 1, clock })
  const atOnce = await run('16 in flight', operations, peers, { inFlight: 16, clock: wallClock })
  printGoals('Goals', [
    goal(inTurn, 'login', 'openid-client', 1.5),
    goal(inTurn, 'login', 'oauth4webapi', 1.5),
    goal(inTurn, 'login', 'fetch by hand', 0.9),
    { ...goalAtOnce(atOnce, 'login', 'openid-client', 2), text: 'login × openid-client, 16 in flight' },
    { ...goalAtOnce(atOnce, 'login', 'oauth4webapi', 1.5), text: 'login × oauth4webapi, 16 in flight' },
  ])
  const startup = measureStartup()
  saveResults('client', { oneAtATime: toJson(inTurn), inFlight16: toJson(atOnce), startup })
}

function logsIn({ name, login }: Library): Contestant {
  return { name, run: () => login((url) => comeBack(url)) }
}
