import type { ContentEncryptionName, JweRegistry, KeyManagementName } from '../algorithms/jwe-registry.ts'
import type { Key } from '../jwk/key.ts'
import type { KeySource } from '../jwks/source.ts'
import type { JweLimits } from './limits.ts'

export interface DecryptOptions {
  /** The key management algorithms (`alg`) to accept. Needed, unless the key says its own. */
  readonly algorithms?: readonly KeyManagementName[]
  /** The content encryption algorithms (`enc`) to accept; all of the registry by default. */
  readonly encryptions?: readonly ContentEncryptionName[]
  /** Whether a text may come packed (`zip`). It may not by default. */
  readonly allowCompression?: boolean
  /** Extensions (`crit`) that you understand, and whose meaning you apply yourself. */
  readonly critical?: readonly string[]
  /** The sender's public key, for algorithms that prove who sent (ECDH-1PU). */
  readonly sender?: Key | KeySource
  readonly limits?: JweLimits
  /** The algorithms that are known; the standard ones by default. */
  readonly registry?: JweRegistry
}
