import type { Transport } from '../../http/fetch.ts'
import type { Logger } from '../../util/logger.ts'
import { Key, type KeyPlaceOptions } from '../jwk/key.ts'
import { fetchJwks, readPublishedKeys } from './published.ts'

export interface FetchKeysOptions extends KeyPlaceOptions {
  readonly maxKeys: number
  readonly logger: Logger
}

/**
 * Fetches a published JWK Set.
 *
 * @throws JoseError `jwks_unavailable`, `jwks_invalid`; whatever the transport throws.
 */
export async function fetchPublicKeys(url: string, transport: Transport, options: FetchKeysOptions): Promise<Key[]> {
  return importPublicKeys((await fetchJwks(url, transport)).jwks, options)
}

/** Reads a JWK Set that others wrote. @throws JoseError `jwks_invalid` */
export function importPublicKeys(jwks: unknown, { maxKeys, logger, ...place }: FetchKeysOptions): Promise<Key[]> {
  return readPublishedKeys(jwks, { maxKeys, logger, importKey: (jwk) => Key.import(jwk, place) })
}
