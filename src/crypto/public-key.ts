import type { Awaitable } from '../util/awaitable.ts'
import { findNodePlatform } from './node-platform.ts'
import { readNodePublicKey } from './node-public-key.ts'
import type { KeyMembers, MakeVerifier } from './primitives.ts'
import { readWebPublicKey } from './web-public-key.ts'

/** Reads a public key for those who do nothing but verify, with what this runtime has; throws when it is none. */
export function readPublicKey(members: KeyMembers): Awaitable<MakeVerifier> {
  const platform = findNodePlatform()
  return platform === undefined ? readWebPublicKey(members) : readNodePublicKey(platform, members)
}
