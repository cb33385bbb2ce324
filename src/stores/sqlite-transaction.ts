import type { SqliteDriver } from './sqlite-driver.ts'

/**
 * Runs `work` in one transaction and keeps its changes only if its `outcome` is one to keep. `immediate` takes the lock for
 * writing before the first statement: what `work` reads is still true when it writes, whatever other processes do.
 */
export function inTransaction<T>(
  driver: Pick<SqliteDriver, 'exec'>,
  mode: 'immediate' | 'exclusive',
  isKept: (outcome: T) => boolean,
  work: () => T,
): T {
  driver.exec(`BEGIN ${mode}`)
  try {
    const outcome = work()
    driver.exec(isKept(outcome) ? 'COMMIT' : 'ROLLBACK')
    return outcome
  } catch (error) {
    rollBack(driver)
    throw error
  }
}

/** SQLite ends the transaction by itself after some errors (a full disk): then there is nothing left to roll back. */
function rollBack(driver: Pick<SqliteDriver, 'exec'>): void {
  try {
    driver.exec('ROLLBACK')
  } catch {
    // The error that led here is the one worth reporting.
  }
}
