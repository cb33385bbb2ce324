import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  aCode,
  aDeviceCode,
  aFamily,
  aGrant,
  aPushedRequest,
  aRefreshToken,
} from '../../src/stores/contract/fixtures.ts'
import { manualClock } from '../../src/stores/contract.ts'
import { openSqlite, SqliteKeyValueStore, SqliteStore } from '../../src/stores/sqlite.ts'

const program = fileURLToPath(new URL('../../.build/test/stores-process.mjs', import.meta.url))
const processes = 4
const rounds = 25
const clock = manualClock()
let folder: string
let path: string

beforeAll(async () => {
  const entry = fileURLToPath(new URL('./stores-process.ts', import.meta.url))
  await build({
    entryPoints: [entry],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  })
})
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'authwright-processes-'))
  path = join(folder, 'store.db')
})
afterEach(() => rmSync(folder, { recursive: true }))

async function openStore(): Promise<SqliteStore> {
  return new SqliteStore(await openSqlite(path), { clock: clock.read })
}

interface Worker {
  readonly child: ChildProcess
  readonly lines: AsyncIterator<string>
}

/** A process that has started and waits to be told to go. */
async function startWorker(task: string, count: number): Promise<Worker> {
  const child = spawn(process.execPath, [program, path, task, String(count)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  expect(await lines.next()).toEqual({ done: false, value: 'ready' })
  return { child, lines }
}

/** Lets four processes do one task at once; what each of them answered, in order. */
async function raceProcesses(task: string, count: number): Promise<unknown[][]> {
  const workers = await Promise.all(Array.from({ length: processes }, () => startWorker(task, count)))
  for (const { child } of workers) child.stdin?.write('go\n')
  return Promise.all(workers.map(async ({ lines }) => JSON.parse((await lines.next()).value ?? '"no answer"')))
}

/** For each id, the answers of all processes. */
function perId(answers: readonly unknown[][]): unknown[][] {
  return Array.from({ length: rounds }, (_, index) => answers.map((given) => given[index]).sort())
}

describe('four processes share one SQLite file', () => {
  it('create the schema once when they start together', async () => {
    expect(await raceProcesses('migrate', 0)).toEqual([[], [], [], []])
    const driver = await openSqlite(path)
    expect(driver.prepare('SELECT count(*) AS n FROM schema_versions').get()).toMatchObject({ n: 2 })
    driver.close()
  })

  it('RFC 6749 §4.1.2 redeem each code exactly once', async () => {
    const store = await openStore()
    for (let index = 0; index < rounds; index++) store.saveAuthorizationCode(aCode(clock, { id: `redeem-${index}` }))
    for (const answers of perId(await raceProcesses('redeem', rounds)))
      expect(answers).toEqual(['done', 'replayed', 'replayed', 'replayed'])
    store.close()
  })

  it('RFC 9700 §4.14.2 rotate each refresh token exactly once', async () => {
    const store = await openStore()
    const grant = aGrant(clock, { id: 'family' })
    store.saveTokens({ grant })
    for (let index = 0; index < rounds; index++)
      store.saveTokens({ refreshToken: aRefreshToken(clock, grant, { id: `rotate-${index}` }) })
    for (const answers of perId(await raceProcesses('rotate', rounds)))
      expect(answers).toEqual(['done', 'replayed', 'replayed', 'replayed'])
    store.close()
  })

  it('remember each key exactly once', async () => {
    for (const answers of perId(await raceProcesses('remember', rounds)))
      expect(answers).toEqual([false, false, false, true])
  })

  it('RFC 7009 §2.1 revoke each grant exactly once', async () => {
    const store = await openStore()
    for (let index = 0; index < rounds; index++)
      store.saveTokens(aFamily(clock, aGrant(clock, { id: `revoke-${index}` })))
    for (const answers of perId(await raceProcesses('revoke', rounds)))
      expect(answers).toEqual([false, false, false, true])
    store.close()
  })
})

describe('four processes share one SQLite file of devices, pushed requests and counters', () => {
  it('RFC 8628 §3.4 give the tokens of each device exactly once', async () => {
    const store = await openStore()
    for (let index = 0; index < rounds; index++) {
      const id = `fetch-${index}`
      store.saveDeviceCode(aDeviceCode(clock, { id }))
      store.decideDeviceCode(id, { decision: 'approved', grant: aGrant(clock, { id }) })
    }
    for (const answers of perId(await raceProcesses('fetch', rounds)))
      expect(answers).toEqual(['done', 'replayed', 'replayed', 'replayed'])
    store.close()
  })

  it('RFC 9126 §4 use each pushed request exactly once', async () => {
    const store = await openStore()
    for (let index = 0; index < rounds; index++) store.savePushedRequest(aPushedRequest(clock, { id: `push-${index}` }))
    for (const answers of perId(await raceProcesses('push', rounds)))
      expect(answers).toEqual(['done', 'replayed', 'replayed', 'replayed'])
    store.close()
  })

  it('count each attempt', async () => {
    for (const answers of perId(await raceProcesses('count', rounds))) expect(answers).toEqual([1, 2, 3, 4])
  })

  it('end what each client has exactly once', async () => {
    const store = await openStore()
    for (let index = 0; index < rounds; index++)
      store.saveTokens(aFamily(clock, aGrant(clock, { client_id: `end-${index}` })))
    for (const answers of perId(await raceProcesses('end', rounds))) expect(answers).toEqual([0, 0, 0, 1])
    store.close()
  })
})

describe('four processes share one SQLite file of what clients keep', () => {
  async function fill(task: string): Promise<void> {
    const entries = new SqliteKeyValueStore(await openSqlite(path), { clock: clock.read })
    for (let index = 0; index < rounds; index++) entries.set(`${task}-${index}`, 'before', clock.now() + 600)
    entries.close()
  }

  it('create each entry exactly once, tables included', async () => {
    for (const answers of perId(await raceProcesses('create', rounds)))
      expect(answers).toEqual([false, false, false, true])
  })

  it.each(['replace', 'remove'])('%s each value exactly once', async (task) => {
    await fill(task)
    for (const answers of perId(await raceProcesses(task, rounds))) expect(answers).toEqual([false, false, false, true])
  })

  it('take each value exactly once', async () => {
    await fill('take')
    for (const answers of perId(await raceProcesses('take', rounds)))
      expect(answers).toEqual(['before', 'gone', 'gone', 'gone'])
  })
})

describe('a process that is killed', () => {
  it('has lost nothing that it answered, and half done nothing', async () => {
    const logins = 5000
    const { child, lines } = await startWorker('login', logins)
    child.stdin?.write('go\n')
    const answered: string[] = []
    for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
      answered.push(line.value)
      if (answered.length === 30) child.kill('SIGKILL')
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    expect(child.signalCode).toBe('SIGKILL')
    expect(answered.length).toBeLessThan(logins)

    const store = await openStore()
    const use = { at: clock.now(), keepUntil: clock.now() + 600 }
    for (const id of answered) {
      expect(store.findAccessToken(id)?.id).toBe(id)
      expect(store.consumeAuthorizationCode(id, use)).toBe('replayed')
    }
    const next = `login-${answered.length}`
    expect(store.findAccessToken(next) !== undefined).toBe(store.findAuthorizationCode(next)?.consumed_at !== undefined)
    store.close()
  })
})
