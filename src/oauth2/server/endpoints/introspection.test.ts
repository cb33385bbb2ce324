import { describe, expect, it } from 'vitest'
import {
  basic,
  body,
  CLIENTS,
  type Form,
  get,
  ISSUER,
  post,
  problem,
  SECRET,
  TestServer,
  type TestServerOptions,
} from '../../../../test/support/authorization-server.ts'
import { type HttpResponse, headerOf } from '../../../http/response.ts'
import { Key } from '../../../jose/jwk/index.ts'
import { KeySet } from '../../../jose/jwks/index.ts'
import { decodeUnverifiedJwt } from '../../../jose/jwt/index.ts'
import type { JsonObject } from '../../../util/json.ts'
import { INTROSPECTION_JWT, readIntrospectionJwt } from '../../introspection-jwt.ts'
import type { AccessTokenRecord, Client } from '../records.ts'
import { tokenId } from '../tokens/token-id.ts'
import { IntrospectionEndpoint, type IntrospectionOptions } from './introspection.ts'

const API = 'https://api.example'
const CHALLENGE = 'Basic realm="oauth", charset="UTF-8"'
const INACTIVE = { active: false }

/** A resource server that is a client, and one that has nothing to do with it. */
const API_CLIENT: Client = { ...CLIENTS.service, client_id: 'api', token_endpoint_auth_method: 'client_secret_basic' }
const STRANGER: Client = { ...API_CLIENT, client_id: 'stranger' }

interface Options extends TestServerOptions {
  readonly introspection?: IntrospectionOptions
}

function create({ introspection = {}, ...options }: Options = {}): TestServer {
  const test = new TestServer({
    clients: [...Object.values(CLIENTS), API_CLIENT, STRANGER],
    audience: API,
    resources: [{ resource: API, clientId: 'api' }],
    ...options,
  })
  test.server.registerEndpoint(new IntrospectionEndpoint(introspection))
  return test
}

function introspect(test: TestServer, form: Form, headers: Record<string, string> = basic()): Promise<HttpResponse> {
  return test.server.handle(post('/introspect', form, headers))
}

async function ask(test: TestServer, token: string, headers?: Record<string, string>): Promise<JsonObject> {
  return JSON.parse(String((await introspect(test, { token }, headers)).body))
}

/** Puts a token into the store as some grant or extension would. */
async function save(test: TestServer, record: Partial<AccessTokenRecord>): Promise<string> {
  const value = test.server.createToken('access_token')
  const now = test.time / 1000
  const accessToken: AccessTokenRecord = {
    id: await tokenId(value),
    client_id: 'web',
    scope: 'read',
    created_at: now,
    expires_at: now + 60,
    ...record,
  }
  await test.store.saveTokens({ accessToken })
  return value
}

