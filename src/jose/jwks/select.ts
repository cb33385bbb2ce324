import type { SignatureRegistry } from '../algorithms/signature-registry.ts'
import type { KeyOperation } from '../jwk/types.ts'
import { allowsOperation, type KeyRequirement, needsPrivateKey } from '../jwk/usage.ts'
import type { VerificationKey } from '../jwk/verification-key.ts'
import type { KeyCriteria } from './source.ts'

/** What is asked of a key that is to be found in a set. */
export interface SelectableKey extends VerificationKey {
  readonly use: string | undefined
  readonly keyOps: readonly string[] | undefined
  readonly isPrivate: boolean
  supports(algorithm: KeyRequirement, operation: KeyOperation): boolean
}

/**
 * The keys that meet every criterion, in the order of the set. A key that has the wanted `kid` goes before all others;
 * where there is none, keys without any `kid` may be meant. A key with another `kid` never is.
 *
 * @spec RFC 7517 §4.5
 */
export function selectKeys<K extends SelectableKey>(
  keys: readonly K[],
  criteria: KeyCriteria,
  registry: SignatureRegistry,
): K[] {
  const fit = keys.filter((key) => fits(key, criteria, registry))
  const { kid } = criteria
  if (kid === undefined) return fit
  const exact = fit.filter((key) => key.kid === kid)
  return exact.length > 0 ? exact : fit.filter((key) => key.kid === undefined)
}

function fits(
  key: SelectableKey,
  { alg, use, operation, algorithm }: KeyCriteria,
  { algorithms }: SignatureRegistry,
): boolean {
  if (use !== undefined && key.use !== undefined && key.use !== use) return false
  const row = algorithm ?? (alg === undefined ? undefined : algorithms[alg])
  if (row !== undefined) return key.supports(row, operation ?? 'verify')
  return (alg === undefined || key.alg === alg) && (operation === undefined || mayDo(key, operation))
}

function mayDo({ isPrivate, keyOps }: SelectableKey, operation: KeyOperation): boolean {
  return (isPrivate || !needsPrivateKey(operation)) && allowsOperation(keyOps, operation)
}
