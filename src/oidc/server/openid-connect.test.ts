import { describe, expect, it, vi } from 'vitest'
import {
  APP,
  CALLBACK,
  claimsOf,
  ISSUER,
  KEYS,
  PUBLIC_APP,
  TestProvider,
} from '../../../test/support/openid-provider.ts'
import { headerOf } from '../../http/response.ts'
import { Key } from '../../jose/jwk/index.ts'
import { KeySet } from '../../jose/jwks/index.ts'
import { decodeUnverifiedJwt, verifyJwt } from '../../jose/jwt/index.ts'
import {
  type Approval,
  AuthorizationCodeGrant,
  AuthorizationEndpoint,
  AuthorizationServer,
  ClientCredentialsGrant,
  type Store,
} from '../../oauth2/server/index.ts'
import { MemoryStore } from '../../stores/memory.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { tokenHash } from '../id-token.ts'
import { OpenIDConnect } from './openid-connect.ts'

async function signedIn(options: ConstructorParameters<typeof TestProvider>[0] = {}, parameters = {}) {
  const provider = new TestProvider(options)
  const tokens = await provider.tokens(await provider.login(provider.browser(), parameters))
  return { provider, tokens }
}

describe('OIDC Core §3.1.3.3 the ID token', () => {
  it('says who, where, for whom, when and for which request', async () => {
    const { tokens } = await signedIn()
    const { claims, header } = await verifyJwt(tokens.id_token ?? '', KEYS, {
      algorithms: ['ES256'],
      clock: () => 1_700_000_000_000,
    })
    expect(header).toMatchObject({ alg: 'ES256', typ: 'JWT', kid: KEYS.keys[0]?.kid })
    expect(claims).toEqual({
      iss: ISSUER,
      sub: 'alice',
      aud: 'app',
      iat: 1_700_000_000,
      exp: 1_700_003_600,
      auth_time: 1_700_000_000,
      nonce: 'n-0S6_WzA2Mj',
      sid: expect.stringMatching(/^[\w-]{43}$/),
      at_hash: await tokenHash(tokens.access_token, 'ES256'),
    })
  })

  it('has no nonce when none was sent (Authlib sent null)', async () => {
    const { tokens } = await signedIn({}, { nonce: '' })
    expect(claimsOf(tokens.id_token)).not.toHaveProperty('nonce')
  })

  it('OIDC Core §2: has acr and amr as the login told them', async () => {
    const { tokens } = await signedIn({
      interactions: { authenticate: () => ({ subject: 'alice', acr: 'urn:example:loa2', amr: ['pwd', 'otp'] }) },
    })
    expect(claimsOf(tokens.id_token)).toMatchObject({ acr: 'urn:example:loa2', amr: ['pwd', 'otp'] })
  })

  it('OIDC Front-Channel Logout §3: has one sid for all tokens of a session, and another for the next session', async () => {
    const provider = new TestProvider()
    const browser = provider.browser()
    const sidOf = async (answer: Promise<URL>) => claimsOf((await provider.tokens(await answer)).id_token).sid
    const first = await sidOf(provider.login(browser))
    expect(first).toMatch(/^[\w-]{43}$/)
    expect(await sidOf(provider.login(browser))).toBe(first)
    expect(await sidOf(provider.login(browser, { prompt: 'login' }))).not.toBe(first)
    expect(await sidOf(provider.login(provider.browser()))).not.toBe(first)
  })

  it('is not issued without the scope openid', async () => {
    const { tokens } = await signedIn({}, { scope: 'profile' })
    expect(tokens).not.toHaveProperty('id_token')
  })

  it('lives as long as it is told', async () => {
    const { tokens } = await signedIn({ openid: { idTokenLifetime: '5m' } })
    expect(claimsOf(tokens.id_token).exp).toBe(1_700_000_300)
  })

  it('is signed with the algorithm that the client registered, and at_hash follows', async () => {
    const { tokens } = await signedIn({ clients: [{ ...APP, id_token_signed_response_alg: 'EdDSA' }] })
    const { claims, header } = await verifyJwt(tokens.id_token ?? '', KEYS, {
      algorithms: ['EdDSA'],
      clock: () => 1_700_000_000_000,
    })
    expect(header.alg).toBe('EdDSA')
    expect(claims['at_hash']).toBe(await tokenHash(tokens.access_token, 'EdDSA'))
  })

  it.each(['RS256', 'HS256', 'none'])('is refused before anybody signs in when no key has %s', async (alg) => {
    const provider = new TestProvider({ clients: [{ ...APP, id_token_signed_response_alg: alg }] })
    const { away } = await provider.browser().open(provider.url())
    expect(away?.searchParams.get('error')).toBe('server_error')
    expect(away?.searchParams.get('error_description')).toBe(
      'this server has no key for the ID token algorithm of the client',
    )
  })
})

