import { Sealer } from '../../../crypto/sealed.ts'
import { type Clock, nowInSeconds, type Seconds } from '../../../util/clock.ts'
import { createLogger, type Logger } from '../../../util/logger.ts'
import type { SignatureRegistry } from '../../algorithms/signature-registry.ts'
import { JoseError } from '../../errors.ts'
import { Key, type KeyPlaceOptions } from '../../jwk/key.ts'
import type { AlgorithmName } from '../../jwk/types.ts'
import { KeySet } from '../key-set.ts'
import type { KeyCriteria, KeySource, SigningKeySource } from '../source.ts'
import { type RotatingKeysOptions, type RotationSettings, readSettings } from './options.ts'
import {
  activate,
  append,
  isPublic,
  type KeyState,
  lastOf,
  nextChange,
  type RotatingKeyRecord,
  stateAt,
  tidy,
  type Vacancy,
  vacancies,
} from './schedule.ts'
import { loadRecords, MemoryKeyStore, type RotatingKeyStore, saveRecords } from './storage.ts'

/** One key of a rotation, as an administrator would like to see it. */
export interface RotatingKeyInfo {
  readonly kid: string
  readonly alg: string
  readonly state: KeyState
  readonly activateAt: Seconds
  readonly retireAt: Seconds | undefined
  readonly removeAt: Seconds | undefined
}

/** A key with its two halves: what signs while it is active, and what verifies before and after. */
interface LoadedKey {
  readonly record: RotatingKeyRecord
  readonly key: Key
  readonly verifier: Key
}

type Change = (records: readonly RotatingKeyRecord[], now: Seconds) => Promise<readonly RotatingKeyRecord[]>

/** How often a write is tried again that another process came before. */
const maximumAttempts = 5

/** The shortest time between two looks into the store that unknown keys can cause; milliseconds. */
const unknownCooldown = 5000

/**
 * Signing keys that follow one another: next → active → retiring → retired. Each is published before it signs and
 * after it has signed, so that nothing fails to verify; several processes can share them through a store, without one
 * being the leader. Nothing runs by itself: keys move on when they are used, or when `refresh` is called.
 *
 * @example
 * const keys = await RotatingKeys.open({ algorithms: ['ES256', 'RS256'], store, secrets })
 * const jwt = await signJwt({ sub: 'u1' }, keys)
 * const published = keys.current.toPublicJwks()
 * @spec OIDC Core §10.1.1
 */
export class RotatingKeys implements KeySource, SigningKeySource {
  readonly registry: SignatureRegistry
  readonly #settings: RotationSettings
  readonly #store: RotatingKeyStore
  readonly #sealer: Sealer | undefined
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #modulusLength: number | undefined
  readonly #place: KeyPlaceOptions
  #loaded: readonly LoadedKey[] = []
  #version = 0
  #loadedAt = Number.NEGATIVE_INFINITY
  #current: KeySet = new KeySet([])
  #currentUntil: Seconds = Number.NEGATIVE_INFINITY
  #pending: Promise<void> | undefined

  private constructor(options: RotatingKeysOptions) {
    this.#settings = readSettings(options)
    this.#store = options.store ?? new MemoryKeyStore()
    this.#clock = options.clock ?? Date.now
    this.#logger = createLogger(options.logger)
    this.#modulusLength = options.modulusLength
    const backend = options.backend && { backend: options.backend }
    this.registry = this.#settings.registry
    this.#place = { registry: this.registry, ...backend }
    if (options.secrets !== undefined) {
      this.#sealer = new Sealer(options.secrets, { purpose: 'rotating-keys', clock: this.#clock, ...backend })
    }
  }

  /**
   * Reads the keys from the store, and makes those that are missing.
   *
   * @throws ConfigurationError, JoseError `jwks_invalid`, `jwks_unavailable`; whatever the store throws.
   */
  static async open(options: RotatingKeysOptions): Promise<RotatingKeys> {
    const keys = new RotatingKeys(options)
    await keys.refresh()
    return keys
  }

