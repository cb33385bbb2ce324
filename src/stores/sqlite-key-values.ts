import { type Clock, nowInSeconds, type Seconds } from '../util/clock.ts'
import type { KeyValueStore } from '../util/key-value-store.ts'
import { initKeyValues } from './migrations/key-values-0001-init.sqlite.ts'
import { SqliteConnection } from './sqlite-connection.ts'
import type { SqliteDriver } from './sqlite-driver.ts'
import { migrateSqlite, type SqliteSchema } from './sqlite-migrate.ts'
import { StoreError } from './store-error.ts'

/** Each verb is one statement, whose WHERE says what must still be true; an entry that has expired counts as absent. */
const statements = {
  get: 'SELECT value FROM key_values WHERE key = ? AND expires_at > ?',
  set: `
    INSERT INTO key_values (key, value, expires_at) VALUES (?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at`,
  setIfAbsent: `
    INSERT INTO key_values (key, value, expires_at) VALUES (?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at
    WHERE key_values.expires_at <= ?`,
  replace: 'UPDATE key_values SET value = ?, expires_at = ? WHERE key = ? AND value = ? AND expires_at > ?',
  delete: 'DELETE FROM key_values WHERE key = ? AND expires_at > ?',
  deleteExpected: 'DELETE FROM key_values WHERE key = ? AND expires_at > ? AND value = ?',
  sweep: 'DELETE FROM key_values WHERE key IN (SELECT key FROM key_values WHERE expires_at <= ? LIMIT ?)',
} as const

/** A table of versions of its own: an application that only logs people in gets no tables of a server, and one may have both. */
const schema: SqliteSchema = {
  store: 'SqliteKeyValueStore',
  versions: 'key_value_schema_versions',
  migrations: [initKeyValues],
}

export interface SqliteKeyValueStoreOptions {
  /** Defaults to `Date.now`. */
  readonly clock?: Clock
}

/**
 * Keeps a client's entries in a SQLite file, which several processes of one machine may share: sessions, logins that are
 * under way, tokens, locks. The file may be the one of a `SqliteStore`, and so may the connection. It grows until you call
 * `sweep`, which nobody else does.
 *
 * @example
 * const store = new SqliteKeyValueStore(await openSqlite('app.db'))
 */
export class SqliteKeyValueStore implements KeyValueStore {
  readonly #driver: SqliteDriver
  readonly #clock: Clock
  #connection: SqliteConnection<keyof typeof statements> | undefined

  constructor(driver: SqliteDriver, options: SqliteKeyValueStoreOptions = {}) {
    this.#driver = driver
    this.#clock = options.clock ?? Date.now
  }

  /**
   * Creates the table or brings it up to date. The first use of the store does it too; call it at set-up to learn there
   * and then that the file cannot be used.
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

  get(key: string): string | undefined {
    const value = this.#read(key)
    return value === undefined ? undefined : decode(value)
  }

  set(key: string, value: string, expiresAt: Seconds): void {
    this.#db.run('set', key, encode(value), expiresAt)
  }

  setIfAbsent(key: string, value: string, expiresAt: Seconds): boolean {
    return this.#db.run('setIfAbsent', key, encode(value), expiresAt, this.#now()) === 1
  }

  replace(key: string, expected: string, value: string, expiresAt: Seconds): boolean {
    return this.#db.run('replace', encode(value), expiresAt, key, encode(expected), this.#now()) === 1
  }

  /** Whoever removes the value that was read has taken it; where another was faster, there may be a new one to take. */
  take(key: string): string | undefined {
    for (;;) {
      const value = this.#read(key)
      if (value === undefined) return undefined
      if (this.#db.run('deleteExpected', key, this.#now(), value) === 1) return decode(value)
    }
  }

  delete(key: string, expected?: string): boolean {
    if (expected === undefined) return this.#db.run('delete', key, this.#now()) === 1
    return this.#db.run('deleteExpected', key, this.#now(), encode(expected)) === 1
  }

  /** Removes at most `limit` entries that have expired; returns how many. Call it again while it returns `limit`. */
  sweep(limit: number): number {
    return this.#db.run('sweep', this.#now(), limit)
  }

  #read(key: string): string | undefined {
    const row = this.#db.get('get', key, this.#now())
    if (row === undefined) return undefined
    if (typeof row['value'] === 'string') return row['value']
    throw corrupt()
  }

  /** The connection, once the schema is known to be right. */
  get #db(): SqliteConnection<keyof typeof statements> {
    this.#connection ??= this.#connect()
    return this.#connection
  }

  #connect(): SqliteConnection<keyof typeof statements> {
    this.migrate()
    return new SqliteConnection(this.#driver, statements)
  }

  #now(): Seconds {
    return nowInSeconds(this.#clock)
  }
}

/** The same text is always the same JSON, so that it can be compared as it is stored. */
function encode(value: string): string {
  return JSON.stringify(value)
}

function decode(stored: string): string {
  const value = tryParse(stored)
  if (typeof value === 'string') return value
  throw corrupt()
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function corrupt(): StoreError {
  return new StoreError('corrupt_record', '"value" of an entry in key_values is not what was written: expected a text')
}
