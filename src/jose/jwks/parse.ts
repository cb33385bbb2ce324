import { isRecord } from '../../util/assert.ts'
import { JoseError } from '../errors.ts'
import { Key, type KeyPlaceOptions } from '../jwk/key.ts'
import type { Jwk } from '../jwk/types.ts'

/** The entries of a set, whatever they are. @spec RFC 7517 §5 */
export function jwksEntries(jwks: unknown): readonly unknown[] {
  const keys = isRecord(jwks) ? jwks['keys'] : undefined
  if (Array.isArray(keys)) return keys
  throw invalidSet()
}

function invalidSet(): JoseError {
  return new JoseError('jwks_invalid', 'JWK Set invalid: expected an object whose "keys" is a list of JWKs')
}

export function isJwk(value: unknown): value is Jwk {
  return isRecord(value) && typeof value['kty'] === 'string'
}

/**
 * Reads the keys of a set that is ours. Kinds of keys that are of no use here are passed over, as the specification
 * wants it; one that should work and does not is a mistake worth an exception.
 *
 * @spec RFC 7517 §5
 */
export async function importKnownKeys(jwks: unknown, options: KeyPlaceOptions): Promise<Key[]> {
  const entries = jwksEntries(jwks)
  if (!entries.every(isJwk)) throw invalidSet()
  const keys = await Promise.all(entries.map((jwk) => importUnlessUnsupported(jwk, options)))
  return keys.filter((key) => key !== undefined)
}

async function importUnlessUnsupported(jwk: Jwk, options: KeyPlaceOptions): Promise<Key | undefined> {
  try {
    return await Key.import(jwk, options)
  } catch (error) {
    if (error instanceof JoseError && error.code === 'key_unsupported') return undefined
    throw error
  }
}
