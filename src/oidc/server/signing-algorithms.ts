import type { KeySet } from '../../jose/jwks/index.ts'
import type { Client } from '../../oauth2/server/index.ts'
import { hasTokenHash } from '../id-token.ts'

/** What a client expects that does not say otherwise. */
const DEFAULT = 'RS256'

/** Found once for each set of keys, which does not change, and not three times a sign-in. */
const known = new WeakMap<KeySet, readonly string[]>()

/**
 * The algorithms that a key set can sign ID tokens with, in the order of its keys. Secrets are no keys for that: whoever
 * can check such a token could have made it. Nor are those of an algorithm without a hash for `at_hash`.
 */
export function signingAlgorithms(keys: KeySet): readonly string[] {
  const algorithms = known.get(keys) ?? algorithmsFor('sign', keys).filter(hasTokenHash)
  known.set(keys, algorithms)
  return algorithms
}

/** The algorithms of the ID tokens that a key set can check: those it signed with keys that are retired now, too. */
export function verifyingAlgorithms(keys: KeySet): readonly string[] {
  return algorithmsFor('verify', keys)
}

/**
 * The algorithm of a client's ID tokens, or nothing where it wants one that no key has. A client that names none gets
 * RS256, or the first key's where there is no such key.
 *
 * @spec OIDC Registration §2
 */
export function idTokenAlgorithm(client: Client, keys: KeySet): string | undefined {
  const available = signingAlgorithms(keys)
  const wanted = client.id_token_signed_response_alg
  const find = (name: string) => available.find((algorithm) => algorithm === name)
  return wanted === undefined ? (find(DEFAULT) ?? available[0]) : find(wanted)
}

/** Each of the keys' own algorithms, as far as a key may serve it: one for encryption signs nothing. */
function algorithmsFor(operation: 'sign' | 'verify', keys: KeySet): readonly string[] {
  const named = keys.keys.flatMap(({ kty, defaultAlgorithm }) => (kty === 'oct' ? [] : [defaultAlgorithm ?? 'RS256']))
  return [...new Set(named)].filter((alg) => keys.select({ alg, operation }).length > 0)
}
