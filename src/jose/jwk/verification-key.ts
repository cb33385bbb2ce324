import type { Verifier } from '../../crypto/backend.ts'
import { signatureParameters, webVerifier } from '../../crypto/web-signatures.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import {
  createSignatureRegistry,
  type SignatureAlgorithm,
  type SignatureRegistry,
} from '../algorithms/signature-registry.ts'
import { JoseError } from '../errors.ts'
import type { Jwk, OctJwk, PublicJwk } from './types.ts'
import { algorithmMismatch } from './usage.ts'

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

/**
 * Reads a key that verifies with one algorithm and does nothing else, over WebCrypto: the small door beside `Key`, for
 * bundles that have to be small. `alg`, `use` and `key_ops` must allow it, where the key has them.
 *
 * @example
 * const key = await importVerificationKey(jwk, es256)
 * const { claims } = await verifyJwt(jwt, key, { issuer, audience })
 * @throws JoseError `key_invalid`, `key_algorithm_mismatch`, `key_too_weak`
 * @spec RFC 7517 §4
 */
export async function importVerificationKey(
  jwk: Jwk | PublicJwk | OctJwk,
  algorithm: SignatureAlgorithm,
): Promise<VerificationKey> {
  const { kid, alg = algorithm.name } = jwk
  if (kid !== undefined && typeof kid !== 'string') throw invalidKey()
  if (alg !== algorithm.name) throw algorithmMismatch(algorithm.name)
  const key = await readMaterial(jwk, algorithm)
  const verify = webVerifier(key, algorithm.scheme)
  const registry = createSignatureRegistry(algorithm)
  return { kid, alg, registry, verifier: (row) => (row === algorithm ? verify : refuse(row)) }
}

function refuse({ name }: SignatureAlgorithm): never {
  throw algorithmMismatch(name)
}

/** WebCrypto looks at "use" and "key_ops" itself. At "alg" too, where it need not know what was registered. */
async function readMaterial(jwk: JsonWebKey, { name, minimumBits, scheme }: SignatureAlgorithm): Promise<CryptoKey> {
  const { alg: _, ...unnamed } = jwk
  const parameters = signatureParameters(scheme, jwk.crv)
  const material = jwk.kty === 'AKP' ? jwk : unnamed
  const key = await crypto.subtle.importKey('jwk', material, parameters, false, ['verify']).catch(refuseMaterial)
  const { modulusLength, length = 0, publicExponent } = key.algorithm as Partial<RsaKeyAlgorithm & HmacKeyAlgorithm>
  if ((modulusLength ?? length) >= minimumBits && !isOne(publicExponent)) return key
  throw new JoseError('key_too_weak', `key is too short: ${name} expects at least ${minimumBits} bits`)
}

function refuseMaterial(cause: unknown): never {
  throw invalidKey(cause)
}

function invalidKey(cause?: unknown): JoseError {
  return new JoseError('key_invalid', 'JWK invalid: expected a key that verifies with its "alg"', {
    cause,
  })
}

/** With e = 1 every message is its own signature. @spec RFC 8017 §3.1 */
function isOne(exponent: Uint8Array | undefined): boolean {
  return /^(0,)*1$/.test(String(exponent))
}
