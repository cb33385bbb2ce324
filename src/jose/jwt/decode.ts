import { decodeUtf8 } from '../../util/bytes.ts'
import { type JsonObject, parseJsonObject } from '../../util/json.ts'
import { JoseError, orThrow } from '../errors.ts'
import { decodePayload, type ParsedCompact, splitCompact } from '../jws/compact.ts'
import { checkUnderstood } from '../jws/critical.ts'
import type { JoseHeader } from '../jws/header.ts'
import type { TokenLimits } from '../jws/limits.ts'
import type { JwtClaims } from './claims.ts'

const QUOTE = 0x22
const SPACE = 0x20

/**
 * Reads a JWT **without verifying anything**: whoever sent it may have written whatever it says. For debugging; to
 * choose the keys to verify with, take `parseUnverifiedJwt`.
 *
 * @throws JoseError where it is not even a JWT.
 */
export function decodeUnverifiedJwt(
  jwt: string,
  options: { readonly limits?: TokenLimits } = {},
): { readonly header: JoseHeader; readonly claims: JwtClaims } {
  const parsed = parseSignedJwt(jwt, options.limits)
  return { header: parsed.header, claims: decodeClaims(decodePayload(parsed)) }
}

/** Takes a signed JWT apart. */
export function parseSignedJwt(jwt: string, limits: TokenLimits | undefined): ParsedCompact {
  return splitCompact(jwt, limits, refuseUnencoded)
}

/** The payload of a JWT is always encoded. @spec RFC 7797 §7 */
function refuseUnencoded({ b64 = true }: Readonly<Record<string, unknown>>): false {
  if (b64 !== true) checkUnderstood(['b64'])
  return false
}

/** The claims set: a JSON object in which no claim comes twice. @spec RFC 7519 §4 */
export function decodeClaims(payload: Uint8Array): JsonObject {
  return orThrow(
    () => parseClaims(decodeUtf8(payload)),
    'payload_invalid',
    'payload invalid: expected a JSON object without duplicate members',
  )
}

function parseClaims(text: string): JsonObject {
  const claims = parseJsonObject(text)
  // As many members as the text has names: none came twice. Only where that is not plain is the text itself searched.
  return countMembers(claims) === countNames(text) ? claims : parseJsonObject(text, { rejectDuplicates: true })
}

/** Deeper than any claim; what a stack takes is another depth in each runtime, and costs much to find out. */
const deepest = 64

function countMembers(value: object, depth = 1): number {
  if (depth > deepest) throw new JoseError('payload_invalid', 'payload invalid: it is nested too deeply')
  let count = Array.isArray(value) ? -value.length : 0
  for (const member of Object.values(value)) {
    count += typeof member === 'object' && member !== null ? 1 + countMembers(member, depth + 1) : 1
  }
  return count
}

/** The colons behind a quote or white space: one for each name, and perhaps some within strings, never fewer. */
function countNames(text: string): number {
  let count = 0
  for (let colon = text.indexOf(':'); colon !== -1; colon = text.indexOf(':', colon + 1)) {
    const before = text.charCodeAt(colon - 1)
    if (before === QUOTE || before <= SPACE) count++
  }
  return count
}
