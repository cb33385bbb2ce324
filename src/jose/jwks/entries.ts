import { isRecord } from '../../util/assert.ts'
import { JoseError } from '../errors.ts'
import type { Jwk } from '../jwk/types.ts'

/** The entries of a set, whatever they are. @spec RFC 7517 §5 */
export function jwksEntries(jwks: unknown): readonly unknown[] {
  const keys = isRecord(jwks) ? jwks['keys'] : undefined
  if (Array.isArray(keys)) return keys
  throw invalidSet()
}

export function invalidSet(): JoseError {
  return new JoseError('jwks_invalid', 'JWK Set invalid: expected an object whose "keys" is a list of JWKs')
}

export function isJwk(value: unknown): value is Jwk {
  return isRecord(value) && typeof value['kty'] === 'string'
}
