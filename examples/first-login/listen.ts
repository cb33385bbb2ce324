import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Stop = () => Promise<void>

/**
 * Listens on this machine only, and on both of its loopback addresses: `localhost` is 127.0.0.1 for some programs and
 * ::1 for others.
 */
export async function listen(listener: RequestListener, port: number): Promise<Stop> {
  const servers = [createServer(listener), createServer(listener)] as const
  const stop: Stop = async () => void (await Promise.all(servers.map(close)))
  try {
    await open(servers[0], port, '127.0.0.1')
    await open(servers[1], port, '::1').catch(ignoreMissingIpv6)
    return stop
  } catch (error) {
    await stop()
    throw error
  }
}

/** The port itself, or any free one for 0. */
export async function choosePort(port: number): Promise<number> {
  if (port !== 0) return port
  const server = createServer()
  await open(server, 0, '127.0.0.1')
  const { port: free } = server.address() as AddressInfo
  await close(server)
  return free
}

function open(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE'
      reject(isTaken ? new Error(`port ${port} is in use: choose others with --provider-port and --app-port`) : error)
    })
    server.listen(port, host, resolve)
  })
}

function ignoreMissingIpv6(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EADDRNOTAVAIL' && error.code !== 'EAFNOSUPPORT') throw error
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
