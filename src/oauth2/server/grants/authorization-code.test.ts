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
import type { HttpResponse } from '../../../http/response.ts'
import type { AuthorizationCodeRecord } from '../records.ts'
import { tokenId } from '../tokens/token-id.ts'

const UNKNOWN = [400, 'invalid_grant', 'code is unknown or has expired']
const USED = [400, 'invalid_grant', 'code was used before: the tokens it was exchanged for are revoked']
const OTHER_VERIFIER = VERIFIER.replace('d', 'e')

async function isLive(test: TestServer, token: string | undefined): Promise<boolean> {
  return (await test.store.findAccessToken(await tokenId(token ?? ''))) !== undefined
}

describe('RFC 6749 §4.1, §4.1.3 redeeming a code', () => {
  it('gives an access token and a refresh token for what was agreed to', async () => {
    const test = new TestServer()
    const tokens = await test.tokens({ scope: 'read write' })
    expect(tokens).toEqual({
      access_token: expect.stringMatching(/^aw_at_[\w-]{49}$/),
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: expect.stringMatching(/^aw_rt_[\w-]{49}$/),
      scope: 'read write',
    })
    expect(test.events.map(({ event }) => event)).toEqual(['authorization.granted', 'token.issued'])
  })

  it('gives less where the person agreed to less', async () => {
    const test = new TestServer({ approval: { subject: 'alice', scope: 'read' } })
    expect((await test.tokens({ scope: 'read write' }))['scope']).toBe('read')
  })

  it('gives no refresh token to a client that may not use it', async () => {
    const test = new TestServer({ clients: [{ ...CLIENTS.web, grant_types: ['authorization_code'] }] })
    expect(await test.tokens()).not.toHaveProperty('refresh_token')
  })

  it.each([
    ['no code', { code: '' }, [400, 'invalid_request', 'code is missing']],
    ['an unknown code', { code: 'x'.repeat(43) }, UNKNOWN],
    [
      'another redirect_uri',
      { redirect_uri: 'https://app.example/other' },
      [400, 'invalid_grant', 'redirect_uri must be the one of the authorization request'],
    ],
    [
      'no redirect_uri',
      { redirect_uri: '' },
      [400, 'invalid_grant', 'redirect_uri must be the one of the authorization request'],
    ],
    ['no code_verifier', { code_verifier: '' }, [400, 'invalid_grant', 'code_verifier is missing']],
    [
      'a wrong code_verifier',
      { code_verifier: OTHER_VERIFIER },
      [400, 'invalid_grant', 'code_verifier does not fit the code_challenge'],
    ],
    [
      'a code_verifier that is too short',
      { code_verifier: 'short' },
      [400, 'invalid_grant', 'code_verifier must be 43 to 128 unreserved characters'],
    ],
    [
      'the challenge as verifier',
      { code_verifier: codeRequest()['code_challenge'] ?? '' },
      [400, 'invalid_grant', 'code_verifier does not fit the code_challenge'],
    ],
  ])('refuses %s', async (_, parameters, expected) => {
    const test = new TestServer()
    expect(problem(await test.redeem(await test.code(), parameters))).toEqual(expected)
  })

  it('does not need a redirect_uri that the authorization request left out', async () => {
    const test = new TestServer()
    const { redirect_uri, ...request } = codeRequest()
    const { code = '' } = redirected(await test.authorize(request))
    expect((await test.redeem(code, { redirect_uri: '' })).status).toBe(200)
  })

  it('refuses a code after a minute', async () => {
    const test = new TestServer()
    const code = await test.code()
    test.wait(60)
    expect(problem(await test.redeem(code))).toEqual(UNKNOWN)
  })

  it('refuses an expired code that the store still shows', async () => {
    const test = new TestServer()
    const code = await test.code()
    const record = await test.store.findAuthorizationCode(await tokenId(code))
    test.wait(60)
    Object.assign(test.store, { findAuthorizationCode: () => record })
    expect(problem(await test.redeem(code))).toEqual(UNKNOWN)
  })
})

describe('RFC 6749 §4.1.2 a code that is used twice', () => {
  it('ends the tokens of its first use, also half an hour later', async () => {
    const test = new TestServer()
    const code = await test.code()
    const { access_token, refresh_token = '' } = body(await test.redeem(code))
    test.wait(1800)
    expect(await isLive(test, access_token)).toBe(true)
    expect(problem(await test.redeem(code))).toEqual(USED)
    expect(await isLive(test, access_token)).toBe(false)
    expect(problem(await test.refresh(refresh_token)).slice(1, 2)).toEqual(['invalid_grant'])
    expect(test.events.slice(2, 4)).toEqual([
      expect.objectContaining({ event: 'code.replayed', clientId: 'web' }),
      expect.objectContaining({ event: 'token.revoked', clientId: 'web' }),
    ])
  })

  it('ends what its tokens were refreshed to', async () => {
    const test = new TestServer()
    const code = await test.code()
    const first = body(await test.redeem(code))
    const second = body(await test.refresh(first['refresh_token'] ?? ''))
    await test.redeem(code)
    expect(await isLive(test, second['access_token'])).toBe(false)
    expect((await test.refresh(second['refresh_token'] ?? '')).status).toBe(400)
  })
})

