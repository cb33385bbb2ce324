import { describe, expect, it } from 'vitest'
import {
  basic,
  body,
  CLIENTS,
  codeRequest,
  later,
  problem,
  redirected,
  TestServer,
  VERIFIER,
} from '../../../../test/support/authorization-server.ts'
import { tokenId } from '../tokens/token-id.ts'

const GONE = [400, 'invalid_grant', 'refresh_token is unknown, has expired or was revoked']
const REUSED = [400, 'invalid_grant', 'refresh_token was exchanged before: all tokens of its grant are revoked']
const DAY = 86_400

async function isLive(test: TestServer, token: string | undefined): Promise<boolean> {
  return (await test.store.findAccessToken(await tokenId(token ?? ''))) !== undefined
}

async function start(
  options: ConstructorParameters<typeof TestServer>[0] = {},
): Promise<{ test: TestServer; token: string }> {
  const test = new TestServer(options)
  const { refresh_token: token = '' } = await test.tokens({ scope: 'read write' })
  test.events.length = 0
  return { test, token }
}

describe('RFC 6749 §6 refreshing', () => {
  it('gives new tokens for the same scope', async () => {
    const { test, token } = await start()
    const answer = body(await test.refresh(token))
    expect(answer).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'read write' })
    expect(answer['refresh_token']).not.toBe(token)
    expect(await isLive(test, answer['access_token'])).toBe(true)
  })

  it('narrows the access token when asked to; the refresh token still stands for all that was granted', async () => {
    const { test, token } = await start()
    const narrowed = body(await test.refresh(token, { scope: 'read' }))
    expect(narrowed['scope']).toBe('read')
    const again = body(await test.refresh(narrowed['refresh_token'] ?? ''))
    expect(again['scope']).toBe('read write')
  })

  it.each([
    ['no refresh_token', { refresh_token: '' }, [400, 'invalid_request', 'refresh_token is missing']],
    ['an unknown refresh_token', { refresh_token: 'x'.repeat(43) }, GONE],
    ['a wider scope', { scope: 'read write openid' }, [400, 'invalid_scope', 'scope must be part of what was granted']],
    [
      'a scope of spaces, which the answer could not name',
      { scope: ' ' },
      [400, 'invalid_scope', 'scope must be a list of scope tokens separated by spaces'],
    ],
    ['a scope that nobody knows', { scope: 'fly' }, [400, 'invalid_scope', 'scope must be part of what was granted']],
  ])('refuses %s', async (_, parameters, expected) => {
    const { test, token } = await start()
    expect(problem(await test.refresh(token, parameters))).toEqual(expected)
    expect((await test.refresh(token)).status).toBe(200)
  })

  it('refuses an access token in the place of a refresh token', async () => {
    const test = new TestServer()
    const { access_token = '' } = await test.tokens()
    expect(problem(await test.refresh(access_token))).toEqual(GONE)
  })

  it('CVE-2026-55672: refuses a token of another client, and changes nothing', async () => {
    const { test, token } = await start({ clients: [CLIENTS.web, { ...CLIENTS.web, client_id: 'thief' }] })
    const thief = (): ReturnType<TestServer['token']> =>
      test.token({ grant_type: 'refresh_token', refresh_token: token }, basic('thief'))
    expect(problem(await thief())).toEqual([400, 'invalid_grant', 'refresh_token was issued to another client'])
    expect((await test.refresh(token)).status).toBe(200)
    test.wait(60)
    expect(problem(await thief())).toEqual([400, 'invalid_grant', 'refresh_token was issued to another client'])
    expect(test.events.map(({ event }) => event)).toEqual(['token.issued'])
  })

  it('CVE-2026-27840: a part of a token finds nothing', async () => {
    const { test, token } = await start()
    expect(problem(await test.refresh(token.slice(0, -1)))).toEqual(GONE)
  })
})