describe('RFC 7662 §2.1, §2.2 and RFC 9470 §6.2 introspection', () => {
  it.each([undefined, 'access_token', 'refresh_token', 'pin_code'])(
    'tells the client all about its access token (hint: %s)',
    async (hint) => {
      const test = create({
        approval: { subject: 'alice', authTime: 1_699_999_000, authentication: { acr: 'urn:example:mfa' } },
      })
      const { access_token: token = '' } = await test.tokens()
      const response = await introspect(test, { token, ...(hint && { token_type_hint: hint }), resource: 'ignored' })
      expect(response.status).toBe(200)
      expect(headerOf(response, 'content-type')).toBe('application/json')
      expect(headerOf(response, 'cache-control')).toBe('no-store')
      expect(headerOf(response, 'access-control-allow-origin')).toBeUndefined()
      const now = test.time / 1000
      expect(body(response)).toEqual({
        active: true,
        iss: ISSUER,
        client_id: 'web',
        sub: 'alice',
        scope: 'read',
        aud: API,
        token_type: 'Bearer',
        jti: expect.any(String),
        iat: now,
        nbf: now,
        exp: now + 3600,
        auth_time: 1_699_999_000,
        acr: 'urn:example:mfa',
      })
    },
  )

  it.each([undefined, 'access_token', 'refresh_token', 'pin_code'])(
    'tells the client about its refresh token, which is of no token type (hint: %s)',
    async (hint) => {
      const test = create()
      const { refresh_token: token = '' } = await test.tokens()
      const said = body(await introspect(test, { token, ...(hint && { token_type_hint: hint }) }))
      expect(said).toMatchObject({ active: true, client_id: 'web', sub: 'alice', scope: 'read' })
      expect(said).not.toHaveProperty('token_type')
      expect(said).not.toHaveProperty('aud')
    },
  )

  it('tells who acts, what the token is bound to and what else it says, and lets no claim stand for a member', async () => {
    const test = create({ introspection: { username: async (subject) => `${subject}@example` } })
    const token = await save(test, {
      subject: 'alice',
      audience: ['https://a.example', 'https://b.example'],
      act: { sub: 'robot', act: { sub: 'another' } },
      cnf: { jkt: 'thumbprint' },
      claims: { tenant: 'blue', active: false, sub: 'mallory', client_id: 'mallory' },
    })
    expect(await ask(test, token)).toMatchObject({
      active: true,
      sub: 'alice',
      client_id: 'web',
      username: 'alice@example',
      tenant: 'blue',
      aud: ['https://a.example', 'https://b.example'],
      act: { sub: 'robot', act: { sub: 'another' } },
      cnf: { jkt: 'thumbprint' },
      token_type: 'DPoP',
    })
  })

  it('says nothing by a claim that the server has to say, also where it has nothing to say', async () => {
    const test = create()
    const claims = { aud: 'x', scope: 'admin', cnf: { jkt: 'x' }, act: { sub: 'x' }, groups: ['a'] }
    const said = await ask(test, await save(test, { scope: '', claims }))
    expect(said).toMatchObject({ active: true, groups: ['a'], token_type: 'Bearer' })
    for (const member of ['aud', 'scope', 'cnf', 'act']) expect(said).not.toHaveProperty(member)
  })

  it("names the client as the subject of the client's own token", async () => {
    const test = create()
    const { access_token = '' } = body(await test.token({ grant_type: 'client_credentials', scope: 'read' }, basic()))
    expect(await ask(test, access_token)).toMatchObject({ active: true, sub: 'web', client_id: 'web' })
  })

  it.each(['opaque', 'jwt'] as const)("tells what else the client's own %s token says", async (accessTokenFormat) => {
    const keys = await KeySet.generate(['ES256'])
    const test = create({ keys, accessTokenFormat, accessTokenClaims: () => ({ roles: ['operator'] }) })
    const { access_token = '' } = body(await test.token({ grant_type: 'client_credentials', scope: 'read' }, basic()))
    expect(await ask(test, access_token)).toMatchObject({ active: true, sub: 'web', roles: ['operator'] })
  })

  it('calls a JWT by its own name', async () => {
    const test = create({ keys: await KeySet.generate(['ES256']), accessTokenFormat: 'jwt' })
    const { access_token = '' } = await test.tokens()
    const { jti } = decodeUnverifiedJwt(access_token).claims
    expect(await ask(test, access_token)).toMatchObject({ active: true, jti, aud: API, sub: 'alice' })
  })
})

