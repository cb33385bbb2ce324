import { beforeEach, describe, expect, it } from 'vitest'
import { headerOf } from '../../../src/http/response.ts'
import { decodeUnverifiedJwt } from '../../../src/jose/jwt/index.ts'
import {
  ClientSecretJwt,
  introspectToken,
  OAuth2Client,
  type OAuth2ClientOptions,
  type TokenSet,
} from '../../../src/oauth2/client/index.ts'
import { answer, StubProvider } from '../../support/stub-provider.ts'

/*
 * What is worth testing of an OAuth 2 client engine: the rules of Authlib's, and where it fails them, ours. Those of logins
 * in frameworks are in test/e2e/authlib-login-rules.test.ts.
 */

const REDIRECT_URI = 'https://app.example/cb'
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const token: TokenSet = { access_token: 'an-access-token', token_type: 'Bearer', refresh_token: 'a-refresh-token' }

let provider: StubProvider

beforeEach(async () => {
  provider = await StubProvider.create()
})

function client(options: Partial<OAuth2ClientOptions> = {}): OAuth2Client {
  const { issuer, transport, clock } = provider
  const serverMetadataUrl = `${issuer}/.well-known/openid-configuration`
  const known = {
    issuer,
    serverMetadataUrl,
    transport,
    clock: clock.read,
    redirectUri: REDIRECT_URI,
    apiBaseUrl: `${issuer}/api/`,
  }
  return new OAuth2Client({ clientId: 'app', ...known, ...options })
}

/** The forms that were posted to a path, last one last. */
function forms(path: string): Record<string, string | string[]>[] {
  return provider.requests
    .filter(({ url }) => new URL(url).pathname === path)
    .map(({ body }) => {
      const parameters = new URLSearchParams(typeof body === 'string' ? body : '')
      const values = (name: string): string | string[] => {
        const all = parameters.getAll(name)
        return all.length === 1 ? (all[0] ?? '') : all
      }
      return Object.fromEntries([...parameters.keys()].map((name) => [name, values(name)]))
    })
}

describe('authlib-parity §3.7b.1 state and code', () => {
  it('state is made, sent and compared', async () => {
    const { url, state } = await client().createAuthorizationUrl()
    expect(new URL(url).searchParams.get('state')).toBe(state)
    const back = (query: string) =>
      client().validateCallback(`${REDIRECT_URI}?iss=${provider.issuer}&${query}`, { state })
    expect(await back(`code=c&state=${state}`)).toMatchObject({ code: 'c' })
    await expect(back('code=c&state=other')).rejects.toMatchObject({ code: 'state_mismatch' })
    await expect(back('code=c')).rejects.toMatchObject({ code: 'state_missing' })
    await expect(back(`state=${state}`)).rejects.toMatchObject({ code: 'code_missing' })
  })
})

describe('authlib-parity §3.7b.2 PKCE', () => {
  it('RFC 7636 §B: S256 of the verifier there is the challenge there', async () => {
    const { url } = await client().createAuthorizationUrl({ codeVerifier: VERIFIER })
    const { searchParams } = new URL(url)
    expect(searchParams.get('code_challenge')).toBe('E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM')
    expect(searchParams.get('code_challenge_method')).toBe('S256')
  })
})

