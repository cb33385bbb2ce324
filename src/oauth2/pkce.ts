import { sha256Base64url } from '../crypto/hash.ts'
import { randomToken } from '../crypto/random.ts'
import type { Awaitable } from '../util/awaitable.ts'

const VERIFIER = /^[A-Za-z0-9\-._~]{43,128}$/
const S256_CHALLENGE = /^[A-Za-z0-9_-]{43}$/

/** A fresh verifier of 256 random bits, 43 characters. @spec RFC 7636 §4.1 */
export function createCodeVerifier(): string {
  return randomToken(32)
}

/** The S256 challenge of a verifier. @spec RFC 7636 §4.2 */
export function codeChallengeOf(verifier: string): Awaitable<string> {
  return sha256Base64url(verifier)
}

/** Whether a value has the form of a verifier: 43 to 128 unreserved characters. @spec RFC 7636 §4.1 */
export function isCodeVerifier(value: string): boolean {
  return VERIFIER.test(value)
}

/** Whether a value has the form of an S256 challenge: a SHA-256 hash in base64url. @spec RFC 7636 §4.2 */
export function isCodeChallenge(value: string): boolean {
  return S256_CHALLENGE.test(value)
}
