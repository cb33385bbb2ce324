import { isJsonObject, type JsonObject } from '../../util/json.ts'
import { JoseError } from '../errors.ts'
import { parseTokenObject } from '../token-object.ts'
import { readUnencoded } from './critical.ts'
import { interpretHeader, parseProtected } from './header.ts'
import type { HeaderParameters } from './header-writer.ts'
import { effectiveLimits, type TokenLimits, tooLarge } from './limits.ts'
import type { ParsedSignature } from './verify.ts'

/** One signature of a JSON Serialization. @spec RFC 7515 §7.2.1 */
export interface JwsSignature {
  /** The protected header, encoded. */
  readonly protected?: string
  /** Parameters that the signature does not cover. */
  readonly header?: HeaderParameters
  readonly signature: string
}

/** A payload with several signatures. @spec RFC 7515 §7.2.1 */
export interface GeneralJws {
  /** Absent where it is detached. */
  readonly payload?: string
  readonly signatures: readonly JwsSignature[]
}

/** A payload with one signature. @spec RFC 7515 §7.2.2 */
export interface FlattenedJws extends JwsSignature {
  /** Absent where it is detached. */
  readonly payload?: string
}

/** A signature of a JSON Serialization, taken apart and its headers checked. Nothing is known about it. */
export interface ParsedJsonSignature extends ParsedSignature {
  /** As received; the signature covers it. Empty where there is none. */
  readonly encodedHeader: string
  readonly protectedHeader: JsonObject
  readonly unprotectedHeader: JsonObject | undefined
}

/** A JSON Serialization of which nothing but the shape was looked at. */
export interface JsonParts {
  readonly form: 'flattened' | 'general'
  /** As received; absent where it is detached. */
  readonly payload: string | undefined
  readonly signatures: readonly JsonObject[]
  readonly limits: Required<TokenLimits>
}

/** More signatures than anybody needs, and few enough to be tried. */
const maximumSignatures = 16

/** Takes a JSON Serialization apart, flattened or general. @spec RFC 7515 §7.2 */
export function splitJson(jws: unknown, limits: TokenLimits | undefined): JsonParts {
  const bounds = effectiveLimits(limits)
  const members = typeof jws === 'string' ? parseText(jws, bounds) : jws
  if (!isJsonObject(members)) throw malformed()
  return {
    form: members['signatures'] === undefined ? 'flattened' : 'general',
    payload: textMember(members, 'payload', bounds.payload),
    signatures: signatureList(members),
    limits: bounds,
  }
}

function parseText(text: string, { header, payload, signature }: Required<TokenLimits>): JsonObject {
  if (text.length > payload + maximumSignatures * (2 * header + signature)) throw tooLarge()
  return parseTokenObject(text)
}

function malformed(): JoseError {
  return new JoseError(
    'token_malformed',
    'token malformed: expected an object with a "signature", or with "signatures" (a list of objects)',
  )
}

/** Flattened or general, never both. Members of other names are ignored. @spec RFC 7515 §7.2.1 §7.2.2 */
function signatureList(members: JsonObject): readonly JsonObject[] {
  const { signatures } = members
  if (signatures === undefined) return [members]
  const isFlattened = ['protected', 'header', 'signature'].some((name) => Object.hasOwn(members, name))
  if (isFlattened || !Array.isArray(signatures) || !signatures.every(isJsonObject)) throw malformed()
  if (signatures.length === 0) {
    throw new JoseError('token_malformed', '"signatures" invalid: expected one signature at least')
  }
  if (signatures.length > maximumSignatures) {
    throw new JoseError('token_too_large', `"signatures" too many: expected ${maximumSignatures} at most`)
  }
  return signatures
}

/** Reads one signature: its headers are checked, its value is not looked at. @spec RFC 7515 §5.2 */
export function parseSignature(members: JsonObject, limits: Required<TokenLimits>): ParsedJsonSignature {
  const encodedHeader = textMember(members, 'protected', limits.header) ?? ''
  const signature = textMember(members, 'signature', limits.signature)
  if (signature === undefined) throw malformed()
  const protectedHeader = encodedHeader === '' ? {} : parseProtected(encodedHeader)
  const unprotectedHeader = readUnprotected(members['header'], protectedHeader)
  const facts = interpretHeader(protectedHeader, unprotectedHeader)
  const isUnencoded = readUnencoded(protectedHeader, facts.critical)
  return { ...facts, isUnencoded, signature, encodedHeader, protectedHeader, unprotectedHeader }
}

function textMember(members: JsonObject, name: string, limit: number): string | undefined {
  const value = members[name]
  if (value === undefined) return undefined
  if (typeof value !== 'string') throw new JoseError('token_malformed', `"${name}" invalid: expected a string`)
  if (value.length > limit) throw tooLarge()
  return value
}

/** One payload cannot be signed encoded and unencoded at once. @spec RFC 7797 §3 */
export function checkOneEncoding(signatures: readonly ParsedSignature[]): void {
  if (signatures.every(({ isUnencoded }) => isUnencoded === signatures[0]?.isUnencoded)) return
  throw new JoseError(
    'header_parameter_invalid',
    '"b64" (Base64url-Encode Payload) header parameter invalid: expected one value in all signatures',
  )
}

/**
 * Parameters that mean something only where nobody could have changed them.
 *
 * @spec RFC 7515 §4.1.11
 * @spec RFC 7797 §3
 */
const protectedOnly = ['crit', 'b64'] as const

/** A parameter is protected or not, never both. @spec RFC 7515 §4 */
function readUnprotected(header: unknown, protectedHeader: JsonObject): JsonObject | undefined {
  if (header === undefined) return undefined
  if (!isJsonObject(header)) throw new JoseError('header_invalid', 'unprotected header invalid: expected a JSON object')
  for (const name of protectedOnly) {
    if (!Object.hasOwn(header, name)) continue
    throw new JoseError('header_parameter_invalid', `"${name}" header parameter invalid: expected it to be protected`)
  }
  if (Object.keys(header).every((name) => !Object.hasOwn(protectedHeader, name))) return header
  throw new JoseError(
    'header_invalid',
    'header invalid: expected each parameter in the protected or in the unprotected header, not in both',
  )
}
