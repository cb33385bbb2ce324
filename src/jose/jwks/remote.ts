import { defaultTransport } from '../../http/default-transport.ts'
import type { Transport } from '../../http/fetch.ts'
import type { Clock } from '../../util/clock.ts'
import { type Duration, toSeconds } from '../../util/duration.ts'
import { createLogger, type Logger } from '../../util/logger.ts'
import { LruCache } from '../../util/lru.ts'
import { wholeNumber } from '../../util/whole-number.ts'
import type { SignatureRegistry } from '../algorithms/signature-registry.ts'
import { standardSignatureRegistry } from '../algorithms/signatures.ts'
import { JoseError } from '../errors.ts'
import type { Key, KeyPlaceOptions } from '../jwk/key.ts'
import { fetchPublicKeys } from './fetch-keys.ts'
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

interface FetchedKeys {
  readonly keys: readonly Key[]
  readonly fetchedAt: number
}

interface Lifetimes {
  readonly ttl: number
  readonly cooldown: number
  readonly staleFor: number
}

/** After a fetch failed, the next one waits this long; milliseconds. */
const retryDelay = 5000

/** How many unknown keys are remembered. */
const unknownMaximum = 1000

/**
 * The keys behind a `jwks_uri`. Nothing is fetched before a key is needed; callers at the same time share one fetch;
 * an unknown key causes one new fetch at most, and not within the cool-down; while the server is away, the last good
 * set serves on.
 *
 * @spec OIDC Core §10.1.1
 */
export class RemoteKeySet implements KeySource {
  readonly registry: SignatureRegistry
  readonly #url: string
  readonly #lifetimes: Lifetimes
  readonly #unknownFor: number
  readonly #maxKeys: number
  readonly #transport: Transport
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #place: KeyPlaceOptions
  readonly #unknown: LruCache<string, true>
  #fetched: FetchedKeys | undefined
  #failure: { readonly error: JoseError; readonly at: number } | undefined
  #pending: Promise<readonly Key[]> | undefined

  constructor(url: string | URL, options: RemoteKeyOptions = {}) {
    this.#url = String(url)
    this.registry = options.registry ?? standardSignatureRegistry()
    this.#lifetimes = {
      ttl: toSeconds(options.ttl ?? '10m') * 1000,
      cooldown: toSeconds(options.cooldown ?? '30s') * 1000,
      staleFor: toSeconds(options.staleFor ?? '1d') * 1000,
    }
    this.#unknownFor = toSeconds(options.unknownFor ?? '1m')
    this.#maxKeys = wholeNumber('maxKeys', options.maxKeys ?? 100, 1)
    this.#transport = options.transport ?? defaultTransport({ maxBytes: 262_144 })
    this.#clock = options.clock ?? Date.now
    this.#logger = createLogger(options.logger)
    this.#place = { registry: this.registry, ...(options.backend && { backend: options.backend }) }
    this.#unknown = new LruCache({ max: unknownMaximum, clock: this.#clock })
  }

  /**
   * The keys that meet every criterion, fetched (again) if need be.
   *
   * @throws JoseError `jwks_unavailable`, `jwks_invalid` while there is nothing to fall back on.
   */
  async select(criteria: KeyCriteria): Promise<readonly Key[]> {
    const found = selectKeys(this.#freshKeys() ?? (await this.#refresh()), criteria, this.registry)
    if (found.length > 0) return found
    const name = `${criteria.kid ?? ''} ${criteria.alg ?? ''}`
    if (!this.#mayLookAgain(name)) return found
    const again = selectKeys(await this.#refresh(), criteria, this.registry)
    if (again.length === 0) this.#unknown.set(name, true, this.#unknownFor)
    return again
  }

  /** Fetches the keys now, whatever is known: for a server that told of a rotation. */
  async reload(): Promise<void> {
    // A fetch that is under way may have begun before the rotation.
    await this.#pending?.catch(() => undefined)
    this.#failure = undefined
    this.#unknown.clear()
    await this.#refresh()
  }

  #freshKeys(): readonly Key[] | undefined {
    const fetched = this.#fetched
    if (fetched === undefined || this.#clock() >= fetched.fetchedAt + this.#lifetimes.ttl) return undefined
    return fetched.keys
  }

  /** Whoever sends tokens chooses their `kid`: the cool-down bounds what a flood of new ones can cause, failures included. */
  #mayLookAgain(name: string): boolean {
    const lastFetch = Math.max(this.#fetched?.fetchedAt ?? 0, this.#failure?.at ?? 0)
    return this.#clock() >= lastFetch + this.#lifetimes.cooldown && this.#unknown.get(name) === undefined
  }

  #refresh(): Promise<readonly Key[]> {
    this.#pending ??= this.#fetchOrFallBack().finally(() => {
      this.#pending = undefined
    })
    return this.#pending
  }

  async #fetchOrFallBack(): Promise<readonly Key[]> {
    const failure = this.#failure
    if (failure !== undefined && this.#clock() < failure.at + retryDelay) return this.#fallBack(failure.error)
    try {
      const keys = await fetchPublicKeys(this.#url, this.#transport, {
        maxKeys: this.#maxKeys,
        logger: this.#logger,
        ...this.#place,
      })
      this.#fetched = { keys, fetchedAt: this.#clock() }
      this.#failure = undefined
      return keys
    } catch (cause) {
      const error =
        cause instanceof JoseError
          ? cause
          : new JoseError('jwks_unavailable', 'JWK Set could not be fetched', { cause })
      this.#failure = { error, at: this.#clock() }
      this.#logger.warn('JWK Set could not be fetched', { uri: this.#url, error })
      return this.#fallBack(error)
    }
  }

  /** The last good set, unless it is too old to be trusted. */
  #fallBack(error: JoseError): readonly Key[] {
    const fetched = this.#fetched
    const { ttl, staleFor } = this.#lifetimes
    if (fetched === undefined || this.#clock() >= fetched.fetchedAt + ttl + staleFor) throw error
    return fetched.keys
  }
}
