import Libsql from 'libsql'
import { describe, expect, it } from 'vitest'
import { MemoryStore } from './memory.ts'
import { SqliteStore } from './sqlite.ts'

describe.each([
  ['MemoryStore', () => new MemoryStore()],
  ['SqliteStore', () => new SqliteStore(new Libsql(':memory:'))],
])('revokeAll of %s', (_, create) => {
  it('refuses an owner that names nobody', () => {
    expect(() => create().revokeAll({}, 0)).toThrow('"owner" names nobody: expected "clientId", "subject" or both')
  })
})
