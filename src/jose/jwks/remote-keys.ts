import type { Clock } from '../../util/clock.ts'
import type { Logger } from '../../util/logger.ts'
import type { SignatureRegistry } from '../algorithms/signature-registry.ts'
import { JoseError } from '../errors.ts'
import type { VerificationKey } from '../jwk/verification-key.ts'
import type { KeyCriteria, KeySource } from './source.ts'

/** How long fetched keys serve; milliseconds. */
export interface KeyLifetimes {
  /** Without asking again, unless the server says otherwise. */
  readonly ttl: number
  /** For how much longer they are handed out at once, while they are fetched again for those who come later. */
  readonly staleWhileRevalidate: number
  /** The shortest time between two fetches that unknown keys can cause. */
  readonly cooldown: number
  /** Beyond their time, while they cannot be fetched. */
  readonly staleFor: number
}

export const DEFAULT_LIFETIMES: KeyLifetimes = {
  ttl: 600_000,
  staleWhileRevalidate: 600_000,
  cooldown: 30_000,
  staleFor: 86_400_000,
}

/** Where keys come from, and how long they are good for. */
export interface RemoteSource<K> extends KeyLifetimes {
  /** For the log. */
  readonly url: string
  readonly registry: SignatureRegistry
  readonly clock: Clock
  readonly logger: Logger
  fetchKeys(): Promise<PublishedKeys<K>>
  select(keys: readonly K[], criteria: KeyCriteria): readonly K[]
  /** Remembers keys that were not found, so that they are not looked for again soon. Without it the cool-down has to do. */
  readonly unknown?: UnknownKeys
}

/** Names of keys that were looked for in vain. */
export interface UnknownKeys {
  has(name: string): boolean
  add(name: string): void
  clear(): void
}

export interface PublishedKeys<K> {
  readonly keys: readonly K[]
  /** How long the server says that they serve, where that counts; milliseconds. */
  readonly ttl?: number | undefined
}

interface FetchedKeys<K> {
  readonly keys: readonly K[]
  readonly fetchedAt: number
  readonly ttl: number
}

interface Fetch<K> {
  readonly startedAt: number
  readonly keys: Promise<readonly K[]>
}

/** After a fetch failed, the next one waits this long; milliseconds. */
const retryDelay = 5000
/** A fetch that took longer was abandoned: some platforms end what goes on behind an answer, and tell nobody; milliseconds. */
const abandonedAfter = 60_000

/**
 * Keys behind an address, of whatever kind they are read as. Nothing is fetched before a key is needed; callers at the
 * same time share one fetch; an unknown key causes one new fetch at most, and not within the cool-down; while the server
 * is away, the last good set serves on.
 *
 * @spec OIDC Core §10.1.1
 */
export class RemoteKeys<K extends VerificationKey> implements KeySource<K> {
  readonly registry: SignatureRegistry
  readonly #source: RemoteSource<K>
  #fetched: FetchedKeys<K> | undefined
  #failure: { readonly error: JoseError; readonly at: number } | undefined
  #pending: Fetch<K> | undefined

  constructor(source: RemoteSource<K>) {
    this.registry = source.registry
    this.#source = source
  }

  /**
   * The keys that meet every criterion, fetched (again) if need be.
   *
   * @throws JoseError `jwks_unavailable`, `jwks_invalid` while there is nothing to fall back on.
   */
  async select(criteria: KeyCriteria): Promise<readonly K[]> {
    const { select, unknown } = this.#source
    const found = select(this.#freshKeys() ?? (await this.#refresh()), criteria)
    if (found.length > 0) return found
    const name = `${criteria.kid ?? ''} ${criteria.alg ?? ''}`
    if (!this.#mayLookAgain() || unknown?.has(name) === true) return found
    const again = select(await this.#refresh(), criteria)
    if (again.length === 0) unknown?.add(name)
    return again
  }

  /** Fetches the keys now, whatever is known: for a server that told of a rotation. */
  async reload(): Promise<void> {
    // A fetch that is under way may have begun before the rotation.
    await this.#underWay()?.catch(() => undefined)
    this.#failure = undefined
    this.#source.unknown?.clear()
    await this.#refresh()
  }

  /** Those that need not be waited for. */
  #freshKeys(): readonly K[] | undefined {
    const fetched = this.#fetched
    if (fetched === undefined) return undefined
    const age = this.#source.clock() - fetched.fetchedAt - fetched.ttl
    if (age >= this.#source.staleWhileRevalidate) return undefined
    // While there is a last good set, a refresh does not fail: it logs.
    if (age >= 0) this.#refresh().catch(() => undefined)
    return fetched.keys
  }

  /** Whoever sends tokens chooses their `kid`: the cool-down bounds what a flood of new ones can cause, failures included. */
  #mayLookAgain(): boolean {
    const lastFetch = Math.max(this.#fetched?.fetchedAt ?? 0, this.#failure?.at ?? 0)
    return this.#source.clock() >= lastFetch + this.#source.cooldown
  }

  #refresh(): Promise<readonly K[]> {
    return this.#underWay() ?? this.#start()
  }

  #underWay(): Promise<readonly K[]> | undefined {
    const pending = this.#pending
    return pending !== undefined && this.#source.clock() < pending.startedAt + abandonedAfter ? pending.keys : undefined
  }

  #start(): Promise<readonly K[]> {
    const keys = this.#fetchOrFallBack().finally(() => {
      if (this.#pending?.keys === keys) this.#pending = undefined
    })
    this.#pending = { startedAt: this.#source.clock(), keys }
    return keys
  }

  async #fetchOrFallBack(): Promise<readonly K[]> {
    const failure = this.#failure
    if (failure !== undefined && this.#source.clock() < failure.at + retryDelay) return this.#fallBack(failure.error)
    try {
      const { keys, ttl = this.#source.ttl } = await this.#source.fetchKeys()
      this.#fetched = { keys, fetchedAt: this.#source.clock(), ttl }
      this.#failure = undefined
      return keys
    } catch (cause) {
      const error =
        cause instanceof JoseError
          ? cause
          : new JoseError('jwks_unavailable', 'JWK Set could not be fetched', { cause })
      this.#failure = { error, at: this.#source.clock() }
      this.#source.logger.warn('JWK Set could not be fetched', { uri: this.#source.url, error })
      return this.#fallBack(error)
    }
  }

  /** The last good set, unless it is too old to be trusted. */
  #fallBack(error: JoseError): readonly K[] {
    const fetched = this.#fetched
    const { clock, staleFor } = this.#source
    if (fetched === undefined || clock() >= fetched.fetchedAt + fetched.ttl + staleFor) throw error
    return fetched.keys
  }
}
