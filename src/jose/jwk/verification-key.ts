import type { Verifier } from '../../crypto/backend.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import type { SignatureAlgorithm, SignatureRegistry } from '../algorithms/signature-registry.ts'

/** What verification asks of a key. `Key` is one. */
export interface VerificationKey {
  readonly kid: string | undefined
  readonly alg: string | undefined
  /** The signature algorithms that it may serve. */
  readonly registry: SignatureRegistry
  /**
   * The key made ready to verify.
   *
   * @throws JoseError where the key must not serve the algorithm.
   */
  verifier(algorithm: SignatureAlgorithm): Awaitable<Verifier>
}
