import { type Clock, nowInSeconds } from '../util/clock.ts'
import { ConfigurationError } from '../util/configuration-error.ts'
import type { Migration } from './migrations/migration.ts'
import type { SqliteDriver } from './sqlite-driver.ts'
import { inTransaction } from './sqlite-transaction.ts'

const createVersions = `
  CREATE TABLE IF NOT EXISTS schema_versions (
    version INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    applied_at INTEGER NOT NULL
  ) STRICT`

/**
 * Brings a database to the newest schema: all missing steps or none. Processes that start at once queue up for the
 * exclusive transaction, and all but the first find nothing to do. A database that a newer release has changed is
 * refused before anything is written to it.
 */
export function migrateSqlite(driver: SqliteDriver, migrations: readonly Migration[], clock: Clock): void {
  const newest = Math.max(...migrations.map((migration) => migration.version))
  if (currentVersion(driver, newest) === newest) return
  inTransaction(
    driver,
    'exclusive',
    () => true,
    () => {
      const current = currentVersion(driver, newest)
      driver.exec(createVersions)
      for (const migration of migrations) if (migration.version > current) apply(driver, migration, clock)
    },
  )
}

function apply(driver: SqliteDriver, migration: Migration, clock: Clock): void {
  driver.exec(migration.sql)
  driver
    .prepare('INSERT INTO schema_versions (version, name, applied_at) VALUES (?, ?, ?)')
    .run(migration.version, migration.name, nowInSeconds(clock))
}

/** 0 for an empty database. */
function currentVersion(driver: SqliteDriver, newest: number): number {
  const table = readNumber(driver, `SELECT count(*) AS n FROM sqlite_master WHERE name = 'schema_versions'`)
  const current = table === 0 ? 0 : readNumber(driver, 'SELECT coalesce(max(version), 0) AS n FROM schema_versions')
  if (current > newest)
    throw new ConfigurationError('SqliteStore', [
      `the database has schema version ${current}, made by a newer release of authwright: expected at most ${newest}`,
    ])
  return current
}

function readNumber(driver: SqliteDriver, sql: string): number {
  const row = driver.prepare(sql).get()
  return typeof row === 'object' && row !== null && 'n' in row ? Number(row.n) : 0
}
