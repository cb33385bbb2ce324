import { decodeUtf8 } from '../../util/bytes.ts'
import { type JsonObject, parseJsonObject } from '../../util/json.ts'
import { orThrow } from '../errors.ts'
import type { JoseHeader } from '../jws/header.ts'
import { decodePayload, type ParsedCompact, parseCompact, type TokenLimits } from '../jws/verify.ts'
import type { JwtClaims } from './claims.ts'

/**
 * Reads a JWT **without verifying anything**: whoever sent it may have written whatever it says. For choosing the
 * issuer whose keys to verify with, and for debugging.
 *
 * @throws JoseError where it is not even a JWT.
 */
export function decodeUnverifiedJwt(
  jwt: string,
  options: { readonly limits?: TokenLimits } = {},
): { readonly header: JoseHeader; readonly claims: JwtClaims } {
  const parsed = parseCompact(jwt, options.limits)
  return { header: parsed.header, claims: decodeClaims(parsed) }
}

/** The claims set: a JSON object in which no claim comes twice. @spec RFC 7519 §4 */
export function decodeClaims<Claims extends JwtClaims>(parsed: ParsedCompact): Claims {
  const bytes = decodePayload(parsed)
  return orThrow(
    () => parseClaims(decodeUtf8(bytes)),
    'payload_invalid',
    'payload invalid: expected a JSON object without duplicate members',
  ) as Claims
}

/** A text that comes out again as it went in has no member twice; only for others is the text itself searched. */
function parseClaims(text: string): JsonObject {
  const claims = parseJsonObject(text)
  return JSON.stringify(claims) === text ? claims : parseJsonObject(text, { rejectDuplicates: true })
}
