import type { NodePlatform } from './node-platform.ts'
import type { BufferConstructor, KeyObject, NodeCrypto, SigningKey } from './node-types.ts'
import type { HashName, KeyMembers, MakeVerifier, SignatureScheme, Verifier } from './primitives.ts'
import { curveWidths, digestLengths, nodeHashNames } from './schemes.ts'

/**
 * Reads a public key; throws when it is none. What it verifies is done at once: this is for those who check a signature
 * now and then, as somebody logs in, and whose bundle has to be small. Whoever checks one with every request takes the
 * backend, which knows when the thread pool pays.
 */
export function readNodePublicKey(platform: NodePlatform, members: KeyMembers): MakeVerifier {
  const key = platform.crypto.createPublicKey({ key: members, format: 'jwk' })
  return (scheme) => createVerifier(platform, key, scheme)
}

function createVerifier({ crypto, buffer }: NodePlatform, key: KeyObject, scheme: SignatureScheme): Verifier {
  const length = signatureLength(key, scheme)
  const check = 'hash' in scheme ? hashed(crypto, key, scheme) : plain(crypto, buffer, key)
  return (data, signature) => (length === undefined || signature.length === length) && check(data, signature)
}

/** For algorithms that hash for themselves. */
function plain(crypto: NodeCrypto, buffer: BufferConstructor, key: KeyObject): Verifier {
  return (data, signature) => crypto.verify(null, typeof data === 'string' ? buffer.from(data) : data, key, signature)
}

/** `createVerify` costs less than the one-shot `verify`. */
function hashed(crypto: NodeCrypto, key: KeyObject, scheme: Extract<SignatureScheme, { hash: HashName }>): Verifier {
  const hash = nodeHashNames[scheme.hash]
  const input = toInput(crypto.constants.RSA_PKCS1_PSS_PADDING, key, scheme)
  return (data, signature) => crypto.createVerify(hash).update(data).verify(input, signature)
}

function toInput(
  padding: number,
  key: KeyObject,
  { family, hash }: { readonly family: string; readonly hash: HashName },
): KeyObject | SigningKey {
  // @spec RFC 7518 §3.5 the salt is as long as the digest.
  if (family === 'rsa-pss') return { key, padding, saltLength: digestLengths[hash] }
  return family === 'ecdsa' ? { key, dsaEncoding: 'ieee-p1363' } : key
}

/**
 * OpenSSL also takes a PSS signature that has lost its leading zeros.
 *
 * @spec RFC 7518 §3.4
 * @spec RFC 8017 §8.1.2
 */
function signatureLength({ asymmetricKeyDetails }: KeyObject, scheme: SignatureScheme): number | undefined {
  if (scheme.family === 'ecdsa') return 2 * curveWidths[scheme.curve]
  const bits = asymmetricKeyDetails?.modulusLength
  return bits && Math.ceil(bits / 8)
}
