import type {
  AccessTokenRecord,
  AuthorizationCodeRecord,
  GrantRecord,
  RefreshTokenRecord,
} from '../oauth2/server/records.ts'
import type { TokenCommit, Transition } from '../oauth2/server/store.ts'
import type { Seconds } from '../util/clock.ts'
import { ExpiringMap } from './expiring-map.ts'
import { frozenCopy } from './frozen-copy.ts'
import { owns, type TokenOwner } from './owner.ts'
import { refuseDuplicate } from './refuse-duplicate.ts'
import { grantsOf } from './token-commit.ts'

interface GrantEntry {
  readonly record: GrantRecord
  readonly revoked: boolean
}

/** Grants and all that lives and dies with them: what `MemoryStore` decides about families it decides here. */
export class MemoryFamilies {
  readonly #grants = new ExpiringMap<GrantEntry>()
  readonly #authorizationCodes = new ExpiringMap<AuthorizationCodeRecord>()
  readonly #accessTokens = new ExpiringMap<AccessTokenRecord>()
  readonly #refreshTokens = new ExpiringMap<RefreshTokenRecord>()

  /** In the order in which they are swept. */
  get maps(): readonly ExpiringMap<unknown>[] {
    return [this.#authorizationCodes, this.#accessTokens, this.#refreshTokens, this.#grants]
  }

  saveTokens(tokens: TokenCommit, now: Seconds): boolean {
    if (!this.#admits(tokens, now)) return false
    this.#write(tokens, now)
    return true
  }

  findAccessToken(id: string, now: Seconds): AccessTokenRecord | undefined {
    const token = this.#accessTokens.get(id, now)
    return token !== undefined && this.#isFamilyLive(token.grant_id, now) ? token : undefined
  }

  revokeAccessToken(id: string, now: Seconds): boolean {
    return this.findAccessToken(id, now) !== undefined && this.#accessTokens.delete(id, now)
  }

  saveAuthorizationCode(record: AuthorizationCodeRecord, now: Seconds): void {
    refuseDuplicate(this.#authorizationCodes, record.id, now)
    this.#authorizationCodes.set(record.id, frozenCopy(record), record.expires_at, now)
  }

  findAuthorizationCode(id: string, now: Seconds): AuthorizationCodeRecord | undefined {
    return this.#authorizationCodes.get(id, now)
  }

  consumeAuthorizationCode(
    id: string,
    use: { at: Seconds; keepUntil: Seconds; tokens?: TokenCommit },
    now: Seconds,
  ): Transition {
    const code = this.#authorizationCodes.get(id, now)
    if (code === undefined) return 'gone'
    if (code.consumed_at !== undefined) return 'replayed'
    if (use.tokens !== undefined && !this.saveTokens(use.tokens, now)) return 'gone'
    this.#authorizationCodes.set(id, Object.freeze({ ...code, consumed_at: use.at }), use.keepUntil, now)
    return 'done'
  }

  findRefreshToken(id: string, now: Seconds): RefreshTokenRecord | undefined {
    const token = this.#refreshTokens.get(id, now)
    return token !== undefined && this.#isFamilyLive(token.grant_id, now) ? token : undefined
  }

  rotateRefreshToken(
    id: string,
    rotation: { at: Seconds; successorResponse: string; tokens: TokenCommit },
    now: Seconds,
  ): Transition {
    const token = this.findRefreshToken(id, now)
    if (token === undefined) return 'gone'
    if (token.rotated_at !== undefined) return 'replayed'
    if (!this.saveTokens(rotation.tokens, now)) return 'gone'
    const rotated = { ...token, rotated_at: rotation.at, successor_response: rotation.successorResponse }
    this.#refreshTokens.set(id, Object.freeze(rotated), token.expires_at, now)
    return 'done'
  }

  findGrant(id: string, now: Seconds): GrantRecord | undefined {
    const entry = this.#grants.get(id, now)
    return entry?.revoked === false ? entry.record : undefined
  }

  revokeGrant(id: string, now: Seconds): boolean {
    const record = this.findGrant(id, now)
    if (record === undefined) return false
    // The mark stays until the grant would have expired, so that a commit in flight finds it.
    this.#grants.set(id, { record, revoked: true }, record.expires_at, now)
    return true
  }

  revokeAll(owner: TokenOwner, now: Seconds): number {
    const grants = this.#grants.keysWhere(({ record, revoked }) => !revoked && owns(owner, record), now)
    const tokens = this.#accessTokens.keysWhere((token) => owns(owner, token) && !this.#isOfOwnFamily(token, now), now)
    const codes = this.#authorizationCodes.keysWhere(
      (code) => code.consumed_at === undefined && owns(owner, code.grant),
      now,
    )
    for (const id of grants) this.revokeGrant(id, now)
    for (const id of tokens) this.#accessTokens.delete(id, now)
    for (const id of codes) this.#authorizationCodes.delete(id, now)
    return grants.length + tokens.length
  }

  /** Some tokens have no family; one that a client got by exchange has another client's. */
  #isOfOwnFamily({ grant_id: id, client_id }: AccessTokenRecord, now: Seconds): boolean {
    return id !== undefined && this.#grants.get(id, now)?.record.client_id === client_id
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
    const grant = frozenCopy(tokens.grant)
    const accessToken = frozenCopy(tokens.accessToken)
    const refreshToken = frozenCopy(tokens.refreshToken)
    if (accessToken !== undefined) refuseDuplicate(this.#accessTokens, accessToken.id, now)
    if (refreshToken !== undefined) refuseDuplicate(this.#refreshTokens, refreshToken.id, now)
    if (grant !== undefined && this.#grants.get(grant.id, now) === undefined)
      this.#grants.set(grant.id, { record: grant, revoked: false }, grant.expires_at, now)
    if (accessToken !== undefined) this.#accessTokens.set(accessToken.id, accessToken, accessToken.expires_at, now)
    if (refreshToken !== undefined) this.#refreshTokens.set(refreshToken.id, refreshToken, refreshToken.expires_at, now)
  }
}
