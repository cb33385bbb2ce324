import { type Clock, nowInSeconds } from '../util/clock.ts'
import { ConfigurationError } from '../util/configuration-error.ts'
import type { Migration } from './migrations/migration.ts'
import type { SqliteDriver } from './sqlite-driver.ts'
import { inTransaction } from './sqlite-transaction.ts'

/** The tables of one kind of store, and the steps that make them. Several may live in one database. */
export interface SqliteSchema {
  /** The class that it belongs to, for messages. */
  readonly store: string
  /** The table that says which steps were applied; a name without quotes. */
  readonly versions: string
  readonly migrations: readonly Migration[]
}

/**
 * Brings a database to the newest schema: all missing steps or none. Processes that start at once queue up for the
 * exclusive transaction, and all but the first find nothing to do. A database that a newer release has changed is
 * refused before anything is written to it.
 */
export function migrateSqlite(driver: SqliteDriver, schema: SqliteSchema, clock: Clock): void {
  const newest = Math.max(...schema.migrations.map((migration) => migration.version))
  if (currentVersion(driver, schema, newest) === newest) return
  inTransaction(
    driver,
    'exclusive',
    () => true,
    () => {
      const current = currentVersion(driver, schema, newest)
      createVersions(driver, schema)
      for (const migration of schema.migrations)
        if (migration.version > current) apply(driver, schema, migration, clock)
    },
  )
}

function createVersions(driver: SqliteDriver, { versions }: SqliteSchema): void {
  driver.exec(`
    CREATE TABLE IF NOT EXISTS ${versions} (
      version INTEGER NOT NULL PRIMARY KEY,
      name TEXT NOT NULL,
      applied_at INTEGER NOT NULL
    ) STRICT`)
}

function apply(driver: SqliteDriver, { versions }: SqliteSchema, migration: Migration, clock: Clock): void {
  driver.exec(migration.sql)
  driver
    .prepare(`INSERT INTO ${versions} (version, name, applied_at) VALUES (?, ?, ?)`)
    .run(migration.version, migration.name, nowInSeconds(clock))
}

/** 0 for an empty database. */
function currentVersion(driver: SqliteDriver, { store, versions }: SqliteSchema, newest: number): number {
  const table = readNumber(driver, `SELECT count(*) AS n FROM sqlite_master WHERE name = '${versions}'`)
  const current = table === 0 ? 0 : readNumber(driver, `SELECT coalesce(max(version), 0) AS n FROM ${versions}`)
  if (current > newest)
    throw new ConfigurationError(store, [
      `the database has schema version ${current}, made by a newer release of authwright: expected at most ${newest}`,
    ])
  return current
}

function readNumber(driver: SqliteDriver, sql: string): number {
  const row = driver.prepare(sql).get()
  return typeof row === 'object' && row !== null && 'n' in row ? Number(row.n) : 0
}
