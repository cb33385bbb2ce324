import type { ContentEncryption } from '../algorithms/content-encryption.ts'
import type { KeyManagement } from '../algorithms/key-management.ts'
import { JoseError } from '../errors.ts'
import type { Key } from '../jwk/key.ts'
import { keyProblem } from '../jwk/usage.ts'

/** What is done with a key: a sender encrypts to it, a receiver decrypts with it. */
export type Direction = 'send' | 'receive'

type Check = (key: Key, algorithm: KeyManagement, enc: ContentEncryption, direction: Direction) => JoseError | undefined

const checks: readonly Check[] = [checkRequirement, checkPrivate, checkExactSize, checkCommitting]

/** Why this key must not serve this algorithm; `undefined` when it may. All of it comes before any cryptography. */
export function encryptionProblem(...input: Parameters<Check>): JoseError | undefined {
  for (const check of checks) {
    const problem = check(...input)
    if (problem) return problem
  }
  return undefined
}

/** Why this key must not be the sender's, which takes part in the agreement as the recipient's does. */
export function senderProblem(key: Key, algorithm: KeyManagement, direction: Direction): JoseError | undefined {
  const problems = algorithm.operations[direction].map((operation) => keyProblem(key, algorithm, operation))
  if (!problems.includes(undefined)) return problems[0]
  if (direction === 'receive' || key.isPrivate) return undefined
  return new JoseError('key_not_private', "key cannot send: expected the sender's private key")
}

/** Of several names for what the key does (wrap a key, encrypt one), the key has to list only one. */
function checkRequirement(...[key, algorithm, enc, direction]: Parameters<Check>): JoseError | undefined {
  const isContentKey = algorithm.exactBits === 'as enc'
  // RFC 7520 §5.6: a key that encrypts content may say as its "alg" with which "enc" it does.
  const requirement = isContentKey && key.alg === enc.name ? { ...algorithm, name: enc.name } : algorithm
  const problems = algorithm.operations[direction].map((operation) => keyProblem(key, requirement, operation))
  return problems.includes(undefined) ? undefined : problems[0]
}

function checkPrivate(...[key, , , direction]: Parameters<Check>): JoseError | undefined {
  if (direction === 'send' || key.isPrivate) return undefined
  return new JoseError('key_not_private', 'key cannot decrypt: expected a private key or a secret')
}

/** @spec RFC 7518 §4.4 §4.5 §4.7 */
function checkExactSize(...[{ bits }, { name, exactBits }, enc]: Parameters<Check>): JoseError | undefined {
  const expected = exactBits === 'as enc' ? enc.keyLength * 8 : exactBits
  if (expected === undefined || bits === expected) return undefined
  const purpose = exactBits === 'as enc' ? enc.name : name
  return new JoseError('key_invalid', `key is of the wrong size: ${purpose} expects ${expected} bits`)
}

/** What a tag is to vouch for, the tag must be bound to. draft-madden-jose-ecdh-1pu-04 §2.1 */
function checkCommitting(...[, { name, needsCommitting }, enc]: Parameters<Check>): JoseError | undefined {
  if (needsCommitting !== true || enc.isCommitting) return undefined
  return new JoseError(
    'encryption_not_allowed',
    `"enc" (Encryption Algorithm) not allowed: ${name} expects a CBC-HMAC one`,
  )
}
