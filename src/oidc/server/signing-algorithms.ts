import type { KeySet } from '../../jose/jwks/index.ts'
import type { Client } from '../../oauth2/server/index.ts'

/**
 * The algorithms that a key set can sign ID tokens with, the default first. Secrets are no keys for that: whoever can
 * check such a token could have made it.
 */
export function signingAlgorithms(keys: KeySet): readonly string[] {
  const algorithms = keys.select({ operation: 'sign' }).flatMap((key) => {
    const algorithm = key.kty === 'oct' ? undefined : (key.defaultAlgorithm ?? 'RS256')
    return algorithm === undefined ? [] : [algorithm]
  })
  return [...new Set(algorithms)]
}

/** The algorithm of a client's ID tokens, or nothing where it wants one that no key has. @spec OIDC Registration §2 */
export function idTokenAlgorithm(client: Client, keys: KeySet): string | undefined {
  const available = signingAlgorithms(keys)
  const wanted = client.id_token_signed_response_alg
  return wanted === undefined ? available[0] : available.find((algorithm) => algorithm === wanted)
}