describe('RFC 7662 §2.2 a token that is not active', () => {
  it.each(['nonsense', 'a.b.c', 'x'.repeat(43), '\u0000'])('is one that is not known: %j', async (token) => {
    expect(await ask(create(), token)).toEqual(INACTIVE)
  })

  it.each(['opaque', 'jwt'] as const)('is one that has expired (%s)', async (accessTokenFormat) => {
    const test = create({ keys: await KeySet.generate(['ES256']), accessTokenFormat })
    const { access_token = '' } = await test.tokens()
    test.wait(3600)
    expect(await ask(test, access_token)).toEqual(INACTIVE)
  })

  it.each(['access_token', 'refresh_token'])('is the %s of a grant that was revoked', async (kind) => {
    const test = create()
    const tokens = await test.tokens()
    await test.revoke({ token: tokens['refresh_token'] ?? '' }, basic())
    expect(await ask(test, tokens[kind] ?? '')).toEqual(INACTIVE)
  })

  it('is a refresh token that was exchanged for its successor', async () => {
    const test = create()
    const { refresh_token = '' } = await test.tokens()
    await test.refresh(refresh_token)
    expect(await ask(test, refresh_token)).toEqual(INACTIVE)
  })

  it('is one whose client is gone', async () => {
    const test = create()
    const { access_token = '' } = await test.tokens()
    await test.store.deleteClient('web')
    expect(await ask(test, access_token, basic('api'))).toEqual(INACTIVE)
  })
})

describe('faults of others that are not inherited', () => {
  it('jmondi 4.3.6: a JWT is verified, not only decoded', async () => {
    const keys = await KeySet.generate(['ES256'])
    const test = create({ keys, accessTokenFormat: 'jwt' })
    const { access_token = '' } = await test.tokens()
    const [header = '', payload = '', signature = ''] = access_token.split('.')
    const forged = btoa(JSON.stringify({ ...JSON.parse(atob(payload)), scope: 'admin' })).replaceAll('=', '')
    const unsigned = btoa('{"typ":"at+jwt","alg":"none"}').replaceAll('=', '')
    for (const token of [`${header}.${forged}.${signature}`, `${unsigned}.${payload}.`, `${header}.${payload}.`]) {
      expect(await ask(test, token)).toEqual(INACTIVE)
    }
  })

  it('Authlib 4.7: an unknown hint is no error, and an opaque token no exception where others are JWTs', async () => {
    const test = create({ keys: await KeySet.generate(['ES256']), accessTokenFormat: 'jwt' })
    const response = await introspect(test, { token: 'opaque', token_type_hint: 'pin_code' })
    expect([response.status, body(response)]).toEqual([200, INACTIVE])
  })
})

describe('RFC 7662 §2.2, §4 who may know', () => {
  it('is the resource that the token is for, which the server knows by its client', async () => {
    const test = create()
    const { access_token = '' } = await test.tokens()
    expect(await ask(test, access_token, basic('api'))).toMatchObject({ active: true, sub: 'alice', aud: API })
  })

  it('is the client that stands in the audience by its own name', async () => {
    const test = create()
    const token = await save(test, { audience: ['stranger'] })
    expect(await ask(test, token, basic('stranger'))).toMatchObject({ active: true })
  })

  it.each(['access_token', 'refresh_token'])(
    'is no other client, which is told that the %s is not active',
    async (kind) => {
      const test = create()
      const tokens = await test.tokens()
      expect(await ask(test, tokens[kind] ?? '', basic('stranger'))).toEqual(INACTIVE)
    },
  )

  it('is no resource where the token says nothing about whom it is for', async () => {
    const test = create()
    expect(await ask(test, await save(test, {}), basic('api'))).toEqual(INACTIVE)
  })

  it('is never a resource when it is about a refresh token, whatever the policy says', async () => {
    const test = create({ introspection: { mayIntrospect: () => true } })
    const { refresh_token = '' } = await test.tokens()
    expect(await ask(test, refresh_token, basic('api'))).toEqual(INACTIVE)
  })

  it('is whom the policy names', async () => {
    const test = create({ introspection: { mayIntrospect: async ({ id }) => id === 'stranger' } })
    const { access_token = '' } = await test.tokens()
    expect(await ask(test, access_token, basic('stranger'))).toMatchObject({ active: true })
    expect(await ask(test, access_token, basic('web'))).toEqual(INACTIVE)
  })

  it('RFC 9701 §5: learns of the scopes that mean something to it', async () => {
    const test = create({ resources: [{ resource: API, clientId: 'api', scopes: ['write'] }] })
    const { access_token = '' } = await test.tokens({ scope: 'read write' })
    expect(await ask(test, access_token, basic('api'))).toMatchObject({ active: true, scope: 'write' })
    expect(await ask(test, access_token)).toMatchObject({ scope: 'read write' })
  })

  it('is told apart in events, never in answers', async () => {
    const test = create()
    const events: object[] = []
    test.server.on('token.introspected', ({ caller, clientId, reason }) => {
      events.push({ caller, clientId, reason })
    })
    const { access_token = '' } = await test.tokens()
    for (const [token, caller] of [
      [access_token, 'api'],
      [access_token, 'stranger'],
      ['nonsense', 'stranger'],
    ] as const) {
      await ask(test, token, basic(caller))
    }
    expect(events).toEqual([
      { caller: 'api', clientId: 'web', reason: undefined },
      { caller: 'stranger', clientId: 'web', reason: 'not_permitted' },
      { caller: 'stranger', clientId: undefined, reason: 'unknown' },
    ])
  })
})

