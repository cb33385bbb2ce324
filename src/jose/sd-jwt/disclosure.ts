import { decodeBase64url, encodeBase64url } from '../../util/base64url.ts'
import { decodeUtf8 } from '../../util/bytes.ts'
import { type JsonValue, parseJsonArray } from '../../util/json.ts'
import { JoseError, orThrow } from '../errors.ts'

/** A claim that is disclosed, with the salt that hid it. */
export interface Disclosure {
  /** As it is sent. */
  readonly text: string
  /** The claim's name; an element of an array has none. */
  readonly name: string | undefined
  readonly value: JsonValue
}

/** Names that mean something in an SD-JWT itself. @spec RFC 9901 §4.1 */
export const digestsName = '_sd'
export const elementName = '...'
export const algorithmName = '_sd_alg'

/** Reads a disclosure: salt, name and value, or salt and value. @spec RFC 9901 §4.2.1 §4.2.2 */
export function parseDisclosure(text: string): Disclosure {
  const parts = orThrow(
    () => parseJsonArray(decodeUtf8(decodeBase64url(text)), { rejectDuplicates: true }),
    'disclosure_invalid',
    'disclosure invalid: expected a JSON array in base64url without padding',
  )
  const [salt, ...rest] = parts
  const [name, value] = rest.length === 1 ? [undefined, rest[0]] : rest
  if (typeof salt !== 'string' || value === undefined || rest.length > 2) throw malformed()
  if (name === undefined) return { text, name, value }
  if (typeof name !== 'string') throw malformed()
  return { text, name: checkName(name), value }
}

function malformed(): JoseError {
  return new JoseError(
    'disclosure_invalid',
    'disclosure invalid: expected a salt and a value, with the name of a claim between them or without',
  )
}

/** `__proto__` would make an object's prototype of a value. @spec RFC 9901 §7.1 */
function checkName(name: string): string {
  if (![digestsName, elementName, algorithmName, '__proto__'].includes(name)) return name
  throw new JoseError('disclosure_invalid', 'disclosure invalid: its name is not one that a claim can have')
}

/** Writes a disclosure. */
export function writeDisclosure(parts: readonly [salt: string, ...rest: unknown[]]): string {
  return encodeBase64url(JSON.stringify(parts))
}
