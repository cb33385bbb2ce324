import type {
  AccessTokenRecord,
  AuthorizationCodeRecord,
  Client,
  ConsentRecord,
  DeviceCodeRecord,
  GrantRecord,
  PushedRequestRecord,
  RefreshTokenRecord,
  SessionRecord,
} from '../oauth2/server/records.ts'
import type { Store, TokenCommit, Transition } from '../oauth2/server/store.ts'
import { type Clock, nowInSeconds, type Seconds } from '../util/clock.ts'
import { ExpiringMap } from './expiring-map.ts'
import { frozenCopy } from './frozen-copy.ts'
import { MemoryDeviceCodes } from './memory-device-codes.ts'
import { MemoryFamilies } from './memory-families.ts'
import { requireOwner, type TokenOwner } from './owner.ts'
import { refuseDuplicate } from './refuse-duplicate.ts'

export { MemoryKeyValueStore, type MemoryKeyValueStoreOptions } from './memory-key-values.ts'
export { StoreError, type StoreErrorCode } from './store-error.ts'

export interface MemoryStoreOptions {
  /** Defaults to `Date.now`. */
  readonly clock?: Clock
  /** Clients that are registered from the start. */
  readonly clients?: readonly Client[]
}

/**
 * Keeps everything in this process and forgets it at the end: for development, tests and servers of one process.
 * Every verb answers at once, and that is what makes it atomic: nothing else runs between its check and its write.
 * Records that it hands out are frozen. Every write clears away some of what has expired: nobody has to call `sweep`.
 *
 * @example
 * const store = new MemoryStore({ clients: [await defineClient({ client_id: 'app', redirect_uris: [callback] })] })
 */
export class MemoryStore implements Store {
  readonly #clock: Clock
  readonly #clients = new ExpiringMap<Client>()
  readonly #consents = new Map<string, ConsentRecord>()
  readonly #families = new MemoryFamilies()
  readonly #deviceCodes = new MemoryDeviceCodes(this.#families)
  readonly #pushedRequests = new ExpiringMap<PushedRequestRecord>()
  readonly #sessions = new ExpiringMap<SessionRecord>()
  readonly #replayMarkers = new ExpiringMap<true>()
  readonly #counters = new ExpiringMap<{ readonly sum: number; readonly expiresAt: Seconds }>()

  constructor(options: MemoryStoreOptions = {}) {
    this.#clock = options.clock ?? Date.now
    for (const client of options.clients ?? []) this.saveClient(client)
  }

  findClient(clientId: string): Client | undefined {
    return this.#clients.get(clientId, this.#now())
  }

  saveClient(client: Client): void {
    const unusedUntil = client.unused_until ?? Number.POSITIVE_INFINITY
    this.#clients.set(client.client_id, frozenCopy(client), unusedUntil, this.#now())
  }

  /** @spec RFC 7592 §2.2 */
  replaceClient(client: Client, registrationTokenId: string): boolean {
    if (this.findClient(client.client_id)?.registration_token_id !== registrationTokenId) return false
    this.saveClient(client)
    return true
  }

  deleteClient(clientId: string): boolean {
    return this.#clients.delete(clientId, this.#now())
  }

  saveTokens(tokens: TokenCommit): boolean {
    return this.#families.saveTokens(tokens, this.#now())
  }

  findAccessToken(id: string): AccessTokenRecord | undefined {
    return this.#families.findAccessToken(id, this.#now())
  }

  /** @spec RFC 7009 §2.1 */
  revokeAccessToken(id: string): boolean {
    return this.#families.revokeAccessToken(id, this.#now())
  }

  saveAuthorizationCode(record: AuthorizationCodeRecord): void {
    this.#families.saveAuthorizationCode(record, this.#now())
  }

  findAuthorizationCode(id: string): AuthorizationCodeRecord | undefined {
    return this.#families.findAuthorizationCode(id, this.#now())
  }

  /** @spec RFC 6749 §4.1.2 */
  consumeAuthorizationCode(id: string, use: { at: Seconds; keepUntil: Seconds; tokens?: TokenCommit }): Transition {
    return this.#families.consumeAuthorizationCode(id, use, this.#now())
  }

  findRefreshToken(id: string): RefreshTokenRecord | undefined {
    return this.#families.findRefreshToken(id, this.#now())
  }

  /** @spec RFC 9700 §4.14.2 */
  rotateRefreshToken(
    id: string,
    rotation: { at: Seconds; successorResponse: string; tokens: TokenCommit },
  ): Transition {
    return this.#families.rotateRefreshToken(id, rotation, this.#now())
  }

  findGrant(id: string): GrantRecord | undefined {
    return this.#families.findGrant(id, this.#now())
  }

