import { describe, expect, it } from 'vitest'
import {
  basic,
  body,
  SECRET,
  TestServer,
  type TestServerOptions,
} from '../../../../test/support/authorization-server.ts'
import { KeySet } from '../../../jose/jwks/index.ts'
import type { ServerEvents } from '../events.ts'
import { findAccessToken } from './find-access-token.ts'

const ANYTHING = expect.any(String)
const ENDED = { event: 'token.revoked', clientId: 'web', subject: 'alice', by: 'application', requestId: ANYTHING }
const SERVICE = { client_id: 'service', client_secret: SECRET }

/** A server with tokens of a person at a client, and of a client for itself. */
async function setUp(options: TestServerOptions = {}) {
  const test = new TestServer(options)
  const { access_token: access = '', refresh_token: refresh = '' } = await test.tokens()
  const own = body(await test.token({ grant_type: 'client_credentials' }, basic()))['access_token'] ?? ''
  const revoked: ServerEvents['grants.revoked'][] = []
  test.server.on('grants.revoked', (event) => void revoked.push(event))
  test.events.length = 0
  const isLive = async (token: string): Promise<boolean> =>
    (await findAccessToken({ server: test.server, store: test.store, now: test.time / 1000 }, token)) !== undefined
  const live = (): Promise<boolean[]> => Promise.all([isLive(access), isLive(own)])
  return { test, access, refresh, own, revoked, live }
}

describe('RFC 7009 §2.1 revokeToken', () => {
  it('ends an access token alone, and once', async () => {
    const { test, access, refresh, live } = await setUp()
    expect(await test.server.revokeToken(access)).toBe(true)
    expect(await test.server.revokeToken(access)).toBe(false)
    expect(await live()).toEqual([false, true])
    expect(test.events).toEqual([{ ...ENDED, grantId: ANYTHING }])
    expect((await test.refresh(refresh)).status).toBe(200)
  })

  it('ends a refresh token with its family', async () => {
    const { test, refresh, live } = await setUp()
    expect(await test.server.revokeToken(refresh)).toBe(true)
    expect(await live()).toEqual([false, true])
    expect((await test.refresh(refresh)).status).toBe(400)
    expect(test.events).toContainEqual({ ...ENDED, grantId: ANYTHING })
  })

  it('has nothing to end where a token is unknown, or is kept nowhere', async () => {
    const keys = await KeySet.generate(['ES256'])
    const { test, own, live } = await setUp({ keys, accessTokenFormat: 'jwt' })
    expect(await test.server.revokeToken('unknown')).toBe(false)
    expect(await test.server.revokeToken(own)).toBe(false)
    expect(await live()).toEqual([true, true])
    expect(test.events).toEqual([])
  })
})

describe('revokeGrant', () => {
  it('ends a family, once', async () => {
    const { test, access, live } = await setUp()
    const record = await findAccessToken({ server: test.server, store: test.store, now: test.time / 1000 }, access)
    const grantId = record?.grant_id ?? ''
    const outcomes = await Promise.all(Array.from({ length: 16 }, () => test.server.revokeGrant(grantId)))
    expect(outcomes.filter(Boolean)).toHaveLength(1)
    expect(await live()).toEqual([false, true])
    expect(test.events).toEqual([{ ...ENDED, grantId }])
  })

  it('has nothing to end where a grant is unknown', async () => {
    const { test } = await setUp()
    expect(await test.server.revokeGrant('unknown')).toBe(false)
    expect(test.events).toEqual([])
  })
})

describe('revokeClient', () => {
  it('ends the families of a client and its own tokens, and those of no other', async () => {
    const { test, revoked, live } = await setUp()
    const other = body(await test.token({ grant_type: 'client_credentials', ...SERVICE }))['access_token'] ?? ''
    expect(await test.server.revokeClient('web')).toBe(2)
    expect(await live()).toEqual([false, false])
    expect(await test.server.revokeToken(other)).toBe(true)
    expect(revoked).toEqual([{ clientId: 'web', subject: undefined, count: 2, requestId: ANYTHING }])
  })

  it('ends codes that nobody has redeemed yet', async () => {
    const { test } = await setUp()
    const code = await test.code()
    await test.server.revokeClient('web')
    expect((await test.redeem(code)).status).toBe(400)
  })
})

describe('revokeSubject', () => {
  it('ends what is of a person, at all clients or at one', async () => {
    const { test, revoked, live } = await setUp()
    expect(await test.server.revokeSubject('bob')).toBe(0)
    expect(await test.server.revokeSubject('alice', { clientId: 'spa' })).toBe(0)
    expect(await live()).toEqual([true, true])
    expect(await test.server.revokeSubject('alice')).toBe(1)
    expect(await live()).toEqual([false, true])
    expect(revoked.at(-1)).toEqual({ clientId: undefined, subject: 'alice', count: 1, requestId: ANYTHING })
  })

  it('wins against refreshes in flight', async () => {
    const { test, refresh, live } = await setUp()
    const [answer] = await Promise.all([test.refresh(refresh), test.server.revokeSubject('alice')])
    const { refresh_token = '' } = body(answer)
    expect((await test.refresh(refresh_token)).status).toBe(400)
    expect(await live()).toEqual([false, true])
  })
})
