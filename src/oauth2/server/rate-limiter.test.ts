import { describe, expect, it } from 'vitest'
import { MemoryStore } from '../../stores/memory.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import type { Attempt } from './attempt.ts'
import { createRateLimiter, type RateLimitKey, type RateLimitRule } from './rate-limiter.ts'

const START = 1_700_000_000 - (1_700_000_000 % 600)

function limiter(...limits: RateLimitRule[]): ReturnType<typeof createRateLimiter> {
  return createRateLimiter({ store: new MemoryStore({ clock: () => START * 1000 }), limits })
}

function login(attempt: Partial<Attempt> = {}): Attempt {
  return { kind: 'login', account: 'alice', address: '198.51.100.7', requestId: 'r', at: START + 60, ...attempt }
}

const byAddress: RateLimitRule = { kind: 'login', by: ['address'], max: 2, within: '10m' }

describe('RFC 6585 §4 a limit that counts in a store', () => {
  it('lets as many pass as it says, and then says how long the window still is', async () => {
    const rateLimit = limiter(byAddress)
    expect(await rateLimit(login())).toBeUndefined()
    expect(await rateLimit(login())).toBeUndefined()
    expect(await rateLimit(login())).toEqual({ retryAfter: 540 })
    expect(await rateLimit(login({ at: START + 599 }))).toEqual({ retryAfter: 1 })
    expect(await rateLimit(login({ at: START + 600 }))).toBeUndefined()
  })

  it('counts attempts at the same time, each of them', async () => {
    const rateLimit = limiter(byAddress)
    const answers = await Promise.all(Array.from({ length: 16 }, () => rateLimit(login())))
    expect(answers.filter((answer) => answer === undefined)).toHaveLength(2)
  })

  it.each<[string, RateLimitRule, Partial<Attempt>]>([
    ['another kind', byAddress, { kind: 'user-code' }],
    ['another endpoint', { ...byAddress, endpoint: 'interaction' }, { endpoint: 'token' }],
    ['nobody knows where from', byAddress, { address: undefined }],
    ['one of two keys only', { ...byAddress, by: ['account', 'address'] }, { account: undefined }],
  ])('does not count %s', async (_title, rule, attempt) => {
    const rateLimit = limiter({ ...rule, max: 1 })
    for (let round = 0; round < 3; round += 1) expect(await rateLimit(login(attempt))).toBeUndefined()
  })

  it.each<[string, RateLimitRule['by'], Partial<Attempt>, Partial<Attempt>]>([
    ['addresses of one subscriber', ['address'], { address: '2001:db8::1' }, { address: '2001:db8::ffff:2' }],
    ['spellings of one name', ['account'], { account: 'Alice' }, { account: ' ａlice' }],
    ['endpoints, where none is named', ['account'], { endpoint: 'interaction' }, { endpoint: 'token' }],
  ])('counts together %s', async (_title, by, first, second) => {
    const rateLimit = limiter({ kind: 'login', by, max: 1, within: '10m' })
    expect(await rateLimit(login(first))).toBeUndefined()
    expect(await rateLimit(login(second))).toEqual({ retryAfter: 540 })
  })

  it.each<[string, RateLimitRule['by'], Partial<Attempt>]>([
    ['addresses', ['address'], { address: '198.51.100.8' }],
    ['networks of IPv6', ['address'], { address: '2001:db8:0:1::1' }],
    ['clients', ['clientId'], { clientId: 'b' }],
    ['pairs that share one half', ['account', 'address'], { account: 'bob' }],
  ])('counts apart %s', async (_title, by, second) => {
    const rateLimit = limiter({ kind: 'login', by, max: 1, within: '10m' })
    expect(await rateLimit(login({ clientId: 'a' }))).toBeUndefined()
    expect(await rateLimit(login({ clientId: 'a', ...second }))).toBeUndefined()
  })

  it('ends with the first limit that is exceeded, and does not fill the next', async () => {
    const byAccount: RateLimitRule = { kind: 'login', by: ['account'], max: 3, within: '10m' }
    const rateLimit = limiter(byAddress, byAccount)
    for (let round = 0; round < 9; round += 1) await rateLimit(login())
    expect(await rateLimit(login({ address: '203.0.113.1' }))).toBeUndefined()
    expect(await rateLimit(login({ address: '203.0.113.2' }))).toEqual({ retryAfter: 540 })
  })

  it('keeps neither addresses nor names in the store', async () => {
    const keys: string[] = []
    const store = { incrementCounter: (key: string) => keys.push(key) }
    const rateLimit = createRateLimiter({ store, limits: [{ ...byAddress, by: ['account', 'address'] }] })
    await rateLimit(login())
    expect(keys).toEqual([expect.stringMatching(/^rate:[\w-]{43}$/)])
  })

  it('says every problem of its options at once', () => {
    const create = (): unknown => limiter({ kind: 'login', by: [], max: 0, within: '0s' })
    expect(create).toThrow(ConfigurationError)
    expect(create).toThrow(
      'createRateLimiter: "limits[0].max" must be a whole number above zero; ' +
        '"limits[0].within" must be a duration such as "10m"; ' +
        '"limits[0].by" must name at least one of address, clientId and account',
    )
  })
})

describe('RFC 8628 §5.2 device authorization by default', () => {
  const DEVICE = 'device_authorization'

  /** How many of so many pass, each from another place unless it is said to be the same. */
  async function countPassing(kind: Attempt['kind'], same: RateLimitKey[], rounds: number): Promise<number> {
    const rateLimit = createRateLimiter({ store: new MemoryStore({ clock: () => START * 1000 }) })
    let passed = 0
    for (let round = 0; round < rounds; round += 1) {
      const clientId = same.includes('clientId') ? 'tv' : `client ${round}`
      const address = same.includes('address') ? '198.51.100.7' : `198.51.${round >> 8}.${round & 0xff}`
      const refusal = await rateLimit({ kind, endpoint: DEVICE, clientId, address, requestId: 'r', at: START + 60 })
      if (refusal === undefined) passed += 1
    }
    return passed
  }

  it.each<[string, Attempt['kind'], RateLimitKey[], number]>([
    ['an address, before anything is read', 'request', ['address'], 300],
    ['a client at an address', 'client', ['clientId', 'address'], 60],
    ['a client, wherever it is', 'client', ['clientId'], 6000],
  ])('is limited for %s', async (_title, kind, same, max) => {
    expect(await countPassing(kind, same, max + 5)).toBe(max)
  })
})
