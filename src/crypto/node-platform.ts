import type { BufferConstructor, NodeCrypto, NodeProcess } from './node-types.ts'

/** What node:crypto works with. */
export interface NodePlatform {
  readonly crypto: NodeCrypto
  readonly buffer: BufferConstructor
}

/**
 * node:crypto, where the runtime hands it out through `process.getBuiltinModule`: Node, and Bun, Deno and Workers where
 * they offer it.
 */
export function findNodePlatform(): NodePlatform | undefined {
  const { process, Buffer: buffer } = globalThis as { process?: NodeProcess; Buffer?: BufferConstructor }
  const crypto = process?.getBuiltinModule?.('node:crypto') as NodeCrypto | undefined
  return crypto && buffer && { crypto, buffer }
}
