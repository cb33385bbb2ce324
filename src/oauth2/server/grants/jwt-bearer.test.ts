import { describe, expect, it } from 'vitest'
import {
  basic,
  body,
  CLIENTS,
  type Form,
  ISSUER,
  later,
  problem,
  TestServer,
  type TestServerOptions,
} from '../../../../test/support/authorization-server.ts'
import type { HttpResponse } from '../../../http/response.ts'
import { headerOf } from '../../../http/response.ts'
import { Key } from '../../../jose/jwk/index.ts'
import { type JwtClaims, signJwt } from '../../../jose/jwt/index.ts'
import { ConfigurationError } from '../../../util/configuration-error.ts'
import type { Attempt } from '../attempt.ts'
import { findAccessToken } from '../tokens/find-access-token.ts'
import { type AssertionIssuer, JwtBearerGrant, type JwtBearerOptions } from './jwt-bearer.ts'

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const IDP = 'https://idp.example'
const KEY = await Key.generate('ES256', { kid: 'k1' })
const OTHER_KEY = await Key.generate('ES256', { kid: 'k1' })
const SHARED = await Key.generate('HS256')
const WEB = { ...CLIENTS.web, grant_types: [GRANT, 'refresh_token'], scope: 'openid read write' }

const idp: AssertionIssuer = {
  issuer: IDP,
  keys: KEY,
  subject: ({ sub }) => (sub === 'their-alice' ? 'alice' : undefined),
  scope: 'read',
}

class BearerTest {
  readonly test: TestServer

  constructor(options: Partial<JwtBearerOptions> = {}, server: TestServerOptions = {}) {
    this.test = new TestServer({ clients: [WEB], ...server })
    this.test.server.registerGrant(JwtBearerGrant, { issuers: [idp], ...options })
  }

  get now(): number {
    return Math.floor(this.test.time / 1000)
  }

  assertion(claims: Record<string, unknown> = {}, key = KEY, typ?: string): Promise<string> {
    const stamped: JwtClaims = {
      iss: IDP,
      sub: 'their-alice',
      aud: ISSUER,
      iat: this.now,
      exp: this.now + 300,
      jti: 'one',
      ...claims,
    }
    return signJwt(stamped, key, typ === undefined ? {} : { typ })
  }

  present(assertion: string, parameters: Record<string, string> = {}, headers = basic()): Promise<HttpResponse> {
    return this.test.token({ grant_type: GRANT, assertion, ...parameters }, headers)
  }

  async refusal(claims: Record<string, unknown>, key = KEY, typ?: string): Promise<unknown> {
    return problem(await this.present(await this.assertion(claims, key, typ)))
  }

  reasonIsLogged(reason: string): boolean {
    return this.test.log.some((line) => line.includes(reason))
  }
}

describe('RFC 7523 §2.1 an assertion is exchanged', () => {
  it('for an access token about the one whom it is about here, and for no refresh token', async () => {
    const bearer = new BearerTest()
    const response = await bearer.present(await bearer.assertion())
    expect(response.status).toBe(200)
    expect(headerOf(response, 'cache-control')).toBe('no-store')
    expect(body(response)).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'read',
    })
    const context = { server: bearer.test.server, store: bearer.test.store, now: bearer.now }
    expect(await findAccessToken(context, body(response)['access_token'] ?? '')).toMatchObject({
      client_id: 'web',
      subject: 'alice',
    })
  })

  it('for the scope that is asked for', async () => {
    const bearer = new BearerTest({ issuers: [{ ...idp, scope: 'read write' }] })
    expect(body(await bearer.present(await bearer.assertion(), { scope: 'write' }))['scope']).toBe('write')
  })

  it.each([
    ['both say: what they have in common', 'openid read', 'read write', 'read'],
    ['the client does not: what the issuer can give', undefined, 'read write', 'read write'],
    ['the issuer does not: what the client may have', 'openid read', undefined, 'openid read'],
    ['neither does: nothing', undefined, undefined, undefined],
  ])('without a scope where %s', async (_, ofClient, ofIssuer, expected) => {
    const { scope: _scope, ...client } = WEB
    const { scope: _ceiling, ...issuer } = idp
    const bearer = new BearerTest(
      { issuers: [ofIssuer === undefined ? issuer : { ...issuer, scope: ofIssuer }] },
      { clients: [ofClient === undefined ? client : { ...client, scope: ofClient }] },
    )
    expect(body(await bearer.present(await bearer.assertion()))['scope']).toBe(expected)
  })

  it('may call this server by another name, where that was agreed', async () => {
    const bearer = new BearerTest({ issuers: [{ ...idp, audience: 'urn:authwright' }] })
    expect((await bearer.present(await bearer.assertion({ aud: 'urn:authwright' }))).status).toBe(200)
    expect(await bearer.refusal({ jti: 'two' })).toMatchObject([400, 'invalid_grant', expect.stringContaining("'aud'")])
  })
})

