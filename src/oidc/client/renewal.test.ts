import { describe, expect, it } from 'vitest'
import { expiredToken, RotatingTokens } from '../../../test/support/rotating-tokens.ts'
import { signingKey, TestClock } from '../../../test/support/stub-provider.ts'
import { signJwt } from '../../jose/jwt/index.ts'
import type { RefreshLock } from '../../oauth2/client/refresh-lock.ts'
import { OpenIdClient, type OpenIdTokenSet } from './client.ts'

function setUp() {
  const clock = new TestClock()
  const server = new RotatingTokens()
  const keys: string[] = []
  const refreshLock: RefreshLock = {
    run(key, work) {
      keys.push(key)
      return work()
    },
  }
  const client = new OpenIdClient({
    clientId: 'app',
    issuer: 'https://op.example',
    accessTokenUrl: 'https://op.example/token',
    jwksUri: 'https://op.example/jwks',
    scope: 'openid',
    clock: clock.read,
    transport: server.transport,
    refreshLock,
  })
  const tokenOf = (refreshToken: string, identity: Partial<OpenIdTokenSet>): OpenIdTokenSet => ({
    ...expiredToken(clock, { refresh_token: refreshToken }),
    ...identity,
  })
  const claims = { iss: 'https://op.example', aud: 'app', exp: clock.seconds + 60, iat: clock.seconds }
  const idTokenOf = async (sub: string) => signJwt({ ...claims, sub }, await signingKey('k1'), { alg: 'ES256' })
  return { client, clock, keys, claims, tokenOf, idTokenOf, server }
}

describe('renewals for one person who logged in', () => {
  it('hold one lock, whether their claims or only their ID token was kept', async () => {
    const { client, keys, claims, tokenOf, idTokenOf, server } = setUp()
    await client.refreshToken(tokenOf('phone', { userinfo: { ...claims, sub: 'alice' } }))
    await client.refreshToken(tokenOf('laptop', { id_token: await idTokenOf('alice') }))
    await client.refreshToken(tokenOf('other', { userinfo: { ...claims, sub: 'bob' } }))
    expect([keys[0] === keys[1], keys[0] === keys[2]]).toEqual([true, false])
    expect(server.presented).toEqual(['phone', 'laptop', 'other'])
  })

  it('look for what another process stored for the request, too', async () => {
    const { clock, claims, tokenOf, server } = setUp()
    const userinfo = { ...claims, sub: 'alice' }
    const stored = tokenOf('r9', { access_token: 'theirs', expires_at: clock.seconds + 600, userinfo })
    const client = new OpenIdClient({
      clientId: 'app',
      issuer: 'https://op.example',
      accessTokenUrl: 'https://op.example/token',
      clock: clock.read,
      transport: server.transport,
      fetchToken: async () => stored,
    })
    const token = tokenOf('r0', { userinfo })
    expect(await client.ensureActiveToken(token, { request: 'alice' })).toEqual(stored)
    expect(await client.refreshToken(token, { request: 'alice' })).toEqual(stored)
    expect(server.presented).toEqual([])
  })
})
