import { describe, expect, it } from 'vitest'
import { aClient } from './contract/fixtures.ts'
import { openSqlite, type SqliteDriver, SqliteKeyValueStore, SqliteStore } from './sqlite.ts'

function tables(driver: SqliteDriver): unknown {
  const list = `SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`
  return driver.prepare(`SELECT group_concat(name) AS names FROM (${list})`).get()
}

const end = Math.floor(Date.now() / 1000) + 600

describe('SqliteKeyValueStore', () => {
  it('makes its own two tables and none of a server', async () => {
    const driver = await openSqlite(':memory:')
    const store = new SqliteKeyValueStore(driver)
    store.set('key', 'value', end)
    store.migrate()
    expect(store.get('key')).toBe('value')
    expect(tables(driver)).toMatchObject({ names: 'key_value_schema_versions,key_values' })
  })

  it('shares a file, and a connection, with a SqliteStore', async () => {
    const driver = await openSqlite(':memory:')
    const entries = new SqliteKeyValueStore(driver)
    const store = new SqliteStore(driver)
    const client = aClient()
    entries.set('key', 'value', end)
    store.saveClient(client)
    expect(entries.take('key')).toBe('value')
    expect(store.findClient(client.client_id)).toEqual(client)
  })

  it('refuses a database of a newer release', async () => {
    const driver = await openSqlite(':memory:')
    new SqliteKeyValueStore(driver).migrate()
    driver.exec(`INSERT INTO key_value_schema_versions (version, name, applied_at) VALUES (999, 'later', 0)`)
    expect(() => new SqliteKeyValueStore(driver).get('key')).toThrow(
      'SqliteKeyValueStore: the database has schema version 999, made by a newer release of authwright: expected at most 1',
    )
  })

  it.each(['no JSON', '7'])('refuses a row that it did not write: %s', async (value) => {
    const driver = await openSqlite(':memory:')
    const store = new SqliteKeyValueStore(driver)
    store.migrate()
    driver.prepare('INSERT INTO key_values (key, value, expires_at) VALUES (?, ?, ?)').run('key', value, end)
    const fault = {
      name: 'StoreError',
      code: 'corrupt_record',
      message: '"value" of an entry in key_values is not what was written: expected a text',
    }
    expect(() => store.get('key')).toThrow(expect.objectContaining(fault))
  })
})
