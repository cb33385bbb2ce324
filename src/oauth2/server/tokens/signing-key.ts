import { algorithmsFor } from '../../../jose/algorithms/signature-registry.ts'
import type { AlgorithmName, Key } from '../../../jose/jwk/index.ts'
import type { KeySet } from '../../../jose/jwks/index.ts'

/**
 * The key that access tokens are signed with, for an algorithm where one is asked for. Resource servers verify them, so a
 * shared secret is none.
 *
 * @spec RFC 9068 §2.1
 */
export function findAccessTokenKey(keys: KeySet, alg?: AlgorithmName): Key | undefined {
  const fit = alg === undefined ? keys.keys : keys.select({ alg, operation: 'sign' })
  return fit.find(({ kty, isPrivate, use }) => kty !== 'oct' && isPrivate && use !== 'enc')
}

/** An RSA key fits several; RS256 is the one that every resource server has to know. @spec RFC 9068 §2.1 */
export function defaultAlgorithmOf({ defaultAlgorithm }: Key): AlgorithmName {
  return defaultAlgorithm ?? 'RS256'
}

const known = new WeakMap<KeySet, readonly AlgorithmName[]>()

/** All that the keys of a set may sign access tokens with. */
export function accessTokenAlgorithms(keys: KeySet): readonly AlgorithmName[] {
  const algorithms = known.get(keys) ?? findAlgorithms(keys)
  known.set(keys, algorithms)
  return algorithms
}

function findAlgorithms({ keys }: KeySet): readonly AlgorithmName[] {
  const asymmetric = keys.filter(({ kty, use }) => kty !== 'oct' && use !== 'enc')
  return [...new Set(asymmetric.flatMap((key) => algorithmsFor(key.registry, key).map(({ name }) => name)))]
}
