import type { ChildProcess } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import { nextMessage, startPinned } from './pinned.ts'
import type { Context, Scenario } from './scenario.ts'

export interface Trial {
  readonly perSecond: number
  /** Processor time of the server for one of what is counted, which depends less on what else the machine does. */
  readonly serverMicroseconds: number
  /** What the server held when the load was over. */
  readonly mebibytes: number
  /** How much of its core the load took; near 1 it was the load that was measured. */
  readonly loadBusy: number
}

/** Processor time of the server, so that one that is given little is not measured before it is warm. */
export interface TrialOptions {
  readonly warmUpSeconds: number
  readonly seconds: number
}

interface Usage {
  readonly microseconds: number
  readonly rss: number
}

interface Ready {
  readonly port: number
  readonly context: Context
}

/** One server, started anew, checked, and under load for a while. */
export async function tryServer(scenario: Scenario, module: string, options: TrialOptions): Promise<Trial> {
  const server = startPinned(`./servers/${module}.js`, 0, scenario.name)
  try {
    const { port, context } = await nextMessage<Ready>(server)
    const prepared = await scenario.prepare(`http://127.0.0.1:${port}`, context)
    return await underLoad(server, [scenario.name, String(port), JSON.stringify(prepared)], options)
  } catch (error) {
    throw new Error(`${module} failed in ${scenario.name}`, { cause: error })
  } finally {
    server.kill()
  }
}

async function underLoad(server: ChildProcess, parameters: readonly string[], options: TrialOptions): Promise<Trial> {
  const load = startPinned('./load.js', 1, ...parameters)
  const broken = new Promise<never>((_, reject) => load.once('exit', () => reject(new Error('the load gave up'))))
  try {
    return await Promise.race([broken, measure(server, load, options)])
  } finally {
    load.kill()
  }
}

async function measure(server: ChildProcess, load: ChildProcess, options: TrialOptions): Promise<Trial> {
  const warm = await worked(server, await usage(server), options.warmUpSeconds)
  load.send('count')
  const after = await worked(server, warm, options.seconds)
  const answer = nextMessage<{ rounds: number; seconds: number; busy: number }>(load)
  load.send('tell')
  const { rounds, seconds, busy } = await answer
  const serverMicroseconds = (after.microseconds - warm.microseconds) / rounds
  return { perSecond: rounds / seconds, serverMicroseconds, mebibytes: after.rss / 2 ** 20, loadBusy: busy }
}

/** Waits until the server has worked that long: on a busy machine, that takes longer. */
async function worked(server: ChildProcess, from: Usage, seconds: number): Promise<Usage> {
  for (;;) {
    const now = await usage(server)
    if (now.microseconds - from.microseconds >= seconds * 1e6) return now
    await setTimeout(50)
  }
}

async function usage(server: ChildProcess): Promise<Usage> {
  const answer = nextMessage<{ cpu: NodeJS.CpuUsage; rss: number }>(server)
  server.send('usage')
  const { cpu, rss } = await answer
  return { microseconds: cpu.user + cpu.system, rss }
}