describe('OIDC Core §3.1.2.2 reading the authentication request', () => {
  it.each<[Record<string, string>, string]>([
    [{ prompt: 'none login' }, "'prompt' has 'none' together with another value: 'none' has to stand alone"],
    [{ max_age: 'x' }, "'max_age' (Maximum Authentication Age) must be a whole number of seconds"],
    [{ id_token_hint: 'x' }, "'id_token_hint' must be an ID token that this server issued to the client"],
  ])('refuses %j before anybody signs in', async (parameters, description) => {
    // Pages of the application's own, which do not read these parameters.
    const interact = vi.fn(() => ({ subject: 'alice', authTime: 1_700_000_000 }))
    const server = new AuthorizationServer<Store>({
      issuer: ISSUER,
      store: new MemoryStore({ clients: [APP] }),
      keys: KEYS,
    })
      .registerGrant(AuthorizationCodeGrant)
      .registerEndpoint(new AuthorizationEndpoint<Store>({ interact }))
      .registerExtension(OpenIDConnect, { claims: () => ({}) })
    const response = await server.fetch(new Request(new TestProvider().url(parameters)))
    const answer = new URL(response.headers.get('location') ?? '').searchParams
    expect([answer.get('error'), answer.get('error_description')]).toEqual(['invalid_request', description])
    expect(interact).not.toHaveBeenCalled()
  })

  it.each<Record<string, string>>([
    { display: 'popup' },
    { ui_locales: 'de fr-CA' },
    { claims_locales: 'de' },
    { acr_values: 'urn:example:loa4' },
    { claims: '{"id_token":{"email":{"essential":true}}}' },
    { unheard_of: 'x' },
  ])('grants what it can where it does not know the wish %j', async (parameters) => {
    const { tokens } = await signedIn({}, parameters)
    expect(claimsOf(tokens.id_token)).toMatchObject({ sub: 'alice' })
  })
})

describe('OIDC Registration §2 "id_token_signed_response_alg"', () => {
  it.each([
    ['RS256', undefined],
    ['ES256', 'ES256'],
  ])('is %s where the client registered %s and there are keys for both', async (alg, registered) => {
    const keys = await KeySet.generate(['ES256', 'RS256'])
    const client = registered === undefined ? APP : { ...APP, id_token_signed_response_alg: registered }
    const { tokens } = await signedIn({ keys, clients: [client] })
    expect(decodeUnverifiedJwt(tokens.id_token ?? '').header.alg).toBe(alg)
  })
})

