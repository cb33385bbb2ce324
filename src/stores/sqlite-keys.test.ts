import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RotatingKeys } from '../jose/jwks/index.ts'
import { signJwt, verifyJwt } from '../jose/jwt/index.ts'
import { manualClock } from './contract.ts'
import { openSqlite, SqliteStore } from './sqlite.ts'

let folder: string
let stores: SqliteStore[]
const clock = manualClock()
const secrets = ['a-secret-of-more-than-thirty-two-characters']

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'authwright-keys-'))
  const path = join(folder, 'store.db')
  stores = [new SqliteStore(await openSqlite(path)), new SqliteStore(await openSqlite(path))]
})
afterEach(() => {
  for (const store of stores) store.close()
  rmSync(folder, { recursive: true })
})

/** One instance of a server for each connection to the file. */
function openAll(): Promise<RotatingKeys[]> {
  const options = { algorithms: ['ES256'], secrets, clock: clock.read } as const
  return Promise.all(stores.map((store) => RotatingKeys.open({ ...options, store })))
}

describe('rotating keys of two instances in one SQLite file', () => {
  it('are the same keys, though both started at once', async () => {
    const [first, second] = await openAll()
    expect(first?.current.toPublicJwks().keys).toHaveLength(1)
    expect(second?.current.toPublicJwks()).toEqual(first?.current.toPublicJwks())
  })

  it('verify what the other has signed, before and after a rotation', async () => {
    const [first, second] = await openAll()
    if (first === undefined || second === undefined) return expect.unreachable()
    const before = await signJwt({ sub: 'u1' }, first, { alg: 'ES256' })
    await first.rotate()
    const after = await signJwt({ sub: 'u1' }, first, { alg: 'ES256' })
    await second.refresh()
    for (const jwt of [before, after])
      expect((await verifyJwt(jwt, second, { algorithms: ['ES256'] })).claims).toMatchObject({ sub: 'u1' })
    expect(first.current.toPublicJwks()).toEqual(second.current.toPublicJwks())
  })

  it('are sealed in the file', async () => {
    await openAll()
    const [store] = stores
    expect(store?.load()?.value).not.toContain('"kty"')
  })
})

describe('SqliteStore.save', () => {
  it('writes for one of the instances that expect the same version', () => {
    const [first, second] = stores
    expect(first?.load()).toBeUndefined()
    expect(first?.save({ version: 1, value: 'first' }, undefined)).toBe(true)
    expect(second?.save({ version: 1, value: 'second' }, undefined)).toBe(false)
    expect(second?.save({ version: 2, value: 'second' }, 1)).toBe(true)
    expect(first?.save({ version: 2, value: 'first' }, 1)).toBe(false)
    expect(first?.load()).toEqual({ version: 2, value: 'second' })
  })

  it('writes nothing where a version is expected and there is none', () => {
    expect(stores[0]?.save({ version: 2, value: 'value' }, 1)).toBe(false)
    expect(stores[0]?.load()).toBeUndefined()
  })
})
