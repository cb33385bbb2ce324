import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { expiredToken, RotatingTokens } from '../../../test/support/rotating-tokens.ts'
import { answer, TestClock } from '../../../test/support/stub-provider.ts'
import { Key } from '../../jose/jwk/index.ts'
import { decodeUnverifiedJwt } from '../../jose/jwt/index.ts'
import { OAuth2Client } from './client.ts'
import { Dpop } from './dpop.ts'
import type { OAuth2ClientOptions } from './options.ts'
import type { RefreshLock } from './refresh-lock.ts'
import type { TokenSet } from './token-set.ts'

/** What an application keeps, by the request that it belongs to: compare-and-set as an application would write it. */
class Database {
  readonly tokens = new Map<unknown, TokenSet>()
  reads = 0

  readonly fetchToken = async (request: unknown): Promise<TokenSet | undefined> => {
    this.reads += 1
    return this.tokens.get(request)
  }

  readonly updateToken = async (token: TokenSet, previous: TokenSet, request: unknown): Promise<boolean> => {
    if (this.tokens.get(request)?.refresh_token !== previous.refresh_token) return false
    this.tokens.set(request, token)
    return true
  }
}

function setUp(options: Partial<OAuth2ClientOptions> = {}) {
  const clock = new TestClock()
  const server = new RotatingTokens()
  const database = new Database()
  database.tokens.set('alice', expiredToken(clock))
  const createClient = (more: Partial<OAuth2ClientOptions> = {}) => {
    const { fetchToken, updateToken } = database
    return server.client(clock, { fetchToken, updateToken, ...options, ...more })
  }
  return { clock, server, database, createClient, client: createClient() }
}

describe('the token of a call', () => {
  it('is the one that is given, before the one that is found', async () => {
    const { client, clock, server, database } = setUp()
    const token = expiredToken(clock, { access_token: 'given', expires_at: clock.seconds + 600 })
    await client.get('files', { token, request: 'alice' })
    expect([server.used, database.reads]).toEqual([['given'], 0])
  })

  it('is found by the request of the application', async () => {
    const { client, clock, server, database } = setUp()
    database.tokens.set('bob', expiredToken(clock, { access_token: 'b0', expires_at: clock.seconds + 600 }))
    await client.get('files', { request: 'bob' })
    expect([server.used, server.presented]).toEqual([['b0'], []])
  })

  it.each(['nobody', undefined])('is missing where none is found: %s', async (request) => {
    const { client } = setUp()
    await expect(client.get('files', { request })).rejects.toMatchObject({
      code: 'missing_token',
      stage: 'resource',
      message: '"token" is missing: the call needs an access token',
    })
  })

  it('is neither found nor sent where it is withheld', async () => {
    const { client, server, database } = setUp()
    await client.get('files', { request: 'alice', withholdToken: true })
    expect([server.used, database.reads]).toEqual([[''], 0])
  })

  it('is renewed where it has expired, and stored for the same request', async () => {
    const { client, server, database } = setUp()
    await client.get('files', { request: 'alice' })
    expect([server.presented, server.used]).toEqual([['r0'], ['a1']])
    expect(database.tokens.get('alice')).toMatchObject({ access_token: 'a1', refresh_token: 'r1' })
  })
})

