import type { AlgorithmName } from '../jwk/types.ts'
import type { SignatureRegistry } from './signature-registry.ts'
import { standardSignatureRegistry } from './signatures.ts'

/** The algorithms whose signatures can be checked by who could not have made them. */
export function asymmetricAlgorithms({ algorithms }: SignatureRegistry = standardSignatureRegistry()): AlgorithmName[] {
  return Object.values(algorithms).flatMap(({ name, kty }) => (kty === 'oct' ? [] : [name]))
}

/** Whether a setting names algorithms that there are, and at least one. */
export function isListOfAlgorithms(
  names: readonly string[],
  { algorithms }: SignatureRegistry = standardSignatureRegistry(),
): boolean {
  return names.length > 0 && names.every((name) => algorithms[name] !== undefined)
}
