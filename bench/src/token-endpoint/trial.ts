import type { ChildProcess } from 'node:child_process'
import { checkServer } from './check.ts'
import { nextMessage, startPinned } from './pinned.ts'

export interface Trial {
  readonly requestsPerSecond: number
  /** Processor time of the server for one request, which depends less on what else the machine does. */
  readonly serverMicroseconds: number
  /** How much of its core the load took; near 1 it was the load that was measured. */
  readonly loadBusy: number
}

export interface TrialOptions {
  readonly warmUpSeconds: number
  readonly seconds: number
}

/** One server, started anew, under load for a while. */
export async function tryServer(name: string, options: TrialOptions): Promise<Trial> {
  const server = startPinned(`./servers/${name}.js`, 0)
  try {
    const { port } = await nextMessage<{ port: number }>(server)
    await checkServer(name, `http://127.0.0.1:${port}`)
    return await underLoad(server, port, options)
  } finally {
    server.kill()
  }
}

async function underLoad(server: ChildProcess, port: number, options: TrialOptions): Promise<Trial> {
  const load = startPinned('./load.js', 1, String(port), String(options.warmUpSeconds), String(options.seconds))
  try {
    await nextMessage(load)
    const before = await cpuTime(server)
    const done = await nextMessage<{ requests: number; seconds: number; busy: number }>(load)
    const used = (await cpuTime(server)) - before
    return {
      requestsPerSecond: done.requests / done.seconds,
      serverMicroseconds: used / done.requests,
      loadBusy: done.busy,
    }
  } finally {
    load.kill()
  }
}

/** In microseconds. */
async function cpuTime(server: ChildProcess): Promise<number> {
  const answer = nextMessage<{ cpu: NodeJS.CpuUsage }>(server)
  server.send('cpu')
  const { cpu } = await answer
  return cpu.user + cpu.system
}
