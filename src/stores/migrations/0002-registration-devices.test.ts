import Libsql from 'libsql'
import { describe, expect, it } from 'vitest'
import { aCode, aFamily, aGrant, anAccessToken } from '../contract/fixtures.ts'
import { manualClock } from '../contract.ts'
import { SqliteStore } from '../sqlite.ts'
import { migrateSqlite } from '../sqlite-migrate.ts'
import { initSqlite } from './0001-init.sqlite.ts'

const clock = manualClock()

/** A database as the first schema left it, with what a client and a person had. */
function databaseOfVersion1() {
  const database = new Libsql(':memory:')
  migrateSqlite(database, { store: 'SqliteStore', versions: 'schema_versions', migrations: [initSqlite] }, clock.read)
  const family = aFamily(clock)
  const own = anAccessToken(clock, { client_id: 'machine' })
  const code = aCode(clock, { grant: aGrant(clock, { subject: 'somebody' }) })
  const insert = (sql: string, ...values: unknown[]): unknown => database.prepare(sql).run(...values)
  const { grant, accessToken } = family
  insert('INSERT INTO grants VALUES (?, ?, ?, NULL)', grant.id, JSON.stringify(grant), grant.expires_at)
  for (const token of [accessToken, own]) {
    const row = [token.id, token.grant_id ?? null, JSON.stringify(token), token.expires_at]
    insert('INSERT INTO access_tokens VALUES (?, ?, ?, ?)', ...row)
  }
  const row = [code.id, code.grant.id, JSON.stringify(code), code.expires_at]
  insert('INSERT INTO authorization_codes VALUES (?, ?, ?, ?, NULL)', ...row)
  insert('INSERT INTO clients VALUES (?, ?)', 'app', JSON.stringify({ client_id: 'app' }))
  return { store: new SqliteStore(database, { clock: clock.read }), family, own, code }
}

describe('the second schema', () => {
  it('keeps what was there', () => {
    const { store, family, own, code } = databaseOfVersion1()
    expect(store.findGrant(family.grant.id)).toEqual(family.grant)
    expect(store.findAccessToken(own.id)).toEqual(own)
    expect(store.findAuthorizationCode(code.id)).toEqual(code)
    expect(store.findClient('app')).toEqual({ client_id: 'app' })
  })

  it('finds the owners of what was there', () => {
    const { store, family, own, code } = databaseOfVersion1()
    expect(store.revokeAll({ clientId: 'machine' }, clock.now())).toBe(1)
    expect(store.findAccessToken(own.id)).toBeUndefined()
    expect(store.revokeAll({ subject: 'somebody' }, clock.now())).toBe(0)
    expect(store.findAuthorizationCode(code.id)).toBeUndefined()
    expect(store.revokeAll({ subject: 'person', clientId: 'client' }, clock.now())).toBe(1)
    expect(store.findAccessToken(family.accessToken.id)).toBeUndefined()
  })
})
