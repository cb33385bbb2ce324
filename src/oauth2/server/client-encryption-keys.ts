import { JoseError } from '../../jose/errors.ts'
import { type Jwk, KeySet } from '../../jose/jwks/index.ts'
import type { JsonObject } from '../../util/json.ts'
import { OAuth2Error } from '../errors.ts'
import type { Client } from './records.ts'

/**
 * The keys that a client registered by value, to encrypt to.
 *
 * @throws OAuth2Error `server_error` where there are none that can be read: what was to be encrypted does not go out plain.
 * @spec RFC 7591 §2
 */
export async function findEncryptionKeys({ jwks }: Client): Promise<KeySet> {
  try {
    if (jwks !== undefined) return await KeySet.import({ keys: jwks.keys.filter(isJwk) })
  } catch (cause) {
    if (!(cause instanceof JoseError)) throw cause
    throw missing(cause)
  }
  throw missing()
}

function isJwk(value: JsonObject): value is JsonObject & Jwk {
  return typeof value['kty'] === 'string'
}

function missing(cause?: unknown): OAuth2Error {
  return new OAuth2Error('server_error', 'client has no key to encrypt to', {
    reason: 'client_encryption_key_missing',
    cause,
  })
}