describe('OIDC Core §12.2 the ID token of a refresh', () => {
  it('has the same subject and auth_time, its own iat and at_hash, and no nonce', async () => {
    const { provider, tokens } = await signedIn({}, { scope: 'openid offline_access' })
    const first = claimsOf(tokens.id_token)
    provider.wait(1000)
    const again = await provider.token({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' })
    const second = claimsOf(again.id_token)
    expect(second).toEqual({
      ...first,
      nonce: undefined,
      iat: first.iat + 1000,
      exp: first.exp + 1000,
      at_hash: await tokenHash(again.access_token, 'ES256'),
    })
    expect(Object.keys(second)).not.toContain('nonce')
  })

  it('is left out when the refreshed token is not for openid', async () => {
    const { provider, tokens } = await signedIn()
    const again = await provider.token({
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh_token ?? '',
      scope: 'profile',
    })
    expect(again.access_token).toBeTypeOf('string')
    expect(again).not.toHaveProperty('id_token')
  })
})

describe('OIDC Core §3.1.2.1 approvals that do not fit the request', () => {
  async function approve(approval: Approval, parameters: Record<string, string> = {}, client = APP) {
    const provider = new TestProvider({ clients: [client] })
    const request = await provider.server.getConsentGrant(new Request(provider.url(parameters)))
    const response = await provider.server.createAuthorizationResponse(request, approval)
    return new URL(response.headers.get('location') ?? '').searchParams
  }
  const message = 'the client asks when the person signed in, which is not known'

  it('refuses a login without a time where max_age or require_auth_time asks for one', async () => {
    expect((await approve({ subject: 'alice' }, { max_age: '60' })).get('error_description')).toBe(message)
    const strict = { ...APP, require_auth_time: true }
    expect((await approve({ subject: 'alice' }, {}, strict)).get('error')).toBe('login_required')
    expect((await approve({ subject: 'alice', authTime: 1 }, {}, strict)).has('code')).toBe(true)
    expect((await approve({ subject: 'alice' })).has('code')).toBe(true)
  })

  it('refuses another person than the one the client means', async () => {
    const { tokens } = await signedIn()
    const answer = await approve({ subject: 'bob', authTime: 1 }, { id_token_hint: tokens.id_token ?? '' })
    expect(answer.get('error')).toBe('login_required')
  })

  it('never makes up an auth_time (Authlib took the present)', async () => {
    const store: Store = new MemoryStore({ clients: [PUBLIC_APP] })
    const server = new AuthorizationServer({ issuer: ISSUER, store, keys: KEYS })
      .registerGrant(AuthorizationCodeGrant)
      .registerEndpoint(new AuthorizationEndpoint<Store>({ interact: () => ({ subject: 'alice' }) }))
      .registerExtension(OpenIDConnect, { claims: () => ({}) })
    const redirect_uri = 'https://spa.example/cb'
    const provider = new TestProvider()
    const response = await server.fetch(new Request(provider.url({ client_id: 'public', redirect_uri })))
    const code = new URL(response.headers.get('location') ?? '').searchParams.get('code') ?? ''
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: 'public',
      code,
      redirect_uri,
      code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
    })
    const tokens = await (await server.fetch(new Request(`${ISSUER}/token`, { method: 'POST', body }))).json()
    expect(Object.keys(claimsOf(tokens.id_token)).sort()).toEqual([
      'at_hash',
      'aud',
      'exp',
      'iat',
      'iss',
      'nonce',
      'sub',
    ])
  })
})

describe('CVE-2026-44681: nothing is redirected before the redirect URI is proven', () => {
  it.each([{ prompt: 'none login' }, { max_age: 'x' }, { id_token_hint: 'x' }, { scope: 'profile' }])(
    '%j with a foreign redirect_uri is a page',
    async (parameters) => {
      const provider = new TestProvider()
      const screen = await provider
        .browser()
        .open(provider.url({ ...parameters, redirect_uri: 'https://evil.example' }))
      expect([screen.status, screen.page, screen.away]).toEqual([400, 'error', undefined])
    },
  )
})

