import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Libsql from 'libsql'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  aClient,
  aCode,
  aConsent,
  aFamily,
  aGrant,
  anAccessToken,
  aRefreshToken,
  aSession,
  moreTokens,
} from './contract/fixtures.ts'
import { manualClock } from './contract.ts'
import { sql } from './sql.ts'
import { openSqlite, type SqliteDriver, SqliteStore } from './sqlite.ts'

const clock = manualClock()
let folder: string
let driver: SqliteDriver
let store: SqliteStore

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'authwright-sqlite-'))
  await open()
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true })
})

async function open(): Promise<void> {
  driver = await openSqlite(join(folder, 'store.db'))
  store = new SqliteStore(driver, { clock: clock.read })
}

async function reopen(): Promise<void> {
  store.close()
  await open()
}

describe('SqliteStore', () => {
  it('finds everything again after it was closed and opened', async () => {
    const [client, consent, session, family] = [aClient(), aConsent(clock), aSession(clock), aFamily(clock)]
    const [code, revoked, key] = [aCode(clock), aFamily(clock), 'key']
    store.saveClient(client)
    store.saveConsent(consent)
    store.saveSession(session)
    store.saveTokens(family)
    store.saveTokens(revoked)
    store.revokeGrant(revoked.grant.id, clock.now())
    store.saveAuthorizationCode(code)
    store.consumeAuthorizationCode(code.id, { at: clock.now(), keepUntil: clock.now() + 600 })
    store.rotateRefreshToken(family.refreshToken.id, {
      at: clock.now(),
      successorResponse: 'sealed',
      tokens: moreTokens(clock, family.grant),
    })
    store.rememberOnce(key, clock.now() + 600)
    await reopen()
    expect(store.findClient(client.client_id)).toEqual(client)
    expect(store.findConsent(consent.subject, consent.client_id)).toEqual(consent)
    expect(store.findSession(session.id)).toEqual(session)
    expect(store.findAccessToken(family.accessToken.id)).toEqual(family.accessToken)
    expect(store.findGrant(revoked.grant.id)).toBeUndefined()
    expect(store.findAuthorizationCode(code.id)?.consumed_at).toBe(clock.now())
    expect(store.findRefreshToken(family.refreshToken.id)?.successor_response).toBe('sealed')
    expect(store.rememberOnce(key, clock.now() + 600)).toBe(false)
  })

  it('keeps a code that is saved as used, and a token that is saved as rotated, what they are', () => {
    const code = aCode(clock, { consumed_at: clock.now() })
    const grant = aGrant(clock)
    const token = aRefreshToken(clock, grant, { rotated_at: clock.now(), successor_response: 'sealed' })
    store.saveAuthorizationCode(code)
    store.saveTokens({ grant, refreshToken: token })
    const rotation = { at: clock.now(), successorResponse: '', tokens: {} }
    expect(store.consumeAuthorizationCode(code.id, { at: clock.now(), keepUntil: clock.now() + 9 })).toBe('replayed')
    expect(store.rotateRefreshToken(token.id, rotation)).toBe('replayed')
    expect(store.findRefreshToken(token.id)).toEqual(token)
  })

  it('refuses to save a used code again', () => {
    const code = aCode(clock)
    store.saveAuthorizationCode(code)
    store.consumeAuthorizationCode(code.id, { at: clock.now(), keepUntil: clock.now() + 600 })
    expect(() => store.saveAuthorizationCode(code)).toThrow(/UNIQUE constraint failed/)
  })

  it('writes nothing of a redemption whose refresh token exists', () => {
    const family = aFamily(clock)
    const code = aCode(clock)
    const tokens = { ...aFamily(clock, code.grant), refreshToken: { ...family.refreshToken, grant_id: code.grant.id } }
    store.saveTokens(family)
    store.saveAuthorizationCode(code)
    const redeem = () =>
      store.consumeAuthorizationCode(code.id, { at: clock.now(), keepUntil: clock.now() + 9, tokens })
    expect(redeem).toThrow(/UNIQUE constraint failed/)
    expect(store.findAuthorizationCode(code.id)).toEqual(code)
    expect(store.findAccessToken(tokens.accessToken.id)).toBeUndefined()
    expect(store.findGrant(code.grant.id)).toBeUndefined()
  })

  it('sweeps all kinds of records, and counts them', () => {
    const expires_at = clock.now() + 10
    store.saveTokens({ accessToken: anAccessToken(clock, { expires_at }) })
    store.saveTokens({ grant: aGrant(clock, { expires_at }) })
    store.saveSession(aSession(clock, { expires_at }))
    store.saveAuthorizationCode(aCode(clock, { expires_at }))
    store.rememberOnce('key', expires_at)
    clock.advance(10)
    expect([store.sweep(0), store.sweep(3), store.sweep(3), store.sweep(3)]).toEqual([0, 3, 2, 0])
  })

  it('commits to the disk before it answers, in a write-ahead log', () => {
    expect(driver.prepare('PRAGMA journal_mode').get()).toMatchObject({ journal_mode: 'wal' })
    expect(driver.prepare('PRAGMA synchronous').get()).toMatchObject({ synchronous: 2 })
    expect(driver.prepare('PRAGMA busy_timeout').get()).toMatchObject({ timeout: 5000 })
  })
})

describe('SQL of the SqliteStore', () => {
  it.each(Object.entries(sql))('%s never reads a whole table', (_, text) => {
    const database = new Libsql(':memory:')
    new SqliteStore(database).migrate()
    const nothing = [...text.matchAll(/\?/g)].map(() => 0)
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...nothing)
    expect(plan.filter((step) => /^SCAN (?!CONSTANT ROW)/.test(String(Object(step).detail)))).toEqual([])
    database.close()
  })
})

describe('SqliteStore over a damaged file', () => {
  const damage = (table: string, data: string | null) => {
    driver.prepare(`UPDATE ${table} SET data = ?`).run(data ?? '')
  }

  it.each(['', '{"id": "x"', '[]', 'null', '"text"', '{}', '{"client_id": 7}'])('refuses the client %j', (data) => {
    store.saveClient(aClient({ client_id: 'client' }))
    damage('clients', data)
    expect(() => store.findClient('client')).toThrow(
      expect.objectContaining({
        name: 'StoreError',
        code: 'corrupt_record',
        message: '"data" of a row in clients is damaged: expected a JSON object with "client_id" (string)',
      }),
    )
  })

  it('names the table and what it expected, and repeats nothing of the row', () => {
    const family = aFamily(clock)
    const [code, session, consent] = [aCode(clock), aSession(clock), aConsent(clock)]
    store.saveTokens(family)
    store.saveAuthorizationCode(code)
    store.saveSession(session)
    store.saveConsent(consent)
    const reads: [table: string, read: () => unknown, expected: string][] = [
      ['access_tokens', () => store.findAccessToken(family.accessToken.id), '"scope" (string)'],
      ['refresh_tokens', () => store.findRefreshToken(family.refreshToken.id), '"grant_id" (string)'],
      ['authorization_codes', () => store.findAuthorizationCode(code.id), '"grant" (object)'],
      ['sessions', () => store.findSession(session.id), '"authentication" (object)'],
      ['consents', () => store.findConsent(consent.subject, consent.client_id), '"subject" (string)'],
      ['grants', () => store.findGrant(family.grant.id), '"expires_at" (number)'],
    ]
    for (const [table, read, expected] of reads) {
      damage(table, '{"secret": "value"}')
      expect(read).toThrow(`"data" of a row in ${table} is damaged: expected a JSON object with`)
      expect(read).toThrow(expected)
      expect(read).not.toThrow('value')
    }
  })
})
