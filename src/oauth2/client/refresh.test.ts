import { describe, expect, it } from 'vitest'
import { answer, TestClock } from '../../../test/support/stub-provider.ts'
import { RequestParameters } from '../../http/form.ts'
import { OAuth2Client } from './client.ts'
import type { OAuth2ClientOptions } from './options.ts'
import type { TokenSet } from './token-set.ts'

/** A server that rotates refresh tokens, and takes each of them once. */
function setUp(
  options: Partial<OAuth2ClientOptions> = {},
  grant: (turn: number) => object = (turn) => ({ refresh_token: `r${turn}` }),
) {
  const clock = new TestClock()
  const presented: (string | undefined)[] = []
  const spent = new Set<string | undefined>()
  const client = new OAuth2Client({
    clientId: 'app',
    accessTokenUrl: 'https://op.example/token',
    apiBaseUrl: 'https://api.example/',
    clock: clock.read,
    transport: async ({ url, body }) => {
      if (!url.endsWith('/token')) return answer(200, {})
      const form = RequestParameters.parse(String(body))
      const refreshToken = form.get('refresh_token')
      if (spent.has(refreshToken)) return answer(400, { error: 'invalid_grant' })
      presented.push(refreshToken)
      const turn = presented.length
      await new Promise((resolve) => setTimeout(resolve, 1))
      const granted = { access_token: `a${turn}`, token_type: 'Bearer', expires_in: 3600, ...grant(turn) }
      if ('refresh_token' in granted) spent.add(refreshToken)
      return answer(200, granted)
    },
    ...options,
  })
  const expired: TokenSet = {
    access_token: 'a0',
    token_type: 'Bearer',
    refresh_token: 'r0',
    scope: 'files',
    expires_at: clock.seconds,
  }
  return { client, clock, presented, expired }
}

describe('RFC 6749 §6 refreshing a token', () => {
  it('sends the refresh token, and returns what follows', async () => {
    const { client, presented, expired } = setUp()
    expect(await client.refreshToken(expired)).toMatchObject({ access_token: 'a1', refresh_token: 'r1' })
    expect(presented).toEqual(['r0'])
  })

  it('simple-oauth2#58: keeps the refresh token and the scope that the answer omits', async () => {
    const { client, expired } = setUp({}, () => ({}))
    expect(await client.refreshToken(expired)).toMatchObject({
      access_token: 'a1',
      refresh_token: 'r0',
      scope: 'files',
    })
  })

  it('does not change the token that it was given', async () => {
    const { client, expired } = setUp()
    const before = structuredClone(expired)
    await client.refreshToken(expired)
    expect(expired).toEqual(before)
  })

  it('refuses without a refresh token', async () => {
    const { client } = setUp()
    await expect(client.refreshToken({ access_token: 'a', token_type: 'Bearer' })).rejects.toMatchObject({
      code: 'missing_token',
      stage: 'refresh',
      message: '"refresh_token" is missing: the server did not grant one',
    })
  })

  it('says what the server said', async () => {
    const { client, expired } = setUp()
    await client.refreshToken(expired)
    await expect(client.refreshToken({ ...expired, refresh_token: 'r0' })).resolves.toMatchObject({
      access_token: 'a1',
    })
    const other = setUp({ transport: async () => answer(400, { error: 'invalid_grant' }) })
    await expect(other.client.refreshToken(other.expired)).rejects.toMatchObject({
      code: 'token_refused',
      stage: 'refresh',
      refusal: { error: 'invalid_grant' },
    })
  })
})