describe('client-peers.md §3, question 1: concurrent refresh', () => {
  it('50 calls with one expired token that is found cause one refresh', async () => {
    const { client, server } = setUp()
    await Promise.all(Array.from({ length: 50 }, () => client.get('files', { request: 'alice' })))
    expect([server.presented, new Set(server.used)]).toEqual([['r0'], new Set(['a1'])])
  })

  it('a token that somebody else renewed is used as it is', async () => {
    const { client, clock, server, database } = setUp()
    const token = expiredToken(clock)
    database.tokens.set(
      'alice',
      expiredToken(clock, {
        access_token: 'theirs',
        refresh_token: 'r9',
        expires_in: 600,
        expires_at: clock.seconds + 600,
      }),
    )
    expect(await client.ensureActiveToken(token, { request: 'alice' })).toMatchObject({ access_token: 'theirs' })
    expect(await client.refreshToken(token, { request: 'alice' })).toMatchObject({ access_token: 'theirs' })
    expect(server.presented).toEqual([])
  })

  it('a token that somebody else renewed, and that has ended too, is renewed', async () => {
    const { client, clock, server, database } = setUp()
    database.tokens.set('alice', expiredToken(clock, { access_token: 'theirs', refresh_token: 'r9' }))
    const token = expiredToken(clock, { expires_at: clock.seconds - 60 })
    expect(await client.ensureActiveToken(token, { request: 'alice' })).toMatchObject({ access_token: 'a1' })
    expect(server.presented).toEqual(['r9'])
  })

  it('the token of a store that is behind is not presented again', async () => {
    const { client, clock, server, database } = setUp({ updateToken: async () => true })
    database.tokens.set('alice', expiredToken(clock, { access_token: 'older', refresh_token: 'spent', expires_at: 0 }))
    expect(await client.ensureActiveToken(expiredToken(clock), { request: 'alice' })).toMatchObject({
      access_token: 'a1',
    })
    expect(server.presented).toEqual(['r0'])
  })

  it('a store that shows a different token at each look, all of them ended, is not asked for ever', async () => {
    let turn = 0
    const { client, clock } = setUp({
      fetchToken: async () =>
        expiredToken(clock, { refresh_token: `other${turn++}`, expires_at: clock.seconds - 1000 + turn }),
    })
    await expect(client.get('files')).rejects.toMatchObject({ code: 'token_update_conflict' })
  })

  it('is stored in each place that there is, such as the cookies of two requests, and in each once', async () => {
    const stored: string[] = []
    const { client, clock, server, database } = setUp({
      updateToken: (token, previous, request) => {
        stored.push(`${request} ${token.access_token}`)
        return database.updateToken(token, previous, request)
      },
    })
    database.tokens.set('another cookie', expiredToken(clock))
    database.tokens.set('a late one', expiredToken(clock))
    await Promise.all(['alice', 'alice', 'another cookie'].map((request) => client.get('files', { request })))
    await client.get('files', { request: 'a late one' })
    expect([server.presented, stored]).toEqual([['r0'], ['alice a1', 'another cookie a1', 'a late one a1']])
  })

  it('fails for the one whose place fails, such as a response that was sent, and for nobody else', async () => {
    const { client, clock, server, database } = setUp({
      updateToken: (token, previous, request) => {
        if (request === 'alice') throw new Error('response was sent')
        return database.updateToken(token, previous, request)
      },
    })
    const others = Array.from({ length: 49 }, (_, index) => `cookie ${index}`)
    for (const request of others) database.tokens.set(request, expiredToken(clock))
    const [first, ...rest] = await Promise.allSettled(
      ['alice', ...others].map((request) => client.get('files', { request })),
    )
    expect(first).toMatchObject({ status: 'rejected', reason: { message: 'response was sent' } })
    expect(rest.map(({ status }) => status)).toEqual(others.map(() => 'fulfilled'))
    expect([server.presented, server.used]).toEqual([['r0'], others.map(() => 'a1')])
  })

  it.each(['missing_token', 'token_update_conflict'])(
    '%s at one place is no reason to fail at another',
    async (code) => {
      let reads = 0
      const { client, clock, server, database } = setUp({
        fetchToken: async (request) =>
          request === 'alice' && code === 'missing_token' && reads++ > 0 ? undefined : database.tokens.get(request),
        updateToken: (token, previous, request) =>
          request !== 'alice' && database.updateToken(token, previous, request),
      })
      database.tokens.set('bob', expiredToken(clock))
      const calls = await Promise.allSettled(['alice', 'bob'].map((request) => client.get('files', { request })))
      expect(calls).toMatchObject([{ status: 'rejected', reason: { code } }, { status: 'fulfilled' }])
      expect([server.presented, server.used]).toEqual([['r0'], ['a1']])
    },
  )

  it('says what is wrong where all places fail, and does not try them all', async () => {
    let tries = 0
    const { client, clock, server, database } = setUp({
      updateToken: () => {
        tries += 1
        throw new Error('database is down')
      },
    })
    const requests = Array.from({ length: 20 }, (_, index) => index)
    for (const request of requests) database.tokens.set(request, expiredToken(clock))
    const calls = await Promise.allSettled(requests.map((request) => client.get('files', { request })))
    for (const call of calls) expect(call).toMatchObject({ reason: { message: 'database is down' } })
    expect([server.presented, tries]).toEqual([['r0'], 5])
  })

  it('whoever logs out while a token waits to be renewed gets none', async () => {
    let reads = 0
    const { client, clock, server } = setUp({
      fetchToken: async () => (reads++ === 0 ? expiredToken(clock) : undefined),
    })
    await expect(client.get('files', { request: 'alice' })).rejects.toMatchObject({
      code: 'missing_token',
      stage: 'refresh',
      message: '"token" is not stored any more: it was removed before it could be renewed',
    })
    expect(server.presented).toEqual([])
  })

  it('whoever logs out while the server renews a token gets none either', async () => {
    const { client, server, database } = setUp()
    server.delay = async () => void database.tokens.delete('alice')
    await expect(client.get('files', { request: 'alice' })).rejects.toMatchObject({ code: 'missing_token' })
    expect([server.presented, server.used, database.tokens.size]).toEqual([['r0'], [], 0])
  })

  it('without a request nobody else is asked: the token may be of any place', async () => {
    const { client, clock, database } = setUp({ updateToken: async () => undefined })
    expect(await client.ensureActiveToken(expiredToken(clock))).toMatchObject({ access_token: 'a1' })
    expect(database.reads).toBe(0)
  })
})

