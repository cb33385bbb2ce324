import { RequestParameters } from '../http/form.ts'
import type { JwtClaims } from '../jose/jwt/index.ts'

/** The type (`typ`) of a request object. @spec RFC 9101 §10.8 */
export const REQUEST_OBJECT_TYPE = 'oauth-authz-req+jwt'

export const REQUEST_OBJECT_TYPES: readonly string[] = [REQUEST_OBJECT_TYPE]

/** These are about the JWT and no parameters. @spec RFC 9101 §4 */
const JWT_CLAIMS: ReadonlySet<string> = new Set(['iss', 'aud', 'sub', 'exp', 'nbf', 'iat', 'jti'])

/** Parameters that may come more than once; in a JWT they come as a list. @spec RFC 8707 §2 */
const REPEATABLE: ReadonlySet<string> = new Set(['resource', 'audience'])

/** Parameters that have a structure, or are numbers: in a JWT they are what their text says. */
const STRUCTURED: ReadonlySet<string> = new Set(['authorization_details', 'claims', 'max_age', 'registration'])

/**
 * The claims that carry an authorization request: `readRequestParameters` the other way round.
 *
 * @spec RFC 9101 §4
 * @spec OIDC Core §6.1
 */
export function writeRequestParameters(
  parameters: Readonly<Record<string, string | readonly string[] | undefined>>,
): JwtClaims {
  const entries = Object.entries(parameters).filter(([, value]) => value !== undefined && value.length > 0)
  return Object.fromEntries(entries.map(([name, value]) => [name, STRUCTURED.has(name) ? toStructure(value) : value]))
}

/** What is no JSON stays a text, for the server to complain of. */
function toStructure(value: unknown): unknown {
  try {
    return JSON.parse(String(value))
  } catch {
    return value
  }
}

/**
 * The authorization request in a request object, as if it had come as a form: texts as they are, numbers as they are
 * written, what is structured (`claims`, `authorization_details`) as JSON.
 *
 * @spec RFC 9101 §4
 */
export function readRequestParameters(claims: JwtClaims): RequestParameters {
  const entries = Object.entries(claims).filter(([name]) => !JWT_CLAIMS.has(name))
  return RequestParameters.fromEntries(entries.flatMap(([name, value]) => toPairs(name, value)))
}

function toPairs(name: string, value: unknown): [name: string, value: string][] {
  if (value === null || value === undefined) return []
  const values: readonly unknown[] = REPEATABLE.has(name) && Array.isArray(value) ? value : [value]
  return values.map((item) => [name, typeof item === 'string' ? item : JSON.stringify(item)])
}
