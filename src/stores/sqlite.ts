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
import { initSqlite } from './migrations/0001-init.sqlite.ts'
import {
  type Row,
  readAccessToken,
  readAuthorizationCode,
  readClient,
  readConsent,
  readGrant,
  readRefreshToken,
  readSession,
} from './rows.ts'
import type { StatementName } from './sql.ts'
import { SqliteConnection } from './sqlite-connection.ts'
import type { SqliteDriver } from './sqlite-driver.ts'
import { migrateSqlite } from './sqlite-migrate.ts'
import { grantsOf } from './token-commit.ts'

export { openSqlite } from './open-sqlite.ts'
export type { SqliteDriver, SqliteStatement, SqliteValue } from './sqlite-driver.ts'
export { StoreError, type StoreErrorCode } from './store-error.ts'

export interface SqliteStoreOptions {
  /** Defaults to `Date.now`. */
  readonly clock?: Clock
}

/** In the order in which they are swept: the tables that grow fastest first. */
const sweeps: readonly StatementName[] = [
  'sweepReplayMarkers',
  'sweepAccessTokens',
  'sweepAuthorizationCodes',
  'sweepRefreshTokens',
  'sweepSessions',
  'sweepGrants',
]

/**
 * Keeps everything in one SQLite file, which several processes of one machine may share. What a verb decides, it decides
 * in one statement or in one transaction that holds the lock for writing, and it answers when that is on the disk.
 *
 * The driver is a connection of its own: `openSqlite(path)`, or one of node:sqlite, libsql, better-sqlite3 or
 * bun:sqlite, with the settings you gave it. The file grows until you call `sweep`, which nobody else does.
 *
 * @example
 * const store = new SqliteStore(await openSqlite('provider.db'))
 * const server = new AuthorizationServer({ issuer: 'https://op.example', store, keys })
 */
export class SqliteStore implements Store {
  readonly #driver: SqliteDriver
  readonly #clock: Clock
  #connection: SqliteConnection | undefined

  constructor(driver: SqliteDriver, options: SqliteStoreOptions = {}) {
    this.#driver = driver
    this.#clock = options.clock ?? Date.now
  }

