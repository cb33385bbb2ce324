import { type OutgoingFetchOptions, outgoingFetch, type Transport } from './fetch.ts'
import { createAgents, type NodeAgents } from './node-agents.ts'
import { transportOver } from './node-transport.ts'

/** The platform's own. Who has put another in its place (tests, tracing, caches) wants to see the requests. */
const platformFetch: unknown = globalThis.fetch

/** One for all clients of a process, so that they share connections. */
let agents: NodeAgents | undefined

/**
 * The transport of whoever is given none: over `node:http` on Node, where that is about twice as fast, and over `fetch`
 * everywhere else, and where a program has put a `fetch` of its own in the place of the platform's.
 */
export function defaultTransport(limits: Pick<OutgoingFetchOptions, 'timeout' | 'maxBytes'> = {}): Transport {
  const overFetch = outgoingFetch(limits)
  let overNode: Transport | undefined
  return (request) => {
    if (globalThis.fetch !== platformFetch || !isNode()) return overFetch(request)
    agents ??= createAgents({})
    overNode ??= transportOver(agents, limits)
    return overNode(request)
  }
}

interface Runtime {
  readonly process?: {
    readonly versions?: Readonly<Record<string, string>>
    getBuiltinModule?(id: string): unknown
  }
  readonly navigator?: { readonly userAgent?: string }
}

/** Node itself: others that have its modules too have a `fetch` that is better than their copy of `node:http`. */
function isNode(): boolean {
  const { process, navigator } = globalThis as Runtime
  const { node, bun, deno } = process?.versions ?? {}
  if (node === undefined || bun !== undefined || deno !== undefined) return false
  return process?.getBuiltinModule !== undefined && navigator?.userAgent !== 'Cloudflare-Workers'
}
