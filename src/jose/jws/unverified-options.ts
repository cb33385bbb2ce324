import { type SignatureRegistry, signatureAlgorithm } from '../algorithms/signature-registry.ts'
import { standardSignatureRegistry } from '../algorithms/signatures.ts'
import type { JoseHeader } from './header.ts'
import type { TokenLimits } from './limits.ts'

export interface UnverifiedOptions {
  readonly limits?: TokenLimits
  /** The signature algorithms that a token may name; the standard ones by default. In the second step the keys say. */
  readonly registry?: SignatureRegistry
}

/**
 * Nothing is known about the signatures yet, but that somebody could check one of them. How many must be valid is for the
 * second step to say.
 *
 * @spec RFC 8725 §3.2
 */
export function checkRegistered(
  headers: readonly JoseHeader[],
  { registry = standardSignatureRegistry() }: UnverifiedOptions,
): void {
  if (headers.some(({ alg }) => registry.algorithms[alg] !== undefined)) return
  for (const { alg } of headers) signatureAlgorithm(registry, alg)
}
