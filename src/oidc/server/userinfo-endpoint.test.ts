import { describe, expect, it } from 'vitest'
import { APP, ISSUER, TestProvider } from '../../../test/support/openid-provider.ts'
import type { AddressClaim } from '../claims.ts'

const USERINFO = `${ISSUER}/userinfo`

async function signedIn(scope: string, options: ConstructorParameters<typeof TestProvider>[0] = {}) {
  const provider = new TestProvider(options)
  const tokens = await provider.tokens(await provider.login(provider.browser(), { scope }))
  const ask = (init: RequestInit = {}, query = '') => provider.server.fetch(new Request(USERINFO + query, init))
  const bearer = { authorization: `Bearer ${tokens.access_token}` }
  return { provider, token: tokens.access_token, ask, bearer }
}

describe('OIDC Core §5.3.1 the userinfo request', () => {
  it('takes the token by GET, by POST and in the body of a POST', async () => {
    const { ask, bearer, token } = await signedIn('openid')
    const requests: RequestInit[] = [
      { headers: bearer },
      { method: 'POST', headers: bearer },
      { method: 'POST', body: new URLSearchParams({ access_token: token }) },
    ]
    for (const request of requests) {
      const response = await ask(request)
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toBe('application/json')
      expect(response.headers.get('cache-control')).toBe('no-store')
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
      expect(await response.json()).toEqual({ sub: 'alice' })
    }
  })

  it('never takes the token from the query (RFC 9700 §4.3.2)', async () => {
    const { ask, token } = await signedIn('openid')
    const response = await ask({}, `?access_token=${token}`)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe(`Bearer realm="${ISSUER}"`)
  })

  it('takes JWT access tokens too', async () => {
    const { ask, bearer, token } = await signedIn('openid', { accessTokenFormat: 'jwt' })
    expect(token.split('.')).toHaveLength(3)
    expect(await (await ask({ headers: bearer })).json()).toEqual({ sub: 'alice' })
  })
})

describe('OIDC Core §5.4 claims by scope', () => {
  it.each([
    ['openid', {}],
    ['openid profile', { name: 'Alice Liddell', given_name: 'Alice' }],
    ['openid email', { email: 'alice@example.com', email_verified: true }],
    ['openid phone address', { phone_number: '+44 1', address: { country: 'UK' } }],
    ['openid offline_access unknown constructor', {}],
  ])('%s', async (scope, claims) => {
    const { ask, bearer } = await signedIn(scope)
    expect(await (await ask({ headers: bearer })).json()).toEqual({ sub: 'alice', ...claims })
  })

  it('OIDC Core §5.1.1: gives the address as an object with all its members', async () => {
    const address: Required<AddressClaim> = {
      formatted: '221B Baker Street\nLondon NW1 6XE\nUK',
      street_address: '221B Baker Street',
      locality: 'London',
      region: 'Greater London',
      postal_code: 'NW1 6XE',
      country: 'UK',
    }
    const { ask, bearer } = await signedIn('openid address', { openid: { claims: () => ({ address }) } })
    expect(await (await ask({ headers: bearer })).json()).toEqual({ sub: 'alice', address })
  })

  it('takes scopes of the provider’s own, and gives nothing that no scope asks for', async () => {
    const { ask, bearer } = await signedIn('openid notes', {
      openid: { claimsOfScope: { notes: ['internal_note', 'sub'] } },
    })
    expect(await (await ask({ headers: bearer })).json()).toEqual({ sub: 'alice', internal_note: 'not for clients' })
  })

  it('keeps the subject of the ID token, whatever the claims say', async () => {
    const { ask, bearer } = await signedIn('openid', { openid: { claims: () => ({ sub: 'mallory' }) } })
    expect(await (await ask({ headers: bearer })).json()).toEqual({ sub: 'alice' })
  })

  it('tells the loader who asks for what', async () => {
    const asked: unknown[] = []
    const { ask, bearer } = await signedIn('openid email', {
      openid: {
        claims: (subject, { scope, client }) => {
          asked.push([subject, scope, client.client_id])
          return {}
        },
      },
    })
    await ask({ headers: bearer })
    expect(asked).toEqual([['alice', 'openid email', 'app']])
  })
})

