import { describe, expect, it } from 'vitest'
import { aClient, aCode, aFamily, aGrant, anAccessToken } from './contract/fixtures.ts'
import { manualClock } from './contract.ts'
import { initSqlite } from './migrations/0001-init.sqlite.ts'
import type { Migration } from './migrations/migration.ts'
import { openSqlite, type SqliteDriver, SqliteStore } from './sqlite.ts'
import { migrateSqlite, type SqliteSchema } from './sqlite-migrate.ts'

const clock = manualClock()
const first: Migration = { version: 1, name: 'first', sql: 'CREATE TABLE one (id TEXT); CREATE TABLE two (id TEXT);' }
const second: Migration = { version: 2, name: 'second', sql: 'ALTER TABLE one ADD COLUMN more TEXT' }
const broken: Migration = {
  version: 2,
  name: 'broken',
  sql: 'CREATE TABLE three (id TEXT); CREATE TABLE one (id TEXT)',
}

function schemaOf(migrations: readonly Migration[]): SqliteSchema {
  return { store: 'SqliteStore', versions: 'schema_versions', migrations }
}

function tables(driver: SqliteDriver): unknown {
  const list = driver.prepare(
    `SELECT group_concat(name) AS names FROM sqlite_master WHERE type = 'table' ORDER BY name`,
  )
  return list.get()
}

function versions(driver: SqliteDriver): unknown {
  return driver.prepare(`SELECT group_concat(version || ' ' || name) AS applied FROM schema_versions`).get()
}

describe('migrateSqlite', () => {
  it('applies each step once, in order, and notes it', async () => {
    const driver = await openSqlite(':memory:')
    migrateSqlite(driver, schemaOf([first]), clock.read)
    migrateSqlite(driver, schemaOf([first]), clock.read)
    expect(versions(driver)).toMatchObject({ applied: '1 first' })
    migrateSqlite(driver, schemaOf([first, second]), clock.read)
    expect(versions(driver)).toMatchObject({ applied: '1 first,2 second' })
  })

  it('applies all missing steps or none', async () => {
    const driver = await openSqlite(':memory:')
    expect(() => migrateSqlite(driver, schemaOf([first, broken]), clock.read)).toThrow(/table one already exists/)
    expect(tables(driver)).toMatchObject({ names: null })
    migrateSqlite(driver, schemaOf([first, second]), clock.read)
    expect(versions(driver)).toMatchObject({ applied: '1 first,2 second' })
  })

  it('refuses a database of a newer release, and leaves it as it was', async () => {
    const driver = await openSqlite(':memory:')
    migrateSqlite(driver, schemaOf([first, second]), clock.read)
    expect(() => migrateSqlite(driver, schemaOf([first]), clock.read)).toThrow(
      expect.objectContaining({
        name: 'ConfigurationError',
        message:
          'SqliteStore: the database has schema version 2, made by a newer release of authwright: expected at most 1',
      }),
    )
    expect(versions(driver)).toMatchObject({ applied: '1 first,2 second' })
  })
})

describe('SqliteStore.migrate', () => {
  it('may be called again and again, and keeps what is there', async () => {
    const store = new SqliteStore(await openSqlite(':memory:'), { clock: clock.read })
    const client = aClient()
    store.migrate()
    store.saveClient(client)
    store.migrate()
    expect(store.findClient(client.client_id)).toEqual(client)
  })

  it('is not needed: the first use brings the schema', async () => {
    const store = new SqliteStore(await openSqlite(':memory:'), { clock: clock.read })
    expect(store.saveTokens(aFamily(clock))).toBe(true)
  })

  it('refuses a database of a newer release at every use', async () => {
    const driver = await openSqlite(':memory:')
    new SqliteStore(driver, { clock: clock.read }).migrate()
    driver.prepare('INSERT INTO schema_versions (version, name, applied_at) VALUES (?, ?, ?)').run(999, 'later', 0)
    const store = new SqliteStore(driver, { clock: clock.read })
    const message = 'SqliteStore: the database has schema version 999, made by a newer release of authwright'
    expect(() => store.migrate()).toThrow(message)
    expect(() => store.findClient('client')).toThrow(message)
    expect(() => store.findClient('client')).toThrow(message)
  })

  it('refuses a file whose tables belong to something else, and leaves it as it was', async () => {
    const driver = await openSqlite(':memory:')
    driver.exec('CREATE TABLE sessions (mine TEXT)')
    expect(() => new SqliteStore(driver).migrate()).toThrow(/table sessions already exists/)
    expect(tables(driver)).toMatchObject({ names: 'sessions' })
  })
})

describe('a database of schema version 1', () => {
  const owner = { client_id: 'app', subject: 'alice' }
  const family = aFamily(clock, aGrant(clock, owner))
  const token = anAccessToken(clock, owner)
  const code = aCode(clock, { client_id: owner.client_id, grant: aGrant(clock, owner) })

  /** With a family, a token of no family, an unused code and a client in it. */
  async function openOld(): Promise<SqliteStore> {
    const driver = await openSqlite(':memory:')
    migrateSqlite(driver, schemaOf([initSqlite]), clock.read)
    const insert = (table: string, columns: Record<string, string | number | null>): void => {
      const places = Object.keys(columns).map(() => '?')
      driver
        .prepare(`INSERT INTO ${table} (${Object.keys(columns).join()}) VALUES (${places.join()})`)
        .run(...Object.values(columns))
    }
    const rowOf = (record: { id: string; expires_at: number }) => {
      return { id: record.id, data: JSON.stringify(record), expires_at: record.expires_at }
    }
    insert('clients', { client_id: owner.client_id, data: JSON.stringify({ client_id: owner.client_id }) })
    insert('grants', rowOf(family.grant))
    insert('access_tokens', { ...rowOf(family.accessToken), grant_id: family.grant.id })
    insert('refresh_tokens', { ...rowOf(family.refreshToken), grant_id: family.grant.id })
    insert('access_tokens', rowOf(token))
    insert('authorization_codes', { ...rowOf(code), grant_id: code.grant.id })
    return new SqliteStore(driver, { clock: clock.read })
  }

  it('keeps all that is in it', async () => {
    const store = await openOld()
    expect(store.findClient(owner.client_id)).toEqual({ client_id: owner.client_id })
    expect(store.findGrant(family.grant.id)).toEqual(family.grant)
    expect(store.findAccessToken(family.accessToken.id)).toEqual(family.accessToken)
    expect(store.findRefreshToken(family.refreshToken.id)).toEqual(family.refreshToken)
    expect(store.findAccessToken(token.id)).toEqual(token)
    expect(store.findAuthorizationCode(code.id)).toEqual(code)
  })

  it.each([{ clientId: 'app' }, { subject: 'alice' }, { clientId: 'app', subject: 'alice' }])(
    'knows whose it is, for all of it to be revoked: %j',
    async (named) => {
      const store = await openOld()
      expect(store.revokeAll({ clientId: 'other', subject: 'alice' }, clock.now())).toBe(0)
      expect(store.revokeAll(named, clock.now())).toBe(2)
      expect(store.findAccessToken(family.accessToken.id)).toBeUndefined()
      expect(store.findAccessToken(token.id)).toBeUndefined()
      expect(store.findAuthorizationCode(code.id)).toBeUndefined()
    },
  )
})
