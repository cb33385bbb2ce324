import { decodeBase64url, encodeBase64url } from '../../util/base64url.ts'
import { encodeUtf8 } from '../../util/bytes.ts'
import type { JsonObject } from '../../util/json.ts'
import type { ContentEncryption } from '../algorithms/content-encryption.ts'
import {
  contentEncryptionOf,
  type JweRegistry,
  keyManagementOf,
  standardJweRegistry,
} from '../algorithms/jwe-registry.ts'
import type { KeyManagement } from '../algorithms/key-management.ts'
import { JoseError } from '../errors.ts'
import { readCritical } from '../jws/critical.ts'
import { checkTexts, parseProtected } from '../jws/header.ts'

/** The parameters of a JWE for one recipient. Frozen, since one object may serve many tokens. @spec RFC 7516 §4.1 */
export interface JweHeader {
  readonly alg: string
  readonly enc: string
  readonly kid?: string
  readonly typ?: string
  readonly cty?: string
  readonly [parameter: string]: unknown
}

/** A protected header as it came, read but not understood. */
export interface ProtectedHeader {
  readonly parameters: JsonObject
  /** What is authenticated: the characters that were received, whatever they spell. */
  readonly bytes: Uint8Array
}

/** What a header asks for. */
export interface JweHeaderFacts {
  readonly header: JweHeader
  readonly algorithm: KeyManagement
  readonly enc: ContentEncryption
  readonly isCompressed: boolean
  /** The extensions that must be understood. */
  readonly critical: readonly string[]
}

/** Reads a protected header. @spec RFC 7516 §5.2 */
export function readProtected(encoded: string): ProtectedHeader {
  return { parameters: Object.freeze(parseProtected(encoded)), bytes: encodeUtf8(encoded) }
}

/** The whole header of a token that has no other than the protected one. */
export interface CompactHeader {
  readonly facts: JweHeaderFacts
  readonly bytes: Uint8Array
}

/**
 * Headers by their encoded text: a server sees the same few of them all day. Bounded in number and in size, since
 * whoever sends a token chooses what is in here.
 */
const remembered: Map<string, CompactHeader> = new Map()
const rememberedMaximum = 256
const rememberedMaximumLength = 256

/** Reads and checks the header of a compact JWE. @spec RFC 7516 §5.2 */
export function readCompactHeader(encoded: string, registry: JweRegistry | undefined): CompactHeader {
  if (registry !== undefined) return interpretCompact(encoded, registry)
  const found = remembered.get(encoded)
  if (found !== undefined) return found
  const read = interpretCompact(encoded, standardJweRegistry())
  return mayBeShared(encoded, read.facts.header) ? remember(encoded, read) : read
}

function interpretCompact(encoded: string, registry: JweRegistry): CompactHeader {
  const { parameters, bytes } = readProtected(encoded)
  return { facts: interpretHeader({ protectedHeader: parameters }, registry), bytes }
}

/** What is in these is made anew for every token, so that a header with one of them is never seen again. */
const perToken = ['epk', 'p2s', 'iv', 'tag'] as const

function mayBeShared(encoded: string, header: JweHeader): boolean {
  if (encoded.length > rememberedMaximumLength || perToken.some((name) => header[name] !== undefined)) return false
  return Object.values(header).every((value) => typeof value !== 'object')
}

function remember(encoded: string, read: CompactHeader): CompactHeader {
  for (const oldest of remembered.size < rememberedMaximum ? [] : remembered.keys()) {
    remembered.delete(oldest)
    break
  }
  // A slice would keep the whole token alive that it was cut from; spelled anew, the key stands alone.
  remembered.set(encodeBase64url(decodeBase64url(encoded)), read)
  return read
}

/** Where the parameters of a header are to be found. The later ones must not repeat names of the earlier ones. */
export interface HeaderSources {
  readonly protectedHeader: JsonObject
  readonly unprotected?: JsonObject | undefined
  readonly recipient?: JsonObject | undefined
}

/** Checks the parameters for one recipient: all of them, protected or not. @spec RFC 7516 §4 */
export function interpretHeader(
  { protectedHeader, unprotected, recipient }: HeaderSources,
  registry: JweRegistry,
): JweHeaderFacts {
  const isProtected = unprotected === undefined && recipient === undefined
  const header = isProtected ? protectedHeader : Object.freeze({ ...unprotected, ...recipient, ...protectedHeader })
  checkNames(header)
  checkTexts(header)
  checkCriticalProtected(header, protectedHeader)
  return {
    header,
    algorithm: keyManagementOf(registry, header.alg),
    enc: contentEncryptionOf(registry, header.enc),
    isCompressed: readCompression(header, protectedHeader),
    critical: readCritical(protectedHeader['crit'], header),
  }
}

/** No parameter may stand in two places. @spec RFC 7516 §7.2.1 */
export function checkDisjoint(headers: readonly (Readonly<Record<string, unknown>> | undefined)[]): void {
  const names = headers.flatMap((header) => Object.keys(header ?? {}))
  if (new Set(names).size === names.length) return
  throw new JoseError('header_invalid', 'headers invalid: expected each parameter in one of the headers only')
}

/** @spec RFC 7516 §4.1.1 §4.1.2 */
function checkNames(header: JsonObject): asserts header is JsonObject & Record<'alg' | 'enc', string> {
  const { alg, enc } = header
  if (typeof alg !== 'string' || alg === '') {
    throw new JoseError('algorithm_missing', '"alg" (Algorithm) header parameter missing or invalid: expected a string')
  }
  if (typeof enc !== 'string' || enc === '') {
    throw new JoseError(
      'encryption_missing',
      '"enc" (Encryption Algorithm) header parameter missing or invalid: expected a string',
    )
  }
}

/** What anybody could take away would protect nothing. @spec RFC 7516 §4.1.13 */
function checkCriticalProtected({ crit }: JsonObject, protectedHeader: JsonObject): void {
  if (crit === protectedHeader['crit']) return
  throw new JoseError(
    'critical_invalid',
    '"crit" (Critical) header parameter invalid: expected it in the protected header',
  )
}

/** Nobody may have text unpacked that was not packed by its sender: the parameter must be protected. @spec RFC 7516 §4.1.3 */
function readCompression({ zip }: JsonObject, protectedHeader: JsonObject): boolean {
  if (zip === undefined) return false
  if (zip === 'DEF' && protectedHeader['zip'] === 'DEF') return true
  throw new JoseError(
    'header_parameter_invalid',
    '"zip" (Compression Algorithm) header parameter invalid: expected "DEF", protected',
  )
}
