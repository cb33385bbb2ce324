import type { EcCurve, HashName, SignatureScheme } from '../../crypto/backend.ts'
import {
  createSignatureRegistry,
  type EcdsaAlgorithm,
  type SignatureAlgorithm,
  type SignatureRegistry,
} from './signature-registry.ts'

export { createSignatureRegistry, type EcdsaAlgorithm, type SignatureAlgorithm, type SignatureRegistry }

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

type Name = SignatureAlgorithmName
type ParameterSet = Extract<SignatureScheme, { family: 'ml-dsa' }>['parameterSet']

/** @spec RFC 7518 §3.2 the key must be at least as long as the hash. */
const hmac = (name: Name, hash: HashName, minimumBits: number): SignatureAlgorithm => ({
  name,
  kty: 'oct',
  minimumBits,
  scheme: { family: 'hmac', hash },
})

/** @spec RFC 7518 §3.3 */
const rsaPkcs1 = (name: Name, hash: HashName): SignatureAlgorithm => ({
  name,
  kty: 'RSA',
  minimumBits: 2048,
  scheme: { family: 'rsa-pkcs1', hash },
})

/** @spec RFC 7518 §3.5 */
const rsaPss = (name: Name, hash: HashName): SignatureAlgorithm => ({
  name,
  kty: 'RSA',
  minimumBits: 2048,
  scheme: { family: 'rsa-pss', hash },
})

/** @spec RFC 7518 §3.4 */
const ecdsa = (name: Name, curve: EcCurve, hash: HashName): EcdsaAlgorithm => ({
  name,
  kty: 'EC',
  crv: [curve],
  minimumBits: 0,
  scheme: { family: 'ecdsa', hash, curve },
})

/** With one curve, the name says it; with several, the key does. @spec RFC 8037 §3.1 */
const eddsa = (name: Name, ...crv: readonly ('Ed25519' | 'Ed448')[]): SignatureAlgorithm => ({
  name,
  kty: 'OKP',
  crv,
  minimumBits: 0,
  scheme: { family: 'eddsa' },
})

/** A key of this type is for one algorithm, which it names (draft-ietf-cose-dilithium). */
const mldsa = (parameterSet: ParameterSet): SignatureAlgorithm => ({
  name: parameterSet,
  kty: 'AKP',
  minimumBits: 0,
  scheme: { family: 'ml-dsa', parameterSet },
})

/*
 * The rows. The remark before each tells bundlers that making it does nothing else: a bundle has the rows that it uses.
 *
 * @spec RFC 7518 §3.1
 * @spec RFC 8812 §3.2
 * @spec RFC 9864 §2.2
 */
export const hs256: SignatureAlgorithm = /* @__PURE__ */ hmac('HS256', 'sha-256', 256)
export const hs384: SignatureAlgorithm = /* @__PURE__ */ hmac('HS384', 'sha-384', 384)
export const hs512: SignatureAlgorithm = /* @__PURE__ */ hmac('HS512', 'sha-512', 512)
export const rs256: SignatureAlgorithm = /* @__PURE__ */ rsaPkcs1('RS256', 'sha-256')
export const rs384: SignatureAlgorithm = /* @__PURE__ */ rsaPkcs1('RS384', 'sha-384')
export const rs512: SignatureAlgorithm = /* @__PURE__ */ rsaPkcs1('RS512', 'sha-512')
export const ps256: SignatureAlgorithm = /* @__PURE__ */ rsaPss('PS256', 'sha-256')
export const ps384: SignatureAlgorithm = /* @__PURE__ */ rsaPss('PS384', 'sha-384')
export const ps512: SignatureAlgorithm = /* @__PURE__ */ rsaPss('PS512', 'sha-512')
export const es256: EcdsaAlgorithm = /* @__PURE__ */ ecdsa('ES256', 'P-256', 'sha-256')
export const es384: EcdsaAlgorithm = /* @__PURE__ */ ecdsa('ES384', 'P-384', 'sha-384')
export const es512: EcdsaAlgorithm = /* @__PURE__ */ ecdsa('ES512', 'P-521', 'sha-512')
export const es256k: EcdsaAlgorithm = /* @__PURE__ */ ecdsa('ES256K', 'secp256k1', 'sha-256')
export const edDsa: SignatureAlgorithm = /* @__PURE__ */ eddsa('EdDSA', 'Ed25519', 'Ed448')
export const ed25519: SignatureAlgorithm = /* @__PURE__ */ eddsa('Ed25519', 'Ed25519')
export const ed448: SignatureAlgorithm = /* @__PURE__ */ eddsa('Ed448', 'Ed448')
export const mlDsa44: SignatureAlgorithm = /* @__PURE__ */ mldsa('ML-DSA-44')
export const mlDsa65: SignatureAlgorithm = /* @__PURE__ */ mldsa('ML-DSA-65')
export const mlDsa87: SignatureAlgorithm = /* @__PURE__ */ mldsa('ML-DSA-87')

/** All of them, in the order of preference. This table is the only place that lists them: a new algorithm is a new row. */
export const signatureAlgorithms: readonly SignatureAlgorithm[] = [
  hs256,
  hs384,
  hs512,
  rs256,
  rs384,
  rs512,
  ps256,
  ps384,
  ps512,
  es256,
  es384,
  es512,
  es256k,
  edDsa,
  ed25519,
  ed448,
  mlDsa44,
  mlDsa65,
  mlDsa87,
]

let standard: SignatureRegistry | undefined

/** All of them: what keys know when nobody says otherwise. Made when it is first asked for. */
export function standardSignatureRegistry(): SignatureRegistry {
  standard ??= createSignatureRegistry(...signatureAlgorithms)
  return standard
}
