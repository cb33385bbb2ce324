/*
 * One process of an application of several, which share their tokens in a SQLite file. It says `ready`, waits for a line,
 * calls the provider's userinfo endpoint for one person many times at once, and prints the statuses.
 * Run as: node client-process.mjs FILE ISSUER CALLS LIFETIME_OF_THE_LOCK
 */
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { storeLock } from '../../src/oauth2/client/index.ts'
import { OpenIdClient } from '../../src/oidc/client/index.ts'
import { openSqlite, SqliteKeyValueStore } from '../../src/stores/sqlite.ts'
import { SECRET } from '../support/openid-provider.ts'
import { sharedTokens } from './client-tokens.ts'

const [path = '', issuer = '', calls = '0', lifetime = '30'] = process.argv.slice(2)
const store = new SqliteKeyValueStore(await openSqlite(path))
const client = new OpenIdClient({
  clientId: 'app',
  clientSecret: SECRET,
  issuer,
  scope: 'openid offline_access',
  ...sharedTokens(store),
  refreshLock: storeLock(store, { lifetime: Number(lifetime) }),
})
await client.metadata()
writeSync(1, 'ready\n')
await once(process.stdin, 'data')
const responses = Array.from({ length: Number(calls) }, () => client.get(`${issuer}/userinfo`, { request: 'alice' }))
const outcomes = await Promise.allSettled(responses)
const statuses = outcomes.map((it) => (it.status === 'fulfilled' ? it.value.status : String(it.reason)))
writeSync(1, `${JSON.stringify(statuses)}\n`)
process.exit()