describe('OIDC Discovery §3, §4 the configuration document', () => {
  const wellKnown = '/.well-known/openid-configuration'

  it('RFC 8414 §5: lies behind the path of the issuer, and before it for clients that look there', async () => {
    const { server } = new TestProvider({ issuer: `${ISSUER}/tenant` })
    for (const place of [`/tenant${wellKnown}`, `${wellKnown}/tenant`]) {
      const response = await server.fetch(new Request(ISSUER + place))
      expect(await response.json()).toMatchObject({ issuer: `${ISSUER}/tenant` })
    }
    expect((await server.fetch(new Request(ISSUER + wellKnown))).status).toBe(404)
  })

  it('says what is true', async () => {
    const { server } = new TestProvider({ openid: { acrValues: ['1'], claimsOfScope: { groups: ['groups'] } } })
    const response = await server.fetch(new Request(ISSUER + wellKnown, { headers: { origin: 'https://spa.example' } }))
    expect(response.status).toBe(200)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    const metadata = await response.json()
    expect(metadata).toMatchObject({
      issuer: ISSUER,
      authorization_endpoint: `${ISSUER}/authorize`,
      token_endpoint: `${ISSUER}/token`,
      userinfo_endpoint: `${ISSUER}/userinfo`,
      jwks_uri: `${ISSUER}/jwks`,
      end_session_endpoint: `${ISSUER}/logout`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256', 'EdDSA'],
      scopes_supported: ['openid', 'profile', 'email', 'address', 'phone', 'groups', 'offline_access'],
      acr_values_supported: ['1'],
      claims_parameter_supported: false,
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
      prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    })
    expect(metadata.claims_supported).toEqual(expect.arrayContaining(['sub', 'name', 'email', 'groups']))
  })

  it('OIDC RP-Initiated Logout §2.1: names the endpoint for signing out only where there is one', () => {
    expect(new TestProvider().server.metadata()).toHaveProperty('end_session_endpoint', `${ISSUER}/logout`)
    const server = new AuthorizationServer<Store>({ issuer: ISSUER, store: new MemoryStore(), keys: KEYS })
      .registerGrant(AuthorizationCodeGrant)
      .registerExtension(OpenIDConnect, { claims: () => ({}) })
    expect(server.metadata()).not.toHaveProperty('end_session_endpoint')
  })

  it('is appended to an issuer with a path', async () => {
    const { server } = new TestProvider({ issuer: 'https://op.example/tenant' })
    const response = await server.fetch(new Request(`https://op.example/tenant${wellKnown}`))
    expect(await response.json()).toMatchObject({
      issuer: 'https://op.example/tenant',
      userinfo_endpoint: 'https://op.example/tenant/userinfo',
    })
  })

  it('OIDC Core §11: names offline_access only where there are refresh tokens', () => {
    const server = new AuthorizationServer<Store>({ issuer: ISSUER, store: new MemoryStore(), keys: KEYS })
      .registerGrant(AuthorizationCodeGrant)
      .registerExtension(OpenIDConnect, { claims: () => ({}) })
    expect(server.metadata().scopes_supported).not.toContain('offline_access')
  })

  it('adds its scopes to those of the server', () => {
    const { server } = new TestProvider({ scopes: ['reports'] })
    expect(server.metadata().scopes_supported).toEqual(
      expect.arrayContaining(['reports', 'openid', 'profile', 'email', 'address', 'phone', 'offline_access']),
    )
  })
})

describe('setting OpenID Connect up', () => {
  it.each([
    ['no keys', async () => undefined],
    ['secrets only', async () => KeySet.generate(['HS256'])],
    ['public keys only', async () => KeySet.import((await KeySet.generate(['ES256'])).toPublicJwks())],
  ])('needs a key that signs: %s', async (_, generate) => {
    const keys = await generate()
    const server = new AuthorizationServer<Store>({
      issuer: ISSUER,
      store: new MemoryStore(),
      ...(keys ? { keys } : {}),
    })
    expect(() => server.registerExtension(OpenIDConnect, { claims: () => undefined })).toThrow(
      new ConfigurationError('OpenIDConnect', [
        '"keys" of the server must hold a private key that signs ID tokens, such as KeySet.generate(["RS256"])',
      ]),
    )
  })

  it('needs lifetimes that are ones', () => {
    expect(() => new OpenIDConnect({ claims: () => ({}), idTokenLifetime: -1 })).toThrow(
      'OpenIDConnect: "idTokenLifetime": duration must be a whole number of seconds',
    )
  })

  it('needs a key that is for signatures', async () => {
    const { alg: _, ...jwk } = (await Key.generate('RS256')).toPrivateJwk()
    const encryption = await Key.import({ ...jwk, use: 'enc' })
    const { provider, tokens } = await signedIn({ keys: new KeySet([encryption, ...KEYS.keys]) })
    expect(provider.server.metadata()).toHaveProperty('id_token_signing_alg_values_supported', ['ES256', 'EdDSA'])
    expect(decodeUnverifiedJwt(tokens.id_token ?? '').header.alg).toBe('ES256')
  })

  it('passes over keys of an algorithm that has no hash for "at_hash"', async () => {
    const { provider, tokens } = await signedIn({ keys: new KeySet([await Key.generate('Ed448'), ...KEYS.keys]) })
    expect(provider.server.metadata()).toHaveProperty('id_token_signing_alg_values_supported', ['ES256', 'EdDSA'])
    expect(decodeUnverifiedJwt(tokens.id_token ?? '').header.alg).toBe('ES256')
  })

  it('signs with RS256 by an RSA key that names no algorithm', async () => {
    const jwk = (await Key.generate('RS256')).toPrivateJwk()
    const { alg: _, ...unnamed } = jwk
    const keys = await KeySet.import([await Key.import(unnamed)])
    const { provider, tokens } = await signedIn({ keys })
    expect(provider.server.metadata()).toHaveProperty('id_token_signing_alg_values_supported', ['RS256'])
    expect(decodeUnverifiedJwt(tokens.id_token ?? '').header.alg).toBe('RS256')
  })
})

