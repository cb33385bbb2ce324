import { getDigests } from '../../crypto/digests.ts'
import type { Verifier } from '../../crypto/primitives.ts'
import type { SignatureAlgorithm, SignatureRegistry } from '../algorithms/signature-registry.ts'
import { refuseKeyText } from './secret.ts'
import { algorithmMismatch, type KeyFacts, keyProblem } from './usage.ts'
import type { VerificationKey } from './verification-key.ts'

/**
 * A secret that verifies with the HMAC algorithms of a registry and does nothing else: a client's, where its provider
 * signs for it with what both of them know.
 *
 * @throws JoseError `key_invalid` for the text of an asymmetric key.
 * @spec RFC 7518 §3.2
 */
export function importSecretKey(secret: Uint8Array, registry: SignatureRegistry): VerificationKey {
  refuseKeyText(secret)
  const facts: KeyFacts = {
    ...{ kty: 'oct', crv: undefined, alg: undefined, use: 'sig', keyOps: undefined },
    ...{ bits: secret.length * 8, isPrivate: true, isWeakAllowed: false },
  }
  return { kid: undefined, alg: undefined, registry, verifier: (algorithm) => hmacVerifier(secret, facts, algorithm) }
}

function hmacVerifier(secret: Uint8Array, facts: KeyFacts, algorithm: SignatureAlgorithm): Verifier {
  const { name, scheme } = algorithm
  const problem = keyProblem(facts, algorithm, 'verify')
  if (problem !== undefined) throw problem
  if (scheme.family !== 'hmac') throw algorithmMismatch(name)
  const { hmac, timingSafeEqual } = getDigests()
  return async (data, signature) => timingSafeEqual(await hmac(scheme.hash, secret, data), signature)
}
