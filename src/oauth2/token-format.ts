import { randomToken } from '../crypto/random.ts'
import { encodeBase64url } from '../util/base64url.ts'
import { crc32 } from '../util/crc32.ts'

/** What an opaque token is, in the middle of its name. */
const MARKS = {
  access_token: 'at',
  refresh_token: 'rt',
  registration_token: 'rat',
  device_code: 'dc',
} as const

const ALL_MARKS: ReadonlySet<string> = new Set(Object.values(MARKS))

export type TokenKind = keyof typeof MARKS

/** What stands before a token's kind unless the options say otherwise. */
export const DEFAULT_TOKEN_PREFIX = 'aw'

/** Letters and digits, so that a double click selects the token and nothing in it has to be escaped. */
export function isTokenPrefix(prefix: string): boolean {
  return /^[A-Za-z0-9]{1,20}$/.test(prefix)
}

/**
 * A new opaque token: `aw_at_`, 256 random bits and a checksum. Scanners find one that was published by its beginning and
 * know by its end that it is no chance resemblance.
 */
export function createToken(prefix: string, kind: TokenKind): string {
  const text = `${prefix}_${MARKS[kind]}_${randomToken(32)}`
  return text + checksumOf(text)
}

const FORM = /^[A-Za-z0-9]{1,20}_([a-z]+)_[\w-]{49}$/

/**
 * Whether a text can be a token of this kind: what cannot is not worth a question to the store. Which prefix it has does
 * not matter, so that tokens outlive a change of it.
 */
export function isIntactToken(kind: TokenKind, text: string): boolean {
  const [, mark] = FORM.exec(text) ?? []
  return mark === MARKS[kind] && checksumOf(text.slice(0, -6)) === text.slice(-6)
}

/**
 * Whether a text looks like a token of this server and cannot be one of this kind: it is of another, or its checksum is
 * wrong. What looks otherwise may have been made by somebody else, and is not judged.
 */
export function isSpoiltToken(kind: TokenKind, text: string): boolean {
  const [, mark] = FORM.exec(text) ?? []
  return mark !== undefined && ALL_MARKS.has(mark) && !isIntactToken(kind, text)
}

/** Four bytes make six characters. */
function checksumOf(text: string): string {
  const crc = crc32(text)
  return encodeBase64url(Uint8Array.of(crc >>> 24, (crc >>> 16) & 0xff, (crc >>> 8) & 0xff, crc & 0xff))
}
