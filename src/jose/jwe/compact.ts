import { JoseError } from '../errors.ts'
import type { Key } from '../jwk/key.ts'
import type { KeySource } from '../jwks/source.ts'
import { type Opened, openFor } from './decrypt.ts'
import type { DecryptOptions } from './decrypt-options.ts'
import { readCompactHeader } from './header.ts'
import { effectiveLimits, type JweLimits, longestFixedPart, tooLarge } from './limits.ts'
import { explained } from './platform.ts'

/** A text that was decrypted. Nothing proves who encrypted it, unless the key is a secret that only we share. */
export interface DecryptedCompact extends Opened {}

/**
 * Decrypts a compact JWE. The keys come from the caller only: `jwk`, `jku`, `x5u` and `x5c` in the header are data.
 *
 * @example
 * const { plaintext } = await decryptCompact(jwe, key, { algorithms: ['ECDH-ES'] })
 * @throws JoseError
 * @spec RFC 7516 §5.2 §7.1
 */
export async function decryptCompact(
  jwe: string,
  keys: Key | KeySource,
  options: DecryptOptions = {},
): Promise<DecryptedCompact> {
  try {
    const { header, encryptedKey, iv, ciphertext, tag } = splitCompact(jwe, options.limits)
    const { facts, bytes } = readCompactHeader(header, options.registry)
    const content = { additionalData: bytes, iv, ciphertext, tag }
    const opened = openFor(content, { facts, encryptedKey }, keys, options)
    return 'then' in opened ? await opened : opened
  } catch (cause) {
    throw explained(cause)
  }
}

interface Segments {
  readonly header: string
  readonly encryptedKey: string
  readonly iv: string
  readonly ciphertext: string
  readonly tag: string
}

/** Takes a compact JWE apart: exactly five segments, none longer than allowed. @spec RFC 7516 §7.1 */
function splitCompact(jwe: string, limits: JweLimits | undefined): Segments {
  if (typeof jwe !== 'string') throw malformed()
  const longest = effectiveLimits(limits)
  if (jwe.length > longest.header + longest.encryptedKey + longest.ciphertext + 2 * longestFixedPart + 4)
    throw tooLarge()
  const first = jwe.indexOf('.')
  const second = jwe.indexOf('.', first + 1)
  const third = jwe.indexOf('.', second + 1)
  const fourth = jwe.indexOf('.', third + 1)
  // Where a dot is missing the search begins anew, and finds one in front of the last.
  const isFive = 0 <= first && first < second && second < third && third < fourth
  if (!isFive || jwe.includes('.', fourth + 1)) throw malformed()
  if (first > longest.header || second - first - 1 > longest.encryptedKey) throw tooLarge()
  if (third - second - 1 > longestFixedPart || jwe.length - fourth - 1 > longestFixedPart) throw tooLarge()
  if (fourth - third - 1 > longest.ciphertext) throw tooLarge()
  return {
    header: jwe.slice(0, first),
    encryptedKey: jwe.slice(first + 1, second),
    iv: jwe.slice(second + 1, third),
    ciphertext: jwe.slice(third + 1, fourth),
    tag: jwe.slice(fourth + 1),
  }
}

function malformed(): JoseError {
  return new JoseError('token_malformed', 'token malformed: expected five segments separated by "."')
}
