import { type Rounds, ratio, rotate } from '../contest.ts'
import { formatRate, formatRatio, printGoals, printTable, printTitle, saveResults } from '../report.ts'
import { median } from '../statistics.ts'
import { canPin } from './pinned.ts'
import { type Trial, tryServer } from './trial.ts'

const servers = ['limit', 'authwright', 'oidc-provider']
const rounds = 5
const trial = { warmUpSeconds: 2, seconds: 4 }

type Trials = ReadonlyMap<string, readonly Trial[]>

/** Client credentials for an opaque token: authwright, oidc-provider and the least that node:http can do for it. */
export async function benchmarkTokenEndpoint(): Promise<void> {
  const trials = await runTrials()
  const rates = figures(trials, ({ requestsPerSecond }) => requestsPerSecond)
  const costs = figures(trials, ({ serverMicroseconds }) => serverMicroseconds)
  printTitle(
    `Token endpoint, client credentials, opaque, client_secret_basic${canPin ? ', server on one core, load on the other' : ''}`,
  )
  printTable(
    ['', 'requests per second', '× limit', '× oidc-provider', 'server µs per request', 'server busy', 'load busy'],
    servers.map((server) => [
      server,
      formatRate(median(rates.get(server) ?? [])),
      formatRatio(ratio(rates, server, 'limit')),
      formatRatio(ratio(rates, server, 'oidc-provider')),
      median(costs.get(server) ?? []).toFixed(1),
      formatRatio(median(trials.get(server)?.map(serverBusy) ?? [])),
      formatRatio(median(trials.get(server)?.map(({ loadBusy }) => loadBusy) ?? [])),
    ]),
  )
  console.log('\nA server that was busy for less than 0.95 of the time waited for others: read its processor time.')
  printGoals('Goals', [
    { text: 'requests per second × oidc-provider', ratio: ratio(rates, 'authwright', 'oidc-provider'), atLeast: 2.5 },
    { text: 'the same for processor time', ratio: ratio(costs, 'oidc-provider', 'authwright'), atLeast: 2.5 },
  ])
  printGoals('Aims, near to what node:http allows', [
    { text: 'requests per second × limit', ratio: ratio(rates, 'authwright', 'limit'), atLeast: 0.55 },
  ])
  saveResults('token-endpoint', { pinned: canPin, ...trial, trials: Object.fromEntries(trials) })
}

/** Each round tries every server, each beginning with another one. */
async function runTrials(): Promise<Trials> {
  const trials = new Map(servers.map((server): [string, Trial[]] => [server, []]))
  for (let round = 0; round < rounds; round++) {
    for (const server of rotate(servers, round)) trials.get(server)?.push(await tryServer(server, trial))
  }
  return trials
}

/** How much of its core a server had. Under this load it never runs out of requests. */
function serverBusy({ requestsPerSecond, serverMicroseconds }: Trial): number {
  return (requestsPerSecond * serverMicroseconds) / 1e6
}

function figures(trials: Trials, read: (trial: Trial) => number): Rounds {
  return new Map([...trials].map(([server, all]) => [server, all.map(read)]))
}
