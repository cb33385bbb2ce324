/*
 * The part of node:diagnostics_channel that is used here, in types of our own: the core compiles without Node's. It is
 * found at run time through `process.getBuiltinModule`: on Node, and on Bun, Deno and Workers where they offer it.
 */

export interface Channel {
  readonly hasSubscribers: boolean
  publish(message: object): void
}

export interface TracingChannel {
  /** Absent on older runtimes. */
  readonly hasSubscribers?: boolean
  readonly start: Channel
  readonly asyncEnd: Channel
  readonly error: Channel
  /** Tells subscribers when it starts and ends. What the promise brings is put into the message, as `result`. */
  tracePromise<T>(run: () => Promise<T>, message: object): Promise<T>
}

interface DiagnosticsChannel {
  channel(name: string): Channel
  tracingChannel?(name: string): TracingChannel
}

/** A channel by its name, or nothing where the runtime has none. */
export function findChannel(name: string): Channel | undefined {
  return findModule()?.channel(name)
}

/** The channels of a traced operation by their name, or nothing where the runtime has none. */
export function findTracingChannel(name: string): TracingChannel | undefined {
  return findModule()?.tracingChannel?.(name)
}

/** Whether anybody would be told. */
export function isListenedTo({ hasSubscribers, start, asyncEnd, error }: TracingChannel): boolean {
  return hasSubscribers ?? (start.hasSubscribers || asyncEnd.hasSubscribers || error.hasSubscribers)
}

function findModule(): DiagnosticsChannel | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } }
  return process?.getBuiltinModule?.('node:diagnostics_channel') as DiagnosticsChannel | undefined
}
