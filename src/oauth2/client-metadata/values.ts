import { isHttpsOrLoopback, parseUrl } from '../../http/url.ts'
import { isScope } from '../scope.ts'

/** What a value must be, as the end of a sentence; nothing where it is. */
export type ValueCheck = (value: unknown) => string | undefined

const MAX_TEXT = 1000
const MAX_URI = 2048
const MAX_ITEMS = 50

/** Controls, and the characters that make a text read in another order than it is written: people decide by these texts. */
const DECEPTIVE = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u

/** Names of algorithms, methods and grant types, which may be URIs (RFC 7591 §2.1). */
const NAME = /^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/

/** A value is one of these strings. */
export function oneOf(...values: readonly string[]): ValueCheck {
  const expected = `must be ${values.map((value) => `"${value}"`).join(' or ')}`
  return (value) => (values.some((one) => one === value) ? undefined : expected)
}

/** Something for people to read. */
export function text(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.trim() === '') return 'must be a text'
  if (value.length > MAX_TEXT) return `must not be longer than ${MAX_TEXT} characters`
  return DECEPTIVE.test(value) ? 'must not have control or direction characters' : undefined
}

/** The name of something that is registered somewhere. */
export function name(value: unknown): string | undefined {
  return typeof value === 'string' && NAME.test(value) ? undefined : 'must be a name of at most 200 characters'
}

/** A signature algorithm. That nothing is signed can be agreed on nowhere. @spec RFC 8725 §3.2 */
export function signatureAlgorithm(value: unknown): string | undefined {
  return value === 'none' ? 'must not be "none"' : name(value)
}

export function flag(value: unknown): string | undefined {
  return typeof value === 'boolean' ? undefined : 'must be true or false'
}

export function seconds(value: unknown): string | undefined {
  return Number.isSafeInteger(value) && Number(value) >= 0 ? undefined : 'must be a whole number of seconds'
}

export function scope(value: unknown): string | undefined {
  if (typeof value !== 'string' || !isScope(value)) return 'must be scope tokens separated by spaces'
  return value.length > 4096 ? 'must not be longer than 4096 characters' : undefined
}

/** A list in which each item passes. */
export function listOf(check: ValueCheck): ValueCheck {
  return (value) => {
    if (!Array.isArray(value)) return 'must be a list'
    if (value.length > MAX_ITEMS) return `must not have more than ${MAX_ITEMS} items`
    const problem = value.map(check).find((found) => found !== undefined)
    return problem && `must be a list, each of which ${problem}`
  }
}

/** Response types are sets of names. @spec RFC 6749 §3.1.1 */
export function responseType(value: unknown): string | undefined {
  const isSet = typeof value === 'string' && value.split(' ').every((word) => name(word) === undefined)
  return isSet ? undefined : 'must be names separated by spaces'
}

/** A URI whose rules depend on the rest of the registration. */
export function uri(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return 'must be a URI'
  return value.length > MAX_URI ? `must not be longer than ${MAX_URI} characters` : undefined
}

/**
 * A URL that people may follow from a page of the server, or whose picture the page shows: one that runs (`javascript:`)
 * or holds its own content (`data:`) must not come in.
 */
export function link(value: unknown): string | undefined {
  return isSecureUrl(value) ? undefined : 'must be an https URL, or http on a loopback address'
}

/** A URL that the server goes to itself, or sends people to: a fragment would never get there. */
export function endpoint(value: unknown): string | undefined {
  return isSecureUrl(value) && !value.includes('#')
    ? undefined
    : 'must be an https URL without fragment, or http on a loopback address'
}

function isSecureUrl(value: unknown): value is string {
  if (typeof value !== 'string' || uri(value) !== undefined) return false
  const url = parseUrl(value)
  return url !== undefined && isHttpsOrLoopback(url) && url.username === '' && url.password === ''
}
