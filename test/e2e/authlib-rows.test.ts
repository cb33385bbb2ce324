import { request as requestOverHttp } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ClientSecretJwt, type ComplianceHooks, PrivateKeyJwt, type TokenSet } from '../../src/oauth2/client/index.ts'
import { exchangePassword } from '../../src/oauth2/client/password.ts'
import { clientsFromEnvironment } from '../../src/oidc/client/index.ts'
import { frameworks, userOf } from '../support/login-apps.ts'
import { CLIENT_KEY, CLIENT_SECRET, LoginWorld, PROVIDER_KEYS } from '../support/login-world.ts'

/*
 * The checklist of what Authlib's clients do, on every adapter, against our provider over HTTP: a block for each row. The
 * rows on OAuth 1.0 (S9, S16) are not here.
 */

describe.each(frameworks)('$name', (framework) => {
  const world = new LoginWorld(framework)
  beforeAll(() => world.open())
  afterAll(() => world.close())

  /** A token of somebody who has logged in. */
  async function logIn(more: Readonly<Record<string, unknown>> = {}): Promise<TokenSet & { id_token: string }> {
    world.start({ op: world.op(more) })
    const { body } = await world.person().logIn()
    expect(body.token).toBeDefined()
    return body.token
  }

  describe('S6 debug logging under one logger', () => {
    it('is silent, until a logger is given: then it has a line for each step, at its level', async () => {
      const lines: string[] = []
      const write = (level: string) => (line: string) => lines.push(`${level}: ${line}`)
      const logger = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
      world.start({ op: world.op() }, { logger })
      await world.person().logIn()
      await world.ask('/callback?state=unknown&code=x')
      expect(lines).toEqual([
        'debug: login started {"provider":"op"}',
        'info: login completed {"provider":"op"}',
        expect.stringMatching(/^info: login refused \{"provider":"op","reason":"transaction_missing"/),
      ])
    })
  })

  describe('S7 a registry with one shared API', () => {
    it.each([
      'authorizeRedirect',
      'authorizeAccessToken',
      'createAuthorizationUrl',
      'saveAuthorizeData',
      'fetchAccessToken',
      'userinfo',
      'parseIdToken',
      'logoutRedirect',
      'validateLogoutResponse',
      'get',
      'post',
      'put',
      'patch',
      'delete',
      'request',
      'refreshToken',
      'revokeToken',
    ])('has %s', (name) => {
      const { oauth } = world.start({ op: world.op() })
      expect(oauth.createClient('op')).toHaveProperty(name, expect.any(Function))
    })

    it('logs in by a URL that the app sends the browser to itself, too', async () => {
      world.start({ op: world.op() })
      expect((await world.person().logIn('/manual?return_to=/inbox')).body).toMatchObject({
        ok: true,
        returnTo: '/inbox',
        token: { userinfo: { sub: 'ada' } },
      })
    })

    it('fetches tokens without a session, for the client and by legacy passwords', async () => {
      const op = world.start({ op: world.op({ scope: 'openid' }) }).oauth.createClient('op')
      expect(await op.fetchAccessToken({ scope: '' })).toMatchObject({ token_type: 'Bearer' })
      expect(world.formsTo('/token')[0]).toMatchObject({ grant_type: 'client_credentials' })
      const password = { username: 'ada', password: 'engine', scope: 'profile' }
      expect(await exchangePassword(op, password)).toHaveProperty('access_token')
    })
  })

  describe('S8 register with every parameter', () => {
    it('sends each where it belongs', async () => {
      const token = await logIn({
        authorizeParams: { prompt: 'login', 'x-from': 'settings' },
        accessTokenParams: { 'x-token': 'yes' },
        apiBaseUrl: `${world.issuer}/api/v1/`,
        userAgent: 'rows/1.0',
      })
      expect(world.formsTo('/token')[0]).toMatchObject({ grant_type: 'authorization_code', 'x-token': 'yes' })
      const response = await world.app.oauth.createClient('op').get('files', { token })
      expect(await response.json()).toMatchObject({ url: '/api/v1/files', userAgent: 'rows/1.0' })
      const url = await world.person().leave('/login')
      expect(Object.fromEntries(url.searchParams)).toMatchObject({ prompt: 'login', 'x-from': 'settings' })
    })

    it('takes endpoints in the place of discovery', async () => {
      world.start({
        op: world.op({
          serverMetadataUrl: undefined,
          issuer: world.issuer,
          authorizeUrl: `${world.issuer}/authorize`,
          accessTokenUrl: `${world.issuer}/token`,
          jwksUri: `${world.issuer}/jwks`,
        }),
      })
      expect((await world.person().logIn()).body).toMatchObject({ ok: true })
      expect(world.count('/.well-known/openid-configuration')).toBe(0)
    })
  })

  describe('S10 refreshTokenUrl', () => {
    it('is where tokens are renewed, with refreshTokenParams', async () => {
      const token = await logIn({ refreshTokenUrl: `${world.issuer}/renew`, refreshTokenParams: { 'x-renew': 'yes' } })
      await world.app.oauth.createClient('op').refreshToken(token)
      expect(world.formsTo('/renew')).toEqual([
        { grant_type: 'refresh_token', refresh_token: token.refresh_token, 'x-renew': 'yes' },
      ])
    })
  })

  describe('S11 settings', () => {
    it('are shaped like AUTHLIB_OAUTH_CLIENTS, with any key left out', async () => {
      world.start({
        op: {
          client_id: 'post',
          client_secret: CLIENT_SECRET,
          request_token_url: null,
          server_metadata_url: `${world.issuer}/.well-known/openid-configuration`,
          client_kwargs: { scope: 'openid email', token_endpoint_auth_method: 'client_secret_post' },
        },
      })
      expect((await world.person().logIn()).body).toMatchObject({ ok: true })
      expect(world.formsTo('/token')[0]).toMatchObject({ client_id: 'post', client_secret: CLIENT_SECRET })
    })

    it('come from the environment', async () => {
      const environment = {
        OP_CLIENT_ID: 'basic',
        OP_CLIENT_SECRET: CLIENT_SECRET,
        OP_SERVER_METADATA_URL: `${world.issuer}/.well-known/openid-configuration`,
        OP_CLIENT_KWARGS: 'scope=openid',
      }
      world.start({}, { environment })
      expect((await world.person().logIn()).body).toMatchObject({ ok: true })
      world.start(clientsFromEnvironment(['op'], environment))
      expect((await world.person().logIn()).body).toMatchObject({ ok: true })
    })
  })

  describe('S12 createClient', () => {
    it('gives the same client each time, and none under another name', () => {
      const { oauth } = world.start({ op: world.op() })
      expect(oauth.createClient('op')).toBe(oauth.createClient('op'))
      expect(() => oauth.createClient('other')).toThrow('OAuth: no client is registered under this name')
    })
  })

  describe('S13 clientOptions', () => {
    it('hold scope, tokenEndpointAuthMethod, tokenPlacement and codeChallengeMethod', async () => {
      const clientOptions = {
        scope: 'openid',
        tokenEndpointAuthMethod: 'client_secret_post',
        tokenPlacement: 'query',
        codeChallengeMethod: 'S256',
      }
      const token = await logIn({ scope: undefined, clientId: 'post', clientOptions })
      expect(world.formsTo('/token')[0]).toMatchObject({ client_secret: CLIENT_SECRET })
      const response = await world.app.oauth.createClient('op').get(`${world.issuer}/api/x`, { token })
      expect(await response.json()).toMatchObject({ url: `/api/x?access_token=${token.access_token}` })
    })
  })

  describe('S14 two routes', () => {
    it('log somebody in', async () => {
      world.start({ op: world.op() })
      const { status, body } = await world.person().logIn()
      expect(status).toBe(200)
      expect(body).toMatchObject({
        ok: true,
        data: { from: 'the app' },
        token: { token_type: 'Bearer', refresh_token: expect.any(String), userinfo: { sub: 'ada' } },
        report: { signature: 'verified', nonce: 'ok' },
      })
    })

    it('take the person to a page of the app afterwards, and to no other', async () => {
      world.start({ op: world.op() })
      expect((await world.person().logIn('/login?return_to=/inbox%3Fpage=2')).body).toMatchObject({
        returnTo: '/inbox?page=2',
      })
      for (const elsewhere of ['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)']) {
        expect(await world.ask(`/login?return_to=${encodeURIComponent(elsewhere)}`)).toMatchObject({
          status: 400,
          body: { code: 'return_to_refused' },
        })
      }
    })
  })

  describe('S15 the redirect URI', () => {
    it('is made of the base URL, whatever Host the request names', async () => {
      world.start({ op: world.op() })
      const { hostname, port } = new URL(world.origin)
      const location = await new Promise<string>((resolve, reject) => {
        const options = {
          hostname,
          port,
          path: '/login',
          headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example' },
        }
        requestOverHttp(options, (response) => resolve(response.headers.location ?? ''))
          .on('error', reject)
          .end()
      })
      expect(new URL(location).searchParams.get('redirect_uri')).toBe(`${world.origin}/callback`)
    })
  })

  describe('S17 calls of the API', () => {
    it('go relative to apiBaseUrl, with the token, by every method', async () => {
      world.start({ op: world.op({ apiBaseUrl: `${world.issuer}/api/v1/` }) })
      const op = world.app.oauth.createClient('op')
      const token = { access_token: 'an-access-token', token_type: 'bearer' }
      const calls = {
        GET: await op.get('files?page=2', { token }),
        POST: await op.post('files', { token, json: { name: 'a' } }),
        PUT: await op.put('files/1', { token, form: { name: 'b' } }),
        PATCH: await op.patch('/api/other', { token, body: 'text', headers: { 'content-type': 'text/plain' } }),
        DELETE: await op.delete(`${world.issuer}/api/files/1`, { token }),
      }
      const answers = await Promise.all(Object.values(calls).map((response) => response.json()))
      const authorization = 'Bearer an-access-token'
      expect(answers).toMatchObject([
        { method: 'GET', url: '/api/v1/files?page=2', authorization },
        { method: 'POST', url: '/api/v1/files', authorization, type: 'application/json', body: '{"name":"a"}' },
        {
          method: 'PUT',
          url: '/api/v1/files/1',
          authorization,
          type: 'application/x-www-form-urlencoded',
          body: 'name=b',
        },
        { method: 'PATCH', url: '/api/other', authorization, type: 'text/plain', body: 'text' },
        { method: 'DELETE', url: '/api/files/1', authorization },
      ])
      expect([calls.GET.status, calls.GET.ok]).toEqual([200, true])
    })
  })

  describe('S18 client authentication', () => {
    it.each([
      ['basic', () => ({ clientId: 'basic' })],
      ['post', () => ({ clientId: 'post', tokenEndpointAuthMethod: 'client_secret_post' })],
      ['none', () => ({ clientId: 'public', clientSecret: undefined })],
      [
        'an object',
        () => ({
          clientId: 'key-jwt',
          clientSecret: undefined,
          tokenEndpointAuthMethod: new PrivateKeyJwt(CLIENT_KEY),
        }),
      ],
      [
        'a name of clientAuthMethods',
        () => ({
          clientId: 'key-jwt',
          clientSecret: undefined,
          tokenEndpointAuthMethod: 'private_key_jwt',
          clientAuthMethods: [new ClientSecretJwt(CLIENT_SECRET), new PrivateKeyJwt(CLIENT_KEY)],
        }),
      ],
    ])('by %s', async (_, options) => {
      expect(await logIn(options())).toHaveProperty('access_token')
    })
  })

  describe('S19 a row of a token table', () => {
    it('is a token set with what the app adds', async () => {
      const { access_token, refresh_token, token_type, expires_at } = await logIn()
      const row = { name: 'op', user: 7, access_token, refresh_token, token_type, expires_at }
      expect(row).toEqual({
        ...row,
        token_type: 'Bearer',
        expires_at: expect.any(Number),
        refresh_token: expect.any(String),
      })
      const { name: _name, user: _user, ...token } = row
      const stored: TokenSet = JSON.parse(JSON.stringify(token))
      const response = await world.app.oauth.createClient('op').get(`${world.issuer}/api/x`, { token: stored })
      expect(await response.json()).toMatchObject({ authorization: `Bearer ${access_token}` })
    })
  })

  describe('S20 fetchToken', () => {
    const tokens: Readonly<Record<string, TokenSet>> = { ada: { access_token: 'of-ada', token_type: 'Bearer' } }

    it('finds the token of a request, for all clients', async () => {
      const fetchToken = (name: string, request: unknown) => (name === 'op' ? tokens[userOf(request) ?? ''] : undefined)
      world.start({ op: world.op({ apiBaseUrl: `${world.issuer}/api/` }) }, { fetchToken })
      expect((await world.ask('/api', { 'x-user': 'ada' })).body).toMatchObject({ authorization: 'Bearer of-ada' })
      expect((await world.ask('/api', { 'x-user': 'bob' })).body).toMatchObject({ code: 'missing_token' })
    })

    it('finds it for one client', async () => {
      const fetchToken = (request: unknown): TokenSet | undefined => tokens[userOf(request) ?? '']
      world.start({ op: world.op({ apiBaseUrl: `${world.issuer}/api/`, fetchToken }) })
      expect((await world.ask('/api', { 'x-user': 'ada' })).body).toMatchObject({ authorization: 'Bearer of-ada' })
    })
  })

  describe('S21 updateToken', () => {
    it('stores what a request has renewed, with the name, the token before and the request', async () => {
      const first = await logIn()
      const table = new Map<string, TokenSet>([['ada', { ...first, expires_at: 1 }]])
      const updates: unknown[] = []
      world.start(
        { op: world.op({ apiBaseUrl: `${world.issuer}/api/` }) },
        {
          fetchToken: (_name, request) => table.get(userOf(request) ?? ''),
          updateToken: (name, token, previous, request) => {
            updates.push([name, previous.refresh_token, userOf(request)])
            table.set(userOf(request) ?? '', token)
          },
        },
      )
      const answers = await Promise.all([1, 2, 3].map(() => world.ask('/api', { 'x-user': 'ada' })))
      const renewed = table.get('ada')
      expect(updates).toEqual([['op', first.refresh_token, 'ada']])
      expect(renewed?.access_token).not.toBe(first.access_token)
      for (const { body } of answers) expect(body.authorization).toBe(`Bearer ${renewed?.access_token}`)
      expect(world.formsTo('/token')).toHaveLength(1)
    })
  })

  describe('S22 the event token.updated', () => {
    it('tells of a renewal', async () => {
      const token = await logIn()
      const told: unknown[] = []
      world.app.oauth.on('token.updated', (event) => {
        told.push(event)
      })
      const renewed = await world.app.oauth.createClient('op').refreshToken(token)
      expect(told).toEqual([{ provider: 'op', token: renewed, previous: token }])
    })
  })

  describe('S23 PKCE', () => {
    it('is S256 for every login', async () => {
      world.start({ op: world.op() })
      const { searchParams } = await world.person().leave('/login')
      expect(searchParams.get('code_challenge_method')).toBe('S256')
      expect(searchParams.get('code_challenge')).toMatch(/^[\w-]{43}$/)
    })

    it('has a verifier that the provider wants to see', async () => {
      world.start({ op: world.op() })
      const login = await world.person().logIn()
      expect(login.body.ok).toBe(true)
      expect(world.formsTo('/token')[0]?.['code_verifier']).toMatch(/^[\w-]{43}$/)
    })
  })

  describe('S24 compliance hooks', () => {
    it('repair what a provider answers: Slack leaves out token_type', async () => {
      const moments: string[] = []
      const note = <T>(moment: string, value: T): T => {
        moments.push(moment)
        return value
      }
      const compliance: ComplianceHooks[] = [
        {
          accessTokenResponse: async (response) => Response.json({ ...(await response.json()), token_type: undefined }),
        },
        {
          authorizationUrl: (url) => note('authorizationUrl', url),
          discoveryResponse: (response) => note('discovery', response),
          jwksResponse: (response) => note('jwks', response),
          accessTokenRequest: (request) => note('accessTokenRequest', request),
          accessTokenResponse: async (response) =>
            note('accessToken', Response.json({ token_type: 'Bearer', ...(await response.json()) })),
          refreshTokenResponse: (response) => note('refreshToken', response),
          protectedRequest: (request) => note('protectedRequest', request),
          revokeTokenRequest: (request) => note('revokeToken', request),
          userinfoResponse: (response) => note('userinfo', response),
        },
      ]
      const token = await logIn({ compliance })
      const op = world.app.oauth.createClient('op')
      const renewed = await op.refreshToken(token)
      await op.get(`${world.issuer}/api/x`, { token: renewed })
      await op.userinfo(renewed)
      await op.revokeToken(renewed)
      expect(moments.filter((moment, index) => moments.indexOf(moment) === index).sort()).toEqual([
        'accessToken',
        'accessTokenRequest',
        'authorizationUrl',
        'discovery',
        'jwks',
        'protectedRequest',
        'refreshToken',
        'revokeToken',
        'userinfo',
      ])
    })
  })

  describe('S25 userinfo', () => {
    it('asks the provider about the person of a token, or of a request', async () => {
      const token = await logIn()
      const claims = { sub: 'ada', name: 'Ada Lovelace', email: 'ada@example.com' }
      expect(await world.app.oauth.createClient('op').userinfo(token)).toMatchObject(claims)
      world.start({ op: world.op() }, { fetchToken: () => token })
      expect((await world.ask('/me')).body).toMatchObject(claims)
    })

    it('takes the endpoint from the options, too', async () => {
      const token = await logIn()
      world.start({ op: world.op({ userinfoEndpoint: `${world.issuer}/api/userinfo` }) })
      await expect(world.app.oauth.createClient('op').userinfo(token)).rejects.toMatchObject({
        code: 'userinfo_invalid',
      })
      expect(world.count('/api/userinfo')).toBe(1)
    })
  })

  describe('S26 the ID token', () => {
    it('is validated by itself, and its claims are in token.userinfo', async () => {
      const token = await logIn()
      expect(token).toMatchObject({
        userinfo: { iss: world.issuer, aud: 'basic', sub: 'ada', nonce: expect.any(String) },
      })
      const parsed = world.app.oauth.createClient('op').parseIdToken(token, { nonce: 'another' })
      await expect(parsed).rejects.toMatchObject({ code: 'id_token_nonce_mismatch' })
    })

    it('is refused where it was changed', async () => {
      const compliance: ComplianceHooks = {
        accessTokenResponse: async (response) => {
          const body = await response.json()
          const [header, payload] = body.id_token.split('.')
          return Response.json({ ...body, id_token: `${header}.${payload}.${'A'.repeat(86)}` })
        },
      }
      world.start({ op: world.op({ compliance }) })
      expect(await world.person().logIn()).toMatchObject({ status: 400, body: { code: 'id_token_signature_invalid' } })
    })
  })

  describe('S27 where the provider is described', () => {
    const known = () => ({
      serverMetadataUrl: undefined,
      issuer: world.issuer,
      authorizeUrl: `${world.issuer}/authorize`,
      accessTokenUrl: `${world.issuer}/token`,
    })

    it.each([
      ['by discovery', () => ({}), 1],
      ["by the keys' address", () => ({ ...known(), jwksUri: `${world.issuer}/jwks` }), 1],
      ['by the keys themselves', () => ({ ...known(), jwks: PROVIDER_KEYS.toPublicJwks() }), 0],
    ])('%s', async (_, options, fetches) => {
      await logIn(options())
      expect(world.count('/jwks')).toBe(fetches)
    })
  })

  describe('S28 logout', () => {
    it('leads to the provider and back', async () => {
      world.start({ op: world.op() })
      const person = world.person()
      const { body } = await person.logIn()
      const url = await person.leave(`/logout?idTokenHint=${body.token.id_token}`)
      expect(Object.fromEntries(url.searchParams)).toEqual({
        id_token_hint: body.token.id_token,
        client_id: 'basic',
        post_logout_redirect_uri: `${world.origin}/signed-out`,
        state: expect.stringMatching(/^[\w-]{43}$/),
      })
      const { away } = await person.op.open(url.href)
      expect(await person.comeBack(away)).toEqual({ status: 200, body: { ok: true, data: 'bye' } })
      expect(await person.comeBack(away)).toMatchObject({ status: 400, body: { code: 'transaction_missing' } })
    })

    it('takes a state, a client, a hint and languages', async () => {
      world.start({ op: world.op() })
      const { searchParams } = await world
        .person()
        .leave('/logout?state=a-state-of-ones-own&clientId=other&logoutHint=ada&uiLocales=de%20en')
      expect(Object.fromEntries(searchParams)).toMatchObject({
        state: 'a-state-of-ones-own',
        client_id: 'other',
        logout_hint: 'ada',
        ui_locales: 'de en',
      })
    })

    it('is not believed in a browser that did not start it', async () => {
      world.start({ op: world.op() })
      expect(await world.ask('/signed-out?state=unknown')).toMatchObject({
        status: 400,
        body: { code: 'transaction_missing' },
      })
      expect(await world.ask('/signed-out')).toMatchObject({ status: 400, body: { code: 'state_missing' } })
    })
  })
})
