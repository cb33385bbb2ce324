import { standardJweRegistry } from '../algorithms/jwe-registry.ts'
import { JoseError } from '../errors.ts'
import type { Key } from '../jwk/key.ts'
import type { KeySource } from '../jwks/source.ts'
import { type Opened, openContent, type ParsedContent } from './decrypt.ts'
import type { DecryptOptions } from './decrypt-options.ts'
import { interpretHeader, readProtected } from './header.ts'
import { effectiveLimits, type JweLimits, longestFixedPart, tooLarge } from './limits.ts'
import type { ParsedRecipient } from './trials.ts'

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
  const { content, recipient } = parseCompact(jwe, options)
  return openContent(content, [recipient], keys, options)
}

interface ParsedCompact {
  readonly content: ParsedContent
  readonly recipient: ParsedRecipient
}

/** Takes a compact JWE apart: exactly five segments, none longer than allowed. @spec RFC 7516 §7.1 */
function parseCompact(jwe: string, { limits, registry, critical }: DecryptOptions): ParsedCompact {
  const [header, encryptedKey, iv, ciphertext, tag] = splitCompact(jwe, limits)
  const { parameters, bytes } = readProtected(header)
  const facts = interpretHeader({ protectedHeader: parameters }, registry ?? standardJweRegistry(), critical)
  return {
    content: { additionalData: bytes, iv, ciphertext, tag },
    recipient: { ...facts, encryptedKey },
  }
}

type Segments = readonly [header: string, encryptedKey: string, iv: string, ciphertext: string, tag: string]

function splitCompact(jwe: string, limits: JweLimits | undefined): Segments {
  if (typeof jwe !== 'string') throw malformed()
  const { header, encryptedKey, ciphertext } = effectiveLimits(limits)
  if (jwe.length > header + encryptedKey + ciphertext + 2 * longestFixedPart + 4) throw tooLarge()
  const segments = jwe.split('.', 6)
  if (!isFive(segments)) throw malformed()
  const longest = [header, encryptedKey, longestFixedPart, ciphertext, longestFixedPart]
  if (segments.some(({ length }, index) => length > (longest[index] ?? 0))) throw tooLarge()
  return segments
}

function isFive(segments: readonly string[]): segments is Segments {
  return segments.length === 5
}

function malformed(): JoseError {
  return new JoseError('token_malformed', 'token malformed: expected five segments separated by "."')
}
