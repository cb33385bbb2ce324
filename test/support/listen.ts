import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Running {
  readonly origin: string
  close(): Promise<void>
}

/** Starts a listener on a port of the loopback address, a free one by default. It is made when the address is known. */
export async function listen(create: (origin: string) => RequestListener, port = 0): Promise<Running> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  server.on('request', create(origin))
  return {
    origin,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
