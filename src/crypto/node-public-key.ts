import type { NodePlatform } from './node-platform.ts'
import type { KeyObject, SigningKey } from './node-types.ts'
import type { KeyMembers, MakeVerifier, SignatureScheme, Verifier } from './primitives.ts'
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
  const hash = 'hash' in scheme ? nodeHashNames[scheme.hash] : null
  const length = signatureLength(key, scheme)
  const input: SigningKey = { key, ...parameters(crypto.constants.RSA_PKCS1_PSS_PADDING, scheme) }
  return (data, signature) =>
    (length === undefined || signature.length === length) &&
    crypto.verify(hash, typeof data === 'string' ? buffer.from(data) : data, input, signature)
}

function parameters(pss: number, scheme: SignatureScheme): Omit<SigningKey, 'key'> {
  // @spec RFC 7518 §3.5 the salt is as long as the digest.
  if (scheme.family === 'rsa-pss') return { padding: pss, saltLength: digestLengths[scheme.hash] }
  return scheme.family === 'ecdsa' ? { dsaEncoding: 'ieee-p1363' } : {}
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