describe('the log', () => {
  it('says who renewed a token, in one line each, and no token', async () => {
    const lines: string[] = []
    const write = (line: string): number => lines.push(line)
    const logger = { debug: write, info: write, warn: write, error: write }
    const { client, clock, database } = setUp({ logger })
    await client.get('files', { request: 'alice' })
    database.tokens.set('bob', expiredToken(clock, { access_token: 'b1', expires_at: clock.seconds + 600 }))
    await client.refreshToken(expiredToken(clock, { refresh_token: 'rb' }), { request: 'bob' })
    expect(lines).toEqual(['token renewed {"client_id":"app"}', 'token was renewed elsewhere {"client_id":"app"}'])
  })
})

describe('RFC 9700 §4.14.2: a race that nothing prevented', () => {
  /** Two clients, as two processes are: the second one's refresh is under way before the first one has stored its token. */
  async function race(options: Partial<OAuth2ClientOptions> = {}) {
    const { createClient, server, database } = setUp(options)
    const clients = [createClient(), createClient()]
    const calls = await Promise.allSettled(clients.map((client) => client.get('files', { request: 'alice' })))
    return { server, database, statuses: calls.map(({ status }) => status), calls }
  }

  it('is won by one, and the other uses its token', async () => {
    const { server, statuses } = await race()
    expect([server.presented, statuses]).toEqual([
      ['r0', 'r0'],
      ['fulfilled', 'fulfilled'],
    ])
    expect(server.used).toEqual(['a1', 'a1'].map(() => server.used[0]))
  })

  it('waits for a winner that has not stored its token yet', async () => {
    const database = new Database()
    const { server, statuses } = await race({
      updateToken: async (token) => {
        await new Promise((resolve) => setTimeout(resolve, 80))
        database.tokens.set('alice', token)
      },
      fetchToken: async (request) => database.tokens.get(request) ?? expiredToken(new TestClock()),
    })
    expect([server.presented.length, statuses]).toEqual([2, ['fulfilled', 'fulfilled']])
  })

  it('says what the server said where there is no winner', async () => {
    const { client, database } = setUp({ transport: async () => answer(400, { error: 'invalid_grant' }) })
    const before = database.tokens.get('alice')
    await expect(client.get('files', { request: 'alice' })).rejects.toMatchObject({
      code: 'token_refused',
      stage: 'refresh',
      refusal: { error: 'invalid_grant' },
    })
    expect(database.tokens.get('alice')).toBe(before)
  })

  it('does not take another refusal for a lost race', async () => {
    const { client, database } = setUp({ transport: async () => answer(401, { error: 'invalid_client' }) })
    await expect(client.get('files', { request: 'alice' })).rejects.toMatchObject({ code: 'token_refused' })
    expect(database.reads).toBe(2)
  })
})

