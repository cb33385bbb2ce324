import type { CryptoBackend } from '../../crypto/backend.ts'
import type { Transport } from '../../http/fetch.ts'
import { decodeUtf8 } from '../../util/bytes.ts'
import { type JsonObject, parseJsonObject } from '../../util/json.ts'
import type { Logger } from '../../util/logger.ts'
import { JoseError, orThrow } from '../errors.ts'
import { Key } from '../jwk/key.ts'
import type { Jwk } from '../jwk/types.ts'
import { jwksMembers } from './parse.ts'

export interface FetchKeysOptions {
  readonly maxKeys: number
  readonly logger: Logger
  readonly backend?: CryptoBackend
}

/**
 * Fetches a published JWK Set. What is in it was written by others: keys that cannot be used are passed over, one by
 * one (RFC 7517 §5), and secrets have no business in a published set.
 *
 * @throws JoseError `jwks_unavailable`, `jwks_invalid`; whatever the transport throws.
 */
export async function fetchPublicKeys(url: string, transport: Transport, options: FetchKeysOptions): Promise<Key[]> {
  const jwks = jwksMembers(await fetchObject(url, transport))
  if (jwks.length > options.maxKeys) {
    throw new JoseError('jwks_invalid', `JWK Set too large: expected at most ${options.maxKeys} keys`)
  }
  const keys = await Promise.all(jwks.map((jwk) => importPublished(jwk, options)))
  return keys.filter((key) => key !== undefined)
}

/** Sets are served under many content types; what counts is that the text is one. */
async function fetchObject(url: string, transport: Transport): Promise<JsonObject> {
  const { status, body } = await transport({ url, headers: [['accept', 'application/jwk-set+json, application/json']] })
  if (status !== 200) {
    throw new JoseError('jwks_unavailable', `JWK Set could not be fetched: expected status 200, not ${status}`)
  }
  return orThrow(() => parseJsonObject(decodeUtf8(body)), 'jwks_invalid', 'JWK Set invalid: expected a JSON object')
}

async function importPublished(jwk: Jwk, { logger, backend }: FetchKeysOptions): Promise<Key | undefined> {
  try {
    if (jwk.kty === 'oct') throw new JoseError('key_unsupported', 'a secret was published')
    const options = backend === undefined ? {} : { backend }
    const key = await Key.import(jwk, options)
    if (!key.isPrivate) return key
    logger.warn('a private key was published in a JWK Set; only its public half is used', { kid: key.kid })
    return await Key.import(key.toPublicJwk(), options)
  } catch (error) {
    logger.warn('a key of a JWK Set was passed over', { reason: error })
    return undefined
  }
}
