import { decodeBase64url } from '../../util/base64url.ts'
import { decodeUtf8, encodeUtf8 } from '../../util/bytes.ts'
import { type JsonObject, parseJsonObject } from '../../util/json.ts'
import { JoseError, orThrow } from '../errors.ts'
import { readCritical } from './critical.ts'

/** A protected header. Frozen, since one object may serve every token that carries the same header. @spec RFC 7515 §4.1 */
export interface JoseHeader {
  readonly alg: string
  readonly kid?: string
  readonly typ?: string
  readonly cty?: string
  readonly [parameter: string]: unknown
}

/** What a header says about its signature. */
export interface HeaderFacts {
  /** All parameters, protected or not. */
  readonly header: JoseHeader
  /** The extensions that must be understood. */
  readonly critical: readonly string[]
}

/**
 * Headers by their encoded text: a server sees the same few of them all day. Bounded in number and in size, since
 * whoever sends a token chooses what is in here.
 */
const parsed: Map<string, HeaderFacts> = new Map()
const parsedMaximum = 256
const parsedMaximumLength = 1024

/** Reads and checks the header of a token that has no other than the protected one. @spec RFC 7515 §5.2 */
export function parseHeader(encoded: string): HeaderFacts {
  return parsed.get(encoded) ?? remember(encoded, interpretHeader(parseProtected(encoded)))
}

function remember(encoded: string, facts: HeaderFacts): HeaderFacts {
  const mayBeShared = Object.values(facts.header).every((value) => typeof value !== 'object')
  if (!mayBeShared || encoded.length > parsedMaximumLength) return facts
  // Whoever can fill it can empty it, too: there is no order of going that would help those who are all day in it.
  if (parsed.size >= parsedMaximum) parsed.clear()
  // A slice would keep the whole token alive that it was cut from; spelled anew, the key stands alone.
  parsed.set(decodeUtf8(encodeUtf8(encoded)), facts)
  return facts
}

/** Checks the parameters of a header, of which some may not be protected. @spec RFC 7515 §4 */
export function interpretHeader(protectedHeader: JsonObject, unprotected?: JsonObject): HeaderFacts {
  const header = unprotected === undefined ? protectedHeader : { ...unprotected, ...protectedHeader }
  const { alg } = header
  if (typeof alg !== 'string' || alg === '') {
    throw new JoseError('algorithm_missing', '"alg" (Algorithm) header parameter missing or invalid: expected a string')
  }
  const critical = readCritical(protectedHeader['crit'], header)
  checkTexts(header)
  return { header: Object.freeze({ ...header, alg }), critical }
}

/** The bytes of one part of a token. @spec RFC 7515 §2 */
export function decodeSegment(encoded: string, what: string): Uint8Array {
  return orThrow(
    () => decodeBase64url(encoded),
    'encoding_invalid',
    `${what} invalid: expected base64url without padding`,
  )
}

/** A header is a JSON object in which no parameter comes twice. @spec RFC 7515 §4 */
export function parseProtected(encoded: string): JsonObject {
  const bytes = decodeSegment(encoded, 'protected header')
  return orThrow(
    () => parseJsonObject(decodeUtf8(bytes), { rejectDuplicates: true }),
    'header_invalid',
    'protected header invalid: expected a JSON object without duplicate members',
  )
}

const textParameters = { kid: 'Key ID', typ: 'Type', cty: 'Content Type' } as const

export function checkTexts(
  header: JsonObject,
): asserts header is JsonObject & Partial<Record<keyof typeof textParameters, string>> {
  for (const [name, meaning] of Object.entries(textParameters)) {
    const value = header[name]
    if (value === undefined || typeof value === 'string') continue
    throw new JoseError(
      'header_parameter_invalid',
      `"${name}" (${meaning}) header parameter invalid: expected a string`,
    )
  }
}

/**
 * Whether the header's type is an expected one. Types are media types: case does not count, and `application/` may
 * be left out.
 *
 * @spec RFC 7515 §4.1.9
 * @spec RFC 8725 §3.11
 */
export function checkType({ typ }: { readonly typ?: string }, expected: readonly string[], mayBeAbsent: boolean): void {
  if (typ === undefined ? mayBeAbsent : expected.includes(typ)) return
  if (typ !== undefined && expected.map(mediaType).includes(mediaType(typ))) return
  const names = expected.map((name) => `"${name}"`).join(' or ')
  throw new JoseError('type_mismatch', `"typ" (Type) header parameter mismatch: expected ${names}`)
}

function mediaType(typ: string): string {
  const lower = typ.toLowerCase()
  return lower.includes('/') ? lower : `application/${lower}`
}
