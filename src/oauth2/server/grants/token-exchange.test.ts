import { describe, expect, it } from 'vitest'
import {
  basic,
  body,
  CLIENTS,
  ISSUER,
  problem,
  SECRET,
  TestServer,
  type TestServerOptions,
} from '../../../../test/support/authorization-server.ts'
import { type HttpResponse, headerOf } from '../../../http/response.ts'
import { Key } from '../../../jose/jwk/index.ts'
import { KeySet } from '../../../jose/jwks/index.ts'
import { decodeUnverifiedJwt, type JwtClaims, signJwt } from '../../../jose/jwt/index.ts'
import { ConfigurationError } from '../../../util/configuration-error.ts'
import { OAuth2Error } from '../../errors.ts'
import type { AccessTokenRecord, Client } from '../records.ts'
import type { ExchangeRequest } from '../token-exchange/policy.ts'
import { findAccessToken } from '../tokens/find-access-token.ts'
import { TokenExchangeGrant, type TokenExchangeOptions } from './token-exchange.ts'

const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange'
const TYPE = 'urn:ietf:params:oauth:token-type:'
const ACCESS_TOKEN = `${TYPE}access_token`
const ID_TOKEN = `${TYPE}id_token`
const JWT = `${TYPE}jwt`
const IDP = 'https://idp.example'
const KEYS = await KeySet.generate(['ES256'])
const IDP_KEY = await Key.generate('ES256')

const GATEWAY: Client = {
  ...CLIENTS.web,
  client_id: 'gateway',
  grant_types: [GRANT, 'refresh_token', 'client_credentials', 'craft'],
}
const AGENT: Client = { ...GATEWAY, client_id: 'agent' }
const MOBILE: Client = { ...CLIENTS.spa, client_id: 'mobile', grant_types: [GRANT] }
const API = 'https://api.example'
const REPORTS = 'https://reports.example'

class ExchangeTest {
  readonly test: TestServer
  readonly asked: ExchangeRequest[] = []
  #said: Pick<AccessTokenRecord, 'act' | 'claims'> = {}