describe('authlib#673, next-auth#11240: two refreshes of one rotating token', () => {
  it('50 calls with one expired token cause one refresh', async () => {
    const { client, presented, expired } = setUp()
    const tokens = await Promise.all(Array.from({ length: 50 }, () => client.ensureActiveToken(expired)))
    expect(presented).toEqual(['r0'])
    expect(new Set(tokens.map((token) => token.access_token))).toEqual(new Set(['a1']))
    expect(new Set(tokens).size).toBe(50)
  })

  it('50 API calls with one expired token cause one refresh', async () => {
    const { client, presented, expired } = setUp()
    const responses = await Promise.all(Array.from({ length: 50 }, () => client.get('files', { token: expired })))
    expect(presented).toEqual(['r0'])
    expect(responses.every(({ status }) => status === 200)).toBe(true)
  })

  it('one that comes late, with the token that was rotated away, gets the same answer', async () => {
    const { client, clock, presented, expired } = setUp()
    await client.refreshToken(expired)
    clock.advance(29)
    expect(await client.refreshToken(expired)).toMatchObject({ access_token: 'a1' })
    expect(presented).toEqual(['r0'])
    clock.advance(1)
    await expect(client.refreshToken(expired)).rejects.toMatchObject({ code: 'token_refused' })
  })

  it('a token that is not rotated may be refreshed again at once', async () => {
    const { client, presented, expired } = setUp({}, () => ({}))
    await client.refreshToken(expired)
    await client.refreshToken(expired)
    expect(presented).toEqual(['r0', 'r0'])
  })

  it('a failure is not remembered', async () => {
    let isDown = true
    const { client, expired } = setUp({
      transport: async () => (isDown ? answer(503, {}) : answer(200, { access_token: 'a', token_type: 'Bearer' })),
    })
    await expect(client.refreshToken(expired)).rejects.toMatchObject({ code: 'request_failed', status: 503 })
    isDown = false
    expect(await client.refreshToken(expired)).toMatchObject({ access_token: 'a' })
  })

  it('different tokens are refreshed side by side', async () => {
    const { client, presented, expired } = setUp()
    await Promise.all([client.refreshToken(expired), client.refreshToken({ ...expired, refresh_token: 'other' })])
    expect(presented).toEqual(['r0', 'other'])
  })
})

describe('updateToken', () => {
  it('is called once for each refresh, before anybody has the token', async () => {
    const stored: string[] = []
    const { client, expired } = setUp({
      updateToken: async (token, previous) => {
        await new Promise((resolve) => setTimeout(resolve, 1))
        stored.push(`${previous.access_token} ${token.access_token}`)
      },
    })
    const tokens = await Promise.all([client.refreshToken(expired), client.refreshToken(expired)])
    expect(stored).toEqual(['a0 a1'])
    expect(tokens).toHaveLength(2)
  })

  it('that fails is not swallowed, and the token that the server gave for a spent one is not lost', async () => {
    let failures = 2
    const stored: string[] = []
    const { client, clock, presented, expired } = setUp({
      updateToken: async ({ access_token }) => {
        failures -= 1
        if (failures >= 0) throw new Error('disk full')
        stored.push(access_token)
      },
    })
    await expect(client.refreshToken(expired)).rejects.toThrow('disk full')
    clock.advance(300)
    await expect(Promise.all([client.refreshToken(expired), client.refreshToken(expired)])).rejects.toThrow('disk full')
    expect(await client.refreshToken(expired)).toMatchObject({ access_token: 'a1', refresh_token: 'r1' })
    expect([presented, stored]).toEqual([['r0'], ['a1']])
  })

  it('that failed once, long ago: what was kept has ended, and its own refresh token is the one that is good', async () => {
    let isDown = true
    const stored: string[] = []
    const { client, clock, presented, expired } = setUp({
      updateToken: async (token, previous) => {
        if (isDown) throw new Error('disk full')
        stored.push(`${previous.refresh_token} ${token.refresh_token}`)
      },
    })
    await expect(client.refreshToken(expired)).rejects.toThrow('disk full')
    isDown = false
    clock.advance(7200)
    expect(await client.ensureActiveToken(expired)).toMatchObject({ access_token: 'a2', scope: 'files' })
    expect([presented, stored]).toEqual([['r0', 'r1'], ['r0 r2']])
  })
})

describe('ensureActiveToken', () => {
  it('leaves a token alone that is still good', async () => {
    const { client, clock, presented, expired } = setUp()
    const good = { ...expired, expires_at: clock.seconds + 61, expires_in: 3600 }
    expect(await client.ensureActiveToken(good)).toBe(good)
    expect(presented).toEqual([])
  })

  it('says that a token is over that cannot be renewed', async () => {
    const { client, clock } = setUp()
    await expect(
      client.ensureActiveToken({ access_token: 'a', token_type: 'Bearer', expires_at: clock.seconds }),
    ).rejects.toMatchObject({
      code: 'token_expired',
      message: 'access token has expired and there is no refresh token to renew it with',
    })
  })
})
