/** What is bound to a statement's parameters. */
export type SqliteValue = string | number | null

/** A prepared statement, as far as the store uses one. */
export interface SqliteStatement {
  /** The first row, or nothing (some drivers say `null`). */
  get(...values: SqliteValue[]): unknown
  run(...values: SqliteValue[]): { readonly changes: number | bigint }
}

/**
 * One synchronous connection to a SQLite database. A `DatabaseSync` of node:sqlite and a `Database` of libsql,
 * better-sqlite3 or bun:sqlite are such connections as they are.
 */
export interface SqliteDriver {
  exec(sql: string): unknown
  prepare(sql: string): SqliteStatement
  close(): unknown
}
