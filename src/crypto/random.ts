import { encodeBase64url } from '../util/base64url.ts'
import { getDigests } from './digests.ts'

/** Asking the platform costs more than the bytes do: it is asked for many tokens' worth at a time. */
const POOL_BYTES = 4096

let pool: Uint8Array = new Uint8Array()
let used = 0

/**
 * An unguessable text: a code, a token, a state, a verifier.
 *
 * @param bytes of randomness. The default, 32, makes 43 characters.
 * @spec RFC 6749 §10.10
 */
export function randomToken(bytes = 32): string {
  // Fewer are no token at all, whatever it is for; more were meant to be something else.
  if (!Number.isInteger(bytes) || bytes < 8 || bytes > 1024) throw new TypeError('token must be of 8 to 1024 bytes')
  if (used + bytes > pool.length) refill()
  const slice = pool.subarray(used, used + bytes)
  used += bytes
  const token = encodeBase64url(slice)
  // What was handed out must not be found in memory a second time.
  slice.fill(0)
  return token
}

/** An identifier that no other will equal, which is no secret: a client, a key, a `jti`. 22 characters. */
export function randomId(): string {
  return randomToken(16)
}

/**
 * A text of random characters for people to read and type. Each of the alphabet is as likely as any other.
 *
 * @param alphabet at most 256 characters of one code unit, each once.
 */
export function randomText(alphabet: string, length: number): string {
  // Bytes beyond the last whole round of the alphabet would favour its beginning: they are thrown away.
  const limit = 256 - (256 % alphabet.length)
  let text = ''
  while (text.length < length) {
    const bytes = getDigests().randomBytes(length)
    for (const byte of bytes) if (byte < limit && text.length < length) text += alphabet.charAt(byte % alphabet.length)
  }
  return text
}

function refill(): void {
  pool = getDigests().randomBytes(POOL_BYTES)
  used = 0
}