  /**
   * Creates the tables or brings them up to date. The first use of the store does it too; call it at set-up to learn
   * there and then that the file cannot be used.
   *
   * @throws ConfigurationError when a newer release has changed the database.
   */
  migrate(): void {
    migrateSqlite(this.#driver, [initSqlite], this.#clock)
  }

  /** Closes the driver; the store cannot be used any more. */
  close(): void {
    this.#driver.close()
  }

  findClient(clientId: string): Client | undefined {
    return read(readClient, this.#db.get('findClient', clientId))
  }

  saveClient(client: Client): void {
    this.#db.run('saveClient', client.client_id, JSON.stringify(client))
  }

  deleteClient(clientId: string): boolean {
    return this.#db.run('deleteClient', clientId) === 1
  }

  saveTokens(tokens: TokenCommit): boolean {
    const now = this.#now()
    return this.#db.transaction(true, () => this.#write(tokens, now))
  }

  findAccessToken(id: string): AccessTokenRecord | undefined {
    const now = this.#now()
    return read(readAccessToken, this.#db.get('findAccessToken', id, now, now))
  }

  /** @spec RFC 7009 §2.1 */
  revokeAccessToken(id: string): boolean {
    const now = this.#now()
    return this.#db.run('revokeAccessToken', id, now, now) === 1
  }

  saveAuthorizationCode(record: AuthorizationCodeRecord): void {
    const { id, grant, expires_at, consumed_at = null } = record
    this.#db.run('createAuthorizationCode', id, grant.id, JSON.stringify(record), expires_at, consumed_at)
  }

  findAuthorizationCode(id: string): AuthorizationCodeRecord | undefined {
    return read(readAuthorizationCode, this.#db.get('findAuthorizationCode', id, this.#now()))
  }

  /** @spec RFC 6749 §4.1.2 */
  consumeAuthorizationCode(id: string, use: { at: Seconds; keepUntil: Seconds; tokens?: TokenCommit }): Transition {
    const now = this.#now()
    return this.#db.transaction('done', () => {
      if (this.#db.run('consumeAuthorizationCode', use.at, use.keepUntil, id, now) === 0)
        return this.#db.get('findAuthorizationCode', id, now) === undefined ? 'gone' : 'replayed'
      return use.tokens === undefined || this.#write(use.tokens, now) ? 'done' : 'gone'
    })
  }

  findRefreshToken(id: string): RefreshTokenRecord | undefined {
    const now = this.#now()
    return read(readRefreshToken, this.#db.get('findRefreshToken', id, now, now))
  }

  /** @spec RFC 9700 §4.14.2 */
  rotateRefreshToken(
    id: string,
    rotation: { at: Seconds; successorResponse: string; tokens: TokenCommit },
  ): Transition {
    const now = this.#now()
    const response = JSON.stringify(rotation.successorResponse)
    return this.#db.transaction('done', () => {
      if (this.#db.run('rotateRefreshToken', rotation.at, response, id, now, now) === 0)
        return this.#db.get('findRefreshToken', id, now, now) === undefined ? 'gone' : 'replayed'
      return this.#write(rotation.tokens, now) ? 'done' : 'gone'
    })
  }

  findGrant(id: string): GrantRecord | undefined {
    return read(readGrant, this.#db.get('findGrant', id, this.#now()))
  }

  /** One mark on the grant, however large the family: its tokens are looked up together with it. */
  revokeGrant(id: string, at: Seconds): boolean {
    return this.#db.run('revokeGrant', at, id, this.#now()) === 1
  }

  findConsent(subject: string, clientId: string): ConsentRecord | undefined {
    return read(readConsent, this.#db.get('findConsent', subject, clientId))
  }

  saveConsent(record: ConsentRecord): void {
    this.#db.run('saveConsent', record.subject, record.client_id, JSON.stringify(record))
  }

  deleteConsent(subject: string, clientId: string): boolean {
    return this.#db.run('deleteConsent', subject, clientId) === 1
  }

  findSession(id: string): SessionRecord | undefined {
    return read(readSession, this.#db.get('findSession', id, this.#now()))
  }

  saveSession(record: SessionRecord): void {
    this.#db.run('saveSession', record.id, JSON.stringify(record), record.expires_at)
  }

  deleteSession(id: string): boolean {
    return this.#db.run('deleteSession', id, this.#now()) === 1
  }

  rememberOnce(key: string, expiresAt: Seconds): boolean {
    return this.#db.run('rememberOnce', key, expiresAt, this.#now()) === 1
  }

  sweep(limit: number): number {
    const now = this.#now()
    let removed = 0
    for (const name of sweeps) if (removed < limit) removed += this.#db.run(name, now, limit - removed)
    return removed
  }

  /** The connection, once the schema is known to be right. */
  get #db(): SqliteConnection {
    this.#connection ??= this.#connect()
    return this.#connection
  }

  #connect(): SqliteConnection {
    this.migrate()
    return new SqliteConnection(this.#driver)
  }

  #now(): Seconds {
    return nowInSeconds(this.#clock)
  }

  /** Inside a transaction: writes the tokens, or answers `false` for it to be rolled back. */
  #write(tokens: TokenCommit, now: Seconds): boolean {
    if (tokens.grant !== undefined) this.#createGrant(tokens.grant)
    const isLive = (id: string): boolean => this.#db.get('findGrant', id, now) !== undefined
    if (!grantsOf(tokens).every(isLive)) return false
    if (tokens.accessToken !== undefined) this.#createAccessToken(tokens.accessToken)
    if (tokens.refreshToken !== undefined) this.#createRefreshToken(tokens.refreshToken)
    return true
  }

  #createGrant(record: GrantRecord): void {
    this.#db.run('createGrant', record.id, JSON.stringify(record), record.expires_at)
  }

  #createAccessToken(record: AccessTokenRecord): void {
    const { id, grant_id = null, expires_at } = record
    this.#db.run('createAccessToken', id, grant_id, JSON.stringify(record), expires_at)
  }

  #createRefreshToken(record: RefreshTokenRecord): void {
    const { id, grant_id, expires_at, rotated_at = null, successor_response } = record
    const response = successor_response === undefined ? null : JSON.stringify(successor_response)
    this.#db.run('createRefreshToken', id, grant_id, JSON.stringify(record), expires_at, rotated_at, response)
  }
}

function read<T>(reader: (row: Row) => T, row: Row | undefined): T | undefined {
  return row === undefined ? undefined : reader(row)
}
