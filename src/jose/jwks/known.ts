import { JoseError } from '../errors.ts'
import type { Jwk } from '../jwk/types.ts'
import { invalidSet, isJwk, jwksEntries } from './entries.ts'

/**
 * Reads the keys of a set that is ours. Kinds of keys that are of no use here are passed over, as the specification
 * wants it; one that should work and does not is a mistake worth an exception.
 *
 * @spec RFC 7517 §5
 */
export async function readKnownKeys<K>(jwks: unknown, importKey: (jwk: Jwk) => Promise<K>): Promise<K[]> {
  const entries = jwksEntries(jwks)
  if (!entries.every(isJwk)) throw invalidSet()
  const keys = await Promise.all(entries.map((jwk) => unlessUnsupported(() => importKey(jwk))))
  return keys.filter((key) => key !== undefined)
}

async function unlessUnsupported<K>(importKey: () => Promise<K>): Promise<K | undefined> {
  try {
    return await importKey()
  } catch (error) {
    if (error instanceof JoseError && error.code === 'key_unsupported') return undefined
    throw error
  }
}
