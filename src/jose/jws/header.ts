import { decodeBase64url, encodeBase64url } from '../../util/base64url.ts'
import { decodeUtf8 } from '../../util/bytes.ts'
import { type JsonObject, parseJsonObject } from '../../util/json.ts'
import { type SignatureAlgorithm, signatureAlgorithm } from '../algorithms/registry.ts'
import { JoseError, orThrow } from '../errors.ts'

/** A protected header. Frozen, since one object may serve every token that carries the same header. @spec RFC 7515 §4.1 */
export interface JoseHeader {
  readonly alg: string
  readonly kid?: string
  readonly typ?: string
  readonly cty?: string
  readonly [parameter: string]: unknown
}

export interface ParsedHeader {
  readonly header: JoseHeader
  readonly algorithm: SignatureAlgorithm
}

/**
 * Headers by their encoded text: a server sees the same few of them all day. Bounded in number and in size, since
 * whoever sends a token chooses what is in here.
 */
const parsed: Map<string, ParsedHeader> = new Map()
const parsedMaximum = 256
const parsedMaximumLength = 1024

/** Reads and checks a protected header. @spec RFC 7515 §5.2 */
export function parseHeader(encoded: string): ParsedHeader {
  return parsed.get(encoded) ?? remember(encoded, readHeader(encoded))
}

function remember(encoded: string, result: ParsedHeader): ParsedHeader {
  const mayBeShared = Object.values(result.header).every((value) => typeof value !== 'object')
  if (!mayBeShared || encoded.length > parsedMaximumLength) return result
  for (const oldest of parsed.size < parsedMaximum ? [] : parsed.keys()) {
    parsed.delete(oldest)
    break
  }
  // A slice would keep the whole token alive that it was cut from; spelled anew, the key stands alone.
  parsed.set(encodeBase64url(decodeBase64url(encoded)), result)
  return result
}

function readHeader(encoded: string): ParsedHeader {
  const header = readObject(encoded)
  const { alg } = header
  if (typeof alg !== 'string' || alg === '') {
    throw new JoseError('algorithm_missing', '"alg" (Algorithm) header parameter missing or invalid: expected a string')
  }
  const algorithm = signatureAlgorithm(alg)
  checkCritical(header)
  checkUnencoded(header)
  checkTexts(header)
  return { header: Object.freeze({ ...header, alg }), algorithm }
}

/** A header is a JSON object in which no parameter comes twice. @spec RFC 7515 §4 */
function readObject(encoded: string): JsonObject {
  const bytes = orThrow(
    () => decodeBase64url(encoded),
    'encoding_invalid',
    'protected header invalid: expected base64url without padding',
  )
  return orThrow(
    () => parseJsonObject(decodeUtf8(bytes), { rejectDuplicates: true }),
    'header_invalid',
    'protected header invalid: expected a JSON object without duplicate members',
  )
}

/** Parameters that RFC 7515 and RFC 7518 define must not be called critical. @spec RFC 7515 §4.1.11 */
const registered: ReadonlySet<string> = new Set(
  ['alg', 'jku', 'jwk', 'kid', 'x5u', 'x5c', 'x5t', 'x5t#S256', 'typ', 'cty', 'crit'].concat([
    'enc',
    'zip',
    'epk',
    'apu',
    'apv',
    'iv',
    'tag',
    'p2s',
    'p2c',
  ]),
)

/**
 * A critical parameter that is not understood voids the token, and no extension is understood here. The list itself
 * must be a list of names that are there, once each, and not registered ones.
 *
 * @spec RFC 7515 §4.1.11
 */
function checkCritical(header: JsonObject): void {
  const { crit } = header
  if (crit === undefined) return
  const isValid =
    Array.isArray(crit) &&
    crit.length > 0 &&
    new Set(crit).size === crit.length &&
    crit.every((name) => typeof name === 'string' && !registered.has(name) && Object.hasOwn(header, name))
  if (!isValid) {
    throw new JoseError(
      'critical_invalid',
      '"crit" (Critical) header parameter invalid: expected a list of extension parameters of this header, once each',
    )
  }
  throw new JoseError(
    'critical_unsupported',
    '"crit" (Critical) header parameter names an extension that is not understood',
  )
}

/** Unencoded payloads must be announced as critical; without it the parameter is a trap. @spec RFC 7797 §6 */
function checkUnencoded({ b64 }: JsonObject): void {
  if (b64 === undefined || b64 === true) return
  throw new JoseError(
    'header_parameter_invalid',
    '"b64" (Base64url-Encode Payload) header parameter invalid: expected true',
  )
}

const textParameters = { kid: 'Key ID', typ: 'Type', cty: 'Content Type' } as const

function checkTexts(
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
export function checkType({ typ }: JoseHeader, expected: readonly string[], mayBeAbsent: boolean): void {
  if (typ === undefined ? mayBeAbsent : expected.includes(typ)) return
  if (typ !== undefined && expected.map(mediaType).includes(mediaType(typ))) return
  const names = expected.map((name) => `"${name}"`).join(' or ')
  throw new JoseError('type_mismatch', `"typ" (Type) header parameter mismatch: expected ${names}`)
}

function mediaType(typ: string): string {
  const lower = typ.toLowerCase()
  return lower.includes('/') ? lower : `application/${lower}`
}
