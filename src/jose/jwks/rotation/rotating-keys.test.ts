import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { signJwt } from '../../jwt/sign.ts'
import { verifyJwt } from '../../jwt/verify.ts'
import type { RotatingKeysOptions } from './options.ts'
import { RotatingKeys } from './rotating-keys.ts'
import { MemoryKeyStore, type RotatingKeyStore, type StoredKeys } from './storage.ts'

const hour = 3600
const day = 24 * hour
const secret = 'a secret of thirty-two bytes or more'

/** Processes that share a store, and a clock that the test holds in its hands. */
class Processes {
  now = 1_800_000_000
  readonly store = new MemoryKeyStore()

  open(options: Partial<RotatingKeysOptions> = {}): Promise<RotatingKeys> {
    const schedule = { rotateEvery: '30d', publishBefore: '1d', retainFor: '2d' } as const
    return RotatingKeys.open({
      algorithms: ['ES256'],
      store: this.store,
      clock: () => this.now * 1000,
      ...schedule,
      ...options,
    })
  }

  /** Lets time go by in steps in which every process looks into the store. */
  async pass(seconds: number, ...all: RotatingKeys[]): Promise<void> {
    this.now += seconds
    for (const keys of all) await keys.refresh()
  }
}

const states = (keys: RotatingKeys): string[] => keys.states().map(({ state }) => state)
const kids = (keys: RotatingKeys): (string | undefined)[] => keys.current.keys.map(({ kid }) => kid)

describe('OIDC Core §10.1.1 the life of a signing key', () => {
  it('is next, active, retiring and gone', async () => {
    const processes = new Processes()
    const keys = await processes.open()
    expect(states(keys)).toEqual(['active'])
    const first = keys.signingKey()
    await processes.pass(29 * day - 1, keys)
    expect(states(keys)).toEqual(['active'])
    await processes.pass(1, keys)
    expect(states(keys)).toEqual(['active', 'next'])
    expect(keys.signingKey()).toBe(first)
    expect(keys.current.toPublicJwks().keys).toHaveLength(2)
    await processes.pass(day - 1)
    expect(keys.signingKey()).toBe(first)
    await processes.pass(1)
    expect(states(keys)).toEqual(['retiring', 'active'])
    const second = keys.signingKey()
    expect(second.kid).not.toBe(first.kid)
    expect(kids(keys)).toEqual([second.kid, first.kid])
    await processes.pass(2 * day - 1, keys)
    expect(kids(keys)).toEqual([second.kid, first.kid])
    await processes.pass(1)
    expect(states(keys)).toEqual(['retired', 'active'])
    expect(kids(keys)).toEqual([second.kid])
    await keys.refresh()
    expect(states(keys)).toEqual(['active'])
  })

  it('keeps the set the same object until something changes', async () => {
    const processes = new Processes()
    const keys = await processes.open()
    const { current } = keys
    await processes.pass(day, keys)
    expect(keys.current).toBe(current)
    await processes.pass(28 * day, keys)
    expect(keys.current).not.toBe(current)
    expect(keys.current.keys[0]).toBe(current.keys[0])
  })

  it('lets only active keys sign', async () => {
    const processes = new Processes()
    const keys = await processes.open()
    await processes.pass(29 * day, keys)
    expect(keys.current.keys.map(({ isPrivate }) => isPrivate)).toEqual([true, false])
    await processes.pass(day)
    expect(keys.current.keys.map(({ isPrivate }) => isPrivate)).toEqual([true, false])
    expect(keys.current.select({ operation: 'sign' })).toEqual([keys.signingKey()])
  })

  it('forgets the private half of a key that signs no more', async () => {
    const processes = new Processes()
    const keys = await processes.open()
    await processes.pass(29 * day, keys)
    await processes.pass(day + 299, keys)
    const secrets = (): number => processes.store.load()?.value.match(/"d":/g)?.length ?? 0
    expect(secrets()).toBe(2)
    await processes.pass(1, keys)
    expect(secrets()).toBe(1)
    expect(keys.current.toPublicJwks().keys).toHaveLength(2)
  })

  it('has a line for each algorithm, in the order of preference', async () => {
    const processes = new Processes()
    const keys = await processes.open({ algorithms: ['EdDSA', 'ES256', 'HS256'] })
    await processes.pass(30 * day, keys)
    await processes.pass(day, keys)
    expect(keys.current.keys.map(({ alg }) => alg)).toEqual(['EdDSA', 'ES256', 'HS256', 'EdDSA', 'ES256', 'HS256'])
    expect(keys.signingKey().alg).toBe('EdDSA')
    expect(keys.signingKey('HS256').alg).toBe('HS256')
    expect(() => keys.signingKey('RS256')).toThrow(expect.objectContaining({ code: 'key_not_found' }))
  })

  it('publishes before use even when nobody was there to do so in time', async () => {
    const processes = new Processes()
    const keys = await processes.open()
    const first = keys.signingKey()
    await processes.pass(100 * day, keys)
    expect(states(keys)).toEqual(['active', 'next'])
    expect(keys.signingKey()).toBe(first)
    await processes.pass(day)
    expect(keys.signingKey()).not.toBe(first)
  })
})