describe('updateToken that says false', () => {
  it('yields to the token that took the place', async () => {
    const { client, clock, database, server } = setUp({
      updateToken: async () => {
        const winner = expiredToken(clock, {
          access_token: 'winner',
          refresh_token: 'r9',
          expires_at: clock.seconds + 600,
        })
        database.tokens.set('alice', winner)
        return false
      },
    })
    await client.get('files', { request: 'alice' })
    await client.get('files', { request: 'alice' })
    expect([server.used, server.presented]).toEqual([['winner', 'winner'], ['r0']])
  })

  it('is an error where there is no such token, and the renewed one is not lost', async () => {
    let isStored = false
    const { client, clock, server } = setUp({ updateToken: async () => isStored })
    await expect(client.refreshToken(expiredToken(clock))).rejects.toMatchObject({
      code: 'token_update_conflict',
      stage: 'refresh',
      message:
        'renewed token was not stored: "updateToken" said that another one has taken the place of the previous token, and "fetchToken" found none that is good',
    })
    isStored = true
    expect(await client.refreshToken(expiredToken(clock))).toMatchObject({ access_token: 'a1' })
    expect(server.presented).toEqual(['r0'])
  })

  it('of other answers none counts as a conflict', async () => {
    const { client, clock } = setUp({ updateToken: () => undefined })
    expect(await client.refreshToken(expiredToken(clock))).toMatchObject({ access_token: 'a1' })
  })
})

describe('an application that does not answer', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const tooLate = {
    code: 'token_renewal_timeout',
    stage: 'refresh',
    message:
      'token was not renewed within 2 minutes: "fetchToken", "updateToken" or the transport does not answer, or waits for this renewal itself',
  }

  it('does not stand in the way for ever, and what the server gave is not lost', async () => {
    let isHanging = true
    const { client, server, database } = setUp({
      updateToken: (...given) => (isHanging ? new Promise(() => undefined) : database.updateToken(...given)),
    })
    const calls = Promise.allSettled(['alice', 'alice'].map((request) => client.get('files', { request })))
    await vi.advanceTimersByTimeAsync(120_000)
    expect(await calls).toMatchObject([{ reason: tooLate }, { reason: tooLate }])
    isHanging = false
    await client.get('files', { request: 'alice' })
    expect([server.presented, server.used]).toEqual([['r0'], ['a1']])
  })

  it('because it asks for the token that it is asked for, is told so', async () => {
    const { client, database } = setUp({
      fetchToken: async (request) => {
        const token = await database.fetchToken(request)
        return token && client.ensureActiveToken(token, { request })
      },
    })
    const call = expect(client.get('files', { request: 'alice' })).rejects.toMatchObject(tooLate)
    await vi.advanceTimersByTimeAsync(120_000)
    await call
  })
})