describe('authlib-parity §3.7b.3 a token response', () => {
  const fetch = () => client().clientCredentials()

  it.each([
    ['that is a refusal', answer(400, { error: 'invalid_scope' }), 'token_refused'],
    ['that is a refusal with status 200', answer(200, { error: 'invalid_scope' }), 'token_refused'],
    ['of status 401 and no "error", which Authlib stores as a token', answer(401, { message: 'no' }), 'token_refused'],
    ['of a server that is down', answer(503, { message: 'later' }), 'request_failed'],
    ['that is a page', answer(200, '<html>', 'text/html'), 'token_response_invalid'],
    ['without access token', answer(200, { token_type: 'Bearer' }), 'token_response_invalid'],
    ['without type', answer(200, { access_token: 'a' }), 'token_response_invalid'],
    [
      'whose life is no number',
      answer(200, { access_token: 'a', token_type: 'Bearer', expires_in: 'soon' }),
      'token_response_invalid',
    ],
  ])('%s is none', async (_, response, code) => {
    provider.handlers.set('/token', () => response)
    await expect(fetch()).rejects.toMatchObject({ code })
  })

  it('may say its life as a text', async () => {
    provider.token = { expires_in: '3600' }
    expect(await fetch()).toMatchObject({ expires_in: 3600, expires_at: provider.clock.seconds + 3600 })
  })

  it('ends at its own time, whatever "expires_at" it says', async () => {
    provider.token = { expires_at: 'tomorrow', expires_in: 60 }
    expect(await fetch()).toMatchObject({ expires_at: provider.clock.seconds + 60 })
  })

  it('that ended in 1970 is over', async () => {
    const over = { access_token: 'a', token_type: 'Bearer', expires_at: 0 }
    await expect(client().ensureActiveToken(over)).rejects.toMatchObject({ code: 'token_expired' })
  })

  it('is not changed in the hands of whoever gave it', async () => {
    const given = Object.freeze({ ...token, expires_at: 1 })
    expect(await client().ensureActiveToken(given)).not.toBe(given)
  })
})

describe('authlib-parity §3.7b.4 where a token goes', () => {
  const call = async (placement: 'header' | 'query' | 'body') => {
    await client({ tokenPlacement: placement }).post('files', { token, form: { a: 'b' } })
    const { url, body, headers = [] } = provider.requests.at(-1) ?? { url: '' }
    return { query: new URL(url).search, body, authorization: headerOf({ headers }, 'authorization') }
  }

  it.each([
    ['header', { query: '', body: 'a=b', authorization: 'Bearer an-access-token' }],
    ['query', { query: '?access_token=an-access-token', body: 'a=b', authorization: undefined }],
    ['body', { query: '', body: 'a=b&access_token=an-access-token', authorization: undefined }],
  ] as const)('%s', async (placement, expected) => {
    expect(await call(placement)).toEqual(expected)
  })

  it('nowhere where its type is not known', async () => {
    const call = client().get('files', { token: { ...token, token_type: 'mac' } })
    await expect(call).rejects.toMatchObject({ code: 'token_type_unsupported' })
  })
})

describe('authlib-parity §3.7b.5 a refresh', () => {
  it('keeps the refresh token where none comes, takes the one that comes, and tells of the one before', async () => {
    const updates: unknown[] = []
    const app = client({ updateToken: (next, previous) => updates.push([next.refresh_token, previous.refresh_token]) })
    provider.token = { refresh_token: undefined }
    expect((await app.refreshToken(token)).refresh_token).toBe('a-refresh-token')
    provider.token = { refresh_token: 'the-next' }
    expect((await app.refreshToken(token)).refresh_token).toBe('the-next')
    expect(updates).toEqual([
      ['a-refresh-token', 'a-refresh-token'],
      ['the-next', 'a-refresh-token'],
    ])
  })

  it('happens once for many at once', async () => {
    let updates = 0
    const app = client({ updateToken: () => updates++ })
    await Promise.all(Array.from({ length: 50 }, () => app.get('files', { token: { ...token, expires_at: 1 } })))
    expect([provider.count('/token'), updates]).toEqual([1, 1])
  })
})

describe('authlib-parity §3.7b.6 without a good token', () => {
  it('expired and not to be renewed, or none at all', async () => {
    const { refresh_token: _, ...bare } = token
    await expect(client().get('files', { token: { ...bare, expires_at: 1 } })).rejects.toMatchObject({
      code: 'token_expired',
    })
    await expect(client().get('files')).rejects.toMatchObject({ code: 'missing_token' })
    expect(provider.count('/api/files')).toBe(0)
  })
})

describe('authlib-parity §3.7b.7 client authentication on the wire', () => {
  const SECRET = 's:%+ é"'
  const authorizationOf = () => headerOf({ headers: provider.requests.at(-1)?.headers ?? [] }, 'authorization')

  it('RFC 6749 §2.3.1: basic is form-encoded first', async () => {
    await client({ clientId: 'a:b', clientSecret: SECRET }).clientCredentials()
    expect(authorizationOf()).toBe(`Basic ${btoa('a%3Ab:s%3A%25%2B%20%C3%A9%22')}`)
  })

  it('post and none go into the form', async () => {
    await client({ clientSecret: SECRET, tokenEndpointAuthMethod: 'client_secret_post' }).clientCredentials()
    await client().clientCredentials()
    expect(forms('/token')).toEqual([
      { grant_type: 'client_credentials', client_id: 'app', client_secret: SECRET },
      { grant_type: 'client_credentials', client_id: 'app' },
    ])
    expect(authorizationOf()).toBeUndefined()
  })
})