describe('RFC 6750 §3.1 refusals', () => {
  const challenge = (error: string, description: string, scope = '') =>
    `Bearer realm="${ISSUER}", error="${error}", error_description="${description}"${scope}`
  const unknown = challenge('invalid_token', 'access token is unknown, has expired or was revoked')

  it.each([undefined, 'Basic YXBwOnNlY3JldA=='])('without a bearer token names no error: %s', async (authorization) => {
    const { ask } = await signedIn('openid')
    const response = await ask(authorization === undefined ? {} : { headers: { authorization } })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe(`Bearer realm="${ISSUER}"`)
    expect(response.headers.get('access-control-expose-headers')).toContain('WWW-Authenticate')
  })

  it.each(['Bearer nonsense', 'Bearer a.b.c'])('of what is no token of ours: %s', async (authorization) => {
    const { ask } = await signedIn('openid')
    const response = await ask({ headers: { authorization } })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe(unknown)
  })

  it('of an expired and of a revoked token', async () => {
    const { ask, bearer, provider } = await signedIn('openid')
    const { grant_id } = (await provider.store.findAccessToken(await idOf(bearer.authorization))) ?? {}
    await provider.store.revokeGrant(grant_id ?? '', provider.now)
    expect((await ask({ headers: bearer })).headers.get('www-authenticate')).toBe(unknown)
    const other = await signedIn('openid')
    other.provider.wait(3600)
    expect((await other.ask({ headers: other.bearer })).headers.get('www-authenticate')).toBe(unknown)
  })

  it('of a token without the scope openid', async () => {
    const { ask, bearer } = await signedIn('profile')
    const response = await ask({ headers: bearer })
    expect(response.status).toBe(403)
    expect(response.headers.get('www-authenticate')).toBe(
      challenge('insufficient_scope', "access token was not issued for the scope 'openid'", ', scope="openid"'),
    )
  })

  it('of a person and of a client that are gone', async () => {
    const { ask, bearer, provider } = await signedIn('openid')
    provider.forget('alice')
    expect((await ask({ headers: bearer })).headers.get('www-authenticate')).toBe(
      challenge('invalid_token', 'the person is not known any more'),
    )
    await provider.store.deleteClient(APP.client_id)
    expect((await ask({ headers: bearer })).headers.get('www-authenticate')).toBe(
      challenge('invalid_token', 'the client of the access token is not known any more'),
    )
  })

  it('of a token about no person', async () => {
    const { ask, provider } = await signedIn('openid')
    const authorization = `Bearer ${provider.server.createToken('access_token')}`
    await provider.store.saveTokens({
      accessToken: {
        id: await idOf(authorization),
        client_id: 'app',
        scope: 'openid',
        created_at: provider.now,
        expires_at: provider.now + 60,
      },
    })
    const response = await ask({ headers: { authorization } })
    expect(response.headers.get('www-authenticate')).toBe(challenge('invalid_token', 'access token is about no person'))
  })

  it('of a token that was sent twice', async () => {
    const { ask, bearer, token } = await signedIn('openid')
    const response = await ask({ method: 'POST', headers: bearer, body: new URLSearchParams({ access_token: token }) })
    expect(response.status).toBe(400)
    expect(response.headers.get('www-authenticate')).toBe(
      challenge('invalid_request', 'access token must be sent once, in one place'),
    )
  })

  it('is no refusal when our side fails: an error without the cause', async () => {
    const { ask, bearer } = await signedIn('openid', {
      openid: {
        claims: () => {
          throw new Error('db-host is down')
        },
      },
    })
    const response = await ask({ headers: bearer })
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('db-host')
  })
})

async function idOf(authorization: string): Promise<string> {
  const token = new TextEncoder().encode(authorization.slice('Bearer '.length))
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', token))
  return btoa(String.fromCharCode(...digest))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
}
