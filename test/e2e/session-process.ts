/*
 * One of several processes of an application that share a SQLite file. It prints its origin, and serves until it is
 * stopped. Run as: node session-process.mjs FILE MODE
 */
import { writeSync } from 'node:fs'
import { fromNode, Sessions } from '../../src/adapters/node.ts'
import { Transactions } from '../../src/oauth2/client/transactions.ts'
import type { SessionsOptions } from '../../src/session/index.ts'
import { openSqlite, SqliteKeyValueStore } from '../../src/stores/sqlite.ts'
import { listen } from '../support/listen.ts'

const [path = '', mode = ''] = process.argv.slice(2)
const secret = 'a secret that is long enough: 0123456789'
const store = new SqliteKeyValueStore(await openSqlite(path))
const sessions = new Sessions<string>({ secret, mode, store, secure: false } as SessionsOptions)
const transactions = new Transactions({ kind: 'login', secret, clock: Date.now, store })
const login = { issuer: 'https://op.example', subject: 'alice', sid: 'S1' }
const token = (name: string) => ({ access_token: name, token_type: 'Bearer' })

const { origin } = await listen(() => async (request, response) => {
  const [, step = '', name = ''] = (request.url ?? '').split('/')
  const steps: Record<string, () => unknown> = {
    start: () => sessions.start(request, response, { data: 'Ada', tokens: { op: token('old') }, login }),
    read: () => sessions.read(request, response),
    add: () => sessions.update(request, response, { tokens: { [name]: token(name) } }),
    renew: () => sessions.updateToken('op', token(name), token('old'), request),
    end: () => sessions.end(request, response),
    logout: () => sessions.endLogin({ issuer: login.issuer, sid: login.sid }),
    begin: async () => {
      const attempt = { provider: 'op', state: name, redirectUri: 'http://localhost/cb', data: 'x'.repeat(9000) }
      response.setHeader('set-cookie', [...(await transactions.begin(fromNode(request), attempt))])
    },
    consume: async () => {
      const outcome = await transactions.consume(fromNode(request), name)
      return outcome.ok ? 'ok' : outcome.error.code
    },
  }
  const answer = await steps[step]?.()
  response.end(JSON.stringify(answer ?? null))
})
writeSync(1, `${origin}\n`)
