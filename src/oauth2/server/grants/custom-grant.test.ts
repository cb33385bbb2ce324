import { describe, expect, it } from 'vitest'
import { basic, body, CLIENTS, ISSUER, post, problem } from '../../../../test/support/authorization-server.ts'
import { MemoryStore } from '../../../stores/memory.ts'
import { OAuth2Error } from '../../errors.ts'
import { AuthorizationServer } from '../authorization-server.ts'
import type { TokenGrant } from '../grant.ts'
import { RefreshTokenGrant } from './refresh-token.ts'

const GRANT = 'urn:example:params:oauth:grant-type:pin'

interface PinStore {
  verifyPin(subject: string, pin: string): Promise<boolean>
}

/** The one of the guide. */
const pinGrant: TokenGrant<PinStore> = {
  grantType: GRANT,
  parameters: ['username', 'pin'],
  async grant({ params, store }) {
    const subject = params.get('username') ?? ''
    if (!(await store.verifyPin(subject, params.get('pin') ?? ''))) throw new OAuth2Error('invalid_grant', 'wrong pin')
    return { subject, refreshable: true }
  },
}

class Store extends MemoryStore implements PinStore {
  async verifyPin(subject: string, pin: string): Promise<boolean> {
    return subject === 'alice' && pin === '1234'
  }
}

const clients = [
  { ...CLIENTS.web, grant_types: [GRANT, 'refresh_token'] },
  { ...CLIENTS.spa, grant_types: [GRANT] },
]
const server = new AuthorizationServer({ issuer: ISSUER, store: new Store({ clients }) })
  .registerGrant(pinGrant)
  .registerGrant(RefreshTokenGrant)

const ask = (form: Record<string, string> | string, headers = basic()) =>
  server.handle(post('/token', typeof form === 'string' ? form : { grant_type: GRANT, ...form }, headers))

describe('a grant in ten lines', () => {
  it('gives tokens that can be refreshed', async () => {
    const tokens = body(await ask({ username: 'alice', pin: '1234' }))
    expect(Object.keys(tokens).sort()).toEqual(['access_token', 'expires_in', 'refresh_token', 'token_type'])
    const form = { grant_type: 'refresh_token', refresh_token: tokens['refresh_token'] ?? '' }
    expect((await server.handle(post('/token', form, basic()))).status).toBe(200)
  })

  it('gives no refresh token to a client that may not have one', async () => {
    const answer = await ask({ username: 'alice', pin: '1234', client_id: 'spa' }, {})
    expect(body(answer)).not.toHaveProperty('refresh_token')
  })

  it.each([
    ['a wrong pin', { username: 'alice', pin: '1' }, basic(), [400, 'invalid_grant', 'wrong pin']],
    ['no parameters', {}, basic(), [400, 'invalid_grant', 'wrong pin']],
    ['a wrong secret', {}, basic('web', 'x'), [401, 'invalid_client', 'client authentication failed']],
    [
      'a pin that came twice',
      `grant_type=${GRANT}&username=alice&pin=1&pin=1234`,
      basic(),
      [400, 'invalid_request', 'each parameter must be sent once'],
    ],
  ] as [string, Record<string, string> | string, Record<string, string>, unknown][])(
    'refuses %s',
    async (_, form, headers, expected) => {
      expect(problem(await ask(form, headers))).toEqual(expected)
    },
  )

  it('ignores what it does not read', async () => {
    const form = `grant_type=${GRANT}&username=alice&pin=1234&x=1&x=2`
    expect((await ask(form)).status).toBe(200)
  })

  it('joins the metadata', () => {
    expect(server.metadata().grant_types_supported).toEqual([GRANT, 'refresh_token'])
  })
})
