import type { EcCurve, HashName, SignatureScheme } from '../../crypto/backend.ts'
import { JoseError } from '../errors.ts'

/** The names of the signature algorithms that are implemented. `none` is not among them and cannot be added. */
export type SignatureAlgorithmName =
  | 'HS256'
  | 'HS384'
  | 'HS512'
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'ES256K'
  | 'EdDSA'
  | 'Ed25519'
  | 'Ed448'
  | 'ML-DSA-44'
  | 'ML-DSA-65'
  | 'ML-DSA-87'

/** One row of the table: what a key must be to serve the algorithm, and what the backend does with it. */
export interface SignatureAlgorithm {
  readonly name: SignatureAlgorithmName
  readonly kty: 'oct' | 'RSA' | 'EC' | 'OKP' | 'AKP'
  /** The curves it works on, where that says something. */
  readonly crv?: readonly string[]
  /** The size below which a key is refused, in bits. */
  readonly minimumBits: number
  readonly scheme: SignatureScheme
}

type Row = Omit<SignatureAlgorithm, 'name'>

/** @spec RFC 7518 §3.2 the key must be at least as long as the hash. */
const hmac = (hash: HashName, minimumBits: number): Row => ({
  kty: 'oct',
  minimumBits,
  scheme: { family: 'hmac', hash },
})

/** @spec RFC 7518 §3.3 */
const rsaPkcs1 = (hash: HashName): Row => ({ kty: 'RSA', minimumBits: 2048, scheme: { family: 'rsa-pkcs1', hash } })

/** @spec RFC 7518 §3.5 */
const rsaPss = (hash: HashName): Row => ({ kty: 'RSA', minimumBits: 2048, scheme: { family: 'rsa-pss', hash } })

/** @spec RFC 7518 §3.4 */
const ecdsa = (curve: EcCurve, hash: HashName): Row => ({
  kty: 'EC',
  crv: [curve],
  minimumBits: 0,
  scheme: { family: 'ecdsa', hash, curve },
})

/** With one curve, the name says it; with several, the key does. @spec RFC 8037 §3.1 */
const eddsa = (...crv: readonly ('Ed25519' | 'Ed448')[]): Row => ({
  kty: 'OKP',
  crv,
  minimumBits: 0,
  scheme: { family: 'eddsa' },
})

/** A key of this type is for one algorithm, which it names (draft-ietf-cose-dilithium). */
const mldsa = (parameterSet: (SignatureScheme & { family: 'ml-dsa' })['parameterSet']): Row => ({
  kty: 'AKP',
  minimumBits: 0,
  scheme: { family: 'ml-dsa', parameterSet },
})

/**
 * The signature algorithms. This table is the only place that lists them: a new algorithm is a new row.
 * Where a key says no algorithm, the first row that fits its type and curve is the one it signs with.
 *
 * @spec RFC 7518 §3.1
 * @spec RFC 8812 §3.2
 * @spec RFC 9864 §2.2
 */
export const signatureAlgorithms: Readonly<Record<string, SignatureAlgorithm>> = table({
  HS256: hmac('sha-256', 256),
  HS384: hmac('sha-384', 384),
  HS512: hmac('sha-512', 512),
  RS256: rsaPkcs1('sha-256'),
  RS384: rsaPkcs1('sha-384'),
  RS512: rsaPkcs1('sha-512'),
  PS256: rsaPss('sha-256'),
  PS384: rsaPss('sha-384'),
  PS512: rsaPss('sha-512'),
  ES256: ecdsa('P-256', 'sha-256'),
  ES384: ecdsa('P-384', 'sha-384'),
  ES512: ecdsa('P-521', 'sha-512'),
  ES256K: ecdsa('secp256k1', 'sha-256'),
  EdDSA: eddsa('Ed25519', 'Ed448'),
  Ed25519: eddsa('Ed25519'),
  Ed448: eddsa('Ed448'),
  'ML-DSA-44': mldsa('ML-DSA-44'),
  'ML-DSA-65': mldsa('ML-DSA-65'),
  'ML-DSA-87': mldsa('ML-DSA-87'),
})

/** Without a prototype, so that no name (`__proto__`, `constructor`) finds anything that is not a row. */
function table(rows: Record<SignatureAlgorithmName, Row>): Readonly<Record<string, SignatureAlgorithm>> {
  const entries = Object.entries(rows).map(([name, row]) => [name, Object.freeze({ name, ...row })])
  return Object.freeze(Object.setPrototypeOf(Object.fromEntries(entries), null))
}

/**
 * The row of an algorithm.
 *
 * @throws JoseError `algorithm_unsupported`
 * @spec RFC 8725 §3.2
 */
export function signatureAlgorithm(name: string): SignatureAlgorithm {
  const row = signatureAlgorithms[name]
  if (row !== undefined) return row
  throw new JoseError(
    'algorithm_unsupported',
    '"alg" (Algorithm) unsupported: expected a registered signature algorithm',
  )
}

/** The rows that a key of this type, curve and declared algorithm could serve. */
export function algorithmsFor(key: {
  readonly kty: string
  readonly crv: string | undefined
  readonly alg: string | undefined
}): SignatureAlgorithm[] {
  return Object.values(signatureAlgorithms).filter(
    ({ name, kty, crv }) =>
      kty === key.kty &&
      (crv === undefined || crv.some((curve) => curve === key.crv)) &&
      (key.alg === undefined || key.alg === name),
  )
}
