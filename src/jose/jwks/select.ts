import { signatureAlgorithms } from '../algorithms/registry.ts'
import type { Key } from '../jwk/key.ts'
import type { KeyCriteria } from './source.ts'

/**
 * The keys that meet every criterion, in the order of the set. A key that has the wanted `kid` goes before all others;
 * where there is none, keys without any `kid` may be meant. A key with another `kid` never is.
 *
 * @spec RFC 7517 §4.5
 */
export function selectKeys(keys: readonly Key[], criteria: KeyCriteria): Key[] {
  const fit = keys.filter((key) => fits(key, criteria))
  const { kid } = criteria
  if (kid === undefined) return fit
  const exact = fit.filter((key) => key.kid === kid)
  return exact.length > 0 ? exact : fit.filter((key) => key.kid === undefined)
}

function fits(key: Key, { alg, use, operation }: KeyCriteria): boolean {
  if (use !== undefined && key.use !== undefined && key.use !== use) return false
  if (alg === undefined) return operation === undefined || mayDo(key, operation)
  const algorithm = signatureAlgorithms[alg]
  return algorithm !== undefined && key.supports(algorithm, operation ?? 'verify')
}

function mayDo({ isPrivate, keyOps }: Key, operation: string): boolean {
  if (operation === 'sign' && !isPrivate) return false
  return keyOps === undefined || keyOps.includes(operation) || (operation === 'verify' && keyOps.includes('sign'))
}
