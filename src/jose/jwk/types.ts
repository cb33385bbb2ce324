import type { SignatureAlgorithmName } from '../algorithms/signatures.ts'

/** The algorithms by name, and whatever else a peer may list. */
export type AlgorithmName = SignatureAlgorithmName | (string & {})

/** What a key may be asked to do (RFC 7517 §4.3). */
export type KeyOperation =
  | 'sign'
  | 'verify'
  | 'encrypt'
  | 'decrypt'
  | 'wrapKey'
  | 'unwrapKey'
  | 'deriveKey'
  | 'deriveBits'

/** What every JWK may say about itself beside its material. @spec RFC 7517 §4 */
export interface JwkParameters {
  kid?: string
  alg?: string
  use?: string
  key_ops?: string[]
  x5c?: string[]
  x5t?: string
  'x5t#S256'?: string
  x5u?: string
}

/** @spec RFC 7518 §6.3.1 */
export interface RsaPublicJwk extends JwkParameters {
  kty: 'RSA'
  n: string
  e: string
}

/** @spec RFC 7518 §6.3.2 */
export interface RsaPrivateJwk extends RsaPublicJwk {
  d: string
  p: string
  q: string
  dp: string
  dq: string
  qi: string
}

/** @spec RFC 7518 §6.2.1 */
export interface EcPublicJwk extends JwkParameters {
  kty: 'EC'
  crv: string
  x: string
  y: string
}

/** @spec RFC 7518 §6.2.2 */
export interface EcPrivateJwk extends EcPublicJwk {
  d: string
}

/** @spec RFC 8037 §2 */
export interface OkpPublicJwk extends JwkParameters {
  kty: 'OKP'
  crv: string
  x: string
}

/** @spec RFC 8037 §2 */
export interface OkpPrivateJwk extends OkpPublicJwk {
  d: string
}

/** Algorithm key pairs, such as those of ML-DSA (draft-ietf-cose-dilithium): for one algorithm, which they name. */
export interface AkpPublicJwk extends JwkParameters {
  kty: 'AKP'
  alg: string
  pub: string
}

export interface AkpPrivateJwk extends AkpPublicJwk {
  priv: string
}

/** @spec RFC 7518 §6.4 */
export interface OctJwk extends JwkParameters {
  kty: 'oct'
  k: string
}

export type PublicJwk = RsaPublicJwk | EcPublicJwk | OkpPublicJwk | AkpPublicJwk
export type PrivateJwk = RsaPrivateJwk | EcPrivateJwk | OkpPrivateJwk | AkpPrivateJwk | OctJwk

/** A JWK as it arrives: nothing about it is known yet but that it names its type. */
export interface Jwk {
  readonly kty: string
  readonly [member: string]: unknown
}

/** @spec RFC 7517 §5 */
export interface PublicJwks {
  keys: PublicJwk[]
}

/** @spec RFC 7517 §5 */
export interface PrivateJwks {
  keys: PrivateJwk[]
}

/** A JWK Set as it arrives. */
export interface Jwks {
  readonly keys: readonly Jwk[]
}
