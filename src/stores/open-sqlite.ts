import { ConfigurationError } from '../util/configuration-error.ts'
import type { SqliteDriver } from './sqlite-driver.ts'

/**
 * Settings of a connection, in this order:
 * - wait up to 5 s for another process's write instead of failing at once;
 * - write-ahead log: readers and the writer do not block each other;
 * - a commit is on the disk before it is answered. `NORMAL` would survive a killed process too, and is several times
 *   faster, but after a power failure it may have forgotten the last commits: used codes, revoked grants and replay
 *   markers would be usable again, and clients would hold refresh tokens that were never issued.
 */
const settings = ['PRAGMA busy_timeout = 5000', 'PRAGMA journal_mode = WAL', 'PRAGMA synchronous = FULL']

/** For how long, and how far apart, a setting is tried while another process holds the file; in milliseconds. */
const settingPatience = 5000
const settingPause = 25

/**
 * Opens a SQLite file (or `:memory:`) with the driver that this runtime has: `node:sqlite`, or else the package `libsql`.
 *
 * @throws ConfigurationError when there is neither.
 * @example const store = new SqliteStore(await openSqlite('provider.db'))
 */
export async function openSqlite(path: string): Promise<SqliteDriver> {
  const driver = openNodeSqlite(path) ?? (await openLibsql(path))
  try {
    for (const setting of settings) await configure(driver, setting)
    return driver
  } catch (error) {
    driver.close()
    throw error
  }
}

interface NodeSqlite {
  readonly DatabaseSync: new (path: string) => SqliteDriver
}

/** Nothing where the runtime has no node:sqlite (Node before 22.13, unless a flag enables it). */
function openNodeSqlite(path: string): SqliteDriver | undefined {
  const runtime = globalThis as { process?: { getBuiltinModule?(id: string): unknown } }
  const sqlite = runtime.process?.getBuiltinModule?.('node:sqlite') as NodeSqlite | undefined
  return sqlite === undefined ? undefined : new sqlite.DatabaseSync(path)
}

async function openLibsql(path: string): Promise<SqliteDriver> {
  const { default: Database } = await import('libsql').catch((cause: unknown) => {
    const advice =
      'run on Node.js 22.13 or newer, which has node:sqlite, or add the package libsql (npm install libsql)'
    throw new ConfigurationError('openSqlite', [`this runtime has no SQLite driver: ${advice}`], { cause })
  })
  return new Database(path)
}

/** Turning on the write-ahead log needs the file for itself for a moment, and SQLite does not wait for that. */
async function configure(driver: SqliteDriver, setting: string): Promise<void> {
  const deadline = Date.now() + settingPatience
  for (;;) {
    try {
      driver.exec(setting)
      return
    } catch (error) {
      if (!isBusy(error) || Date.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, settingPause))
    }
  }
}

/** Each driver has its own error class; the words are SQLite's. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && error.message.includes('database is locked')
}
