import type { KeySet } from '../../jose/jwks/index.ts'

/**
 * The algorithms that a key set can sign with, in the order of its keys. Secrets are no keys for that: whoever can check
 * such a signature could have made it.
 */
export function signingAlgorithms(keys: KeySet): readonly string[] {
  // An RSA key that names none fits several; RS256 is the one that everybody knows.
  const named = keys.keys.flatMap(({ kty, defaultAlgorithm }) => (kty === 'oct' ? [] : [defaultAlgorithm ?? 'RS256']))
  return [...new Set(named)].filter((alg) => keys.select({ alg, operation: 'sign' }).length > 0)
}

/**
 * The algorithm for a client that wants this one, or says nothing: then RS256, or the first key's where there is no such
 * key. Nothing where no key has it.
 *
 * @spec OIDC Registration §2
 * @spec RFC 9701 §6
 */
export function chooseSigningAlgorithm(wanted: string | undefined, keys: KeySet): string | undefined {
  const available = signingAlgorithms(keys)
  const find = (name: string): string | undefined => available.find((algorithm) => algorithm === name)
  return wanted === undefined ? (find('RS256') ?? available[0]) : find(wanted)
}
