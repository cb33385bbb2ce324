import type { Seconds } from '../util/clock.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../util/json.ts'
import type { Actor, Confirmation } from './token-claims.ts'

/**
 * What an authorization server says about a token, spelled as on the wire. Of a token that is not live, and of one that the
 * asker may not know about, it says `active: false` and nothing else.
 *
 * @spec RFC 7662 §2.2
 */
export interface IntrospectionResponse {
  active: boolean
  scope?: string
  client_id?: string
  username?: string
  token_type?: string
  exp?: Seconds
  iat?: Seconds
  nbf?: Seconds
  sub?: string
  aud?: string | readonly string[]
  iss?: string
  jti?: string
  /** @spec RFC 7800 §3.1 */
  cnf?: Confirmation
  /** @spec RFC 8693 §4.1 */
  act?: Actor
  /** @spec RFC 9470 §6.2 */
  acr?: string
  auth_time?: Seconds
  [member: string]: unknown
}

/** All that is said of a token that is not live, or none of the asker's business. @spec RFC 7662 §2.2 */
export const INACTIVE: IntrospectionResponse = Object.freeze({ active: false })

const STRINGS = ['scope', 'client_id', 'username', 'token_type', 'sub', 'iss', 'jti', 'acr'] as const
const TIMES = ['exp', 'iat', 'nbf', 'auth_time'] as const
const OBJECTS = ['cnf', 'act'] as const

/**
 * Reads an introspection response: whoever decides by it can rely on the types of the members that are registered. What
 * comes with a token that is not active is left out, so that nobody takes it for something.
 *
 * @throws SyntaxError
 * @spec RFC 7662 §2.2
 */
export function parseIntrospectionResponse(response: JsonObject): IntrospectionResponse {
  if (typeof response['active'] !== 'boolean') throw invalid('active', 'a boolean')
  if (!response['active']) return INACTIVE
  // Some servers write null for what they have nothing to say about.
  const said = Object.fromEntries(Object.entries(response).filter(([, value]) => value !== null))
  for (const name of STRINGS) expect(said, name, (value) => typeof value === 'string', 'a string')
  for (const name of TIMES) expect(said, name, Number.isFinite, 'a number of seconds')
  for (const name of OBJECTS) expect(said, name, isJsonObject, 'an object')
  expect(said, 'aud', isAudience, 'a string or a list of strings')
  return { ...said, active: true }
}

function expect(response: JsonObject, name: string, is: (value: JsonValue) => boolean, expected: string): void {
  const value = response[name]
  if (value !== undefined && !is(value)) throw invalid(name, expected)
}

/** @spec RFC 7519 §4.1.3 */
function isAudience(value: JsonValue): boolean {
  return typeof value === 'string' || (Array.isArray(value) && value.every((item) => typeof item === 'string'))
}

function invalid(name: string, expected: string): SyntaxError {
  return new SyntaxError(`introspection response: "${name}" must be ${expected}`)
}