describe('RFC 9700 §4.14.2 rotation', () => {
  it('ends the family when a token comes again after the window, and says so', async () => {
    const { test, token } = await start()
    const next = body(await test.refresh(token))
    test.wait(15)
    expect(problem(await test.refresh(token))).toEqual(REUSED)
    expect(await isLive(test, next['access_token'])).toBe(false)
    expect(problem(await test.refresh(next['refresh_token'] ?? ''))).toEqual(GONE)
    expect(test.events).toEqual([
      expect.objectContaining({ event: 'token.issued' }),
      expect.objectContaining({ event: 'refresh.replayed', withinWindow: false }),
      expect.objectContaining({ event: 'token.revoked', clientId: 'web' }),
    ])
  })

  it('leaves other families of the same person and client alone', async () => {
    const { test, token } = await start()
    const other = await test.tokens()
    await test.refresh(token)
    test.wait(20)
    expect((await test.refresh(token)).status).toBe(400)
    expect((await test.refresh(other['refresh_token'] ?? '')).status).toBe(200)
  })

  it('gives the same answer again inside the window, for a client that lost it', async () => {
    const { test, token } = await start()
    const first = body(await test.refresh(token))
    test.wait(14)
    expect(body(await test.refresh(token))).toEqual({ ...first, expires_in: 3586 })
    expect((await test.refresh(first['refresh_token'] ?? '')).status).toBe(200)
    expect(test.events.slice(0, 2)).toEqual([
      expect.objectContaining({ event: 'token.issued' }),
      expect.objectContaining({ event: 'refresh.replayed', withinWindow: true }),
    ])
  })

  it('does not answer again for another scope', async () => {
    const { test, token } = await start()
    const next = body(await test.refresh(token, { scope: 'read' }))
    expect(problem(await test.refresh(token))).toEqual([
      400,
      'invalid_grant',
      'refresh_token was exchanged before, for another scope, resource or key',
    ])
    expect(await isLive(test, next['access_token'])).toBe(true)
  })

  it('is off with "rotate: false" for confidential clients, whose token is repeated', async () => {
    const { test, token } = await start({ refresh: { rotate: false } })
    for (let round = 0; round < 3; round += 1) {
      expect(body(await test.refresh(token))['refresh_token']).toBe(token)
      test.wait(3600)
    }
  })

  it('is never off for public clients', async () => {
    const test = new TestServer({ refresh: { rotate: false } })
    const { code = '' } = redirected(await test.authorize(codeRequest(CLIENTS.spa)))
    const spa = { client_id: 'spa', redirect_uri: 'https://spa.example/cb', code_verifier: VERIFIER }
    const { refresh_token = '' } = body(await test.token({ ...spa, grant_type: 'authorization_code', code }))
    const next = body(await test.token({ ...spa, grant_type: 'refresh_token', refresh_token }))
    expect(next['refresh_token']).toMatch(/^aw_rt_[\w-]{49}$/)
    expect(next['refresh_token']).not.toBe(refresh_token)
  })
})

describe('GHSA-392p-2q2v-4372 parallel refreshes of one token', () => {
  it.each([
    ['at once', undefined],
    ['later', later],
  ] as const)(
    'give one new family member and the same answer to all, over a store that answers %s',
    async (_, turn) => {
      const { test, token } = await start(turn && { turn })
      const answers = (await Promise.all([1, 2, 3, 4, 5].map(() => test.refresh(token)))).map(body)
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
      expect(answers[0]).toHaveProperty('refresh_token')
      expect(test.events.filter(({ event }) => event === 'token.issued')).toHaveLength(1)
      expect(test.events.filter(({ event }) => event === 'refresh.replayed')).toHaveLength(4)
      expect((await test.refresh(answers[0]?.['refresh_token'] ?? '')).status).toBe(200)
    },
  )

  it.each([true, false])(
    'growthbook#6371: a revocation wins against a refresh in flight (rotate: %s)',
    async (rotate) => {
      const { test, token } = await start({ refresh: { rotate } })
      const find = test.store.findGrant.bind(test.store)
      Object.assign(test.store, {
        findGrant: async (id: string) => {
          const grant = await find(id)
          await test.revoke({ token, token_type_hint: 'refresh_token' }, basic())
          return grant
        },
      })
      expect(problem(await test.refresh(token))).toEqual(GONE)
    },
  )
})

describe('what the store says counts', () => {
  it.each([
    ['no grant', { findGrant: () => undefined }],
    ['a token that is gone when it is to be exchanged', { rotateRefreshToken: () => 'gone' }],
  ])('%s', async (_, verbs) => {
    const { test, token } = await start()
    Object.assign(test.store, verbs)
    expect(problem(await test.refresh(token))).toEqual(GONE)
    expect(test.events).toEqual([])
  })

  it('an expired token that it still shows', async () => {
    const { test, token } = await start()
    const record = await test.store.findRefreshToken(await tokenId(token))
    test.wait(14 * DAY)
    Object.assign(test.store, { findRefreshToken: () => record })
    expect(problem(await test.refresh(token))).toEqual(GONE)
  })
})

describe('lifetimes', () => {
  it('an unused token ends after 14 days', async () => {
    const { test, token } = await start()
    test.wait(14 * DAY)
    expect(problem(await test.refresh(token))).toEqual(GONE)
  })

  it('a used one goes on, but nothing outlives the grant', async () => {
    const { test, token } = await start({ lifetimes: { grant: '20d' } })
    test.wait(13 * DAY)
    const { refresh_token = '' } = body(await test.refresh(token))
    test.wait(7 * DAY - 600)
    const last = body(await test.refresh(refresh_token))
    expect(last).toMatchObject({ expires_in: 600 })
    test.wait(600)
    expect(problem(await test.refresh(last['refresh_token'] ?? ''))).toEqual(GONE)
    expect(await isLive(test, last['access_token'])).toBe(false)
  })
})

describe('what the store keeps for the window', () => {
  it('opens with the exchanged token only', async () => {
    const { test, token } = await start()
    const { access_token = '', refresh_token = '' } = body(await test.refresh(token))
    const { successor_response = '' } = (await test.store.findRefreshToken(await tokenId(token))) ?? {}
    expect(successor_response).toMatch(/^[\w-]{100,}$/)
    expect(atob(successor_response.replaceAll('-', '+').replaceAll('_', '/'))).not.toContain(access_token)
    expect(atob(successor_response.replaceAll('-', '+').replaceAll('_', '/'))).not.toContain(refresh_token)
  })
})