describe('renewals for one person', () => {
  /** Knows who logged in by a member of the token. */
  class PersonalClient extends OAuth2Client {
    protected override subjectOf(token: TokenSet): string | undefined {
      return typeof token['person'] === 'string' ? token['person'] : undefined
    }
  }

  function setUpPerson(options: Partial<OAuth2ClientOptions> = {}) {
    const clock = new TestClock()
    const server = new RotatingTokens()
    const underWay = { now: 0, most: 0 }
    server.delay = async () => {
      underWay.most = Math.max(underWay.most, ++underWay.now)
      await new Promise((resolve) => setTimeout(resolve, 1))
      underWay.now -= 1
    }
    const client = new PersonalClient({
      clientId: 'app',
      accessTokenUrl: 'https://op.example/token',
      clock: clock.read,
      transport: server.transport,
      ...options,
    })
    const tokenOf = (person: string, refreshToken: string) =>
      expiredToken(clock, { person, refresh_token: refreshToken })
    return { client, server, underWay, tokenOf }
  }

  it('queue behind each other, and two sessions stay two', async () => {
    const { client, server, underWay, tokenOf } = setUpPerson()
    const tokens = await Promise.all([
      client.refreshToken(tokenOf('alice', 'phone')),
      client.refreshToken(tokenOf('alice', 'laptop')),
      client.refreshToken(tokenOf('alice', 'phone')),
    ])
    expect([server.presented, underWay.most]).toEqual([['phone', 'laptop'], 1])
    expect(tokens.map((token) => token.access_token)).toEqual(['a1', 'a2', 'a1'])
  })

  it('behind one that hangs have their turn', async () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const { client, server, tokenOf } = setUpPerson({
      updateToken: (_, { refresh_token }) => (refresh_token === 'phone' ? new Promise(() => undefined) : true),
    })
    const calls = Promise.allSettled(['phone', 'laptop'].map((name) => client.refreshToken(tokenOf('alice', name))))
    await vi.advanceTimersByTimeAsync(120_001)
    expect(await calls).toMatchObject([{ reason: { code: 'token_renewal_timeout' } }, { status: 'fulfilled' }])
    expect(server.presented).toEqual(['phone', 'laptop'])
  })

  it('do not wait for those of another', async () => {
    const { client, underWay, tokenOf } = setUpPerson()
    await Promise.all([client.refreshToken(tokenOf('alice', 'r')), client.refreshToken(tokenOf('bob', 's'))])
    expect(underWay.most).toBe(2)
  })

  it('do not take the token of somebody who logged in meanwhile, in the same browser', async () => {
    let reads = 0
    const setting = setUpPerson({
      fetchToken: async () =>
        reads++ === 0 ? setting.tokenOf('alice', 'r') : { ...setting.tokenOf('bob', 's'), expires_at: 9_999_999_999 },
    })
    const { client, server } = setting
    await expect(client.get('https://api.example/files')).rejects.toMatchObject({ code: 'missing_token' })
    const token = setting.tokenOf('alice', 'r')
    expect(await client.ensureActiveToken(token, { request: 'theirs' })).toMatchObject({ access_token: 'a1' })
    expect(server.presented).toEqual(['r'])
  })

  it('hold one lock by issuer, client and person; those of nobody one by their token, which it does not show', async () => {
    const keys: string[] = []
    const refreshLock: RefreshLock = {
      run(key, work) {
        keys.push(key)
        return work()
      },
    }
    const { client, tokenOf } = setUpPerson({ refreshLock, issuer: 'https://op.example' })
    const other = setUpPerson({ refreshLock, issuer: 'https://other.example' })
    await client.refreshToken(tokenOf('alice', 'phone'))
    await client.refreshToken(tokenOf('alice', 'laptop'))
    await other.client.refreshToken(tokenOf('alice', 'phone'))
    await client.refreshToken(tokenOf('bob', 'tablet'))
    await client.refreshToken({ ...tokenOf('', 'desk'), person: 0 })
    expect(keys[0]).toBe(keys[1])
    expect(new Set(keys).size).toBe(4)
    for (const key of keys) expect(key).toMatch(/^[\w-]{43}$/)
  })
})

describe('RFC 9449 §5 tokens that are bound to a key', () => {
  it('are renewed with a proof of it, once for all, and presented with one', async () => {
    const clock = new TestClock()
    const dpop = new Dpop(await Key.generate('ES256'))
    const proofs: string[] = []
    const client = new OAuth2Client({
      clientId: 'app',
      accessTokenUrl: 'https://op.example/token',
      clock: clock.read,
      dpop,
      transport: async ({ url, headers = [] }) => {
        const proof = headers.find(([name]) => name === 'dpop')?.[1] ?? ''
        const { jwk } = decodeUnverifiedJwt(proof).header
        expect(await (await Key.import(jwk ?? {})).thumbprint()).toBe(await dpop.thumbprint())
        proofs.push(`${new URL(url).pathname} ${decodeUnverifiedJwt(proof).claims['htu']}`)
        return answer(200, { access_token: 'a1', token_type: 'DPoP', refresh_token: 'r1', expires_in: 600 })
      },
    })
    const token = expiredToken(clock, { token_type: 'DPoP' })
    await Promise.all([1, 2].map(() => client.get('https://api.example/files', { token })))
    expect(proofs).toEqual([
      '/token https://op.example/token',
      '/files https://api.example/files',
      '/files https://api.example/files',
    ])
  })
})

