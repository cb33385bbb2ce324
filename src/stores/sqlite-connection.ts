import type { Row } from './rows.ts'
import { type StatementName, sql } from './sql.ts'
import type { SqliteDriver, SqliteStatement, SqliteValue } from './sqlite-driver.ts'
import { inTransaction } from './sqlite-transaction.ts'

/** The store's statements on one connection, each prepared once, when it is first needed. */
export class SqliteConnection {
  readonly #driver: SqliteDriver
  readonly #prepared = new Map<StatementName, SqliteStatement>()

  constructor(driver: SqliteDriver) {
    this.#driver = driver
  }

  /** The first row. */
  get(name: StatementName, ...values: SqliteValue[]): Row | undefined {
    const row = this.#statement(name).get(...values)
    return isRow(row) ? row : undefined
  }

  /** How many rows it changed. Runs to the end, so that a commit that fails is an error and not an answer. */
  run(name: StatementName, ...values: SqliteValue[]): number {
    return Number(this.#statement(name).run(...values).changes)
  }

  /** All of `work` or, unless it ends with `success`, nothing of it. */
  transaction<T>(success: T, work: () => T): T {
    return inTransaction(this.#driver, 'immediate', (outcome) => outcome === success, work)
  }

  /** All of `work`, whatever it answers; or, where it throws, nothing of it. */
  commit<T>(work: () => T): T {
    return inTransaction(this.#driver, 'immediate', () => true, work)
  }

  #statement(name: StatementName): SqliteStatement {
    const prepared = this.#prepared.get(name)
    if (prepared !== undefined) return prepared
    const statement = this.#driver.prepare(sql[name])
    this.#prepared.set(name, statement)
    return statement
  }
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null
}
