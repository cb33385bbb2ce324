/*
 * An OpenID provider in a process of its own, which tests kill. It keeps its records in a SQLite file and its keys beside
 * it, and says `ready` when it listens. Run as: node provider-process.mjs FOLDER PORT
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { oauthServer } from '../../src/adapters/node.ts'
import { KeySet } from '../../src/jose/jwks/index.ts'
import { openSqlite, SqliteStore } from '../../src/stores/sqlite.ts'
import { APP, TestProvider } from '../support/openid-provider.ts'

const [folder = '', port = ''] = process.argv.slice(2)
const store = new SqliteStore(await openSqlite(join(folder, 'store.db')))
store.saveClient(APP)
const keys = await KeySet.import(JSON.parse(readFileSync(join(folder, 'keys.json'), 'utf8')))
const { server } = new TestProvider({ issuer: `http://127.0.0.1:${port}`, store, keys, clock: Date.now })
createServer(oauthServer(server)).listen(Number(port), '127.0.0.1', () => console.log('ready'))
