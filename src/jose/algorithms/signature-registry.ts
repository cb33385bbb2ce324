import type { SignatureScheme } from '../../crypto/backend.ts'
import { JoseError } from '../errors.ts'

/** A signature algorithm: what a key must be to serve it, and what the backend does with it. */
export interface SignatureAlgorithm {
  /** As `alg` has it. */
  readonly name: string
  readonly kty: 'oct' | 'RSA' | 'EC' | 'OKP' | 'AKP'
  /** The curves it works on, where that says something. */
  readonly crv?: readonly string[]
  /** The size below which a key is refused, in bits. */
  readonly minimumBits: number
  readonly scheme: SignatureScheme
}

/** One of the kind of ES256. */
export interface EcdsaAlgorithm extends SignatureAlgorithm {
  readonly scheme: Extract<SignatureScheme, { family: 'ecdsa' }>
}

/**
 * The signature algorithms that a key knows. A value: whoever wants others makes another one, with
 * `createSignatureRegistry`, and hands it to the keys.
 */
export interface SignatureRegistry {
  /** By name, and without a prototype: no name (`__proto__`, `constructor`) finds anything that is not a row. */
  readonly algorithms: Readonly<Record<string, SignatureAlgorithm>>
}

/**
 * Puts algorithms into a registry. Their order is that of preference: where a key says no algorithm, the first one that
 * fits its type and curve is the one it signs with.
 *
 * The rows are frozen, not copied: an algorithm is the same one in every registry.
 *
 * @example
 * const registry = createSignatureRegistry(es256, ed25519)
 * const key = await Key.import(jwk, { registry })
 * @throws TypeError for `none`, and for a name that comes twice.
 */
export function createSignatureRegistry(...rows: readonly SignatureAlgorithm[]): SignatureRegistry {
  const algorithms: Record<string, SignatureAlgorithm> = Object.create(null)
  for (const row of rows) {
    // An "algorithm" that accepts everything must not be within reach of a setting. @spec RFC 8725 §3.2
    if (/^none$/i.test(row.name) || algorithms[row.name] !== undefined) {
      throw new TypeError('algorithms must have different names, none of them "none"')
    }
    algorithms[row.name] = Object.freeze(row)
  }
  return Object.freeze({ algorithms: Object.freeze(algorithms) })
}

/**
 * The row of an algorithm.
 *
 * @throws JoseError `algorithm_unsupported`
 * @spec RFC 8725 §3.2
 */
export function signatureAlgorithm({ algorithms }: SignatureRegistry, name: string): SignatureAlgorithm {
  const row = algorithms[name]
  if (row !== undefined) return row
  throw new JoseError(
    'algorithm_unsupported',
    '"alg" (Algorithm) unsupported: expected a registered signature algorithm',
  )
}

/** The rows that a key of this type, curve and declared algorithm could serve. */
export function algorithmsFor(
  { algorithms }: SignatureRegistry,
  key: { readonly kty: string; readonly crv: string | undefined; readonly alg: string | undefined },
): SignatureAlgorithm[] {
  return Object.values(algorithms).filter(
    ({ name, kty, crv }) =>
      kty === key.kty &&
      (crv === undefined || crv.some((curve) => curve === key.crv)) &&
      (key.alg === undefined || key.alg === name),
  )
}
