import type { Awaitable } from '../../util/awaitable.ts'
import type { SignatureRegistry } from '../algorithms/signature-registry.ts'
import type { Key } from '../jwk/key.ts'
import type { AlgorithmName, KeyOperation } from '../jwk/types.ts'
import type { KeyRequirement } from '../jwk/usage.ts'
import type { VerificationKey } from '../jwk/verification-key.ts'

/** What a key is looked for by. What is left out does not count. */
export interface KeyCriteria {
  readonly kid?: string
  readonly alg?: AlgorithmName
  readonly use?: 'sig' | 'enc'
  readonly operation?: KeyOperation
  /** What the algorithm asks of a key. */
  readonly algorithm?: KeyRequirement
}

/** Where a verification gets its keys from, when not from one key: a `KeySet`, a remote one, or your own. */
export interface KeySource<K extends VerificationKey = Key> {
  /** The signature algorithms that may be verified: no key is looked for on behalf of another one. */
  readonly registry: SignatureRegistry
  select(criteria: KeyCriteria): Awaitable<readonly K[]>
}

/** Where a signature gets its key from, when not from one key: a `KeySet`. */
export interface SigningKeySource {
  signingKey(alg?: string): Key
}