describe('rotation by hand', () => {
  it('publishes first', async () => {
    const processes = new Processes()
    const keys = await processes.open()
    const first = keys.signingKey()
    await keys.rotate()
    await keys.rotate()
    expect(states(keys)).toEqual(['active', 'next'])
    expect(keys.signingKey()).toBe(first)
    await processes.pass(day)
    expect(states(keys)).toEqual(['retiring', 'active'])
  })

  it('or at once, with a key that waits if there is one', async () => {
    const keys = await new Processes().open()
    const jwt = await signJwt({ sub: 'u' }, keys)
    await keys.rotate({ immediately: true })
    expect(states(keys)).toEqual(['retiring', 'active'])
    await keys.rotate()
    const waiting = keys.states().at(-1)?.kid
    await keys.rotate({ immediately: true })
    expect(states(keys)).toEqual(['retiring', 'retiring', 'active'])
    expect(keys.signingKey().kid).toBe(waiting)
    await verifyJwt(jwt, keys, { algorithms: ['ES256'] })
  })

  it('of one algorithm only', async () => {
    const keys = await new Processes().open({ algorithms: ['ES256', 'EdDSA'] })
    await keys.rotate({ alg: 'EdDSA' })
    expect(keys.states().map(({ alg, state }) => `${alg} ${state}`)).toEqual([
      'ES256 active',
      'EdDSA active',
      'EdDSA next',
    ])
  })
})

describe('revocation', () => {
  it('ends an active key, and another one signs', async () => {
    const keys = await new Processes().open()
    const jwt = await signJwt({ sub: 'u' }, keys)
    const { kid = '' } = keys.signingKey()
    await keys.revoke(kid)
    expect(states(keys)).toEqual(['active'])
    expect(keys.signingKey().kid).not.toBe(kid)
    await expect(verifyJwt(jwt, keys, { algorithms: ['ES256'] })).rejects.toMatchObject({ code: 'key_not_found' })
  })

  it('lets the key that waits begin', async () => {
    const keys = await new Processes().open()
    await keys.rotate()
    const [active, waiting] = keys.states()
    await keys.revoke(active?.kid ?? '')
    expect(keys.signingKey().kid).toBe(waiting?.kid)
  })

  it('of a key that waits leaves the active one without an end', async () => {
    const processes = new Processes()
    const keys = await processes.open()
    await keys.rotate()
    await keys.revoke(keys.states()[1]?.kid ?? '')
    expect(keys.states()).toMatchObject([{ state: 'active', retireAt: undefined, removeAt: undefined }])
    await processes.pass(29 * day, keys)
    expect(states(keys)).toEqual(['active', 'next'])
  })

  it('of a key that retires leaves the others alone', async () => {
    const keys = await new Processes().open()
    const { kid = '' } = keys.signingKey()
    await keys.rotate({ immediately: true })
    const active = keys.signingKey()
    await keys.revoke(kid)
    expect(keys.current.keys).toEqual([active])
  })

  it('refuses a key that is not there', async () => {
    await expect((await new Processes().open()).revoke('x')).rejects.toMatchObject({
      code: 'key_not_found',
      message: 'no such key: expected the "kid" of a key in use',
    })
  })
})

