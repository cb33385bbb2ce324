import type { Verifier } from '../../crypto/backend.ts'
import { curveWidths } from '../../crypto/schemes.ts'
import { ecdsaParameters, ecdsaVerifier } from '../../crypto/web-signatures.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import { decodeBase64url } from '../../util/base64url.ts'
import {
  createSignatureRegistry,
  type EcdsaAlgorithm,
  type SignatureAlgorithm,
  type SignatureRegistry,
} from '../algorithms/signature-registry.ts'
import { JoseError } from '../errors.ts'
import type { Jwk, PublicJwk } from './types.ts'
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
 * Reads a public EC key that verifies with one algorithm and does nothing else, over WebCrypto: the small door beside
 * `Key`, for bundles that have to be small. `alg`, `use` and `key_ops` must allow it, where the key has them.
 *
 * @example
 * const key = await importEcVerificationKey(jwk, es256)
 * const { claims } = await verifyJwt(jwt, key, { issuer, audience })
 * @throws JoseError `key_invalid`, `key_unsupported`, `key_algorithm_mismatch`
 * @spec RFC 7517 §4
 */
export async function importEcVerificationKey(
  jwk: Jwk | PublicJwk,
  algorithm: EcdsaAlgorithm,
): Promise<VerificationKey> {
  const { kid, alg = algorithm.name } = jwk
  if (alg !== algorithm.name) throw algorithmMismatch(algorithm.name)
  if (kid !== undefined && typeof kid !== 'string') throw invalidKey()
  const verify = ecdsaVerifier(await readMaterial(jwk, algorithm), algorithm.scheme)
  const registry = createSignatureRegistry(algorithm)
  return { kid, alg, registry, verifier: (row) => (row === algorithm ? verify : refuse(row)) }
}

function refuse({ name }: SignatureAlgorithm): never {
  throw algorithmMismatch(name)
}

/**
 * WebCrypto looks at "use" and "key_ops" itself. At "alg" too, where it need not know what was registered. Coordinates it
 * reads in other spellings as well (padded, shorter or longer than the curve has it): a key has one.
 *
 * @spec RFC 7518 §6.2.1.2
 */
async function readMaterial({ alg: _, ...jwk }: JsonWebKey, { scheme }: EcdsaAlgorithm): Promise<CryptoKey> {
  const { x, y } = jwk
  try {
    if ([x, y].some((text = '') => decodeBase64url(text).length !== curveWidths[scheme.curve])) throw invalidKey()
    return await crypto.subtle.importKey('jwk', jwk, ecdsaParameters(scheme), false, ['verify'])
  } catch (cause) {
    throw cause instanceof DOMException && cause.name === 'NotSupportedError' ? unsupportedCurve() : invalidKey(cause)
  }
}

function unsupportedCurve(): JoseError {
  return new JoseError(
    'key_unsupported',
    '"crv" (Curve) unsupported: WebCrypto lacks it, expected a `Key` on a runtime with node:crypto, such as Node',
  )
}

function invalidKey(cause?: unknown): JoseError {
  return new JoseError('key_invalid', 'JWK invalid: expected a public key that verifies with its "alg"', { cause })
}