  /**
   * The keys as of now: the active ones first. Those that wait and those that retire are there with their public
   * halves only, and cannot sign. The same object until something changes.
   */
  get current(): KeySet {
    if (this.#isStale()) this.#refreshInBackground()
    const now = nowInSeconds(this.#clock)
    if (now >= this.#currentUntil) this.#arrange(now)
    return this.#current
  }

  /** The active key (of this algorithm). @throws JoseError `key_not_found` */
  signingKey(alg?: AlgorithmName): Key {
    return this.current.signingKey(alg)
  }

  /** The keys that meet every criterion; the store is asked for one that another process may just have made. */
  async select(criteria: KeyCriteria): Promise<readonly Key[]> {
    const found = this.current.select(criteria)
    if (found.length > 0 || this.#clock() < this.#loadedAt + unknownCooldown) return found
    await this.#refreshQuietly()
    return this.current.select(criteria)
  }

  /** What there is, for administrators. */
  states(): RotatingKeyInfo[] {
    const now = nowInSeconds(this.#clock)
    return this.#loaded.map(({ record }) => {
      const { alg, jwk, activateAt, retireAt, removeAt } = record
      return { kid: jwk.kid, alg, state: stateAt(record, now), activateAt, retireAt, removeAt }
    })
  }

  /** Looks into the store, makes the keys that are due and drops those that are done. For a cron job, if you like. */
  async refresh(): Promise<void> {
    this.#pending ??= this.#update(async (records, now) => this.#keepUp(records, now)).finally(() => {
      this.#pending = undefined
    })
    return this.#pending
  }

  /**
   * Rotates now: a new key is published, and signs when it has been published for long enough. `immediately` spares
   * the wait, and lets verifiers fail that have not fetched the new key yet.
   */
  async rotate(options: { readonly immediately?: boolean; readonly alg?: AlgorithmName } = {}): Promise<void> {
    const { immediately = false, alg: only } = options
    const algorithms = this.#settings.algorithms.filter((alg) => only === undefined || alg === only)
    await this.#update(async (records, now) => {
      let changed = records
      for (const alg of algorithms) changed = await this.#rotateLine(changed, alg, immediately, now)
      return changed
    })
  }

  /** Drops a key that others may have: nothing that it has signed counts any more, and another one signs at once. */
  async revoke(kid: string): Promise<void> {
    await this.#update(async (records, now) => {
      const revoked = records.find(({ jwk }) => jwk.kid === kid)
      if (revoked === undefined) throw new JoseError('key_not_found', 'no such key: expected the "kid" of a key in use')
      const others = records.filter((record) => record !== revoked)
      const { alg } = revoked
      if (others.some((record) => record.alg === alg && stateAt(record, now) === 'active')) return reopen(others, alg)
      const waiting = lastOf(others, alg)
      return waiting === undefined
        ? this.#add(others, [{ alg, activateAt: now }])
        : activate(others, alg, this.#settings, now)
    })
  }

  async #rotateLine(
    records: readonly RotatingKeyRecord[],
    alg: string,
    immediately: boolean,
    now: Seconds,
  ): Promise<readonly RotatingKeyRecord[]> {
    const last = lastOf(records, alg)
    const isWaiting = last !== undefined && stateAt(last, now) === 'next'
    if (isWaiting) return immediately ? activate(records, alg, this.#settings, now) : records
    return this.#add(records, [{ alg, activateAt: immediately ? now : now + this.#settings.publishBefore }])
  }

  async #keepUp(records: readonly RotatingKeyRecord[], now: Seconds): Promise<readonly RotatingKeyRecord[]> {
    const due = vacancies(records, this.#settings, now)
    return this.#add(tidy(records, now), due)
  }

  async #add(records: readonly RotatingKeyRecord[], due: readonly Vacancy[]): Promise<readonly RotatingKeyRecord[]> {
    let changed = records
    for (const { alg, activateAt } of due) {
      const key = await Key.generate(alg, {
        ...this.#place,
        ...(this.#modulusLength !== undefined && { modulusLength: this.#modulusLength }),
      })
      const jwk = { ...key.toPrivateJwk(), kid: key.kid ?? '' }
      changed = append(changed, { alg, jwk, activateAt }, this.#settings)
      this.#logger.info('a signing key was made', { alg, kid: key.kid, activateAt })
    }
    return changed
  }

  /** Optimistic: who comes second reads what the first has written, and looks whether there is anything left to do. */
  async #update(change: Change): Promise<void> {
    for (let attempt = 0; attempt < maximumAttempts; attempt++) {
      const { version, records } = await loadRecords(this.#store, this.#sealer)
      const changed = await change(records, nowInSeconds(this.#clock))
      if (changed === records) return this.#adopt(records, version ?? 0)
      const isSaved = await saveRecords(this.#store, this.#sealer, { version, records: changed })
      if (isSaved) return this.#adopt(changed, (version ?? 0) + 1)
    }
    throw new JoseError('jwks_unavailable', 'rotating keys could not be saved: others have written at each attempt')
  }

  /** Two looks into the store may overtake one another; the later version counts. */
  async #adopt(records: readonly RotatingKeyRecord[], version: number): Promise<void> {
    const loaded = await Promise.all(records.map((record) => this.#load(record)))
    this.#loadedAt = this.#clock()
    if (version < this.#version) return
    this.#version = version
    this.#loaded = loaded
    this.#arrange(nowInSeconds(this.#clock))
  }

  /** A key that is there already stays the same object, with all that it has prepared, until it loses its private half. */
  async #load(record: RotatingKeyRecord): Promise<LoadedKey> {
    const { jwk } = record
    const known = this.#loaded.find((loaded) => loaded.record.jwk.kid === jwk.kid)
    if (known !== undefined && isPublic(known.record.jwk) === isPublic(jwk)) return { ...known, record }
    const key = await Key.import(jwk, this.#place)
    const verifier = key.kty === 'oct' || !key.isPrivate ? key : await Key.import(key.toPublicJwk(), this.#place)
    return { record, key, verifier }
  }

  #arrange(now: Seconds): void {
    const inState = (state: KeyState): LoadedKey[] =>
      this.#loaded.filter(({ record }) => stateAt(record, now) === state)
    const order = ({ record }: LoadedKey): number => this.#settings.algorithms.indexOf(record.alg) >>> 0
    const active = inState('active').sort((a, b) => order(a) - order(b))
    const others = [...inState('next'), ...inState('retiring')]
    const keys = [...active.map(({ key }) => key), ...others.map(({ verifier }) => verifier)]
    const isSame =
      keys.length === this.#current.keys.length && keys.every((key, index) => key === this.#current.keys[index])
    if (!isSame) this.#current = new KeySet(keys, this.#place)
    this.#currentUntil = nextChange(
      this.#loaded.map(({ record }) => record),
      now,
    )
  }

  #isStale(): boolean {
    return this.#clock() >= this.#loadedAt + this.#settings.refreshEvery * 1000
  }

  #refreshInBackground(): void {
    if (this.#pending === undefined) this.#refreshQuietly().catch(() => undefined)
  }

  /** While the store is away, the keys that are known serve on. */
  async #refreshQuietly(): Promise<void> {
    try {
      await this.refresh()
    } catch (error) {
      this.#loadedAt = this.#clock()
      this.#logger.warn('rotating keys could not be refreshed', { error })
    }
  }
}

/** A key whose successor is gone is the last of its line again. */
function reopen(records: readonly RotatingKeyRecord[], alg: string): RotatingKeyRecord[] {
  if (lastOf(records, alg) !== undefined) return [...records]
  const newest = records.filter((record) => record.alg === alg).reduce((a, b) => (a.activateAt >= b.activateAt ? a : b))
  return records.map((record) => {
    if (record !== newest) return record
    const { retireAt: _retireAt, removeAt: _removeAt, ...open } = record
    return open
  })
}
