import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { oauthServer } from '../../src/adapters/node.ts'
import {
  AuthorizationCodeGrant,
  AuthorizationServer,
  ClientRegistration,
  type Store,
} from '../../src/oauth2/server/index.ts'
import { MemoryStore } from '../../src/stores/memory.ts'
import { openSqlite, SqliteStore } from '../../src/stores/sqlite.ts'
import { listen, type Running } from '../support/listen.ts'

const ROUNDS = 100
const METADATA = { redirect_uris: ['https://app.example/cb'] }

let folder: string
let instances: Running[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'authwright-registration-'))
})
afterEach(async () => {
  await Promise.all(instances.map((instance) => instance.close()))
  rmSync(folder, { recursive: true })
})

const openFile = async (): Promise<Store> => new SqliteStore(await openSqlite(join(folder, 'store.db')))

/** What each instance of the server keeps its records in. */
const stores: Record<string, () => Promise<readonly Store[]>> = {
  memory: async () => [new MemoryStore()],
  sqlite: async () => [await openFile()],
  'two instances on one SQLite file': async () => [await openFile(), await openFile()],
}

interface Answer {
  readonly status: number
  readonly client_id?: string
  readonly registration_access_token?: string
  readonly error?: string
}

async function send(method: string, index: number, path: string, token: string, content?: object): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', connection: 'close' }
  const body = content === undefined ? {} : { body: JSON.stringify(content) }
  const response = await fetch(`${originOf(index)}${path}`, { method, headers, ...body })
  const text = await response.text()
  return { status: response.status, ...(text === '' ? {} : JSON.parse(text)) }
}

function originOf(index: number): string {
  return instances[index % instances.length]?.origin ?? ''
}

/** Instances that agree on who they are, and differ in where they listen. */
async function start(all: readonly Store[]): Promise<void> {
  instances = await Promise.all(
    all.map((store) =>
      listen(() =>
        oauthServer(
          new AuthorizationServer<Store>({ issuer: 'https://op.example', store })
            .registerGrant(AuthorizationCodeGrant)
            .registerExtension(new ClientRegistration({ initialAccess: 'open' })),
        ),
      ),
    ),
  )
}

describe.each(Object.entries(stores))('RFC 7592 §2.2, §2.3 five requests at once, on %s', (_name, open) => {
  it(`one registration access token changes a client once, ${ROUNDS} times in a row`, { timeout: 60_000 }, async () => {
    await start(await open())
    const { client_id = '', registration_access_token } = await send('POST', 0, '/register', '', METADATA)
    let token = registration_access_token ?? ''
    const path = `/register/${client_id}`
    for (let round = 0; round < ROUNDS; round += 1) {
      const update = { ...METADATA, client_id, software_version: String(round) }
      const answers = await Promise.all([0, 1, 2, 3, 4].map((index) => send('PUT', index, path, token, update)))
      const winners = answers.filter(({ status }) => status === 200)
      expect(winners).toHaveLength(1)
      expect(answers.filter(({ status, error }) => status === 401 && error === 'invalid_token')).toHaveLength(4)
      token = winners[0]?.registration_access_token ?? ''
    }
    const deletions = await Promise.all([0, 1, 2, 3, 4].map((index) => send('DELETE', index, path, token)))
    expect(deletions.map(({ status }) => status).sort()).toEqual([204, 401, 401, 401, 401])
    expect((await send('GET', 0, path, token)).status).toBe(401)
  })
})
