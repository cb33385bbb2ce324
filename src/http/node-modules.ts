/*
 * The part of Node's modules that transports use, in types of our own: the core compiles without Node's, and finds them
 * at run time.
 */

export interface Incoming {
  readonly statusCode?: number
  readonly rawHeaders: readonly string[]
  on(event: 'data', listener: (chunk: Uint8Array) => void): void
  on(event: 'end' | 'close', listener: () => void): void
  on(event: 'error', listener: (error: Error) => void): void
  destroy(): void
}

export interface Socket {
  setTimeout(milliseconds: number): void
  destroy(): void
}

export interface Outgoing {
  on(event: 'response', listener: (response: Incoming) => void): void
  on(event: 'connect' | 'upgrade', listener: (response: Incoming, socket: Socket) => void): void
  on(event: 'timeout', listener: () => void): void
  on(event: 'error', listener: (error: Error) => void): void
  end(body?: Uint8Array): void
  destroy(error?: Error): void
}

export type Connected = (error: Error | null, socket?: Socket) => void

export interface Agent {
  createConnection?(options: TlsOptions, connected: Connected): Socket | undefined
}

/** What an agent hands on to the connections that it opens. */
export interface TlsOptions extends Readonly<Record<string, unknown>> {
  readonly host?: string
  readonly port?: number | string
  readonly ca?: unknown
}

export interface NodeHttpModules {
  readonly http: NodeHttp
  readonly https: NodeHttp
  readonly tls: { connect(options: TlsOptions): Socket; createSecureContext(options: TlsOptions): unknown }
  readonly zlib: NodeZlib
}

interface NodeHttp {
  readonly Agent: new (options: Readonly<Record<string, unknown>>) => Agent
  request(options: Readonly<Record<string, unknown>>): Outgoing
}

type Unpack = (data: Uint8Array, options: { readonly maxOutputLength: number }) => Uint8Array

interface NodeZlib {
  readonly gunzipSync: Unpack
  readonly inflateSync: Unpack
  readonly brotliDecompressSync: Unpack
}

interface Runtime {
  readonly process?: { getBuiltinModule?(id: string): unknown }
}

/** Nothing where the runtime does not hand them out. */
export function findNodeModules(): NodeHttpModules | undefined {
  const { process } = globalThis as Runtime
  const find = (id: string): unknown => process?.getBuiltinModule?.(id)
  const modules = { http: find('node:http'), https: find('node:https'), tls: find('node:tls'), zlib: find('node:zlib') }
  return Object.values(modules).every((module) => module !== undefined) ? (modules as NodeHttpModules) : undefined
}