describe('processes that share a store', () => {
  it('make one key between them when all start at once', async () => {
    const processes = new Processes()
    const all = await Promise.all(Array.from({ length: 16 }, () => processes.open()))
    expect(new Set(all.map((keys) => keys.signingKey().kid)).size).toBe(1)
    expect(processes.store.load()?.version).toBe(1)
  })

  it('make one successor between them', async () => {
    const processes = new Processes()
    const all = await Promise.all(Array.from({ length: 4 }, () => processes.open()))
    processes.now += 29 * day
    await Promise.all(all.map((keys) => keys.refresh()))
    expect(all.map(states)).toEqual(all.map(() => ['active', 'next']))
    expect(new Set(all.flatMap(kids)).size).toBe(2)
  })

  it('find a key that another one has just made', async () => {
    const processes = new Processes()
    const [a, b] = [await processes.open(), await processes.open()]
    await a.rotate({ immediately: true })
    const jwt = await signJwt({ sub: 'u' }, a)
    await expect(verifyJwt(jwt, b, { algorithms: ['ES256'] })).rejects.toMatchObject({ code: 'key_not_found' })
    processes.now += 5
    await verifyJwt(jwt, b, { algorithms: ['ES256'], clock: () => processes.now * 1000 })
  })

  it('look into the store by themselves when they are used', async () => {
    const processes = new Processes()
    const [a, b] = [await processes.open(), await processes.open()]
    await a.rotate({ immediately: true })
    processes.now += 300
    expect(kids(b)).not.toEqual(kids(a))
    await b.refresh()
    expect(kids(b)).toEqual(kids(a))
  })

  it('never sign with a key that a set of the last day lacks, nor with one that the next two days lack', async () => {
    const steps = fc.array(fc.record({ seconds: fc.integer({ min: 1, max: 12 * hour }), who: fc.nat(1) }), {
      minLength: 5,
      maxLength: 40,
    })
    await fc.assert(
      fc.asyncProperty(steps, async (passed) => {
        const processes = new Processes()
        const options = { rotateEvery: '3d', publishBefore: '1d', retainFor: '2d', refreshEvery: '12h' } as const
        const all = [await processes.open(options), await processes.open(options)]
        const seen: { at: number; signing: string | undefined; published: (string | undefined)[] }[] = []
        for (const { seconds, who } of passed) {
          processes.now += seconds
          const keys = all[who] ?? all[0]
          await keys?.refresh()
          if (keys !== undefined)
            seen.push({ at: processes.now, signing: keys.signingKey().kid, published: kids(keys) })
        }
        for (const { at, signing } of seen) {
          const near = seen.filter((other) => other.at > at - day + 12 * hour && other.at < at + 2 * day)
          for (const { published } of near) expect(published).toContain(signing)
        }
      }),
      { numRuns: 20 },
    )
  })
})