  constructor(options: Partial<TokenExchangeOptions> = {}, server: TestServerOptions = {}) {
    const { policy = () => ({}), ...rest } = options
    this.test = new TestServer({
      clients: [...Object.values(CLIENTS), GATEWAY, AGENT, MOBILE],
      keys: KEYS,
      resources: [{ resource: API }, { resource: REPORTS }],
      ...server,
    })
    this.test.server.registerGrant(TokenExchangeGrant, {
      issuers: [{ issuer: IDP, keys: IDP_KEY, scope: 'read', subject: ({ sub }) => sub?.replace('their-', '') }],
      ...rest,
      policy: (request) => {
        this.asked.push(request)
        return policy(request)
      },
    })
    this.test.server
      .registerGrant({ grantType: 'craft', grant: () => ({ subject: 'alice', scope: 'read write' }) })
      .registerExtension({
        name: 'craft',
        onTokenResponse: ({ grantType, accessToken }) => {
          if (grantType === 'craft') Object.assign(accessToken, this.#said)
        },
      })
  }

  get now(): number {
    return Math.floor(this.test.time / 1000)
  }

  /** A token that alice gave the web application. */
  async subjectToken(scope = 'openid read write'): Promise<string> {
    return (await this.test.tokens({ scope }))['access_token'] ?? ''
  }

  /** A token about alice that says what it is told to say, without family. */
  async craft(said: Pick<AccessTokenRecord, 'act' | 'claims'>): Promise<string> {
    this.#said = said
    return body(await this.test.token({ grant_type: 'craft' }, basic('gateway')))['access_token'] ?? ''
  }

  /** A token that a client has for itself. */
  async clientToken(client = 'agent'): Promise<string> {
    const form = { grant_type: 'client_credentials', scope: 'read' }
    return body(await this.test.token(form, basic(client)))['access_token'] ?? ''
  }

  foreign(claims: Record<string, unknown> = {}, key = IDP_KEY, typ?: string): Promise<string> {
    const stamped: JwtClaims = {
      iss: IDP,
      sub: 'their-alice',
      aud: ISSUER,
      iat: this.now,
      exp: this.now + 600,
      ...claims,
    }
    return signJwt(stamped, key, typ === undefined ? {} : { typ })
  }

  exchange(
    subjectToken: string,
    parameters: Record<string, string> | string = {},
    headers = basic('gateway', SECRET),
  ): Promise<HttpResponse> {
    const form = new URLSearchParams({
      grant_type: GRANT,
      subject_token: subjectToken,
      subject_token_type: ACCESS_TOKEN,
      ...(typeof parameters === 'string' ? {} : parameters),
    })
    return this.test.token(`${form}${typeof parameters === 'string' ? `&${parameters}` : ''}`, headers)
  }

  find(token: string | undefined): Promise<AccessTokenRecord | undefined> {
    return findAccessToken({ server: this.test.server, store: this.test.store, now: this.now }, token ?? '')
  }

  /** The record of the token that an exchange gives. */
  async exchanged(subjectToken: string, parameters: Record<string, string> | string = {}): Promise<AccessTokenRecord> {
    const response = await this.exchange(subjectToken, parameters)
    const record = await this.find(body(response)['access_token'])
    if (record === undefined) throw new Error(`no token: ${response.body}`)
    return record
  }
}

describe('RFC 8693 §2.2.1 an exchange', () => {
  it('gives a token for another service, about the same person', async () => {
    const test = new ExchangeTest()
    const response = await test.exchange(await test.subjectToken(), { resource: API, scope: 'read' })
    expect(response.status).toBe(200)
    expect(headerOf(response, 'cache-control')).toBe('no-store')
    expect(body(response)).toEqual({
      access_token: expect.any(String),
      issued_token_type: ACCESS_TOKEN,
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'read',
    })
    expect(await test.find(body(response)['access_token'])).toMatchObject({
      client_id: 'gateway',
      subject: 'alice',
      audience: [API],
      scope: 'read',
    })
  })

  it('gives no refresh token and no ID token, whatever the scope', async () => {
    const test = new ExchangeTest()
    const answer = body(await test.exchange(await test.subjectToken(), { scope: 'openid' }))
    expect(Object.keys(answer).sort()).toEqual([
      'access_token',
      'expires_in',
      'issued_token_type',
      'scope',
      'token_type',
    ])
  })

  it('without scope gives what both the subject token and the client have', async () => {
    const clients = [CLIENTS.web, { ...GATEWAY, scope: 'read admin' }]
    const test = new ExchangeTest({}, { clients })
    expect((await test.exchanged(await test.subjectToken())).scope).toBe('read')
  })

  it('RFC 8693 §3: gives a JWT where one is asked for and access tokens are JWTs', async () => {
    const test = new ExchangeTest({}, { accessTokenFormat: 'jwt' })
    const answer = body(await test.exchange(await test.subjectToken(), { requested_token_type: JWT }))
    expect(answer['issued_token_type']).toBe(JWT)
    expect(decodeUnverifiedJwt(answer['access_token'] ?? '').claims).toMatchObject({
      sub: 'alice',
      client_id: 'gateway',
    })
    expect(body(await test.exchange(await test.subjectToken()))['issued_token_type']).toBe(ACCESS_TOKEN)
  })
})

describe('RFC 8693 §2.1, §2.2.2 an exchange is refused', () => {
  const rows: [string, Record<string, string>, unknown][] = [
    ['without subject_token', { subject_token: '' }, [400, 'invalid_request', 'subject_token is missing']],
    [
      'without subject_token_type',
      { subject_token_type: '' },
      [400, 'invalid_request', 'subject_token_type is missing'],
    ],
    [
      'with a type that is not taken',
      { subject_token_type: `${TYPE}saml2` },
      [400, 'invalid_request', 'subject_token_type is not one that this server takes'],
    ],
    [
      'with a refresh token',
      { subject_token_type: `${TYPE}refresh_token` },
      [400, 'invalid_request', 'subject_token_type is not one that this server takes'],
    ],
    [
      'with a token that nobody knows',
      { subject_token: 'made-up' },
      [400, 'invalid_request', 'subject_token is unknown, has expired or was revoked'],
    ],
    ['with actor_token alone', { actor_token: 'x' }, [400, 'invalid_request', 'actor_token_type is missing']],
    [
      'with actor_token_type alone',
      { actor_token_type: ACCESS_TOKEN },
      [400, 'invalid_request', 'actor_token_type must not be sent without actor_token'],
    ],
    [
      'with an actor token that nobody knows',
      { actor_token: 'x', actor_token_type: ACCESS_TOKEN },
      [400, 'invalid_request', 'actor_token is unknown, has expired or was revoked'],
    ],
    [
      'for a type of token that is not issued',
      { requested_token_type: ID_TOKEN },
      [400, 'invalid_request', 'requested_token_type is not one that this server issues'],
    ],
    [
      'for a JWT where access tokens are none',
      { requested_token_type: JWT },
      [400, 'invalid_request', 'requested_token_type cannot be had here: access tokens are no JWTs'],
    ],
    [
      'for an unknown resource',
      { resource: 'https://other.example' },
      [400, 'invalid_target', 'resource is not one that this server issues tokens for'],
    ],
    [
      'for an audience that neither server nor policy names',
      { audience: 'other' },
      [400, 'invalid_target', 'audience is not one that this server issues tokens for'],
    ],
    [
      'for more scope than the subject token has',
      { scope: 'openid read write' },
      [400, 'invalid_scope', 'scope asks for more than the subject_token has'],
    ],
    [
      'for more scope than the client may have',
      { scope: 'admin' },
      [400, 'invalid_scope', 'scope asks for more than this client is registered for'],
    ],
    [
      'for malformed scope',
      { scope: 'a"b' },
      [400, 'invalid_scope', 'scope must be a list of scope tokens separated by spaces'],
    ],
  ]

  it.each(rows)('%s', async (_, parameters, expected) => {
    const test = new ExchangeTest()
    const token = await test.subjectToken('read')
    const response = await test.exchange(token, parameters)
    expect(problem(response)).toEqual(expected)
    expect(headerOf(response, 'cache-control')).toBe('no-store')
    expect(await test.find(token)).toBeDefined()
  })

  it.each(['subject_token', 'subject_token_type', 'actor_token', 'requested_token_type', 'scope'])(
    'with %s twice',
    async (name) => {
      const test = new ExchangeTest()
      const response = await test.exchange(await test.subjectToken(), `${name}=x&${name}=y`)
      expect(problem(response)).toEqual([400, 'invalid_request', 'each parameter must be sent once'])
    },
  )

  it('to clients that prove nothing, unless they may', async () => {
    const test = new ExchangeTest()
    const asMobile = { client_id: 'mobile' }
    expect(problem(await test.exchange(await test.subjectToken(), asMobile, {}))).toEqual([
      400,
      'unauthorized_client',
      'token exchange is for clients that have credentials',
    ])
    const open = new ExchangeTest({ allowPublicClients: true })
    expect((await open.exchange(await open.subjectToken(), asMobile, {})).status).toBe(200)
  })

  it('to clients that are not registered for it', async () => {
    const test = new ExchangeTest()
    expect(problem(await test.exchange(await test.subjectToken(), {}, basic('web')))[1]).toBe('unauthorized_client')
  })
})

describe('the policy', () => {
  it('says no by saying nothing', async () => {
    const test = new ExchangeTest({ policy: () => undefined })
    expect(problem(await test.exchange(await test.subjectToken()))).toEqual([
      400,
      'invalid_request',
      'the policy of this server does not allow this exchange',
    ])
  })

  it('says no in its own words', async () => {
    const policy = () => {
      throw new OAuth2Error('invalid_target', 'not from here to there')
    }
    const test = new ExchangeTest({ policy })
    expect(problem(await test.exchange(await test.subjectToken()))).toEqual([
      400,
      'invalid_target',
      'not from here to there',
    ])
  })

  it('learns who asks, for whom, where and what', async () => {
    const test = new ExchangeTest()
    const token = await test.subjectToken('read')
    await test.exchange(token, `resource=${API}&resource=${REPORTS}&resource=${API}&audience=${API}&scope=read`)
    expect(test.asked).toEqual([
      {
        client: GATEWAY,
        subject: {
          type: ACCESS_TOKEN,
          issuer: ISSUER,
          subject: 'alice',
          clientId: 'web',
          scope: 'read',
          audience: [],
          expiresAt: test.now + 3600,
          grantId: expect.any(String),
          claims: {},
        },
        audience: [API],
        resource: [API, REPORTS],
        scope: 'read',
      },
    ])
  })

  it('narrows scope, time and audience, and names services that the server does not know', async () => {
    const policy = () => ({ scope: 'read', audience: ['billing'], expiresAt: 1_700_000_060 })
    const test = new ExchangeTest({ policy })
    expect(await test.exchanged(await test.subjectToken(), { audience: 'billing-v2' })).toMatchObject({
      scope: 'read',
      audience: ['billing'],
      expires_at: 1_700_000_060,
    })
  })

  it('cannot give more than was asked for', async () => {
    const test = new ExchangeTest({ policy: () => ({ scope: 'read write' }) })
    expect(problem(await test.exchange(await test.subjectToken(), { scope: 'read' }))[1]).toBe('server_error')
    expect(test.test.log.some((line) => line.includes('request failed'))).toBe(true)
  })

  it('has no default', () => {
    const build = () => new TokenExchangeGrant({ maxActors: -1, leeway: -1 } as unknown as TokenExchangeOptions)
    expect(build).toThrow(ConfigurationError)
    for (const name of ['policy', 'maxActors', 'leeway']) expect(build).toThrow(`"${name}" must be`)
  })
})

describe('the new token', () => {
  it.each<[string, number, number | undefined]>([
    ['of the subject token', 59.5, undefined],
    ['of the policy', 600, 59.5],
  ])('RFC 7519 §2: lives for whole seconds where the end %s has a fraction', async (_, left, allowed) => {
    const test: ExchangeTest = new ExchangeTest({
      policy: () => (allowed === undefined ? {} : { expiresAt: test.now + allowed }),
    })
    const subject = await test.foreign({ exp: test.now + left })
    const response = await test.exchange(subject, { subject_token_type: JWT })
    expect(body(response)).toMatchObject({ expires_in: 59 })
    expect(await test.find(body(response)['access_token'])).toMatchObject({ expires_at: test.now + 59 })
  })

  it.each([-20, 0, 0.5])(
    'is not given where the subject token has %d s left, clocks that differ or not',
    async (left) => {
      const test = new ExchangeTest()
      const response = await test.exchange(await test.foreign({ exp: test.now + left }), { subject_token_type: JWT })
      const description = 'subject_token has no time left for another token'
      expect(problem(response)).toEqual([400, 'invalid_request', description])
    },
  )

  it('does not outlive the subject token, whatever the policy says', async () => {
    const test = new ExchangeTest({ policy: () => ({ expiresAt: 2_000_000_000 }) })
    const token = await test.subjectToken()
    test.test.wait(3000)
    expect((await test.exchanged(token)).expires_at).toBe(1_700_003_600)
    test.test.wait(600)
    expect(problem(await test.exchange(token))[1]).toBe('invalid_request')
  })

  it('belongs to the same family: revocation ends it, and nothing comes after', async () => {
    const test = new ExchangeTest()
    const { access_token = '', refresh_token = '' } = await test.test.tokens()
    const answer = body(await test.exchange(access_token))
    expect(await test.find(answer['access_token'])).toBeDefined()
    await test.test.revoke({ token: refresh_token }, basic())
    expect(await test.find(answer['access_token'])).toBeUndefined()
    expect(problem(await test.exchange(access_token))[1]).toBe('invalid_request')
  })

  it('is not written when the family ends meanwhile', async () => {
    const test = new ExchangeTest({
      policy: async ({ subject }) => {
        await test.test.store.revokeGrant(subject.grantId ?? '', test.now)
        return {}
      },
    })
    expect(problem(await test.exchange(await test.subjectToken()))).toEqual([
      400,
      'invalid_request',
      'subject_token was revoked',
    ])
  })

  it('can be exchanged on, and loses scope only', async () => {
    const test = new ExchangeTest()
    const first = body(await test.exchange(await test.subjectToken(), { scope: 'read' }))['access_token'] ?? ''
    expect(problem(await test.exchange(first, { scope: 'write' }))[1]).toBe('invalid_scope')
    expect((await test.exchanged(first)).scope).toBe('read')
  })

  it('is its client’s to revoke, and nobody else’s', async () => {
    const test = new ExchangeTest()
    const token = body(await test.exchange(await test.subjectToken()))['access_token'] ?? ''
    expect((await test.test.revoke({ token }, basic('web'))).status).toBe(400)
    expect((await test.test.revoke({ token }, basic('gateway'))).status).toBe(200)
    expect(await test.find(token)).toBeUndefined()
  })

  it('of a client about itself is about that client', async () => {
    const test = new ExchangeTest()
    expect((await test.exchanged(await test.clientToken('agent'))).subject).toBe('agent')
    expect((await test.exchanged(await test.clientToken('gateway'))).subject).toBeUndefined()
  })
})

describe('RFC 8693 §1.1 §4.1 who acts', () => {
  it('nobody but the subject: impersonation', async () => {
    const test = new ExchangeTest()
    expect(await test.exchanged(await test.subjectToken())).not.toHaveProperty('act')
  })

  it('the actor of the actor token: delegation', async () => {
    const test = new ExchangeTest()
    const actor = { actor_token: await test.clientToken('agent'), actor_token_type: ACCESS_TOKEN }
    expect((await test.exchanged(await test.subjectToken(), actor)).act).toEqual({ sub: 'agent' })
    expect(test.asked[0]?.actor).toMatchObject({ clientId: 'agent', scope: 'read' })
  })

  it('the client, where the policy says so', async () => {
    const test = new ExchangeTest({ policy: () => ({ actor: 'client' }) })
    expect((await test.exchanged(await test.subjectToken())).act).toEqual({ sub: 'gateway' })
  })

  it('before those who acted before, who stay named also where nobody is added', async () => {
    const test = new ExchangeTest()
    const token = await test.craft({ act: { sub: 'first', act: { sub: 'zeroth' } } })
    const actor = { actor_token: await test.clientToken('agent'), actor_token_type: ACCESS_TOKEN }
    expect((await test.exchanged(token, actor)).act).toEqual({
      sub: 'agent',
      act: { sub: 'first', act: { sub: 'zeroth' } },
    })
    expect((await test.exchanged(token)).act).toEqual({ sub: 'first', act: { sub: 'zeroth' } })
  })

  it('at most four in a row', async () => {
    const test = new ExchangeTest({ policy: () => ({ actor: 'client' }) })
    const three = { sub: 'c', act: { sub: 'b', act: { sub: 'a' } } }
    expect((await test.exchange(await test.craft({ act: three }))).status).toBe(200)
    const four = await test.craft({ act: { sub: 'd', act: three } })
    expect(problem(await test.exchange(four))).toEqual([400, 'invalid_request', 'token was handed on too often'])
    const shorter = new ExchangeTest({ maxActors: 0, policy: () => ({ actor: 'client' }) })
    expect(problem(await shorter.exchange(await shorter.subjectToken()))[2]).toBe('token was handed on too often')
  })

  it('not somebody for whom somebody else acts', async () => {
    const test = new ExchangeTest()
    const actor = { actor_token: await test.craft({ act: { sub: 'x' } }), actor_token_type: ACCESS_TOKEN }
    expect(problem(await test.exchange(await test.subjectToken(), actor))).toEqual([
      400,
      'invalid_request',
      'actor_token must be of the actor alone, with nobody acting for them',
    ])
  })

  it('stands in a JWT, too', async () => {
    const test = new ExchangeTest({ policy: () => ({ actor: 'client' }) }, { accessTokenFormat: 'jwt' })
    const answer = body(await test.exchange(await test.subjectToken()))
    expect(decodeUnverifiedJwt(answer['access_token'] ?? '').claims['act']).toEqual({ sub: 'gateway' })
  })
})

describe('RFC 8693 §4.4 may_act', () => {
  const NOT_ALLOWED = [400, 'invalid_request', 'subject_token does not allow this party to act for its subject']

  it.each([
    ['the client', { sub: 'gateway' }, 200],
    ['the client by both its names', { sub: 'gateway', client_id: 'gateway', iss: ISSUER }, 200],
    ['another client', { sub: 'agent' }, 400],
    ['one of that name elsewhere', { sub: 'gateway', iss: 'https://other.example' }, 400],
    ['one of a property that is not known here', { sub: 'gateway', department: 'sales' }, 400],
    ['nobody in particular', {}, 400],
    ['something that is no object', 'gateway', 400],
  ])('allows %s', async (_, may_act, status) => {
    const test = new ExchangeTest()
    const response = await test.exchange(await test.craft({ claims: { may_act } }))
    expect(response.status).toBe(status)
    if (status === 400) expect(problem(response)).toEqual(NOT_ALLOWED)
    else expect(await test.find(body(response)['access_token'])).toMatchObject({ act: { sub: 'gateway' } })
  })

  it('is about the actor where there is one, not about the client', async () => {
    const test = new ExchangeTest()
    const actor = { actor_token: await test.clientToken('agent'), actor_token_type: ACCESS_TOKEN }
    const ofAgent = await test.craft({ claims: { may_act: { sub: 'agent' } } })
    const ofGateway = await test.craft({ claims: { may_act: { sub: 'gateway' } } })
    expect((await test.exchange(ofAgent, actor)).status).toBe(200)
    expect(problem(await test.exchange(ofGateway, actor))).toEqual(NOT_ALLOWED)
  })

  it('in a JWT of another issuer is in the words of that issuer', async () => {
    const test = new ExchangeTest()
    const subject = await test.foreign({ may_act: { sub: 'their-bot' } })
    const actor = { actor_token: await test.foreign({ sub: 'their-bot' }), actor_token_type: JWT }
    expect((await test.exchange(subject, { subject_token_type: JWT, ...actor })).status).toBe(200)
    const own = { actor_token: await test.clientToken('agent'), actor_token_type: ACCESS_TOKEN }
    const ofAgent = await test.foreign({ may_act: { sub: 'agent' } })
    expect(problem(await test.exchange(ofAgent, { subject_token_type: JWT, ...own }))).toEqual(NOT_ALLOWED)
    const ofOurAgent = await test.foreign({ may_act: { sub: 'agent', iss: ISSUER } })
    expect((await test.exchange(ofOurAgent, { subject_token_type: JWT, ...own })).status).toBe(200)
  })
})

describe('JWTs of trusted issuers', () => {
  const asJwt = { subject_token_type: JWT }

  it('are about whom their issuer’s people are here, and good for what their issuer is', async () => {
    const test = new ExchangeTest()
    const token = await test.foreign({ act: { sub: 'their-app', act: { sub: 'x', iss: 'https://third.example' } } })
    const record = await test.exchanged(token, asJwt)
    expect(record).toMatchObject({ subject: 'alice', scope: 'read', expires_at: test.now + 600 })
    expect(record.act).toEqual({ sub: 'their-app', iss: IDP, act: { sub: 'x', iss: 'https://third.example' } })
    expect(record).not.toHaveProperty('grant_id')
    expect((await test.exchange(token, asJwt)).status).toBe(200)
    expect(problem(await test.exchange(token, { ...asJwt, scope: 'write' }))[1]).toBe('invalid_scope')
  })

  it('may be access tokens', async () => {
    const test = new ExchangeTest()
    expect((await test.exchange(await test.foreign({}, IDP_KEY, 'at+jwt'), asJwt)).status).toBe(200)
  })

  it.each([
    ['signed by somebody else', {}, KEYS.signingKey()],
    ['of an issuer that is not trusted', { iss: 'https://other.example' }, IDP_KEY],
    ['CVE-2025-27370: for others, too', { aud: [ISSUER, 'https://evil.example'] }, IDP_KEY],
    ['without aud', { aud: undefined }, IDP_KEY],
    ['without exp', { exp: undefined }, IDP_KEY],
    ['without sub', { sub: undefined }, IDP_KEY],
    ['expired', { exp: 1_699_999_000 }, IDP_KEY],
    ['with a malformed act', { act: { act: { sub: 'x' } } }, IDP_KEY],
    ['with an act that is a text', { act: 'x' }, IDP_KEY],
  ])('are refused: %s', async (_, claims, key) => {
    const test = new ExchangeTest()
    const answer = problem(await test.exchange(await test.foreign(claims, key), asJwt))
    expect(answer.slice(0, 2)).toEqual([400, 'invalid_request'])
    expect(test.asked).toEqual([])
  })

  it('are refused that say they are something else, or are about nobody here', async () => {
    const test = new ExchangeTest({
      issuers: [{ issuer: IDP, keys: IDP_KEY, subject: () => undefined }],
    })
    expect(problem(await test.exchange(await test.foreign(), asJwt))).toEqual([
      400,
      'invalid_request',
      'subject_token is about nobody that this server knows',
    ])
    const logout = await test.foreign({}, IDP_KEY, 'logout+jwt')
    expect(problem(await test.exchange(logout, asJwt))[1]).toBe('invalid_request')
  })
})

describe('ID tokens of this server', () => {
  const idToken = (test: ExchangeTest, claims: Record<string, unknown> = {}, typ?: string): Promise<string> =>
    signJwt(
      { iss: ISSUER, sub: 'alice', aud: 'gateway', exp: test.now + 600, iat: test.now, ...claims } as JwtClaims,
      KEYS,
      { alg: 'ES256', ...(typ === undefined ? {} : { typ }) },
    )
  const asIdToken = { subject_token_type: ID_TOKEN, scope: 'read' }

  it('are taken from the client that they are for', async () => {
    const test = new ExchangeTest()
    expect(await test.exchanged(await idToken(test), asIdToken)).toMatchObject({
      subject: 'alice',
      scope: 'read',
      expires_at: test.now + 600,
    })
  })

  it('give no scope of their own', async () => {
    const test = new ExchangeTest()
    expect((await test.exchanged(await idToken(test), { ...asIdToken, scope: '' })).scope).toBe('')
  })

  it.each([
    ['of another client', { aud: 'web' }, undefined],
    ['expired', { exp: 1_700_000_000 }, undefined],
    ['of another issuer', { iss: 'https://other.example' }, undefined],
    ['that are access tokens', {}, 'at+jwt'],
    ['without sub', { sub: undefined }, undefined],
  ])('are refused: %s', async (_, claims, typ) => {
    const test = new ExchangeTest()
    expect(problem(await test.exchange(await idToken(test, claims, typ), asIdToken))).toEqual([
      400,
      'invalid_request',
      'subject_token is not a live ID token that this server issued to the client',
    ])
  })
})

describe('metadata', () => {
  it('name the grant', () => {
    expect(new ExchangeTest().test.server.metadata().grant_types_supported).toContain(GRANT)
  })
})