describe('RFC 7662 §2.1, §2.3 who may ask', () => {
  it.each<[string, Form, Record<string, string>, number, string, string]>([
    ['nobody', { token: 'x' }, {}, 401, 'invalid_client', 'client authentication failed'],
    ['a wrong secret', { token: 'x' }, basic('web', 'no'), 401, 'invalid_client', 'client authentication failed'],
    [
      'a wrong secret in the body',
      { token: 'x', client_id: 'service', client_secret: 'no' },
      {},
      401,
      'invalid_client',
      'client authentication failed',
    ],
    [
      'a public client',
      { token: 'x', client_id: 'spa' },
      {},
      401,
      'invalid_client',
      'client must prove who it is to introspect tokens',
    ],
    [
      'an access token',
      { token: 'x' },
      { authorization: 'Bearer abc' },
      401,
      'invalid_client',
      'client authentication failed',
    ],
    ['no token', {}, basic(), 400, 'invalid_request', 'token is missing'],
    ['an empty token', { token: '' }, basic(), 400, 'invalid_request', 'token is missing'],
    ['token twice', 'token=a&token=b', basic(), 400, 'invalid_request', 'each parameter must be sent once'],
    [
      'two ways of authentication',
      { token: 'x', client_id: 'web', client_secret: SECRET },
      basic(),
      400,
      'invalid_request',
      'request must use one client authentication method, not several',
    ],
  ])('%s is refused', async (_, form, headers, ...expected) => {
    const response = await introspect(create(), form, headers)
    expect(problem(response)).toEqual(expected)
    expect(headerOf(response, 'www-authenticate')).toBe(expected[0] === 401 ? CHALLENGE : undefined)
    expect(headerOf(response, 'cache-control')).toBe('no-store')
  })

  it('takes POST only, its parameters from the body only, and no scripts of other origins', async () => {
    const test = create()
    const response = await test.server.handle(get('/introspect?token=x', basic()))
    expect([response.status, headerOf(response, 'allow')]).toEqual([405, 'POST, OPTIONS'])
    const inQuery = await test.server.handle(post('/introspect?token=x', {}, basic()))
    expect(problem(inQuery)).toEqual([400, 'invalid_request', 'token is missing'])
    const preflight = await test.server.handle({ ...get('/introspect'), method: 'OPTIONS' })
    expect(headerOf(preflight, 'access-control-allow-origin')).toBeUndefined()
  })

  it('lets in whom the application knows', async () => {
    const introspection: IntrospectionOptions = {
      authorize: ({ request }) =>
        request.header('x-gateway') === 'secret' ? { id: 'gateway', resources: [API] } : undefined,
    }
    const test = create({ introspection })
    const { access_token = '', refresh_token = '' } = await test.tokens()
    expect(await ask(test, access_token, { 'x-gateway': 'secret' })).toMatchObject({ active: true })
    expect(await ask(test, refresh_token, { 'x-gateway': 'secret' })).toEqual(INACTIVE)
    expect((await introspect(test, { token: access_token }, { 'x-gateway': 'guess' })).status).toBe(401)
  })
})