describe('CVE-2025-4144 and RFC 7636 §4.4 PKCE cannot be skipped', () => {
  it('by leaving the verifier out', async () => {
    const test = new TestServer()
    const { code_verifier, ...form } = { code_verifier: VERIFIER, grant_type: 'authorization_code', client_id: 'spa' }
    const { code = '' } = redirected(await test.authorize(codeRequest(CLIENTS.spa)))
    const response = await test.token({ ...form, code, redirect_uri: 'https://spa.example/cb' })
    expect(problem(response)).toEqual([400, 'invalid_grant', 'code_verifier is missing'])
  })

  it('by a store that lost the challenge', async () => {
    const test = new TestServer()
    const save = test.store.saveAuthorizationCode.bind(test.store)
    Object.assign(test.store, {
      saveAuthorizationCode: ({ code_challenge: _, ...record }: AuthorizationCodeRecord) => save(record),
    })
    const code = await test.code()
    expect(problem(await test.redeem(code, { code_verifier: '' }))).toEqual([
      400,
      'invalid_grant',
      'code was issued without a code_challenge, which this client must use',
    ])
  })

  it('RFC 9700 §4.8.2: by injecting a code that was issued without a challenge', async () => {
    const test = new TestServer({ pkce: () => 'optional' })
    const { code_challenge, code_challenge_method, ...request } = codeRequest()
    const { code = '' } = redirected(await test.authorize(request))
    expect(problem(await test.redeem(code))).toEqual([
      400,
      'invalid_grant',
      'code_verifier must not be sent for a code that was issued without a code_challenge',
    ])
  })
})

describe('CVE-2026-41213 and RFC 7636 §4.6, RFC 9700 §4.2.4 the verifier cannot be guessed online', () => {
  it.each([
    ['a wrong verifier', { code_verifier: OTHER_VERIFIER }],
    ['no verifier', { code_verifier: '' }],
    ['another redirect_uri', { redirect_uri: 'https://app.example/other' }],
  ])('because %s uses the code up', async (_, wrong) => {
    const test = new TestServer()
    const code = await test.code()
    expect((await test.redeem(code, wrong)).status).toBe(400)
    expect(problem(await test.redeem(code))).toEqual(USED)
  })
})

describe('fosite §3.1.4: a wrong verifier, then none', () => {
  it('is refused both times', async () => {
    const test = new TestServer()
    const code = await test.code()
    expect((await test.redeem(code, { code_verifier: OTHER_VERIFIER })).status).toBe(400)
    expect((await test.redeem(code, { code_verifier: '' })).status).toBe(400)
  })
})

describe('CVE-2026-55672 a code belongs to its client', () => {
  it('and does nothing for another one', async () => {
    const test = new TestServer({ clients: [CLIENTS.web, { ...CLIENTS.web, client_id: 'thief' }] })
    const code = await test.code()
    const form = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: 'https://app.example/cb',
      code_verifier: VERIFIER,
    }
    expect(problem(await test.token(form, basic('thief')))).toEqual([
      400,
      'invalid_grant',
      'code was issued to another client',
    ])
    expect((await test.redeem(code)).status).toBe(200)
  })
})

describe('jmondi: client binding comes before revocation', () => {
  it('so that another client that learns a used code ends nothing', async () => {
    const test = new TestServer({ clients: [CLIENTS.web, { ...CLIENTS.web, client_id: 'thief' }] })
    const code = await test.code()
    const { access_token } = body(await test.redeem(code))
    const response = await test.token({ grant_type: 'authorization_code', code }, basic('thief'))
    expect(problem(response)).toEqual([400, 'invalid_grant', 'code was issued to another client'])
    expect(await isLive(test, access_token)).toBe(true)
    expect(test.events.some(({ event }) => event === 'code.replayed')).toBe(false)
  })
})

describe('CVE-2026-27840 a part of a code is no code', () => {
  it('finds nothing', async () => {
    const test = new TestServer()
    const code = await test.code()
    expect(problem(await test.redeem(code.slice(0, -1)))).toEqual(UNKNOWN)
    expect(problem(await test.redeem(`${code}.x`))).toEqual(UNKNOWN)
    expect((await test.redeem(code)).status).toBe(200)
  })
})

