import type { CryptoBackend, KeyMembers } from '../../crypto/backend.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import { encodeBase64url } from '../../util/base64url.ts'
import { signatureAlgorithm } from '../algorithms/registry.ts'
import { JoseError } from '../errors.ts'

/** Makes the material of a private key, or of a secret as long as the hash, for one algorithm. */
export function generateJwk(alg: string, modulusLength: number, backend: CryptoBackend): Awaitable<KeyMembers> {
  const { name, kty, minimumBits, scheme } = signatureAlgorithm(alg)
  if (kty === 'oct') return { kty, k: encodeBase64url(backend.randomBytes(minimumBits / 8)) }
  if (kty === 'RSA' && modulusLength < minimumBits) {
    throw new JoseError('key_too_weak', `"modulusLength" is too small: ${name} expects at least ${minimumBits} bits`)
  }
  return backend.generateKeyPair(scheme, modulusLength)
}
