import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Libsql from 'libsql'
import { afterAll, describe, it } from 'vitest'
import type { Store } from '../../src/oauth2/server/store.ts'
import { storeContract } from '../../src/stores/contract.ts'
import { MemoryStore } from '../../src/stores/memory.ts'
import { openSqlite, type SqliteDriver, SqliteStore } from '../../src/stores/sqlite.ts'
import { delegateTo } from './stores-delegate.ts'

describe('store contract: MemoryStore', () => {
  storeContract({ describe, it, createStore: (clock) => new MemoryStore({ clock }) })
})

describe('store contract: a store that answers later', () => {
  storeContract({ describe, it, createStore: (clock) => answerLater(new MemoryStore({ clock })) })
})

/** Every driver that this machine has. node:sqlite is there from Node 22.13 on. */
const drivers: { name: string; open: () => SqliteDriver }[] = [{ name: 'libsql', open: () => new Libsql(':memory:') }]
const nodeSqlite = findNodeSqlite()
if (nodeSqlite !== undefined) drivers.push({ name: 'node:sqlite', open: () => new nodeSqlite.DatabaseSync(':memory:') })

describe.each(drivers)('store contract: SqliteStore over $name', ({ open }) => {
  storeContract({
    describe,
    it,
    createStore: (clock) => new SqliteStore(open(), { clock }),
    closeStore: (store) => {
      if (store instanceof SqliteStore) store.close()
    },
  })
})

describe('store contract: SqliteStore on one file that all checks share', () => {
  const folder = mkdtempSync(join(tmpdir(), 'authwright-contract-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  storeContract({
    describe,
    it,
    createStore: async (clock) => new SqliteStore(await openSqlite(join(folder, 'store.db')), { clock }),
    closeStore: (store) => {
      if (store instanceof SqliteStore) store.close()
    },
  })
})

/** The same verbs with turns of the event loop around them, as a database over the network has. */
function answerLater(store: Store): Store {
  return delegateTo(store, async (call) => {
    await new Promise(setImmediate)
    const answer = await call()
    await new Promise(setImmediate)
    return answer
  })
}

interface NodeSqlite {
  readonly DatabaseSync: new (path: string) => SqliteDriver
}

function findNodeSqlite(): NodeSqlite | undefined {
  return process.getBuiltinModule('node:sqlite') as NodeSqlite | undefined
}
