import type { Row } from './rows.ts'
import type { StatementName } from './sql.ts'
import type { SqliteDriver, SqliteStatement, SqliteValue } from './sqlite-driver.ts'
import { inTransaction } from './sqlite-transaction.ts'

/** A store's statements on one connection, each prepared once, when it is first needed. */
export class SqliteConnection<N extends string = StatementName> {
  readonly #driver: SqliteDriver
  readonly #statements: Readonly<Record<N, string>>
  readonly #prepared = new Map<N, SqliteStatement>()

  constructor(driver: SqliteDriver, statements: Readonly<Record<N, string>>) {
    this.#driver = driver
    this.#statements = statements
  }

  /** The first row. */
  get(name: N, ...values: SqliteValue[]): Row | undefined {
    const row = this.#statement(name).get(...values)
    return isRow(row) ? row : undefined
  }

  /** How many rows it changed. Runs to the end, so that a commit that fails is an error and not an answer. */
  run(name: N, ...values: SqliteValue[]): number {
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

  #statement(name: N): SqliteStatement {
    const prepared = this.#prepared.get(name)
    if (prepared !== undefined) return prepared
    const statement = this.#driver.prepare(this.#statements[name])
    this.#prepared.set(name, statement)
    return statement
  }
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null
}
