import { defaultTransport } from '../../http/default-transport.ts'
import type { Transport } from '../../http/fetch.ts'
import type { Clock, Seconds } from '../../util/clock.ts'
import { type Duration, toSeconds } from '../../util/duration.ts'
import { createLogger, type Logger } from '../../util/logger.ts'
import { LruCache } from '../../util/lru.ts'
import { wholeNumber } from '../../util/whole-number.ts'
import type { SignatureRegistry } from '../algorithms/signature-registry.ts'
import { standardSignatureRegistry } from '../algorithms/signatures.ts'
import type { Key, KeyPlaceOptions } from '../jwk/key.ts'
import { fetchPublicKeys } from './fetch-keys.ts'
import { RemoteKeys, type UnknownKeys } from './remote-keys.ts'
import { selectKeys } from './select.ts'
import type { KeyCriteria, KeySource } from './source.ts'

export interface RemoteKeyOptions extends KeyPlaceOptions {
  /** How long fetched keys are used without asking again. Default 10 minutes. */
  readonly ttl?: Duration
  /** The shortest time between two fetches that unknown keys can cause. Default 30 seconds. */
  readonly cooldown?: Duration
  /** How long a key that was not found is not looked for again. Default 1 minute. */
  readonly unknownFor?: Duration
  /** How long keys are used on beyond their time while they cannot be fetched. Default 1 day. */
  readonly staleFor?: Duration
  /** A longer set is refused. Default 100. */
  readonly maxKeys?: number
  readonly transport?: Transport
  readonly clock?: Clock
  readonly logger?: Logger
}

/**
 * The keys behind a `jwks_uri`. Nothing is fetched before a key is needed; callers at the same time share one fetch;
 * an unknown key causes one new fetch at most, and not within the cool-down; while the server is away, the last good
 * set serves on.
 *
 * @spec OIDC Core §10.1.1
 */
export class RemoteKeySet implements KeySource {
  readonly registry: SignatureRegistry
  readonly #keys: RemoteKeys<Key>

  constructor(url: string | URL, options: RemoteKeyOptions = {}) {
    const { registry = standardSignatureRegistry(), backend, clock = Date.now } = options
    const { ttl = '10m', cooldown = '30s', staleFor = '1d', unknownFor = '1m' } = options
    const maxKeys = wholeNumber('maxKeys', options.maxKeys ?? 100, 1)
    const transport = options.transport ?? defaultTransport({ maxBytes: 262_144 })
    const logger = createLogger(options.logger)
    const fetchOptions = { maxKeys, logger, registry, ...(backend && { backend }) }
    this.registry = registry
    this.#keys = new RemoteKeys({
      ...{ url: String(url), registry, clock, logger },
      ttl: toSeconds(ttl) * 1000,
      staleWhileRevalidate: 0,
      cooldown: toSeconds(cooldown) * 1000,
      staleFor: toSeconds(staleFor) * 1000,
      unknown: unknownKeys(toSeconds(unknownFor), clock),
      select: (keys, criteria) => selectKeys(keys, criteria, registry),
      fetchKeys: async () => ({ keys: await fetchPublicKeys(String(url), transport, fetchOptions) }),
    })
  }

  /**
   * The keys that meet every criterion, fetched (again) if need be.
   *
   * @throws JoseError `jwks_unavailable`, `jwks_invalid` while there is nothing to fall back on.
   */
  select(criteria: KeyCriteria): Promise<readonly Key[]> {
    return this.#keys.select(criteria)
  }

  /** Fetches the keys now, whatever is known: for a server that told of a rotation. */
  reload(): Promise<void> {
    return this.#keys.reload()
  }
}

/** How many unknown keys are remembered. */
const unknownMaximum = 1000

function unknownKeys(lifetime: Seconds, clock: Clock): UnknownKeys {
  const names = new LruCache<string, true>({ max: unknownMaximum, clock })
  return {
    has: (name) => names.get(name) === true,
    add: (name) => names.set(name, true, lifetime),
    clear: () => names.clear(),
  }
}
