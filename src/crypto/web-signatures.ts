import { encodeUtf8 } from '../util/bytes.ts'
import type { Data, SignatureScheme, Verifier } from './primitives.ts'
import { curveWidths, digestLengths } from './schemes.ts'

/* How signatures are said in WebCrypto. Apart from its backend, for those who only verify. */

/** WebCrypto does not read shared memory, and what is copied cannot change while the operation is under way. */
export function ownBytes(data: Data): Uint8Array<ArrayBuffer> {
  return typeof data === 'string' ? encodeUtf8(data) : new Uint8Array(data)
}

/** What WebCrypto binds a key to when it is read, and what it is told at each signature. */
export interface SignatureParameters {
  readonly name: string
  readonly hash?: string
  readonly namedCurve?: string
  readonly saltLength?: number
}

type EcdsaScheme = Extract<SignatureScheme, { family: 'ecdsa' }>

/** Apart from the others, for those who need no others. */
export function ecdsaParameters({ hash, curve }: EcdsaScheme): SignatureParameters {
  return { name: 'ECDSA', hash: hash.toUpperCase(), namedCurve: curve }
}

const names = {
  hmac: 'HMAC',
  'rsa-pkcs1': 'RSASSA-PKCS1-v1_5',
  'rsa-pss': 'RSA-PSS',
} as const

/** Members that an operation does not ask for are not looked at. @param crv of the key, which says it where the scheme does not. */
export function signatureParameters(scheme: SignatureScheme, crv: string | undefined): SignatureParameters {
  if (scheme.family === 'eddsa') return { name: scheme.curve ?? crv ?? 'Ed25519' }
  if (scheme.family === 'ml-dsa') return { name: scheme.parameterSet }
  if (scheme.family === 'ecdsa') return ecdsaParameters(scheme)
  const { family, hash } = scheme
  // @spec RFC 7518 §3.5 the salt is as long as the digest.
  return { name: names[family], hash: hash.toUpperCase(), saltLength: digestLengths[hash] }
}

/** Verifies with a key that was read for this scheme. */
export function webVerifier(key: CryptoKey, scheme: SignatureScheme): Verifier {
  if (scheme.family === 'ecdsa') return ecdsaVerifier(key, scheme)
  return verifierOf(key, signatureParameters(scheme, key.algorithm.name), rsaSignatureLength(key))
}

/** Signatures are `r || s`, each as long as the curve's order. @spec RFC 7518 §3.4 */
export function ecdsaVerifier(key: CryptoKey, scheme: EcdsaScheme): Verifier {
  return verifierOf(key, ecdsaParameters(scheme), 2 * curveWidths[scheme.curve])
}

function verifierOf(key: CryptoKey, parameters: SignatureParameters, length: number | undefined): Verifier {
  return async (data, signature) =>
    (length === undefined || signature.length === length) &&
    crypto.subtle.verify(parameters, key, ownBytes(signature), ownBytes(data))
}

/** Not every platform minds: of a PSS signature OpenSSL also takes what is left without its leading zeros. @spec RFC 8017 §8.1.2 */
function rsaSignatureLength({ algorithm }: CryptoKey): number | undefined {
  const { modulusLength }: Partial<RsaKeyAlgorithm> = algorithm
  return modulusLength && Math.ceil(modulusLength / 8)
}
