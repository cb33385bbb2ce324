import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Context } from '../scenario.ts'

export interface Served {
  readonly listener: RequestListener
  /** What the checks and the load need to know of this server. */
  readonly context?: Context
}

/**
 * Listens on a free port of the loopback interface and tells the process that started this one. Asked over the same
 * channel, it tells how much processor time and memory it has used; when the channel ends, so does the server. Stopped by
 * hand it ends in good order, so that a profile is written.
 */
export function serve(create: (origin: string) => Served | Promise<Served>): void {
  const server = createServer()
  server.listen(0, '127.0.0.1', async () => {
    const { port } = server.address() as AddressInfo
    const { listener, context = {} } = await create(`http://127.0.0.1:${port}`)
    server.on('request', listener)
    if (process.send === undefined) console.log(JSON.stringify({ port, context }))
    else process.send({ port, context })
  })
  process.on('message', () => process.send?.({ cpu: process.cpuUsage(), rss: process.memoryUsage.rss() }))
  for (const end of ['disconnect', 'SIGINT']) process.on(end, () => process.exit())
}

/** What the server is asked to be measured for. */
export const scenarioName: string = process.argv[2] ?? ''
