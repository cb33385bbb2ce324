import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The URL every server is told it has. It is not the one it listens at, which the system chooses. */
export const issuer = 'http://localhost:3000'

/**
 * Listens on a free port of the loopback interface and tells the process that started this one. Asked over the same
 * channel, it tells how much processor time it has used; when the channel ends, so does the server. Stopped by hand it
 * ends in good order, so that a profile is written.
 */
export function serve(listener: RequestListener): void {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo
    if (process.send === undefined) console.log(`http://127.0.0.1:${port}`)
    else process.send({ port })
  })
  process.on('message', () => process.send?.({ cpu: process.cpuUsage() }))
  for (const end of ['disconnect', 'SIGINT']) process.on(end, () => process.exit())
}
