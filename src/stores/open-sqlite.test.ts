import Libsql from 'libsql'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openSqlite } from './open-sqlite.ts'

afterEach(() => {
  vi.restoreAllMocks()
  vi.doUnmock('libsql')
})

/** Lets the runtime have this node:sqlite, or none. */
function pretendNodeSqlite(module: object | undefined): void {
  vi.spyOn(process, 'getBuiltinModule').mockImplementation((id: string) => {
    return id === 'node:sqlite' ? module : undefined
  })
}

/** A driver whose statements fail with these messages, one after the other, and then work. */
function failingDriver(...messages: string[]): { executed: string[]; isClosed: boolean; module: object } {
  const seen = { executed: [] as string[], isClosed: false }
  class DatabaseSync {
    exec(sql: string): void {
      const message = messages.shift()
      if (message !== undefined) throw new Error(message)
      seen.executed.push(sql)
    }
    close(): void {
      seen.isClosed = true
    }
  }
  return Object.assign(seen, { module: { DatabaseSync } })
}

describe('openSqlite', () => {
  it('uses node:sqlite where the runtime has it', async () => {
    class DatabaseSync extends Libsql {}
    pretendNodeSqlite({ DatabaseSync })
    expect(await openSqlite(':memory:')).toBeInstanceOf(DatabaseSync)
  })

  it('uses libsql elsewhere', async () => {
    pretendNodeSqlite(undefined)
    expect(await openSqlite(':memory:')).toBeInstanceOf(Libsql)
  })

  it('says what can be done where there is neither', async () => {
    pretendNodeSqlite(undefined)
    vi.doMock('libsql', () => {
      throw new Error('not installed')
    })
    await expect(openSqlite(':memory:')).rejects.toMatchObject({
      name: 'ConfigurationError',
      message:
        'openSqlite: this runtime has no SQLite driver: ' +
        'run on Node.js 22.13 or newer, which has node:sqlite, or add the package libsql (npm install libsql)',
      cause: expect.any(Error),
    })
  })

  it('tries again while another process holds the file', async () => {
    const driver = failingDriver('database is locked', 'database is locked')
    pretendNodeSqlite(driver.module)
    await openSqlite('file.db')
    expect(driver.executed).toEqual([
      'PRAGMA busy_timeout = 5000',
      'PRAGMA journal_mode = WAL',
      'PRAGMA synchronous = FULL',
    ])
  })

  it('closes what it cannot use', async () => {
    const driver = failingDriver('file is not a database')
    pretendNodeSqlite(driver.module)
    await expect(openSqlite('file.db')).rejects.toThrow('file is not a database')
    expect(driver.isClosed).toBe(true)
  })
})
