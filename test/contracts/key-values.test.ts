import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Libsql from 'libsql'
import { afterAll, describe, it } from 'vitest'
import { keyValueContract, keyValueSweepChecks, registerChecks } from '../../src/stores/contract.ts'
import { MemoryKeyValueStore } from '../../src/stores/memory.ts'
import { openSqlite, type SqliteDriver, SqliteKeyValueStore } from '../../src/stores/sqlite.ts'
import type { Clock } from '../../src/util/clock.ts'
import type { KeyValueStore } from '../../src/util/key-value-store.ts'
import { delegateKeyValues } from './key-values-delegate.ts'

describe('contract of stores of clients: MemoryKeyValueStore', () => {
  const createStore = (clock: Clock) => new MemoryKeyValueStore({ clock })
  keyValueContract({ describe, it, createStore })
  registerChecks('sweeping', keyValueSweepChecks, { describe, it, createStore })
})

describe('contract of stores of clients: a store that answers later', () => {
  keyValueContract({
    describe,
    it,
    createStore: (clock) =>
      delegateKeyValues(new MemoryKeyValueStore({ clock }), async (call) => {
        await new Promise(setImmediate)
        const answer = await call()
        await new Promise(setImmediate)
        return answer
      }),
  })
})

/** Every driver that this machine has. node:sqlite is there from Node 22.13 on. */
const drivers: { name: string; open: () => SqliteDriver }[] = [{ name: 'libsql', open: () => new Libsql(':memory:') }]
const nodeSqlite = process.getBuiltinModule('node:sqlite') as
  | { readonly DatabaseSync: new (path: string) => SqliteDriver }
  | undefined
if (nodeSqlite !== undefined) drivers.push({ name: 'node:sqlite', open: () => new nodeSqlite.DatabaseSync(':memory:') })

const closeStore = (store: KeyValueStore): void => {
  if (store instanceof SqliteKeyValueStore) store.close()
}

describe.each(drivers)('contract of stores of clients: SqliteKeyValueStore over $name', ({ open }) => {
  const createStore = (clock: Clock) => new SqliteKeyValueStore(open(), { clock })
  keyValueContract({ describe, it, createStore, closeStore })
  registerChecks('sweeping', keyValueSweepChecks, { describe, it, createStore, closeStore })
})

describe('contract of stores of clients: SqliteKeyValueStore on one file that all checks share', () => {
  const folder = mkdtempSync(join(tmpdir(), 'authwright-key-values-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  keyValueContract({
    describe,
    it,
    createStore: async (clock) => new SqliteKeyValueStore(await openSqlite(join(folder, 'app.db')), { clock }),
    closeStore,
  })
})
