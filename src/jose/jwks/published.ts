import { parseMaxAge } from '../../http/cache-control.ts'
import type { Transport } from '../../http/fetch.ts'
import { headerOf } from '../../http/header.ts'
import { decodeUtf8 } from '../../util/bytes.ts'
import type { Seconds } from '../../util/clock.ts'
import { type JsonObject, parseJsonObject } from '../../util/json.ts'
import type { Logger } from '../../util/logger.ts'
import { JoseError, orThrow } from '../errors.ts'
import type { Jwk } from '../jwk/types.ts'
import { isJwk, jwksEntries } from './entries.ts'

/** How a set is read that others wrote. */
export interface PublishedSet<K> {
  readonly maxKeys: number
  readonly logger: Logger
  /** Reads one key of it. */
  importKey(jwk: Jwk): Promise<K>
}

export interface FetchedJwks {
  readonly jwks: JsonObject
  /** For how long the server says that it may be used again. */
  readonly maxAge: Seconds | undefined
}

/**
 * Fetches a JWK Set. Sets are served under many content types; what counts is that the text is one.
 *
 * @throws JoseError `jwks_unavailable`, `jwks_invalid`; whatever the transport throws.
 */
export async function fetchJwks(url: string, transport: Transport): Promise<FetchedJwks> {
  const { status, headers, body } = await transport({
    url,
    headers: [['accept', 'application/jwk-set+json, application/json']],
  })
  if (status !== 200) {
    throw new JoseError('jwks_unavailable', `JWK Set could not be fetched: expected status 200, not ${status}`)
  }
  const jwks = orThrow(
    () => parseJsonObject(decodeUtf8(body)),
    'jwks_invalid',
    'JWK Set invalid: expected a JSON object',
  )
  return { jwks, maxAge: parseMaxAge(headerOf({ headers }, 'cache-control')) }
}

/**
 * Reads a JWK Set that others wrote: keys that cannot be used are passed over, one by one (RFC 7517 §5). A private key or
 * a secret has no business in a published set: whoever read it can sign with it.
 *
 * @throws JoseError `jwks_invalid`
 */
export async function readPublishedKeys<K>(jwks: unknown, set: PublishedSet<K>): Promise<K[]> {
  const entries = jwksEntries(jwks)
  if (entries.length > set.maxKeys) {
    throw new JoseError('jwks_invalid', `JWK Set too large: expected at most ${set.maxKeys} keys`)
  }
  const keys = await Promise.all(entries.map((entry) => readPublished(entry, set)))
  return keys.filter((key) => key !== undefined)
}

/** No private key or secret lacks all of them; looked at before the key is read, which would sign with it once. */
const privateMembers = ['d', 'k', 'priv'] as const

async function readPublished<K>(entry: unknown, { logger, importKey }: PublishedSet<K>): Promise<K | undefined> {
  try {
    if (!isJwk(entry)) throw new JoseError('key_invalid', 'JWK "kty" (Key Type) missing: every key names its type')
    if (privateMembers.some((name) => entry[name] !== undefined)) {
      throw new JoseError('key_unsupported', 'a private key or a secret was published')
    }
    return await importKey(entry)
  } catch (error) {
    logger.warn('a key of a JWK Set was passed over', { reason: error })
    return undefined
  }
}
