import { JoseError } from '../errors.ts'
import { Key, type KeyOptions } from '../jwk/key.ts'
import type { Jwk } from '../jwk/types.ts'

/** The JWKs of a set. @spec RFC 7517 §5 */
export function jwksMembers(jwks: unknown): readonly Jwk[] {
  const keys = isObject(jwks) ? jwks['keys'] : undefined
  if (Array.isArray(keys) && keys.every(isJwk)) return keys
  throw new JoseError('jwks_invalid', 'JWK Set invalid: expected an object whose "keys" is a list of JWKs')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isJwk(value: unknown): value is Jwk {
  return isObject(value) && typeof value['kty'] === 'string'
}

/**
 * Reads the keys of a set that is ours. Kinds of keys that are of no use here are passed over, as the specification
 * wants it; one that should work and does not is a mistake worth an exception.
 *
 * @spec RFC 7517 §5
 */
export async function importKnownKeys(jwks: unknown, options: Pick<KeyOptions, 'backend'>): Promise<Key[]> {
  const keys = await Promise.all(jwksMembers(jwks).map((jwk) => importUnlessUnsupported(jwk, options)))
  return keys.filter((key) => key !== undefined)
}

async function importUnlessUnsupported(jwk: Jwk, options: Pick<KeyOptions, 'backend'>): Promise<Key | undefined> {
  try {
    return await Key.import(jwk, options)
  } catch (error) {
    if (error instanceof JoseError && error.code === 'key_unsupported') return undefined
    throw error
  }
}
