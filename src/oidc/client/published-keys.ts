import type { Transport } from '../../http/fetch.ts'
import type { SignatureRegistry } from '../../jose/algorithms/signature-registry.ts'
import type { PublicKey } from '../../jose/jwk/public-key.ts'
import type { Jwk } from '../../jose/jwk/types.ts'
import { preferNamed } from '../../jose/jwks/prefer-named.ts'
import { fetchJwks, readPublishedKeys } from '../../jose/jwks/published.ts'
import { DEFAULT_LIFETIMES, RemoteKeys } from '../../jose/jwks/remote-keys.ts'
import type { KeyCriteria } from '../../jose/jwks/source.ts'
import type { Clock, Seconds } from '../../util/clock.ts'
import type { Logger } from '../../util/logger.ts'

/** A longer set is refused. */
const MAX_KEYS = 100

/** Within which bounds the provider may say how long its keys serve. */
const SHORTEST_TTL: Seconds = 60
const LONGEST_TTL: Seconds = 3600

export type ImportKey = (jwk: Jwk) => Promise<PublicKey>

export interface PublishedKeysOptions {
  readonly registry: SignatureRegistry
  readonly importKey: ImportKey
  readonly transport: Transport
  readonly clock: Clock
  readonly logger: Logger
}

/** The keys behind a provider's `jwks_uri`, kept and renewed as they rotate. @spec OIDC Core §10.1.1 */
export function publishedKeys(url: string, options: PublishedKeysOptions): RemoteKeys<PublicKey> {
  const { registry, importKey, transport, clock, logger } = options
  return new RemoteKeys({
    ...{ ...DEFAULT_LIFETIMES, url, registry, clock, logger },
    select: selectPublicKeys,
    fetchKeys: async () => {
      const { jwks, maxAge } = await fetchJwks(url, transport)
      const keys = await readPublishedKeys(jwks, { maxKeys: MAX_KEYS, logger, importKey })
      return { keys, ttl: maxAge === undefined ? undefined : withinBounds(maxAge) * 1000 }
    },
  })
}

/** A server that says a minute or less would be asked with every login; a key that was withdrawn must be gone in an hour. */
function withinBounds(maxAge: Seconds): Seconds {
  return Math.min(Math.max(maxAge, SHORTEST_TTL), LONGEST_TTL)
}

/** Of public keys, those that may verify this and are meant by it. */
export function selectPublicKeys(keys: readonly PublicKey[], criteria: KeyCriteria): PublicKey[] {
  const { algorithm } = criteria
  return preferNamed(
    keys.filter((key) => algorithm === undefined || key.supports(algorithm)),
    criteria,
  )
}