describe('stores', () => {
  it('hold nothing that can be read where there is a secret, which may rotate', async () => {
    const processes = new Processes()
    const keys = await processes.open({ secrets: secret })
    expect(processes.store.load()?.value).toMatch(/^[\w-]+$/)
    const other = await processes.open({ secrets: ['another secret of thirty-two bytes', secret] })
    expect(kids(other)).toEqual(kids(keys))
  })

  const invalid = {
    code: 'jwks_invalid',
    message: 'stored keys invalid: expected what was saved, under one of the "secrets"',
  }

  it('that another secret has sealed do not open, and are not written over', async () => {
    const processes = new Processes()
    await processes.open({ secrets: secret })
    await expect(processes.open({ secrets: 'another secret of thirty-two bytes' })).rejects.toMatchObject(invalid)
    await expect(processes.open()).rejects.toMatchObject(invalid)
    expect(processes.store.load()?.version).toBe(1)
  })

  it.each([
    '',
    '[]',
    '{}',
    '{"keys":{}}',
    '{"keys":[null]}',
    '{"keys":[{"alg":"ES256","activateAt":1}]}',
    '{"keys":[{"alg":"ES256","activateAt":1,"jwk":{"kty":"EC"}}]}',
    '{"keys":[{"alg":"ES256","activateAt":"1","jwk":{"kty":"EC","kid":"a"}}]}',
    '{"keys":[{"alg":"ES256","activateAt":1,"retireAt":2,"jwk":{"kty":"EC","kid":"a"}}]}',
  ])('that hold %s are refused', async (value) => {
    const store: RotatingKeyStore = { load: () => ({ version: 1, value }), save: () => false }
    await expect(RotatingKeys.open({ algorithms: ['ES256'], store })).rejects.toMatchObject(invalid)
  })

  it('that are away leave the keys that are known, and nobody waits for them', async () => {
    const processes = new Processes()
    const lines: string[] = []
    let isAway = false
    const store: RotatingKeyStore = {
      load: () => (isAway ? Promise.reject(new Error('connection refused')) : processes.store.load()),
      save: (keys: StoredKeys, expected) => processes.store.save(keys, expected),
    }
    const write = (line: string): number => lines.push(line)
    const logger = { debug: write, info: write, warn: write, error: write }
    const keys = await processes.open({ store, logger })
    isAway = true
    await processes.pass(day)
    const jwt = await signJwt({ sub: 'u' }, keys)
    await verifyJwt(jwt, keys, { algorithms: ['ES256'] })
    await expect(keys.refresh()).rejects.toThrow('connection refused')
    expect(await keys.select({ kid: 'unknown' })).toEqual([])
    expect(lines.filter((line) => line.startsWith('rotating keys could not be refreshed'))).not.toHaveLength(0)
    expect(lines.join()).not.toMatch(/"d"/)
  })

  it('that are always written by others are given up', async () => {
    const store: RotatingKeyStore = { load: () => undefined, save: () => false }
    await expect(RotatingKeys.open({ algorithms: ['ES256'], store })).rejects.toMatchObject({
      code: 'jwks_unavailable',
      message: 'rotating keys could not be saved: others have written at each attempt',
    })
  })

  it('in memory write only over the version that is expected', () => {
    const store = new MemoryKeyStore()
    expect(store.save({ version: 1, value: 'a' }, 1)).toBe(false)
    expect(store.save({ version: 1, value: 'a' }, undefined)).toBe(true)
    expect(store.save({ version: 1, value: 'b' }, undefined)).toBe(false)
    expect(store.save({ version: 2, value: 'b' }, 1)).toBe(true)
    expect(store.load()).toEqual({ version: 2, value: 'b' })
  })
})

describe('options', () => {
  it.each<[Partial<RotatingKeysOptions>, string]>([
    [{ algorithms: [] }, '"algorithms" must name at least one'],
    [{ algorithms: ['ES256', 'ES256'] }, '"algorithms" must name each once'],
    [{ algorithms: ['none'] }, '"algorithms" must name registered signature algorithms'],
    [{ publishBefore: '30d' }, '"publishBefore" must be shorter than "rotateEvery"'],
    [{ refreshEvery: '13h' }, '"refreshEvery" must be at most half of "publishBefore"'],
    [{ secrets: 'short' }, '"secrets" must hold at least one'],
  ])('%o are refused', async (options, problem) => {
    await expect(new Processes().open(options)).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringContaining(problem),
    })
  })
})
