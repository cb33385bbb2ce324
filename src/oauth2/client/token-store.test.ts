import { describe, expect, it } from 'vitest'
import { expiredToken, RotatingTokens } from '../../../test/support/rotating-tokens.ts'
import { TestClock } from '../../../test/support/stub-provider.ts'
import { sha256Base64url } from '../../crypto/hash.ts'
import { MemoryKeyValueStore } from '../../stores/memory.ts'
import { storeLock } from './refresh-lock.ts'
import { type TokenStoreOptions, tokenStore } from './token-store.ts'

interface Visit {
  readonly session?: string
}

const secret = 'a secret of at least thirty-two bytes'

function setUp(options: Partial<TokenStoreOptions<Visit>> = {}) {
  const clock = new TestClock()
  const store = new MemoryKeyValueStore({ clock: clock.read })
  const createTokens = (more: Partial<TokenStoreOptions<Visit>> = {}) =>
    tokenStore(store, { secret, key: (visit: Visit) => visit.session, clock: clock.read, ...options, ...more })
  return { clock, store, createTokens, tokens: createTokens() }
}

const alice = { session: 'alice@example.com' }
const token = { access_token: 'a0', token_type: 'Bearer', refresh_token: 'r0', userinfo: { sub: 'alice' } }
const next = { access_token: 'a1', token_type: 'Bearer', refresh_token: 'r1' }

describe('tokenStore', () => {
  it('finds the token of a request as it was saved last', async () => {
    const { tokens } = setUp()
    await tokens.saveToken(token, alice)
    expect(await tokens.fetchToken(alice)).toEqual(token)
    expect(await tokens.fetchToken({ session: 'bob' })).toBeUndefined()
    await tokens.saveToken(next, alice)
    expect(await tokens.fetchToken(alice)).toEqual(next)
  })

  it.each([{}, { session: '' }])('has no token where the request is of nobody: %j', async (nobody) => {
    const { tokens } = setUp()
    await tokens.saveToken(token, alice)
    expect(await tokens.fetchToken(nobody)).toBeUndefined()
    expect(await tokens.updateToken(next, token, nobody)).toBe(false)
    await tokens.deleteToken(nobody)
    expect(await tokens.fetchToken(alice)).toEqual(token)
    await expect(tokens.saveToken(token, nobody)).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: 'tokenStore: "key" names nobody whose token could be kept',
    })
  })

  it('keeps it for 30 days from the last time it was renewed', async () => {
    const { tokens, clock } = setUp()
    await tokens.saveToken(token, alice)
    clock.advance(29 * 86_400)
    expect(await tokens.updateToken(next, token, alice)).toBe(true)
    clock.advance(30 * 86_400 - 1)
    expect(await tokens.fetchToken(alice)).toEqual(next)
    clock.advance(1)
    expect(await tokens.fetchToken(alice)).toBeUndefined()
  })

  it('keeps it as long as it is told', async () => {
    const { tokens, clock } = setUp({ lifetime: '1h' })
    await tokens.saveToken(token, alice)
    clock.advance(3600)
    expect(await tokens.fetchToken(alice)).toBeUndefined()
  })

  it.each([Number.NaN, 0])('refuses to keep it for no time: %d', (lifetime) => {
    expect(() => setUp({ lifetime })).toThrow('tokenStore: "lifetime" must be a span above 0, such as "30d"')
  })

  it('has nothing to do with tokens of calls without a request, such as those of the client itself', async () => {
    const { store, clock } = setUp()
    const tokens = tokenStore(store, { secret, key: ({ session }: { session: string }) => session })
    const server = new RotatingTokens()
    const client = server.client(clock, tokens)
    const own = await client.clientCredentials()
    clock.advance(3600)
    await client.get('files', { token: own })
    await client.get('files', { token: expiredToken(clock) })
    expect(server.used).toEqual(['a2', 'a3'])
    await expect(client.get('files')).rejects.toMatchObject({ code: 'missing_token' })
  })

  it('shows neither tokens nor people to whoever reads the store', async () => {
    const { tokens, store } = setUp()
    const seen: string[] = []
    const set = store.set.bind(store)
    store.set = (key, value, end) => {
      seen.push(key, value)
      set(key, value, end)
    }
    await tokens.saveToken({ ...token, access_token: 'the access token', id_token: 'the ID token' }, alice)
    expect(seen).toHaveLength(2)
    for (const text of seen) expect(text).not.toMatch(/the access|the ID|alice@/)
  })

  it('does not give one person the token of another, whatever is written to the store', async () => {
    const { tokens, store, clock } = setUp()
    await tokens.saveToken(token, alice)
    const place = async ({ session }: { session: string }) => `token:${await sha256Base64url(session)}`
    const stolen = store.get(await place(alice)) ?? ''
    store.set(await place({ session: 'mallory' }), stolen, clock.seconds + 600)
    expect(await tokens.fetchToken({ session: 'mallory' })).toBeUndefined()
    expect(await tokens.fetchToken(alice)).toEqual(token)
  })

  it('opens what former secrets sealed, and nothing that others did', async () => {
    const { tokens, createTokens } = setUp()
    await tokens.saveToken(token, alice)
    const newer = 'another secret of thirty-two bytes!!'
    expect(await createTokens({ secret: [newer, secret] }).fetchToken(alice)).toEqual(token)
    expect(await createTokens({ secret: newer }).fetchToken(alice)).toBeUndefined()
  })
})

describe('tokenStore: a renewed token', () => {
  it('takes the place of the one that it follows, and of no other', async () => {
    const { tokens } = setUp()
    await tokens.saveToken(next, alice)
    expect(await tokens.updateToken({ ...next, access_token: 'late' }, token, alice)).toBe(false)
    expect(await tokens.fetchToken(alice)).toEqual(next)
  })

  it('does not come back where the token was removed', async () => {
    const { tokens } = setUp()
    await tokens.saveToken(token, alice)
    await tokens.deleteToken(alice)
    expect(await tokens.updateToken(next, token, alice)).toBe(false)
    expect(await tokens.fetchToken(alice)).toBeUndefined()
  })

  it('of sixteen at once one is stored', async () => {
    const { tokens } = setUp()
    await tokens.saveToken(token, alice)
    const successors = Array.from({ length: 16 }, (_, turn) => ({ ...next, access_token: `a${turn}` }))
    const outcomes = await Promise.all(successors.map((successor) => tokens.updateToken(successor, token, alice)))
    expect(outcomes.filter((isStored) => isStored)).toHaveLength(1)
    expect(await tokens.fetchToken(alice)).toEqual(successors[outcomes.indexOf(true)])
  })

  it('is used by all clients that share the store, and the lock has one of them ask', async () => {
    const { tokens, store, clock, createTokens } = setUp()
    const server = new RotatingTokens()
    const clients = Array.from({ length: 4 }, () =>
      server.client(clock, { ...createTokens(), refreshLock: storeLock(store, { clock: clock.read }) }),
    )
    await tokens.saveToken(expiredToken(clock), alice)
    const calls = clients.flatMap((client) => Array.from({ length: 5 }, () => client.get('files', { request: alice })))
    await Promise.all(calls)
    expect([server.presented, new Set(server.used), server.used.length]).toEqual([['r0'], new Set(['a1']), 20])
  })
})
