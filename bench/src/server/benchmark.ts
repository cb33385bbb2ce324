import { type Rounds, ratio, rotate } from '../contest.ts'
import { formatRate, formatRatio, type Goal, printGoals, printTable, printTitle, saveResults } from '../report.ts'
import { median } from '../statistics.ts'
import { canPin } from './pinned.ts'
import type { Scenario } from './scenario.ts'
import { findScenario, scenarios } from './scenarios/index.ts'
import { type Trial, tryServer } from './trial.ts'

const rounds = 5
const trial = { warmUpSeconds: 1.5, seconds: 2.5 }
/** After the load, for a server that keeps what it gave out in memory. */
const mebibytesAllowed = 120

type Trials = ReadonlyMap<string, readonly Trial[]>

/** Every kind of request to a server, or those that are named: authwright, its peers and the least that Node can do. */
export async function benchmarkServer(names: readonly string[] = [...scenarios.keys()]): Promise<void> {
  const all: Record<string, object> = {}
  for (const scenario of names.map(findScenario)) {
    const trials = await runTrials(scenario)
    printScenario(scenario, trials)
    all[scenario.name] = Object.fromEntries(trials)
  }
  console.log(
    '\nThe machine had other work where "busy" is below 0.95: read the processor time, which is in µs and in brackets.',
  )
  saveResults('server', { pinned: canPin, ...trial, trials: all })
}

/** Each round tries every contestant, each beginning with another one. */
async function runTrials(scenario: Scenario): Promise<Trials> {
  const contestants = Object.entries(scenario.contestants)
  const trials = new Map(contestants.map(([name]): [string, Trial[]] => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, module] of rotate(contestants, round)) {
      trials.get(name)?.push(await tryServer(scenario, module, trial))
    }
  }
  return trials
}

function printScenario({ title, contestants, goals }: Scenario, trials: Trials): void {
  const names = Object.keys(contestants)
  const [first = '', ...others] = names.filter((name) => !name.startsWith('authwright'))
  const against = [first, ...others]
  const rates = figures(trials, ({ perSecond }) => perSecond)
  const economy = figures(trials, ({ serverMicroseconds }) => 1 / serverMicroseconds)
  const middle = (name: string, read: (trial: Trial) => number): number => median(trials.get(name)?.map(read) ?? [])
  printTitle(title)
  printTable(
    ['', 'per second', ...against.map((name) => `× ${name}`), 'µs', 'MiB', 'busy', 'load busy'],
    names.map((name) => [
      name,
      formatRate(middle(name, ({ perSecond }) => perSecond)),
      ...against.map(
        (other) => `${formatRatio(ratio(rates, name, other))} (${formatRatio(ratio(economy, name, other))})`,
      ),
      middle(name, ({ serverMicroseconds }) => serverMicroseconds).toFixed(1),
      middle(name, ({ mebibytes }) => mebibytes).toFixed(0),
      formatRatio(middle(name, ({ perSecond, serverMicroseconds }) => (perSecond * serverMicroseconds) / 1e6)),
      formatRatio(middle(name, ({ loadBusy }) => loadBusy)),
    ]),
  )
  const asGoals = (unit: string, of: Rounds): Goal[] =>
    goals.map(({ contestant, against, atLeast }) => ({
      text: `${contestant} × ${against}, ${unit}`,
      ratio: ratio(of, contestant, against),
      atLeast,
    }))
  printGoals('Goals', [...asGoals('processor time', economy), ...asGoals('per second', rates), memoryGoal(trials)])
}

/** How much of what is allowed is left, as a ratio: 1 where it is just used up. */
function memoryGoal(trials: Trials): Goal {
  const used = median(trials.get('authwright')?.map(({ mebibytes }) => mebibytes) ?? [])
  return { text: `${mebibytesAllowed} MiB / memory after the load`, ratio: mebibytesAllowed / used, atLeast: 1 }
}

function figures(trials: Trials, read: (trial: Trial) => number): Rounds {
  return new Map([...trials].map(([name, all]) => [name, all.map(read)]))
}