describe('GHSA-7w99-5wm4-3g79 parallel redemptions of one code', () => {
  const race = async (test: TestServer): Promise<HttpResponse[]> => {
    const code = await test.code()
    return Promise.all([1, 2, 3, 4, 5].map(() => test.redeem(code)))
  }

  it.each([
    ['at once', undefined],
    ['later', later],
  ] as const)('give one success over a store that answers %s, and the replays end it', async (_, turn) => {
    const test = new TestServer(turn && { turn })
    const responses = await race(test)
    const won = responses.filter(({ status }) => status === 200)
    expect(won).toHaveLength(1)
    for (const lost of responses.filter(({ status }) => status !== 200)) expect(problem(lost)).toEqual(USED)
    expect(await isLive(test, won[0] && body(won[0])['access_token'])).toBe(false)
    expect(test.events.filter(({ event }) => event === 'token.issued')).toHaveLength(1)
    expect(test.events.filter(({ event }) => event === 'code.replayed')).toHaveLength(4)
    expect(test.events.filter(({ event }) => event === 'token.revoked')).toHaveLength(1)
  })

  it('end it as well when one is beaten on its way to a failed proof', async () => {
    const test = new TestServer()
    const code = await test.code()
    const consume = test.store.consumeAuthorizationCode.bind(test.store)
    let won: Record<string, string> = {}
    Object.assign(test.store, {
      consumeAuthorizationCode: async (...given: Parameters<typeof consume>) => {
        if (given[1].tokens === undefined) won = body(await test.redeem(code))
        return consume(...given)
      },
    })
    expect(problem(await test.redeem(code, { code_verifier: OTHER_VERIFIER }))).toEqual(USED)
    expect(won).toHaveProperty('access_token')
    expect(await isLive(test, won['access_token'])).toBe(false)
  })
})

describe('what the store says', () => {
  it('counts: a code that is gone when it is to be used up gives nothing', async () => {
    const test = new TestServer()
    const code = await test.code()
    Object.assign(test.store, { consumeAuthorizationCode: () => 'gone' })
    expect(problem(await test.redeem(code))).toEqual(UNKNOWN)
    expect(test.events.some(({ event }) => event === 'token.issued')).toBe(false)
  })

  it('about the resources of a grant is the audience of its tokens, refreshed ones too', async () => {
    const resources = [{ resource: 'https://api.example' }]
    const test = new TestServer({ audience: 'https://default.example', resources })
    const save = test.store.saveAuthorizationCode.bind(test.store)
    Object.assign(test.store, {
      saveAuthorizationCode: ({ grant, ...record }: AuthorizationCodeRecord) =>
        save({ ...record, grant: { ...grant, resource: ['https://api.example'] } }),
    })
    const first = await test.tokens()
    const second = body(await test.refresh(first['refresh_token'] ?? ''))
    for (const { access_token = '' } of [first, second]) {
      const record = await test.store.findAccessToken(await tokenId(access_token))
      expect(record?.audience).toEqual(['https://api.example'])
    }
  })
})

describe('GHSA-p2fr-6hmx-4528 a token request names no resource that nobody agreed to', () => {
  it('neither for a code nor for a refresh token', async () => {
    const resources = [{ resource: 'https://api.example' }, { resource: 'https://admin.example' }]
    const test = new TestServer({ audience: 'https://api.example', resources })
    const code = await test.code()
    const refused = [400, 'invalid_target', 'resource must be one of those that were granted']
    expect(problem(await test.redeem(code, { resource: 'https://admin.example' }))).toEqual(refused)
    const first = body(await test.redeem(code, { audience: 'https://admin.example' }))
    const token = first['refresh_token'] ?? ''
    expect(problem(await test.refresh(token, { resource: 'https://admin.example' }))).toEqual(refused)
    const second = body(await test.refresh(token, { audience: 'https://admin.example' }))
    for (const { access_token = '' } of [first, second]) {
      const record = await test.store.findAccessToken(await tokenId(access_token))
      expect(record?.audience).toEqual(['https://api.example'])
    }
  })
})

describe('what the store sees', () => {
  it('is hashes, never a code or token', async () => {
    const test = new TestServer()
    const written: string[] = []
    const save = test.store.saveAuthorizationCode.bind(test.store)
    const consume = test.store.consumeAuthorizationCode.bind(test.store)
    Object.assign(test.store, {
      saveAuthorizationCode: (...args: Parameters<typeof save>) => {
        written.push(JSON.stringify(args))
        return save(...args)
      },
      consumeAuthorizationCode: (...args: Parameters<typeof consume>) => {
        written.push(JSON.stringify(args))
        return consume(...args)
      },
    })
    const code = await test.code()
    const { access_token = '', refresh_token = '' } = body(await test.redeem(code))
    expect(written).toHaveLength(2)
    for (const secret of [code, access_token, refresh_token, VERIFIER]) expect(written.join()).not.toContain(secret)
    for (const secret of [code, access_token, refresh_token, VERIFIER]) expect(test.log.join()).not.toContain(secret)
  })
})
