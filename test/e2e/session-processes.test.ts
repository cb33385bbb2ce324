import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { CookieJar } from '../support/cookie-jar.ts'

const program = fileURLToPath(new URL('../../.build/test/session-process.mjs', import.meta.url))
const children: ChildProcess[] = []
let folder: string
let origins: readonly string[]

beforeAll(async () => {
  const entry = fileURLToPath(new URL('./session-process.ts', import.meta.url))
  const format = { bundle: true, platform: 'node', format: 'esm', packages: 'external' } as const
  await build({ entryPoints: [entry], outfile: program, ...format })
})
afterEach(async () => {
  await Promise.all(children.splice(0).map(stop))
  rmSync(folder, { recursive: true })
})

async function stop(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit')
  child.kill()
  await exit
}

/** Two processes over one file. */
async function start(mode: string): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'authwright-sessions-'))
  const path = join(folder, 'app.db')
  // One after the other: the first makes the table.
  origins = [await startProcess(path, mode), await startProcess(path, mode)]
}

async function startProcess(path: string, mode: string): Promise<string> {
  const child = spawn(process.execPath, [program, path, mode], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next()
  return value
}

async function open(jar: CookieJar, process: number, path: string) {
  return (await jar.fetch(`${origins[process % 2]}/${path}`)).json()
}

describe.each(['store', 'split'])('sessions of two processes over one SQLite file, mode %s', (mode) => {
  it('are the same ones', async () => {
    await start(mode)
    const jar = new CookieJar()
    const begun = await open(jar, 0, 'start')
    expect(await open(jar, 1, 'read')).toEqual(begun)
    const names = Array.from({ length: 12 }, (_, index) => `p${index}`)
    await Promise.all(names.map((name, index) => open(jar, index, `add/${name}`)))
    const { tokens } = await open(jar, 0, 'read')
    expect(Object.keys(tokens).sort()).toEqual(['op', ...names].sort())
    const outcomes = await Promise.all(names.map((name, index) => open(jar, index, `renew/${name}`)))
    expect(outcomes.filter(Boolean)).toHaveLength(1)
    const copied = jar.copy()
    await open(jar, 1, 'end')
    expect(await open(copied, 0, 'read')).toBeNull()
  })

  it('end with a login that the provider has ended, wherever that was reported', async () => {
    await start(mode)
    const jar = new CookieJar()
    await open(jar, 0, 'start')
    await open(new CookieJar(), 1, 'logout')
    expect(await open(jar, 0, 'read')).toBeNull()
    await open(jar, 0, 'start')
    expect(await open(jar, 1, 'read')).toMatchObject({ data: 'Ada' })
  })
})

describe('logins of two processes over one SQLite file', () => {
  it('are taken once', async () => {
    await start('store')
    const jar = new CookieJar()
    await open(jar, 0, 'begin/S')
    const copies = Array.from({ length: 8 }, (_, index) => open(jar.copy(), index, 'consume/S'))
    expect((await Promise.all(copies)).sort()).toEqual(['ok', ...Array.from({ length: 7 }, () => 'transaction_used')])
    expect(await open(new CookieJar(), 1, 'consume/S')).toBe('transaction_missing')
  })
})
