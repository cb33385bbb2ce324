import { describe, expect, it } from 'vitest'
import { inTransaction } from './sqlite-transaction.ts'

/** A connection that notes what it is told, and fails at the statements it is told to fail at. */
function connection(...failing: string[]): { log: string[]; exec: (sql: string) => void } {
  const log: string[] = []
  const exec = (sql: string): void => {
    log.push(sql)
    if (failing.includes(sql)) throw new Error(`${sql} failed`)
  }
  return { log, exec }
}

const isDone = (outcome: string): boolean => outcome === 'done'

describe('inTransaction', () => {
  it('commits when the outcome of the work is to be kept', () => {
    const driver = connection()
    expect(inTransaction(driver, 'immediate', isDone, () => 'done')).toBe('done')
    expect(driver.log).toEqual(['BEGIN immediate', 'COMMIT'])
  })

  it('rolls back when the work ends otherwise, and answers that', () => {
    const driver = connection()
    expect(inTransaction(driver, 'immediate', isDone, (): string => 'gone')).toBe('gone')
    expect(driver.log).toEqual(['BEGIN immediate', 'ROLLBACK'])
  })

  it('rolls back when the work throws', () => {
    const driver = connection()
    const work = (): string => {
      throw new Error('disk full')
    }
    expect(() => inTransaction(driver, 'exclusive', isDone, work)).toThrow('disk full')
    expect(driver.log).toEqual(['BEGIN exclusive', 'ROLLBACK'])
  })

  it('rolls back when the commit fails, and reports that', () => {
    const driver = connection('COMMIT', 'ROLLBACK')
    expect(() => inTransaction(driver, 'immediate', isDone, () => 'done')).toThrow('COMMIT failed')
    expect(driver.log).toEqual(['BEGIN immediate', 'COMMIT', 'ROLLBACK'])
  })

  it('does no work and rolls nothing back when it cannot begin', () => {
    const driver = connection('BEGIN immediate')
    const work = (): never => expect.unreachable()
    expect(() => inTransaction(driver, 'immediate', isDone, work)).toThrow('BEGIN immediate failed')
    expect(driver.log).toEqual(['BEGIN immediate'])
  })
})
