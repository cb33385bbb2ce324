import { decodeBase64url } from '../../util/base64url.ts'
import { encodeUtf8 } from '../../util/bytes.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../util/json.ts'
import { type JweRegistry, standardJweRegistry } from '../algorithms/jwe-registry.ts'
import { JoseError, orThrow } from '../errors.ts'
import { parseTokenObject } from '../token-object.ts'
import type { ParsedContent } from './decrypt.ts'
import type { DecryptOptions } from './decrypt-options.ts'
import { checkDisjoint, interpretHeader, readProtected } from './header.ts'
import { effectiveLimits, type JweLimits, longestFixedPart, tooLarge } from './limits.ts'
import type { ParsedRecipient } from './trials.ts'

/** A JSON Serialization, taken apart and its headers checked. */
export interface ParsedJson {
  readonly content: ParsedContent
  /** Those whose algorithms are known here. */
  readonly recipients: readonly ParsedRecipient[]
  readonly protectedHeader: JsonObject
  readonly aad: Uint8Array | undefined
}

type Limits = Required<JweLimits>

/** Takes a JSON Serialization apart, flattened or general. @spec RFC 7516 §7.2 */
export function parseJson(jwe: unknown, { limits, registry }: DecryptOptions): ParsedJson {
  const bounds = effectiveLimits(limits)
  const members = typeof jwe === 'string' ? parseText(jwe, bounds) : jwe
  if (!isJsonObject(members)) throw malformed()
  const encodedHeader = text(members, 'protected', bounds.header)
  const { parameters, bytes } = encodedHeader === undefined ? noHeader : readProtected(encodedHeader)
  const encodedAad = text(members, 'aad', bounds.aad)
  const sources = { protectedHeader: parameters, unprotected: object(members, 'unprotected') }
  return {
    content: {
      additionalData: encodedAad === undefined ? bytes : encodeUtf8(`${encodedHeader ?? ''}.${encodedAad}`),
      iv: required(members, 'iv', longestFixedPart),
      ciphertext: required(members, 'ciphertext', bounds.ciphertext),
      tag: required(members, 'tag', longestFixedPart),
    },
    recipients: parseRecipients(recipientList(members, bounds), sources, bounds, registry ?? standardJweRegistry()),
    protectedHeader: parameters,
    aad: encodedAad === undefined ? undefined : decodeAad(encodedAad),
  }
}

const noHeader: { readonly parameters: JsonObject; readonly bytes: Uint8Array } = {
  parameters: Object.freeze({}),
  bytes: new Uint8Array(),
}

function parseText(json: string, { header, encryptedKey, recipients, ciphertext, aad }: Limits): JsonObject {
  if (json.length > (recipients + 2) * (header + encryptedKey) + ciphertext + aad) throw tooLarge()
  return parseTokenObject(json)
}

function malformed(): JoseError {
  return new JoseError(
    'token_malformed',
    'token malformed: expected an object with "iv", "ciphertext" and "tag", for one recipient or with "recipients"',
  )
}

function own(members: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(members, name) ? members[name] : undefined
}

function text(members: JsonObject, name: string, limit: number): string | undefined {
  const value = own(members, name)
  if (value === undefined) return undefined
  if (typeof value !== 'string') throw new JoseError('token_malformed', `"${name}" invalid: expected base64url text`)
  if (value.length > limit) throw tooLarge()
  return value
}

function required(members: JsonObject, name: string, limit: number): string {
  const value = text(members, name, limit)
  if (value === undefined) throw malformed()
  return value
}

function object(members: JsonObject, name: string): JsonObject | undefined {
  const value = own(members, name)
  if (value === undefined || isJsonObject(value)) return value
  throw new JoseError('token_malformed', `"${name}" invalid: expected an object`)
}

/** The recipients: a list that is not empty, or the one that the object itself is about, never both. @spec RFC 7516 §7.2.2 */
function recipientList(members: JsonObject, { recipients: maximum }: Limits): readonly JsonObject[] {
  const list = own(members, 'recipients')
  if (list === undefined) return [members]
  const isBoth = own(members, 'header') !== undefined || own(members, 'encrypted_key') !== undefined
  if (isBoth || !Array.isArray(list) || list.length === 0 || !list.every(isJsonObject)) {
    throw new JoseError(
      'recipients_invalid',
      '"recipients" invalid: expected a list of objects that is not empty, in place of "header" and "encrypted_key"',
    )
  }
  if (list.length > maximum) throw tooLarge()
  return list
}

type Shared = { readonly protectedHeader: JsonObject; readonly unprotected: JsonObject | undefined }

/** Each recipient's headers are checked; those with algorithms that are unknown here are left to others. */
function parseRecipients(
  list: readonly JsonObject[],
  shared: Shared,
  bounds: Limits,
  registry: JweRegistry,
): readonly ParsedRecipient[] {
  const problems: unknown[] = []
  const recipients = list.flatMap((members) => {
    const encryptedKey = text(members, 'encrypted_key', bounds.encryptedKey) ?? ''
    const sources = { ...shared, recipient: object(members, 'header') }
    checkDisjoint(Object.values(sources))
    try {
      return [{ facts: interpretHeader(sources, registry), encryptedKey }]
    } catch (cause) {
      if (!(cause instanceof JoseError) || cause.code !== 'algorithm_unsupported') throw cause
      problems.push(cause)
      return []
    }
  })
  const [first] = recipients
  if (first === undefined) throw problems[0]
  if (recipients.length > 1) checkSeveral(recipients, first)
  return recipients
}

/** One text has one "enc", and a key that follows from one recipient's key is not for others. @spec RFC 7516 §7.2.1 */
function checkSeveral(recipients: readonly ParsedRecipient[], { facts: { enc } }: ParsedRecipient): void {
  if (recipients.every(({ facts }) => facts.enc === enc && !facts.algorithm.isDirect)) return
  throw new JoseError(
    'recipients_invalid',
    '"recipients" invalid: expected one "enc" for all, and none with direct encryption or direct key agreement',
  )
}

function decodeAad(aad: string): Uint8Array {
  return orThrow(
    () => decodeBase64url(aad),
    'encoding_invalid',
    'additional data invalid: expected base64url without padding',
  )
}
