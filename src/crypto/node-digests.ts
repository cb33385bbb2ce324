import type { NodePlatform } from './node-platform.ts'
import type { Digests } from './primitives.ts'
import { nodeHashNames } from './schemes.ts'

/** The digests of node:crypto, which answer at once. */
export function nodeDigests({ crypto }: NodePlatform): Digests {
  // The one-shot form of Node ≥ 20.12 takes a third of the time; Bun and Deno may lack it.
  const digest = typeof crypto.hash === 'function' ? crypto.hash : undefined
  return {
    randomBytes: (length) => crypto.randomBytes(length),
    timingSafeEqual: (a, b) => a.length === b.length && crypto.timingSafeEqual(a, b),
    hash: (name, data) =>
      digest === undefined
        ? crypto.createHash(nodeHashNames[name]).update(data).digest()
        : digest(nodeHashNames[name], data, 'buffer'),
    hashBase64url: (name, data) =>
      digest === undefined
        ? crypto.createHash(nodeHashNames[name]).update(data).digest('base64url')
        : digest(nodeHashNames[name], data, 'base64url'),
    hmac: (name, key, data) =>
      crypto.createHmac(nodeHashNames[name], crypto.createSecretKey(key)).update(data).digest(),
  }
}
