/*
 * One process of the tests that share a SQLite file. It says `ready`, waits for a line, opens the file, does its task
 * and prints what came of it. Run as: node stores-process.mjs FILE TASK COUNT
 */
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { aCode, aFamily, aGrant, moreTokens } from '../../src/stores/contract/fixtures.ts'
import { manualClock } from '../../src/stores/contract.ts'
import { openSqlite, SqliteKeyValueStore, SqliteStore } from '../../src/stores/sqlite.ts'

const [path = '', task = '', count = '0'] = process.argv.slice(2)
const ids = Array.from({ length: Number(count) }, (_, index) => `${task}-${index}`)
const clock = manualClock()

/** Each task races the other processes for the same ids; its answers go out as one line. */
const tasks: Record<string, (store: SqliteStore) => unknown> = {
  migrate: (store) => store.migrate(),
  redeem: (store) =>
    ids.map((id) => {
      const tokens = aFamily(clock, aGrant(clock, { id }))
      return store.consumeAuthorizationCode(id, { at: clock.now(), keepUntil: clock.now() + 600, tokens })
    }),
  rotate: (store) =>
    ids.map((id) => {
      const tokens = moreTokens(clock, aGrant(clock, { id: 'family' }))
      return store.rotateRefreshToken(id, { at: clock.now(), successorResponse: 'sealed', tokens })
    }),
  remember: (store) => ids.map((id) => store.rememberOnce(id, clock.now() + 600)),
  revoke: (store) => ids.map((id) => store.revokeGrant(id, clock.now())),
  fetch: (store) =>
    ids.map((id) => {
      const tokens = aFamily(clock, aGrant(clock, { id }))
      return store.consumeDeviceCode(id, { at: clock.now(), tokens })
    }),
  push: (store) => ids.map((id) => store.consumePushedRequest(id, clock.now())),
  count: (store) => ids.map((id) => store.incrementCounter(id, clock.now() + 600)),
  end: (store) => ids.map((id) => store.revokeAll({ clientId: id }, clock.now())),
  login: (store) => ids.map((id) => logIn(store, id)),
}

/** What clients keep; it shares the file and the connection with the store. */
const keyValueTasks: Record<string, (store: SqliteKeyValueStore) => unknown> = {
  take: (store) => ids.map((id) => store.take(id) ?? 'gone'),
  create: (store) => ids.map((id) => store.setIfAbsent(id, String(process.pid), clock.now() + 600)),
  replace: (store) => ids.map((id) => store.replace(id, 'before', String(process.pid), clock.now() + 600)),
  remove: (store) => ids.map((id) => store.delete(id, 'before')),
}

/** Issues a code and redeems it, and only then says so. */
function logIn(store: SqliteStore, id: string): void {
  const code = aCode(clock, { id, grant: aGrant(clock, { id }) })
  const tokens = aFamily(clock, code.grant)
  tokens.accessToken.id = id
  store.saveAuthorizationCode(code)
  store.consumeAuthorizationCode(id, { at: clock.now(), keepUntil: clock.now() + 600, tokens })
  writeSync(1, `${id}\n`)
}

writeSync(1, 'ready\n')
await once(process.stdin, 'data')
const driver = await openSqlite(path)
const store = new SqliteStore(driver, { clock: clock.read })
const entries = new SqliteKeyValueStore(driver, { clock: clock.read })
const answers = tasks[task]?.(store) ?? keyValueTasks[task]?.(entries) ?? []
store.close()
writeSync(1, `${JSON.stringify(answers)}\n`)
process.exit()