  /** One mark on the grant, however large the family: its tokens are looked up together with it. */
  revokeGrant(id: string, _at: Seconds): boolean {
    return this.#families.revokeGrant(id, this.#now())
  }

  /** Looks at everything that is kept. */
  revokeAll(owner: TokenOwner, _at: Seconds): number {
    requireOwner(owner)
    const now = this.#now()
    this.#deviceCodes.revokeAll(owner, now)
    return this.#families.revokeAll(owner, now)
  }

  saveDeviceCode(record: DeviceCodeRecord): boolean {
    return this.#deviceCodes.save(record, this.#now())
  }

  findDeviceCode(id: string): DeviceCodeRecord | undefined {
    return this.#deviceCodes.find(id, this.#now())
  }

  findDeviceCodeByUserCode(userCodeId: string): DeviceCodeRecord | undefined {
    return this.#deviceCodes.findByUserCode(userCodeId, this.#now())
  }

  /** @spec RFC 8628 §3.5 */
  recordDevicePoll(id: string, at: Seconds): boolean {
    return this.#deviceCodes.recordPoll(id, at, this.#now())
  }

  decideDeviceCode(id: string, decision: { decision: 'approved' | 'denied'; grant?: GrantRecord }): Transition {
    return this.#deviceCodes.decide(id, decision, this.#now())
  }

  consumeDeviceCode(id: string, use: { at: Seconds; tokens: TokenCommit }): Transition {
    return this.#deviceCodes.consume(id, use, this.#now())
  }

  savePushedRequest(record: PushedRequestRecord): void {
    const now = this.#now()
    refuseDuplicate(this.#pushedRequests, record.id, now)
    this.#pushedRequests.set(record.id, frozenCopy(record), record.expires_at, now)
  }

  findPushedRequest(id: string): PushedRequestRecord | undefined {
    return this.#pushedRequests.get(id, this.#now())
  }

  extendPushedRequest(id: string, expiresAt: Seconds): void {
    const record = this.findPushedRequest(id)
    if (record === undefined || record.consumed_at !== undefined || record.expires_at >= expiresAt) return
    this.#pushedRequests.set(id, Object.freeze({ ...record, expires_at: expiresAt }), expiresAt, this.#now())
  }

  /** @spec RFC 9126 §4 */
  consumePushedRequest(id: string, at: Seconds): Transition {
    const record = this.findPushedRequest(id)
    if (record === undefined) return 'gone'
    if (record.consumed_at !== undefined) return 'replayed'
    this.#pushedRequests.set(id, Object.freeze({ ...record, consumed_at: at }), record.expires_at, this.#now())
    return 'done'
  }

  findConsent(subject: string, clientId: string): ConsentRecord | undefined {
    return this.#consents.get(consentKey(subject, clientId))
  }

  saveConsent(record: ConsentRecord): void {
    this.#consents.set(consentKey(record.subject, record.client_id), frozenCopy(record))
  }

  deleteConsent(subject: string, clientId: string): boolean {
    return this.#consents.delete(consentKey(subject, clientId))
  }

  findSession(id: string): SessionRecord | undefined {
    return this.#sessions.get(id, this.#now())
  }

  saveSession(record: SessionRecord): void {
    this.#sessions.set(record.id, frozenCopy(record), record.expires_at, this.#now())
  }

  deleteSession(id: string): boolean {
    return this.#sessions.delete(id, this.#now())
  }

  rememberOnce(key: string, expiresAt: Seconds): boolean {
    const now = this.#now()
    if (this.#replayMarkers.get(key, now) !== undefined) return false
    this.#replayMarkers.set(key, true, expiresAt, now)
    return true
  }

  incrementCounter(key: string, expiresAt: Seconds): number {
    const now = this.#now()
    const last = this.#counters.get(key, now) ?? { sum: 0, expiresAt }
    const counter = { sum: last.sum + 1, expiresAt: last.expiresAt }
    this.#counters.set(key, counter, counter.expiresAt, now)
    return counter.sum
  }

  sweep(limit: number): number {
    const now = this.#now()
    let removed = 0
    for (const records of this.#expiring()) removed += records.sweep(now, limit - removed)
    return removed
  }

  #expiring(): readonly ExpiringMap<unknown>[] {
    return [
      ...this.#families.maps,
      ...this.#deviceCodes.maps,
      this.#pushedRequests,
      this.#sessions,
      this.#replayMarkers,
      this.#counters,
      this.#clients,
    ]
  }

  #now(): Seconds {
    return nowInSeconds(this.#clock)
  }
}

/** One string for the pair, such that no two pairs share it. */
function consentKey(subject: string, clientId: string): string {
  return JSON.stringify([subject, clientId])
}
