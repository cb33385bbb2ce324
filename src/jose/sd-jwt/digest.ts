import { getDigests, type HashName } from '../../crypto/digests.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import { JoseError } from '../errors.ts'

/** The hash functions for digests of disclosures, by their names in the IANA registry of hash algorithms. */
export type SdHashAlgorithm = Exclude<HashName, 'sha-1'>

const algorithms: Readonly<Record<SdHashAlgorithm, true>> = { 'sha-256': true, 'sha-384': true, 'sha-512': true }

/** What `_sd_alg` says; SHA-256 where it says nothing. @spec RFC 9901 §4.1.1 */
export function hashAlgorithmOf(name: unknown = 'sha-256'): SdHashAlgorithm {
  if (typeof name === 'string' && Object.hasOwn(algorithms, name)) return name as SdHashAlgorithm
  const expected = Object.keys(algorithms).map((known) => `"${known}"`)
  throw new JoseError(
    'algorithm_unsupported',
    `"_sd_alg" (Hash Algorithm) claim unsupported: expected ${expected.join(', ')}`,
    { claim: '_sd_alg' },
  )
}

/** The digest of a disclosure, or of a whole SD-JWT: over the text as it is sent. @spec RFC 9901 §4.2.3 */
export function digestOf(text: string, algorithm: SdHashAlgorithm): Awaitable<string> {
  return getDigests().hashBase64url(algorithm, text)
}
