import { nodeDigests } from './node-digests.ts'
import { findNodePlatform } from './node-platform.ts'
import type { Digests } from './primitives.ts'
import { webDigests } from './web-digests.ts'

export type { Data, Digests, HashName } from './primitives.ts'

let chosen: Digests | undefined

/**
 * The digests of this runtime, chosen on first use as `getBackend` chooses. They are apart from it so that who hashes and
 * compares does not carry all that there is about keys.
 */
export function getDigests(): Digests {
  if (chosen === undefined) {
    const platform = findNodePlatform()
    chosen = platform === undefined ? webDigests : nodeDigests(platform)
  }
  return chosen
}
