import type { SignatureRegistry } from '../algorithms/signature-registry.ts'
import type { Key } from '../jwk/key.ts'
import type { KeyOperation } from '../jwk/types.ts'
import { allowsOperation, needsPrivateKey } from '../jwk/usage.ts'
import { preferNamed } from './prefer-named.ts'
import type { KeyCriteria } from './source.ts'

/** The keys that meet every criterion, in the order of the set. */
export function selectKeys(keys: readonly Key[], criteria: KeyCriteria, registry: SignatureRegistry): Key[] {
  return preferNamed(
    keys.filter((key) => fits(key, criteria, registry)),
    criteria,
  )
}
function fits(key: Key, { alg, use, operation, algorithm }: KeyCriteria, { algorithms }: SignatureRegistry): boolean {
  if (use !== undefined && key.use !== undefined && key.use !== use) return false
  const row = algorithm ?? (alg === undefined ? undefined : algorithms[alg])
  if (row !== undefined) return key.supports(row, operation ?? 'verify')
  return (alg === undefined || key.alg === alg) && (operation === undefined || mayDo(key, operation))
}

function mayDo({ isPrivate, keyOps }: Key, operation: KeyOperation): boolean {
  return (isPrivate || !needsPrivateKey(operation)) && allowsOperation(keyOps, operation)
}