describe('tokens without refresh token', () => {
  const credentials = { clientId: 'app', clientSecret: 'secret' }

  it('authlib#650: client credentials are renewed by asking again, once for all, with an updateToken that is not async', async () => {
    const stored: string[] = []
    const { clock, server, createClient } = setUp()
    const client = createClient({
      ...credentials,
      updateToken: (token, previous) => stored.push(`${previous.access_token} ${token.access_token}`),
    })
    const token = await client.clientCredentials({ scope: 'jobs' })
    clock.advance(3600)
    await Promise.all(Array.from({ length: 50 }, () => client.get('jobs', { token })))
    expect([server.presented, stored]).toEqual([['client_credentials', 'client_credentials'], ['a1 a2']])
    expect(new Set(server.used)).toEqual(new Set(['a2']))
  })

  it('may be used for ever: whoever presents an old one, or a copy, gets the latest', async () => {
    const stored: string[] = []
    const { clock, server, createClient } = setUp()
    const client = createClient({
      ...credentials,
      updateToken: (token, previous) => stored.push(`${previous.access_token} ${token.access_token}`),
    })
    const token: TokenSet = JSON.parse(JSON.stringify(await client.clientCredentials()))
    for (let hour = 0; hour < 3; hour++) {
      clock.advance(3600)
      await client.get('jobs', { token })
      await client.get('jobs', { token })
    }
    expect(server.used).toEqual(['a2', 'a2', 'a3', 'a3', 'a4', 'a4'])
    expect(stored).toEqual(['a1 a2', 'a2 a3', 'a3 a4'])
    expect(await client.ensureActiveToken({ ...token, access_token: 'a2' })).toMatchObject({ access_token: 'a4' })
  })

  it('a failure is not remembered', async () => {
    let isDown = false
    const { clock, server } = setUp()
    const client = server.client(clock, {
      transport: async (request) => (isDown ? answer(503, {}) : server.transport(request)),
    })
    const token = await client.clientCredentials()
    clock.advance(3600)
    isDown = true
    await expect(client.ensureActiveToken(token)).rejects.toMatchObject({ code: 'request_failed', status: 503 })
    isDown = false
    expect(await client.ensureActiveToken(token)).toMatchObject({ access_token: 'a2' })
  })

  it('authlib#532: a token of any grant is renewed where it was said how', async () => {
    const { clock, server, createClient } = setUp()
    const client = createClient(credentials)
    const logIn = () => client.fetchToken({ grant_type: 'password', username: 'alice', password: 'wonderland' })
    const token = client.renewable(await logIn(), logIn)
    clock.advance(3600)
    expect(await client.ensureActiveToken(token)).toMatchObject({ access_token: 'a2' })
    expect(server.presented).toEqual(['password', 'password'])
  })

  it('authlib#716: a token that lives 59 seconds is used, and renewed when half of them are over', async () => {
    const { clock, server, createClient } = setUp()
    server.lifetime = 59
    const client = createClient(credentials)
    const token = await client.clientCredentials()
    clock.advance(29)
    await client.get('jobs', { token })
    clock.advance(1)
    await client.get('jobs', { token })
    expect(server.used).toEqual(['a1', 'a2'])
  })

  it('the token of another client is not renewed by this one', async () => {
    const { clock, createClient } = setUp()
    const token = await createClient(credentials).clientCredentials()
    clock.advance(3600)
    await expect(createClient(credentials).ensureActiveToken(token)).rejects.toMatchObject({ code: 'token_expired' })
  })
})