describe('OIDC Form Post §2 the answer as a form', () => {
  it('leaves values as they are (Authlib percent-encoded them)', async () => {
    const provider = new TestProvider()
    const browser = provider.browser()
    await provider.login(browser)
    const screen = await browser.open(provider.url({ response_mode: 'form_post', state: `x y&"<'` }))
    expect(screen.body).toContain('value="x y&amp;&quot;&lt;&#39;"')
    expect(screen.body).toContain(`action="${CALLBACK}"`)
  })
})

describe('CORS', () => {
  it.each(['/authorize', '/interaction', '/logout'])('is not for pages: %s', async (path) => {
    const { server } = new TestProvider()
    const response = await server.fetch(new Request(ISSUER + path, { headers: { origin: 'https://spa.example' } }))
    expect(response.headers.has('access-control-allow-origin')).toBe(false)
  })

  it('answers a preflight for userinfo', async () => {
    const response = await new TestProvider().server.handle({
      method: 'OPTIONS',
      url: '/userinfo',
      header: (name) => ({ origin: 'https://spa.example', 'access-control-request-method': 'GET' })[name],
      form: () => {
        throw new Error('a preflight has no body')
      },
      json: () => {
        throw new Error('a preflight has no body')
      },
    })
    expect(response.status).toBe(204)
    expect(headerOf(response, 'access-control-allow-origin')).toBe('*')
    expect(headerOf(response, 'access-control-allow-headers')).toContain('Authorization')
  })
})

it('RFC 8707 §2.2: an ID token goes by what was asked for, not by what the resource knows of it', async () => {
  const provider = new TestProvider({ resources: [{ resource: 'https://api.example', scopes: ['email'] }] })
  const answer = await provider.login(provider.browser(), { resource: 'https://api.example' })
  const tokens = await provider.tokens(answer)
  expect(tokens.scope).toBe('email')
  expect(claimsOf(tokens.id_token).sub).toBe('alice')
})

describe('OIDC Core §11 a client that acts for itself', () => {
  it('gets no scope of the specification, which are all about a person; those of an API, and others, it gets', async () => {
    const scope = 'openid profile email address phone offline_access groups orders'
    const clients = [{ ...APP, grant_types: ['client_credentials'], scope }]
    const provider = new TestProvider({ clients, openid: { claimsOfScope: { groups: ['groups'] } } })
    provider.server.registerGrant(ClientCredentialsGrant)
    for (const asked of [{}, { scope }]) {
      const tokens = await provider.token({ grant_type: 'client_credentials', ...asked })
      expect(tokens).toMatchObject({ scope: 'groups orders' })
      expect(tokens).not.toHaveProperty('id_token')
    }
    expect(await provider.token({ grant_type: 'client_credentials', scope: 'openid' })).toMatchObject({
      error: 'invalid_scope',
    })
  })
})
