import type { NodeBytes } from './node-types.ts'
import type { Data, KeyMembers, SignatureScheme } from './primitives.ts'
import { curveWidths, digestLengths } from './schemes.ts'

/*
 * Signatures over data that comes in pieces. Only node:crypto can make them piece by piece, and only where the scheme
 * hashes its input once; elsewhere there is nothing but to wait for the last piece.
 */

/** Makes one signature, in base64url. */
export interface StreamingSigner {
  update(piece: Data): void
  finish(): string
}

/** Checks one signature. */
export interface StreamingVerifier {
  update(piece: Data): void
  finish(signature: Uint8Array): boolean
}

interface Running {
  update(piece: Data): unknown
}
interface PublicKey {
  readonly asymmetricKeyDetails?: { readonly modulusLength?: number }
}
interface KeyInput {
  readonly key: object
  readonly dsaEncoding?: 'ieee-p1363'
  readonly padding?: number
  readonly saltLength?: number
}

/** The part of node:crypto that is used here. */
interface NodeStreaming {
  readonly constants: { readonly RSA_PKCS1_PSS_PADDING: number }
  createHmac(hash: string, key: object): Running & { digest(): NodeBytes }
  createSign(hash: string): Running & { sign(key: KeyInput, encoding: 'base64url'): string }
  createVerify(hash: string): Running & { verify(key: KeyInput, signature: Uint8Array): boolean }
  createSecretKey(key: string, encoding: 'base64url'): object
  createPrivateKey(input: { readonly key: KeyMembers; readonly format: 'jwk' }): object
  createPublicKey(input: { readonly key: KeyMembers; readonly format: 'jwk' }): PublicKey
  timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean
}

/** Starts a signature; `undefined` where this runtime or this scheme wants the data as a whole. */
export function streamingSigner(members: KeyMembers, scheme: SignatureScheme): StreamingSigner | undefined {
  const crypto = nodeCrypto()
  if (crypto === undefined || !('hash' in scheme)) return undefined
  if (scheme.family === 'hmac') {
    const hmac = crypto.createHmac(nodeName(scheme.hash), secretKey(crypto, members))
    return { update: (piece) => hmac.update(piece), finish: () => hmac.digest().toString('base64url') }
  }
  const key = keyInput(crypto, crypto.createPrivateKey({ key: members, format: 'jwk' }), scheme)
  const sign = crypto.createSign(nodeName(scheme.hash))
  return { update: (piece) => sign.update(piece), finish: () => sign.sign(key, 'base64url') }
}

/** Starts a check; `undefined` where this runtime or this scheme wants the data as a whole. */
export function streamingVerifier(members: KeyMembers, scheme: SignatureScheme): StreamingVerifier | undefined {
  const crypto = nodeCrypto()
  if (crypto === undefined || !('hash' in scheme)) return undefined
  if (scheme.family === 'hmac') return hmacVerifier(crypto, secretKey(crypto, members), scheme.hash)
  const publicKey = crypto.createPublicKey({ key: members, format: 'jwk' })
  const length = signatureLength(publicKey, scheme)
  const key = keyInput(crypto, publicKey, scheme)
  const verify = crypto.createVerify(nodeName(scheme.hash))
  return {
    update: (piece) => verify.update(piece),
    finish: (signature) => (length === undefined || signature.length === length) && verify.verify(key, signature),
  }
}

/**
 * Of an ECDSA signature of another length OpenSSL says that it is malformed, with an exception; of one of PSS it also takes
 * what is left without its leading zeros.
 *
 * @spec RFC 7518 §3.4
 * @spec RFC 8017 §8.1.2
 */
function signatureLength({ asymmetricKeyDetails }: PublicKey, scheme: SignatureScheme): number | undefined {
  if (scheme.family === 'ecdsa') return 2 * curveWidths[scheme.curve]
  const bits = asymmetricKeyDetails?.modulusLength
  return bits && Math.ceil(bits / 8)
}

function hmacVerifier(crypto: NodeStreaming, key: object, hash: string): StreamingVerifier {
  const hmac = crypto.createHmac(nodeName(hash), key)
  return {
    update: (piece) => hmac.update(piece),
    finish(signature) {
      const expected = hmac.digest()
      return signature.length === expected.length && crypto.timingSafeEqual(signature, expected)
    },
  }
}

function nodeCrypto(): NodeStreaming | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?(id: string): unknown } }
  return process?.getBuiltinModule?.('node:crypto') as NodeStreaming | undefined
}

function nodeName(hash: string): string {
  return hash.replace('-', '')
}

function secretKey(crypto: NodeStreaming, { k = '' }: KeyMembers): object {
  return crypto.createSecretKey(k, 'base64url')
}

/** @spec RFC 7518 §3.4 §3.5 */
function keyInput(crypto: NodeStreaming, key: object, scheme: SignatureScheme): KeyInput {
  if (scheme.family === 'ecdsa') return { key, dsaEncoding: 'ieee-p1363' }
  if (scheme.family !== 'rsa-pss') return { key }
  return { key, padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: digestLengths[scheme.hash] }
}