describe('RFC 7662 §2.1, RFC 6750 §3.1 asking with an access token', () => {
  const create2 = (): TestServer => create({ introspection: { bearerScope: 'admin' } })
  const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` })

  it('works with the scope for it, and for whom its client is', async () => {
    const test = create2()
    const { access_token = '' } = await test.tokens()
    const own = await save(test, { client_id: 'api', scope: 'read admin' })
    expect(await ask(test, access_token, bearer(own))).toMatchObject({ active: true, sub: 'alice' })
    const stranger = await save(test, { client_id: 'stranger', scope: 'admin' })
    expect(await ask(test, access_token, bearer(stranger))).toEqual(INACTIVE)
    expect(await ask(test, access_token, basic())).toMatchObject({ active: true })
  })

  it.each<[string, Partial<AccessTokenRecord> | undefined, number, string, string]>([
    [
      'is not known',
      undefined,
      401,
      'invalid_token',
      'Bearer error="invalid_token", error_description="access token is not one of this server, has ended or is bound to a key"',
    ],
    [
      'is bound to a key',
      { scope: 'admin', cnf: { jkt: 'x' } },
      401,
      'invalid_token',
      'Bearer error="invalid_token", error_description="access token is not one of this server, has ended or is bound to a key"',
    ],
    [
      'has not the scope',
      { scope: 'read' },
      403,
      'insufficient_scope',
      'Bearer error="insufficient_scope", error_description="access token does not have the scope to introspect tokens", scope="admin"',
    ],
  ])('is refused where the token %s', async (_, record, status, error, challenge) => {
    const test = create2()
    const token = record === undefined ? 'ticket' : await save(test, { client_id: 'api', ...record })
    const response = await introspect(test, { token: 'x' }, bearer(token))
    expect(problem(response).slice(0, 2)).toEqual([status, error])
    expect(headerOf(response, 'www-authenticate')).toBe(challenge)
  })
})

describe('RFC 9701 §4, §5, §6 answers that are JWTs', async () => {
  const keys = await KeySet.generate(['ES256', 'RS256'])
  const accept = { accept: `application/json;q=0.5, ${INTROSPECTION_JWT}` }

  function read(response: HttpResponse, test: TestServer, algorithms: readonly string[], audience = 'web') {
    const expected = { issuer: ISSUER, audience, algorithms, clock: () => test.time }
    return readIntrospectionJwt(String(response.body), keys, expected)
  }

  it('are signed for the one who asks, and are no access tokens', async () => {
    const test = create({ keys })
    const { access_token: token = '' } = await test.tokens()
    const response = await introspect(test, { token }, { ...basic(), ...accept })
    expect([response.status, headerOf(response, 'content-type')]).toEqual([200, INTROSPECTION_JWT])
    expect(headerOf(response, 'cache-control')).toBe('no-store')
    expect(await read(response, test, ['RS256'])).toMatchObject({ active: true, sub: 'alice', exp: expect.any(Number) })
    const { header, claims } = decodeUnverifiedJwt(String(response.body))
    expect(header.typ).toBe('token-introspection+jwt')
    expect(Object.keys(claims).sort()).toEqual(['aud', 'iat', 'iss', 'token_introspection'])
    const asToken = await introspect(test, { token: String(response.body) }, basic())
    expect(body(asToken)).toEqual(INACTIVE)
  })

  it('say of a token that is not active nothing more either', async () => {
    const test = create({ keys })
    const { access_token: token = '' } = await test.tokens()
    const response = await introspect(test, { token }, { ...basic('stranger'), ...accept })
    expect(await read(response, test, ['RS256'], 'stranger')).toEqual(INACTIVE)
  })

  it.each([
    ['nothing', undefined],
    ['anything', '*/*'],
    ['any application', 'application/*'],
    ['JSON', 'application/json'],
    ['explicitly no JWT', `${INTROSPECTION_JWT};q=0, application/json`],
  ])('RFC 9110 §12.5.1: are not for who accepts %s', async (_, value) => {
    const test = create({ keys })
    const response = await introspect(test, { token: 'x' }, { ...basic(), ...(value && { accept: value }) })
    expect(headerOf(response, 'content-type')).toBe('application/json')
  })

  it('are JSON where the server has no key to sign with', async () => {
    const response = await introspect(create(), { token: 'x' }, { ...basic(), ...accept })
    expect(headerOf(response, 'content-type')).toBe('application/json')
  })

  it('are signed with what the client registered, or not at all', async () => {
    const clients: Client[] = [
      { ...API_CLIENT, client_id: 'es', introspection_signed_response_alg: 'ES256' },
      { ...API_CLIENT, client_id: 'ps', introspection_signed_response_alg: 'PS512' },
    ]
    const test = create({ keys, clients })
    const signed = await introspect(test, { token: 'x' }, { ...basic('es'), ...accept })
    expect(await read(signed, test, ['ES256'], 'es')).toEqual(INACTIVE)
    expect(problem(await introspect(test, { token: 'x' }, { ...basic('ps'), ...accept }))).toEqual([
      500,
      'server_error',
      'no key signs with the introspection algorithm of this client',
    ])
  })

  it('are encrypted to the client that registered for it, or not sent at all', async () => {
    const secret = await Key.generate({ kty: 'EC', crv: 'P-256' }, { use: 'enc' })
    const encrypted: Client = { ...API_CLIENT, introspection_encrypted_response_alg: 'ECDH-ES' }
    const jwks = { keys: [{ ...secret.toPublicJwk() }] }
    const test = create({
      keys,
      clients: [
        { ...encrypted, jwks },
        { ...encrypted, client_id: 'keyless' },
      ],
    })
    const response = await introspect(test, { token: 'x' }, { ...basic('api'), ...accept })
    const decryption = { keys: secret, algorithms: ['ECDH-ES'], encryptions: ['A128CBC-HS256'] }
    const expected = { issuer: ISSUER, audience: 'api', algorithms: ['RS256'], clock: () => test.time, decryption }
    expect(await readIntrospectionJwt(String(response.body), keys, expected)).toEqual(INACTIVE)
    expect(problem(await introspect(test, { token: 'x' }, { ...basic('keyless'), ...accept }))).toEqual([
      500,
      'server_error',
      'introspection response could not be encrypted to this client',
    ])
  })
})

describe('RFC 8414 §2, RFC 9701 §7 what the server says about the endpoint', () => {
  it('is where it is, who may come and how it signs', async () => {
    const keys = await KeySet.generate(['ES256'])
    expect(create({ keys, introspection: { bearerScope: 'admin' } }).server.metadata()).toMatchObject({
      introspection_endpoint: `${ISSUER}/introspect`,
      introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'Bearer'],
      introspection_signing_alg_values_supported: ['ES256'],
      introspection_encryption_alg_values_supported: expect.arrayContaining(['ECDH-ES', 'RSA-OAEP-256']),
      introspection_encryption_enc_values_supported: expect.arrayContaining(['A128CBC-HS256', 'A256GCM']),
    })
  })

  it('promises no signature where there is no key', () => {
    const metadata = create().server.metadata()
    expect(metadata).not.toHaveProperty('introspection_signing_alg_values_supported')
    expect(metadata.introspection_endpoint_auth_methods_supported).toEqual([
      'client_secret_basic',
      'client_secret_post',
    ])
  })
})
