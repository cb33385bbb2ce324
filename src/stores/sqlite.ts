import type { RotatingKeyStore, StoredKeys } from '../jose/jwks/rotation/storage.ts'
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
import { initSqlite } from './migrations/0001-init.sqlite.ts'
import { registrationAndDevices } from './migrations/0002-registration-devices.sqlite.ts'
import { requireOwner, type TokenOwner } from './owner.ts'
import {
  type Row,
  readAccessToken,
  readAuthorizationCode,
  readClient,
  readConsent,
  readDeviceCode,
  readGrant,
  readKeys,
  readPushedRequest,
  readRefreshToken,
  readSession,
} from './rows.ts'
import { type StatementName, sql } from './sql.ts'
import { SqliteConnection } from './sqlite-connection.ts'
import {
  consumeDeviceCode,
  decideDeviceCode,
  findDeviceCode,
  recordDevicePoll,
  saveDeviceCode,
} from './sqlite-device-codes.ts'
import type { SqliteDriver } from './sqlite-driver.ts'
import { revokeAll, writeTokens } from './sqlite-families.ts'
import { migrateSqlite, type SqliteSchema } from './sqlite-migrate.ts'

export { openSqlite } from './open-sqlite.ts'
export type { SqliteDriver, SqliteStatement, SqliteValue } from './sqlite-driver.ts'
export { SqliteKeyValueStore, type SqliteKeyValueStoreOptions } from './sqlite-key-values.ts'
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
  'sweepDeviceCodes',
  'sweepPushedRequests',
  'sweepCounters',
  'sweepClients',
]

const schema: SqliteSchema = {
  store: 'SqliteStore',
  versions: 'schema_versions',
  migrations: [initSqlite, registrationAndDevices],
}

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
export class SqliteStore implements Store, RotatingKeyStore {
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
    migrateSqlite(this.#driver, schema, this.#clock)
  }

  /** Closes the driver; the store cannot be used any more. */
  close(): void {
    this.#driver.close()
  }

  findClient(clientId: string): Client | undefined {
    return read(readClient, this.#db.get('findClient', clientId, this.#now()))
  }

  saveClient(client: Client): void {
    this.#db.run('saveClient', ...clientColumns(client))
  }

  /** @spec RFC 7592 §2.2 */
  replaceClient(client: Client, registrationTokenId: string): boolean {
    return this.#db.run('replaceClient', ...clientColumns(client), registrationTokenId, this.#now()) === 1
  }

  deleteClient(clientId: string): boolean {
    return this.#db.run('deleteClient', clientId, this.#now()) === 1
  }

  saveTokens(tokens: TokenCommit): boolean {
    const now = this.#now()
    return this.#db.transaction(true, () => writeTokens(this.#db, tokens, now))
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
    const owner = [grant.client_id, grant.subject ?? null] as const
    this.#db.run('createAuthorizationCode', id, grant.id, ...owner, JSON.stringify(record), expires_at, consumed_at)
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
      return use.tokens === undefined || writeTokens(this.#db, use.tokens, now) ? 'done' : 'gone'
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
      return writeTokens(this.#db, rotation.tokens, now) ? 'done' : 'gone'
    })
  }

  findGrant(id: string): GrantRecord | undefined {
    return read(readGrant, this.#db.get('findGrant', id, this.#now()))
  }

  /** One mark on the grant, however large the family: its tokens are looked up together with it. */
  revokeGrant(id: string, at: Seconds): boolean {
    return this.#db.run('revokeGrant', at, id, this.#now()) === 1
  }

  revokeAll(owner: TokenOwner, at: Seconds): number {
    requireOwner(owner)
    const now = this.#now()
    return this.#db.commit(() => revokeAll(this.#db, owner, at, now))
  }

  saveDeviceCode(record: DeviceCodeRecord): boolean {
    return saveDeviceCode(this.#db, record, this.#now())
  }

  findDeviceCode(id: string): DeviceCodeRecord | undefined {
    return findDeviceCode(this.#db, id, this.#now())
  }

  findDeviceCodeByUserCode(userCodeId: string): DeviceCodeRecord | undefined {
    return read(readDeviceCode, this.#db.get('findDeviceCodeByUserCode', userCodeId, this.#now()))
  }

  /** @spec RFC 8628 §3.5 */
  recordDevicePoll(id: string, at: Seconds): boolean {
    return recordDevicePoll(this.#db, id, at, this.#now())
  }

  decideDeviceCode(id: string, decision: { decision: 'approved' | 'denied'; grant?: GrantRecord }): Transition {
    return decideDeviceCode(this.#db, id, decision, this.#now())
  }

  consumeDeviceCode(id: string, use: { at: Seconds; tokens: TokenCommit }): Transition {
    return consumeDeviceCode(this.#db, id, use, this.#now())
  }

  savePushedRequest(record: PushedRequestRecord): void {
    const { id, expires_at, consumed_at = null } = record
    this.#db.run('createPushedRequest', id, JSON.stringify(record), expires_at, consumed_at)
  }

  findPushedRequest(id: string): PushedRequestRecord | undefined {
    return read(readPushedRequest, this.#db.get('findPushedRequest', id, this.#now()))
  }

  extendPushedRequest(id: string, expiresAt: Seconds): void {
    this.#db.run('extendPushedRequest', expiresAt, id, this.#now(), expiresAt)
  }

  /** @spec RFC 9126 §4 */
  consumePushedRequest(id: string, at: Seconds): Transition {
    if (this.#db.run('consumePushedRequest', at, id, this.#now()) === 1) return 'done'
    return this.findPushedRequest(id) === undefined ? 'gone' : 'replayed'
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

  incrementCounter(key: string, expiresAt: Seconds): number {
    const now = this.#now()
    return this.#db.commit(() => {
      this.#db.run('incrementCounter', key, expiresAt, now, now)
      return Number(this.#db.get('findCounter', key)?.['count'])
    })
  }

  /** For `RotatingKeys`. Seal them with its option `secrets`: they are private keys. */
  load(): StoredKeys | undefined {
    return read(readKeys, this.#db.get('loadKeys'))
  }

  /** For `RotatingKeys`. */
  save({ version, value }: StoredKeys, expectedVersion: number | undefined): boolean {
    if (expectedVersion === undefined) return this.#db.run('createKeys', version, value) === 1
    return this.#db.run('replaceKeys', version, value, expectedVersion) === 1
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
    return new SqliteConnection(this.#driver, sql)
  }

  #now(): Seconds {
    return nowInSeconds(this.#clock)
  }
}

function clientColumns(client: Client): [data: string, token: string | null, until: Seconds | null, id: string] {
  const { client_id, registration_token_id = null, unused_until = null } = client
  return [JSON.stringify(client), registration_token_id, unused_until, client_id]
}

function read<T>(reader: (row: Row) => T, row: Row | undefined): T | undefined {
  return row === undefined ? undefined : reader(row)
}
