import { decodeBase64url, encodeBase64url } from '../util/base64url.ts'
import { decodeUtf8 } from '../util/bytes.ts'
import { parseAuthorization } from './authorization.ts'
import { HttpError } from './errors.ts'
import { decodeFormComponent, percentEncode } from './form.ts'

/** A user and password of HTTP Basic; in OAuth a client's identifier and secret. */
export interface BasicCredentials {
  readonly username: string
  readonly password: string
}

export interface BasicOptions {
  /** Do not encode: for servers that take the two as they are, against the specification. */
  readonly raw?: boolean
}

/**
 * Reads the `Authorization` header of a client: base64 of UTF-8, in which identifier and secret are form-encoded.
 *
 * @throws HttpError 400, whatever is wrong with it.
 * @spec RFC 7617 §2
 * @spec RFC 6749 §2.3.1
 */
export function parseBasic(header: string): BasicCredentials {
  const { scheme, token68 } = parseAuthorization(header)
  if (scheme !== 'basic' || token68 === undefined) throw malformed('must be the Basic scheme with one base64 value')
  const text = decodeBase64Text(token68)
  const colon = text.indexOf(':')
  if (colon === -1) throw malformed('must hold an identifier and a secret, separated by a colon')
  return { username: decodePart(text.slice(0, colon)), password: decodePart(text.slice(colon + 1)) }
}

/**
 * Writes the `Authorization` header of a client. Servers that decode nothing still understand nearly every secret:
 * `-_.!~*'()` stay as they are.
 *
 * @spec RFC 6749 §2.3.1
 */
export function buildBasic({ username, password }: BasicCredentials, options: BasicOptions = {}): string {
  const pair = options.raw === true ? [username, password] : [username, password].map(percentEncode)
  const encoded = encodeBase64url(pair.join(':')).replaceAll('-', '+').replaceAll('_', '/')
  return `Basic ${encoded.padEnd(Math.ceil(encoded.length / 4) * 4, '=')}`
}

/** Standard base64 has one spelling: the other alphabet, absent padding and spare bits are refused. */
function decodeBase64Text(base64: string): string {
  if (base64.length % 4 !== 0 || /[-_]|={3,}$/.test(base64)) throw malformed('must be base64 with padding')
  const base64url = base64.replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_')
  try {
    return decodeUtf8(decodeBase64url(base64url))
  } catch {
    throw malformed('must be base64 of UTF-8')
  }
}

/** @spec RFC 7617 §2 */
function decodePart(text: string): string {
  const decoded = tryDecode(text)
  if (decoded === undefined) throw malformed('must hold a form-encoded identifier and secret')
  if (/\p{Cc}/u.test(decoded)) throw malformed('must not hold control characters')
  return decoded
}

function tryDecode(text: string): string | undefined {
  try {
    return decodeFormComponent(text)
  } catch {
    return undefined
  }
}

function malformed(expectation: string): HttpError {
  return new HttpError('malformed_authorization', `"Authorization" header ${expectation}`)
}
