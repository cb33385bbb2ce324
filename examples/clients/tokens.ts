import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from './expect.ts'
import { logIn, program, redirectUriFor } from './log-in.ts'
import { startProvider } from './provider.ts'

// #region guide

import { OAuth2Client, storeLock, tokenStore } from 'authwright/oauth2/client'
import { openSqlite, SqliteKeyValueStore } from 'authwright/stores/sqlite'

export interface Settings {
  issuer: string
  apiBaseUrl: string
  redirectUri: string
  /** Where the tokens are: the same file in every process. */
  file: string
  /** At least 32 bytes, and the same in every process. */
  secret: string
}

/** Whose request it is that calls the API. */
export interface Visit {
  personId: string
}

/** One process of the app: it finds a person's token in the store, and leaves a renewed one there. */
export async function startProcess({ file, secret, ...server }: Settings) {
  const store = new SqliteKeyValueStore(await openSqlite(file))
  const tokens = tokenStore<Visit>(store, { secret, key: ({ personId }) => personId })
  const { fetchToken, updateToken } = tokens
  const client = new OAuth2Client({
    ...server,
    clientId: 'program',
    fetchToken,
    updateToken,
    refreshLock: storeLock(store), // one process at a time renews a person's token
  })
  return { client, tokens }
}
// #endregion

const folder = await mkdtemp(join(tmpdir(), 'tokens-'))
const provider = await startProvider({ clients: [program] })
const { issuer, apiBaseUrl } = provider
const settings = {
  ...{ issuer, apiBaseUrl, redirectUri: redirectUriFor(provider) },
  ...{ file: join(folder, 'app.db'), secret: 'the secret of the tokens of an example' },
}
const [one, other] = await Promise.all([startProcess(settings), startProcess(settings)])
const request = { personId: 'ada' }

const token = await logIn(one.client, 'files')
await one.tokens.saveToken({ ...token, expires_at: 0 }, request) // as if an hour had gone by
const before = provider.tokenRequests()

const calls = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? one : other).client.get('files', { request }))
const statuses = (await Promise.all(calls)).map(({ status }) => status)
expect(
  statuses.every((status) => status === 200),
  '20 calls over two clients with an expired token: 20 answers',
)
expect(provider.tokenRequests() - before === 1, 'and one refresh')
const renewed = await other.tokens.fetchToken(request)
expect(renewed?.access_token !== token.access_token, 'the store has the token that everybody uses now')

await provider.stop()
await rm(folder, { recursive: true })