describe('authlib-parity §3.7b.8 client assertions', () => {
  it("have a jti each, also with claims of one's own, which stay as they were", async () => {
    const claims = { extra: 'claim' }
    const secret = 'a secret that is long enough: 0123456789'
    const app = client({ tokenEndpointAuthMethod: new ClientSecretJwt(secret, { claims }) })
    await app.clientCredentials()
    await app.clientCredentials()
    const assertions = forms('/token').map((form) => decodeUnverifiedJwt(String(form['client_assertion'])).claims)
    expect(new Set(assertions.map(({ jti }) => jti)).size).toBe(2)
    expect(claims).toEqual({ extra: 'claim' })
    for (const { iss, sub, aud, iat = 0, exp = 0 } of assertions) {
      expect([iss, sub, aud]).toEqual(['app', 'app', provider.issuer])
      // An hour, as Authlib has it, is what a stolen one would be good for.
      expect(exp - iat).toBeLessThanOrEqual(60)
    }
  })
})

describe('authlib-parity §3.7b.9 hooks', () => {
  it('run in the order in which they were given, and may be async', async () => {
    const hook = (name: string) => ({
      accessTokenResponse: async (response: Response) => {
        const body = await response.json()
        return Response.json({ ...body, seen: [...(body.seen ?? []), name] })
      },
    })
    const compliance = ['one', 'two', 'three'].map(hook)
    expect(await client({ compliance }).clientCredentials()).toMatchObject({ seen: ['one', 'two', 'three'] })
  })
})

describe('authlib-parity §3.7b.10 the implicit grant', () => {
  it('RFC 9700 §2.1.2: there is none', async () => {
    const asked = client().createAuthorizationUrl({ parameters: { response_type: 'token' } })
    await expect(asked).rejects.toThrow('"response_type" cannot be set through "parameters"')
    const fragment = client().validateCallback(`${REDIRECT_URI}#access_token=a&token_type=Bearer&state=S`, {
      state: 'S',
    })
    await expect(fragment).rejects.toMatchObject({ code: 'state_missing' })
  })
})

describe('authlib-parity §3.7b.11 which token', () => {
  it('revocation is about both, and says which', async () => {
    const { refresh_token: _, ...bare } = token
    await client().revokeToken(token)
    await client().revokeToken(bare)
    await client().revokeToken('text', { tokenTypeHint: 'access_token' })
    expect(forms('/revoke')).toMatchObject([
      { token: 'a-refresh-token', token_type_hint: 'refresh_token' },
      { token: 'an-access-token', token_type_hint: 'access_token' },
      { token: 'an-access-token', token_type_hint: 'access_token' },
      { token: 'text', token_type_hint: 'access_token' },
    ])
  })

  it('introspection is about the access token', async () => {
    provider.metadata = { introspection_endpoint: `${provider.issuer}/introspect` }
    provider.handlers.set('/introspect', () => answer(200, { active: false }))
    expect(await introspectToken(client(), token)).toEqual({ active: false })
    expect(forms('/introspect')).toMatchObject([{ token: 'an-access-token', token_type_hint: 'access_token' }])
  })
})

describe('authlib-parity §3.7b.12 lists', () => {
  it('a scope may be a list, and a resource is repeated', async () => {
    const resource = ['https://a.example/', 'https://b.example/']
    const { url } = await client({ scope: ['one', 'two'] }).createAuthorizationUrl({ resource })
    expect(new URL(url).searchParams.get('scope')).toBe('one two')
    expect(new URL(url).searchParams.getAll('resource')).toEqual(resource)
    const { url: same } = await client({ scope: 'one two' }).createAuthorizationUrl()
    expect(new URL(same).searchParams.get('scope')).toBe('one two')
    await client({ resource }).clientCredentials()
    expect(forms('/token')).toMatchObject([{ resource }])
  })
})
