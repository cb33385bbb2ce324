import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { oauthServer } from '../../src/adapters/node.ts'
import type { Store } from '../../src/oauth2/server/index.ts'
import { MemoryStore } from '../../src/stores/memory.ts'
import { openSqlite, SqliteStore } from '../../src/stores/sqlite.ts'
import { listen, type Running } from '../support/listen.ts'
import { APP, TestProvider } from '../support/openid-provider.ts'
import { type Answer, redeem, refresh, userinfoStatus } from './token-endpoint.ts'

let folder: string
/** Milliseconds. */
let time: number
const clock = (): number => time

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'authwright-races-'))
  time = 1_700_000_000_000
})
afterEach(() => rmSync(folder, { recursive: true }))

async function openFile(): Promise<SqliteStore> {
  const store = new SqliteStore(await openSqlite(join(folder, 'store.db')), { clock })
  store.saveClient(APP)
  return store
}

/** What each instance of the provider keeps its records in. */
const stores: Record<string, () => Promise<readonly Store[]>> = {
  memory: async () => [new MemoryStore({ clock, clients: [APP] })],
  sqlite: async () => [await openFile()],
  'two instances on one SQLite file': async () => [await openFile(), await openFile()],
}

describe.each(Object.entries(stores))('five requests at once, on %s', (_name, open) => {
  let provider: TestProvider
  let instances: Running[]

  beforeEach(async () => {
    const providers = (await open()).map((store) => new TestProvider({ store, clock }))
    const [first] = providers
    if (first === undefined) throw new Error('there is no instance')
    provider = first
    instances = await Promise.all(providers.map(({ server }) => listen(() => oauthServer(server))))
  })
  afterEach(() => Promise.all(instances.map((instance) => instance.close())))

  /** The same request five times, spread over the instances. */
  function fiveTimes(send: (origin: string) => Promise<Answer>): Promise<Answer[]> {
    return Promise.all(Array.from({ length: 5 }, (_, index) => send(origin(index))))
  }

  function origin(index = 0): string {
    return instances[index % instances.length]?.origin ?? ''
  }

  async function logIn(): Promise<string> {
    return (await provider.login(provider.browser())).searchParams.get('code') ?? ''
  }

  it('RFC 6749 §4.1.2: one code gives tokens once, and the replays end them', async () => {
    const code = await logIn()
    const answers = await fiveTimes((at) => redeem(at, code))
    const winners = answers.filter(({ status }) => status === 200)
    expect(winners).toHaveLength(1)
    expect(answers.filter(({ status, error }) => status === 400 && error === 'invalid_grant')).toHaveLength(4)
    expect(await userinfoStatus(origin(), winners[0]?.access_token)).toBe(401)
    expect(await refresh(origin(), winners[0]?.refresh_token)).toMatchObject({ status: 400, error: 'invalid_grant' })
  })

  it('RFC 9700 §4.14.2: one refresh token gives one successor, and the same answer to all', async () => {
    const { refresh_token: first } = await redeem(origin(), await logIn())
    const answers = await fiveTimes((at) => refresh(at, first))
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    const [{ status, refresh_token: second, access_token } = { status: 0 }] = answers
    expect(status).toBe(200)
    expect(second).not.toBe(first)
    expect(await userinfoStatus(origin(), access_token)).toBe(200)

    // The window is open to the last second, and nobody has noticed anything.
    time += 14_000
    expect(await refresh(origin(1), first)).toMatchObject({ status: 200, refresh_token: second })
    const { status: renewed, access_token: latest } = await refresh(origin(), second)
    expect(renewed).toBe(200)

    time += 1000
    expect(await refresh(origin(1), first)).toMatchObject({ status: 400, error: 'invalid_grant' })
    expect(await userinfoStatus(origin(), access_token)).toBe(401)
    expect(await userinfoStatus(origin(), latest)).toBe(401)
    expect(await refresh(origin(), second)).toMatchObject({ status: 400, error: 'invalid_grant' })
  })
})
