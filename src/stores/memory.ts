import type {
  AccessTokenRecord,
  AuthorizationCodeRecord,
  Client,
  ConsentRecord,
  GrantRecord,
  RefreshTokenRecord,
  SessionRecord,
} from '../oauth2/server/records.ts'
import type { Store, TokenCommit, Transition } from '../oauth2/server/store.ts'
import { type Clock, nowInSeconds, type Seconds } from '../util/clock.ts'
import { ExpiringMap } from './expiring-map.ts'
import { frozenCopy } from './frozen-copy.ts'
import { StoreError } from './store-error.ts'
import { grantsOf } from './token-commit.ts'

export { StoreError, type StoreErrorCode } from './store-error.ts'

export interface MemoryStoreOptions {
  /** Defaults to `Date.now`. */
  readonly clock?: Clock
  /** Clients that are registered from the start. */
  readonly clients?: readonly Client[]
}

interface GrantEntry {
  readonly record: GrantRecord
  readonly revoked: boolean
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
  readonly #clients = new Map<string, Client>()
  readonly #consents = new Map<string, ConsentRecord>()
  readonly #grants = new ExpiringMap<GrantEntry>()
  readonly #authorizationCodes = new ExpiringMap<AuthorizationCodeRecord>()
  readonly #accessTokens = new ExpiringMap<AccessTokenRecord>()
  readonly #refreshTokens = new ExpiringMap<RefreshTokenRecord>()
  readonly #sessions = new ExpiringMap<SessionRecord>()
  readonly #replayMarkers = new ExpiringMap<true>()

  constructor(options: MemoryStoreOptions = {}) {
    this.#clock = options.clock ?? Date.now
    for (const client of options.clients ?? []) this.saveClient(client)
  }

  findClient(clientId: string): Client | undefined {
    return this.#clients.get(clientId)
  }

  saveClient(client: Client): void {
    this.#clients.set(client.client_id, frozenCopy(client))
  }

  deleteClient(clientId: string): boolean {
    return this.#clients.delete(clientId)
  }

  saveTokens(tokens: TokenCommit): boolean {
    const now = this.#now()
    if (!this.#admits(tokens, now)) return false
    this.#write(tokens, now)
    return true
  }

  findAccessToken(id: string): AccessTokenRecord | undefined {
    const now = this.#now()
    const token = this.#accessTokens.get(id, now)
    return token !== undefined && this.#isFamilyLive(token.grant_id, now) ? token : undefined
  }

  /** @spec RFC 7009 §2.1 */
  revokeAccessToken(id: string): boolean {
    return this.findAccessToken(id) !== undefined && this.#accessTokens.delete(id, this.#now())
  }

  saveAuthorizationCode(record: AuthorizationCodeRecord): void {
    const now = this.#now()
    refuseDuplicate(this.#authorizationCodes, record.id, now)
    this.#authorizationCodes.set(record.id, frozenCopy(record), record.expires_at, now)
  }

  findAuthorizationCode(id: string): AuthorizationCodeRecord | undefined {
    return this.#authorizationCodes.get(id, this.#now())
  }

  /** @spec RFC 6749 §4.1.2 */
  consumeAuthorizationCode(id: string, use: { at: Seconds; keepUntil: Seconds; tokens?: TokenCommit }): Transition {
    const now = this.#now()
    const code = this.#authorizationCodes.get(id, now)
    if (code === undefined) return 'gone'
    if (code.consumed_at !== undefined) return 'replayed'
    if (use.tokens !== undefined) {
      if (!this.#admits(use.tokens, now)) return 'gone'
      this.#write(use.tokens, now)
    }
    this.#authorizationCodes.set(id, Object.freeze({ ...code, consumed_at: use.at }), use.keepUntil, now)
    return 'done'
  }

  findRefreshToken(id: string): RefreshTokenRecord | undefined {
    const now = this.#now()
    const token = this.#refreshTokens.get(id, now)
    return token !== undefined && this.#isFamilyLive(token.grant_id, now) ? token : undefined
  }

  /** @spec RFC 9700 §4.14.2 */
  rotateRefreshToken(
    id: string,
    rotation: { at: Seconds; successorResponse: string; tokens: TokenCommit },
  ): Transition {
    const now = this.#now()
    const token = this.findRefreshToken(id)
    if (token === undefined) return 'gone'
    if (token.rotated_at !== undefined) return 'replayed'
    if (!this.#admits(rotation.tokens, now)) return 'gone'
    this.#write(rotation.tokens, now)
    const rotated = { ...token, rotated_at: rotation.at, successor_response: rotation.successorResponse }
    this.#refreshTokens.set(id, Object.freeze(rotated), token.expires_at, now)
    return 'done'
  }

  findGrant(id: string): GrantRecord | undefined {
    const entry = this.#grants.get(id, this.#now())
    return entry?.revoked === false ? entry.record : undefined
  }

  /** One mark on the grant, however large the family: its tokens are looked up together with it. */
  revokeGrant(id: string, _at: Seconds): boolean {
    const record = this.findGrant(id)
    if (record === undefined) return false
    // The mark stays until the grant would have expired, so that a commit in flight finds it.
    this.#grants.set(id, { record, revoked: true }, record.expires_at, this.#now())
    return true
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

  sweep(limit: number): number {
    const now = this.#now()
    let removed = 0
    for (const records of this.#expiring()) removed += records.sweep(now, limit - removed)
    return removed
  }

  #expiring(): readonly ExpiringMap<unknown>[] {
    return [
      this.#authorizationCodes,
      this.#accessTokens,
      this.#refreshTokens,
      this.#grants,
      this.#sessions,
      this.#replayMarkers,
    ]
  }

  #now(): Seconds {
    return nowInSeconds(this.#clock)
  }

  #isFamilyLive(grantId: string | undefined, now: Seconds): boolean {
    return grantId === undefined || this.#grants.get(grantId, now)?.revoked === false
  }

  /** Whether every grant that these tokens name is live, or is created with them. */
  #admits(tokens: TokenCommit, now: Seconds): boolean {
    return grantsOf(tokens).every((id) => {
      const stored = this.#grants.get(id, now)
      if (stored !== undefined) return !stored.revoked
      return tokens.grant?.id === id && tokens.grant.expires_at > now
    })
  }

  /** All of it or nothing: whatever can throw comes before the first change. */
  #write(tokens: TokenCommit, now: Seconds): void {
    const { grant, accessToken, refreshToken } = frozenCopy(tokens)
    if (accessToken !== undefined) refuseDuplicate(this.#accessTokens, accessToken.id, now)
    if (refreshToken !== undefined) refuseDuplicate(this.#refreshTokens, refreshToken.id, now)
    if (grant !== undefined && this.#grants.get(grant.id, now) === undefined)
      this.#grants.set(grant.id, { record: grant, revoked: false }, grant.expires_at, now)
    if (accessToken !== undefined) this.#accessTokens.set(accessToken.id, accessToken, accessToken.expires_at, now)
    if (refreshToken !== undefined) this.#refreshTokens.set(refreshToken.id, refreshToken, refreshToken.expires_at, now)
  }
}

/** Overwriting would bring a used code or a rotated token back to life. */
function refuseDuplicate(records: ExpiringMap<unknown>, id: string, now: Seconds): void {
  if (records.get(id, now) !== undefined)
    throw new StoreError('duplicate_id', '"id" is in use by another record: expected the hash of a fresh random value')
}

/** One string for the pair, such that no two pairs share it. */
function consentKey(subject: string, clientId: string): string {
  return JSON.stringify([subject, clientId])
}
