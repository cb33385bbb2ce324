import { type SignatureRegistry, signatureAlgorithm } from '../algorithms/signature-registry.ts'
import { standardSignatureRegistry } from '../algorithms/signatures.ts'
import type { JoseHeader } from './header.ts'
import type { TokenLimits } from './limits.ts'

export interface UnverifiedOptions {
  readonly limits?: TokenLimits
  /** The signature algorithms that a token may name; the standard ones by default. In the second step the keys say. */
  readonly registry?: SignatureRegistry
}

/** Nothing is known about a signature yet, but that somebody could check it. @spec RFC 8725 §3.2 */
export function checkRegistered(
  { alg }: JoseHeader,
  { registry = standardSignatureRegistry() }: UnverifiedOptions,
): void {
  signatureAlgorithm(registry, alg)
}
