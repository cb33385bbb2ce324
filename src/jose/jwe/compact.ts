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
  const [header, encryptedKey, iv, ciphertext, tag, sixth] = jwe.split('.', 6)
  if (header === undefined || encryptedKey === undefined || iv === undefined) throw malformed()
  if (ciphertext === undefined || tag === undefined || sixth !== undefined) throw malformed()
  if (header.length > longest.header || encryptedKey.length > longest.encryptedKey) throw tooLarge()
  if (ciphertext.length > longest.ciphertext) throw tooLarge()
  if (iv.length > longestFixedPart || tag.length > longestFixedPart) throw tooLarge()
  return { header, encryptedKey, iv, ciphertext, tag }
}

function malformed(): JoseError {
  return new JoseError('token_malformed', 'token malformed: expected five segments separated by "."')
}
