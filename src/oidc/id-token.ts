import { getDigests, type HashName } from '../crypto/digests.ts'
import { encodeBase64url } from '../util/base64url.ts'
import type { Seconds } from '../util/clock.ts'
import type { StandardClaims } from './claims.ts'

/** What an ID token says, about the person too where the provider likes. It may add claims of its own. @spec OIDC Core §2 */
export interface IdTokenClaims extends Partial<StandardClaims> {
  iss: string
  sub: string
  aud: string | string[]
  exp: Seconds
  iat: Seconds
  /** When the person proved who they are; required when the request had `max_age`. */
  auth_time?: Seconds
  nonce?: string
  acr?: string
  amr?: readonly string[]
  /** The client the token was issued to, where `aud` alone does not say it. */
  azp?: string
  /** @spec OIDC Core §3.1.3.6 */
  at_hash?: string
  /** @spec OIDC Core §3.3.2.11 */
  c_hash?: string
  /** The session at the provider. @spec OIDC Front-Channel Logout §3 */
  sid?: string
  [claim: string]: unknown
}

/**
 * The hash inside each signature algorithm; Ed25519 signs over SHA-512 (RFC 8032 §5.1). Ed448 and ML-DSA have SHAKE256,
 * which not every platform has: no ID token is signed with them.
 */
const HASH_OF_ALG: ReadonlyMap<string, HashName> = new Map([
  ...(['HS', 'RS', 'PS', 'ES'] as const).flatMap((family): [string, HashName][] => [
    [`${family}256`, 'sha-256'],
    [`${family}384`, 'sha-384'],
    [`${family}512`, 'sha-512'],
  ]),
  ['ES256K', 'sha-256'],
  ['EdDSA', 'sha-512'],
  ['Ed25519', 'sha-512'],
])

/** Whether ID tokens can be signed with an algorithm: whether its hash is known. */
export function hasTokenHash(alg: string): boolean {
  return HASH_OF_ALG.has(alg)
}

/**
 * The `at_hash` of an access token or the `c_hash` of a code: the left half of its hash, by the hash of the algorithm
 * that signs the ID token. An algorithm whose hash is not known is refused: a hash that nobody can compute must never
 * count as one that matches (CVE-2026-28498).
 *
 * @throws TypeError when the algorithm has no known hash.
 * @spec OIDC Core §3.1.3.6
 * @spec OIDC Core §3.3.2.11
 */
export async function tokenHash(value: string, alg: string): Promise<string> {
  const name = HASH_OF_ALG.get(alg)
  if (name === undefined)
    throw new TypeError('"alg" (Algorithm) of the ID token has no hash known for "at_hash" and "c_hash"')
  const digest = await getDigests().hash(name, value)
  return encodeBase64url(digest.subarray(0, digest.length / 2))
}