describe('RFC 7523 §3, §3.1 an assertion is refused', () => {
  it.each([
    ['without sub', { sub: undefined }, '"sub"', 'assertion_sub'],
    ['without aud', { aud: undefined }, '"aud"', 'assertion_aud'],
    ['without exp', { exp: undefined }, '"exp"', 'assertion_exp'],
    ['without jti', { jti: undefined }, '"jti"', 'assertion_jti'],
    ['with the token endpoint as aud', { aud: `${ISSUER}/token` }, '"aud"', 'assertion_aud'],
    [
      'CVE-2025-27370: with others beside us in aud',
      { aud: [ISSUER, 'https://evil.example'] },
      '"aud"',
      'assertion_aud',
    ],
    ['expired', { exp: 1_700_000_000 - 31 }, '"exp"', 'assertion_expired'],
    ['not yet valid', { nbf: 1_700_000_031 }, '"nbf"', 'assertion_not_yet_valid'],
    ['from the future', { iat: 1_700_000_031 }, '"iat"', 'assertion_not_yet_valid'],
    ['with a life of more than an hour', { exp: 1_700_003_700 }, '"exp"', 'assertion_lifetime'],
    [
      'about nobody here',
      { sub: 'their-bob' },
      'assertion is about nobody that this server knows',
      'assertion_subject',
    ],
    ['about one who is called like ours', { sub: 'alice' }, 'about nobody', 'assertion_subject_unknown'],
    [
      'of another issuer',
      { iss: 'https://other.example' },
      'assertion is not a JWT of an issuer that this client may present',
      'assertion_issuer_unknown',
    ],
    ['without issuer', { iss: undefined }, 'assertion is not a JWT of an issuer', 'assertion_issuer_unknown'],
  ])('%s', async (_, claims, sentence, reason) => {
    const bearer = new BearerTest()
    const [status, error, description] = problem(await bearer.present(await bearer.assertion(claims)))
    expect([status, error]).toEqual([400, 'invalid_grant'])
    expect(description).toContain(sentence.replaceAll('"', "'"))
    expect(bearer.reasonIsLogged(reason)).toBe(true)
  })

  it.each([
    ['signed with another key', OTHER_KEY, 'assertion_signature'],
    ['signed with a secret', SHARED, 'assertion_algorithm'],
  ])('%s', async (_, key, reason) => {
    const bearer = new BearerTest()
    expect(await bearer.refusal({}, key)).toMatchObject([400, 'invalid_grant', expect.any(String)])
    expect(bearer.reasonIsLogged(reason)).toBe(true)
  })

  it('that says it is something else', async () => {
    const bearer = new BearerTest()
    expect(await bearer.refusal({}, KEY, 'at+jwt')).toMatchObject([400, 'invalid_grant', expect.any(String)])
    expect(bearer.reasonIsLogged('assertion_type')).toBe(true)
  })

  it.each(['', 'x', 'a.b.c', `${btoa('{"alg":"none"}')}.${btoa(`{"iss":"${IDP}"}`)}.`])(
    'that is no signed JWT: %j',
    async (assertion) => {
      const bearer = new BearerTest()
      const expected = assertion === '' ? [400, 'invalid_request'] : [400, 'invalid_grant']
      expect(problem(await bearer.present(assertion)).slice(0, 2)).toEqual(expected)
    },
  )

  it('whose algorithm is not one of those that were agreed', async () => {
    const bearer = new BearerTest({ issuers: [{ ...idp, algorithms: ['PS256'] }] })
    expect(await bearer.refusal({})).toMatchObject([400, 'invalid_grant', expect.any(String)])
  })

  it('that another client may present, but not this one', async () => {
    const bearer = new BearerTest({ issuers: [{ ...idp, clients: ['native'] }] })
    expect(await bearer.refusal({})).toEqual([
      400,
      'invalid_grant',
      'assertion is not a JWT of an issuer that this client may present',
    ])
  })

  it('twice', async () => {
    const bearer = new BearerTest()
    const assertion = await bearer.assertion()
    expect((await bearer.present(assertion)).status).toBe(200)
    expect(problem(await bearer.present(assertion))).toEqual([
      400,
      'invalid_grant',
      "'jti' (JWT ID) claim was used before: each assertion is accepted once",
    ])
  })

  it('of sixteen at once all but one', async () => {
    const bearer = new BearerTest({}, { turn: later })
    const assertion = await bearer.assertion()
    const answers = await Promise.all(Array.from({ length: 16 }, () => bearer.present(assertion)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  it('when the keys of its issuer cannot be had: later it may pass', async () => {
    const { keys: _, ...issuer } = idp
    const transport = () => Promise.reject(new Error('network is down'))
    const bearer = new BearerTest({ issuers: [{ ...issuer, jwksUri: 'https://idp.example/jwks' }], transport })
    const response = await bearer.present(await bearer.assertion())
    expect(problem(response)).toEqual([503, 'temporarily_unavailable', "the issuer's keys cannot be had now"])
    expect(headerOf(response, 'retry-after')).toBe('5')
  })
})

describe('scope', () => {
  it.each([
    ['admin', 'scope asks for more than this client is registered for'],
    ['write', 'scope asks for more than the issuer of the assertion can give'],
    ['a"b', 'scope must be a list of scope tokens separated by spaces'],
  ])('%s is refused, and the assertion can be used again', async (scope, sentence) => {
    const bearer = new BearerTest()
    const assertion = await bearer.assertion()
    expect(problem(await bearer.present(assertion, { scope }))).toEqual([400, 'invalid_scope', sentence])
    expect((await bearer.present(assertion)).status).toBe(200)
  })
})

describe('RFC 7521 §4.1 who presents it', () => {
  const named = { issuers: [{ ...idp, clientId: 'web' }] }

  it.each([
    ['no credentials', {}, {}, [400, 'invalid_client', 'client authentication failed']],
    ['wrong ones', {}, basic('web', 'wrong'), [401, 'invalid_client', 'client authentication failed']],
    ['a client id only', { client_id: 'web' }, {}, [400, 'invalid_client', 'client authentication failed']],
  ] as [string, Record<string, string>, Record<string, string>, unknown][])(
    'authenticates: %s',
    async (_, parameters, headers, expected) => {
      const bearer = new BearerTest()
      expect(problem(await bearer.present(await bearer.assertion(), parameters, headers))).toEqual(expected)
    },
  )

  it('is the one that the issuer stands for, where the options say so and the request says nothing', async () => {
    const bearer = new BearerTest(named)
    expect((await bearer.present(await bearer.assertion(), {}, {})).status).toBe(200)
  })

  it.each([
    ['the assertion is not proven', { jti: undefined }, KEY],
    ['its signature is wrong', {}, OTHER_KEY],
  ])('is nobody where %s', async (_, claims, key) => {
    const bearer = new BearerTest(named)
    expect(problem(await bearer.present(await bearer.assertion(claims, key), {}, {}))[1]).toBe('invalid_grant')
  })

  it('authenticates all the same where the request names a client', async () => {
    const bearer = new BearerTest(named)
    const assertion = await bearer.assertion()
    for (const form of [{ client_id: 'web' }, { client_secret: 'x' }, { client_assertion: 'x' }] as Form[]) {
      const response = await bearer.test.token({ grant_type: GRANT, assertion, ...(form as object) }, {})
      expect(problem(response)[1]).toBe('invalid_client')
    }
    expect(problem(await bearer.present(assertion, {}, basic('web', 'wrong')))[1]).toBe('invalid_client')
  })

  it('is limited like one that says who it is', async () => {
    const asked: unknown[] = []
    const rateLimit = ({ kind, clientId }: Attempt) => {
      asked.push([kind, clientId])
      return kind === 'client' ? { retryAfter: 7 } : undefined
    }
    const bearer = new BearerTest(named, { rateLimit })
    const response = await bearer.present(await bearer.assertion(), {}, {})
    expect([response.status, headerOf(response, 'retry-after')]).toEqual([429, '7'])
    expect(asked).toEqual([
      ['request', undefined],
      ['client', 'web'],
    ])
  })

  it('has to be registered for the grant', async () => {
    const bearer = new BearerTest(named, { clients: [CLIENTS.web] })
    expect(problem(await bearer.present(await bearer.assertion(), {}, {}))[1]).toBe('unauthorized_client')
    const gone = new BearerTest(named, { clients: [] })
    expect(problem(await gone.present(await gone.assertion(), {}, {}))[1]).toBe('invalid_client')
  })
})

describe('setting it up', () => {
  it('tells every problem of the issuers at once', () => {
    const issuers = [
      { issuer: IDP, subject: () => 'x' },
      { issuer: IDP, keys: KEY, jwksUri: 'http://idp.example', subject: () => 'x' },
      { issuer: '', keys: KEY, algorithms: ['none'], audience: [], subject: undefined as unknown as () => string },
    ]
    const build = () => new JwtBearerGrant({ issuers })
    expect(build).toThrow(ConfigurationError)
    for (const problem of [
      '"issuers" names one issuer twice',
      '"issuers[0].keys" or "jwksUri" must be given, one of them',
      '"issuers[1].jwksUri" must be https',
      '"issuers[2].issuer" is missing',
      '"issuers[2].algorithms" must name at least one signature algorithm',
      '"issuers[2].audience" must name at least one',
      '"issuers[2].subject" must be a function',
    ]) {
      expect(build).toThrow(problem)
    }
    expect(() => new JwtBearerGrant({ issuers: [], leeway: -1 })).toThrow('"leeway" must be a duration')
  })
})

describe('RFC 8707 §2 the resource that a token is for', () => {
  const resources = [{ resource: 'https://api.example', scopes: ['read'] }]

  it('is the one that is named', async () => {
    const bearer = new BearerTest({}, { resources })
    const response = await bearer.present(await bearer.assertion(), { resource: 'https://api.example' })
    const context = { server: bearer.test.server, store: bearer.test.store, now: bearer.now }
    const record = await findAccessToken(context, body(response)['access_token'] ?? '')
    expect([record?.audience, record?.scope]).toEqual([['https://api.example'], 'read'])
  })

  it('is refused where the server does not know it, before the assertion is used up', async () => {
    const bearer = new BearerTest({}, { resources })
    const assertion = await bearer.assertion()
    expect(problem(await bearer.present(assertion, { resource: 'https://other.example' }))[1]).toBe('invalid_target')
    expect((await bearer.present(assertion)).status).toBe(200)
  })
})
