import { describe, expect, it } from 'vitest'
import {
  basic,
  body,
  CLIENTS,
  codeRequest,
  problem,
  redirected,
  SECRET,
  TestServer,
  type TestServerOptions,
} from '../../../../test/support/authorization-server.ts'
import { DEVICE_CODE_GRANT, DeviceTest, TV } from '../../../../test/support/device-flow.ts'
import type { HttpResponse } from '../../../http/response.ts'
import { Key } from '../../../jose/jwk/index.ts'
import { KeySet } from '../../../jose/jwks/index.ts'
import { decodeUnverifiedJwt, type JwtClaims, verifyJwt } from '../../../jose/jwt/index.ts'
import type { Duration } from '../../../util/duration.ts'
import type { LifetimeContext } from '../lifetimes.ts'
import type { ResourceServer } from '../resources.ts'
import type { AccessTokenClaimsContext } from './claims.ts'
import { findAccessToken } from './find-access-token.ts'
import { tokenId } from './token-id.ts'

const HOUR = 3600
const DAY = 86_400
const PLAIN = 'https://plain.example/'
const SIGNED = 'https://signed.example/'
const EDWARDS = 'https://edwards.example/'
const SHORT = 'https://short.example/'
const RESOURCES: readonly ResourceServer[] = [
  { resource: PLAIN },
  { resource: SIGNED, accessTokenFormat: 'jwt', signingAlgorithm: 'ES256' },
  { resource: EDWARDS, accessTokenFormat: 'jwt', signingAlgorithm: 'EdDSA', accessTokenLifetime: '10m' },
  { resource: SHORT, accessTokenFormat: 'opaque', accessTokenLifetime: '5m' },
]
const keys = await KeySet.generate(['RS256', 'ES256', 'EdDSA'])
const secretKeys = await KeySet.generate(['HS256'])
const otherKeys = await KeySet.generate(['RS256', 'ES256'])

function create(options: TestServerOptions = {}): TestServer {
  return new TestServer({ keys, resources: RESOURCES, ...options })
}

/** The answer to a client that asks for itself. */
function ask(test: TestServer, ...resources: string[]): Promise<HttpResponse> {
  const form: [string, string][] = [
    ['grant_type', 'client_credentials'],
    ['scope', 'read'],
    ...resources.map((resource): [string, string] => ['resource', resource]),
  ]
  return test.token(form, basic())
}

async function tokenFor(test: TestServer, ...resources: string[]): Promise<string> {
  return body(await ask(test, ...resources))['access_token'] ?? ''
}

/** A code for several resources at once. */
async function codeFor(test: TestServer, ...resources: string[]): Promise<string> {
  const form = [
    ...Object.entries(codeRequest()),
    ...resources.map((resource): [string, string] => ['resource', resource]),
  ]
  return redirected(await test.authorize(form))['code'] ?? ''
}

async function lifetimeFor(test: TestServer, ...resources: string[]): Promise<unknown> {
  return body(await ask(test, ...resources))['expires_in']
}

describe('RFC 9068 §2.1, §3 the form of access tokens', () => {
  it('is the one that the resource wants, signed as it wants', async () => {
    const test = create()
    expect(await tokenFor(test)).toMatch(/^aw_at_/)
    expect(await tokenFor(test, PLAIN)).toMatch(/^aw_at_/)
    for (const [resource, alg] of [
      [SIGNED, 'ES256'],
      [EDWARDS, 'EdDSA'],
    ] as const) {
      const expected = { typ: 'at+jwt', audience: resource, algorithms: [alg], clock: () => test.time }
      const { header } = await verifyJwt(await tokenFor(test, resource), keys, expected)
      expect(header).toMatchObject({ alg, typ: 'at+jwt' })
    }
  })

  it('is a JWT for several where one wants it, with all of them in "aud"', async () => {
    const { claims } = decodeUnverifiedJwt(await tokenFor(create(), SHORT, SIGNED))
    expect(claims.aud).toEqual([SHORT, SIGNED])
  })

  it('cannot be two at once', async () => {
    expect(problem(await ask(create(), SIGNED, EDWARDS))).toEqual([
      400,
      'invalid_target',
      'resources that want different signatures need tokens of their own: ask for one at a time',
    ])
  })

  it('does not matter where nothing is signed', async () => {
    const resources = RESOURCES.map(({ accessTokenFormat: _, ...resource }) => resource)
    expect(await tokenFor(create({ resources }), SIGNED, EDWARDS)).toMatch(/^aw_at_/)
  })

  it.each([
    ['with', CLIENTS.web],
    ['without', { ...CLIENTS.web, grant_types: ['authorization_code'] }],
  ])(
    'RFC 8707 §2.2: of several that were granted may be asked for one by one: client %s refresh tokens',
    async (_, client) => {
      const test = create({ clients: [client] })
      const code = await codeFor(test, SIGNED, EDWARDS)
      expect(problem(await test.redeem(code))).toEqual([
        400,
        'invalid_target',
        'resources that want different signatures need tokens of their own: ask for one at a time',
      ])
      const { access_token = '' } = body(await test.redeem(code, { resource: EDWARDS }))
      expect(decodeUnverifiedJwt(access_token)).toMatchObject({ header: { alg: 'EdDSA' }, claims: { aud: EDWARDS } })
    },
  )

  it('RFC 8707 §2.2: holds for devices without refresh tokens, too', async () => {
    const flow = new DeviceTest({ keys, resources: RESOURCES, clients: [{ ...TV, grant_types: [DEVICE_CODE_GRANT] }] })
    const form: [string, string][] = [
      ['client_id', 'tv'],
      ['scope', 'read'],
      ['resource', SIGNED],
      ['resource', EDWARDS],
    ]
    const { device_code = '', user_code = '' } = body(await flow.ask(form))
    expect(await flow.approve(user_code)).toBe('done')
    expect(problem(await flow.poll(device_code)).slice(0, 2)).toEqual([400, 'invalid_target'])
    flow.test.wait(10)
    const { access_token = '' } = body(await flow.poll(device_code, { resource: SIGNED }))
    expect(decodeUnverifiedJwt(access_token).header.alg).toBe('ES256')
  })

  it('is the one of the resource also where all tokens are JWTs', async () => {
    const test = create({ accessTokenFormat: 'jwt' })
    expect(await tokenFor(test, SHORT)).toMatch(/^aw_at_/)
    expect(decodeUnverifiedJwt(await tokenFor(test, PLAIN)).header.alg).toBe('RS256')
  })

  it('is the one of the default audience, if it is a resource that is known', async () => {
    expect(decodeUnverifiedJwt(await tokenFor(create({ audience: EDWARDS }))).header.alg).toBe('EdDSA')
  })

  it('is recognised with whatever key it was signed', async () => {
    const test = create()
    for (const resource of [SIGNED, EDWARDS]) {
      const token = await tokenFor(test, resource)
      const found = await findAccessToken({ server: test.server, store: test.store, now: test.time / 1000 }, token)
      expect(found).toMatchObject({ client_id: 'web', audience: [resource] })
    }
  })

  it('may be asked of an RSA key that says no algorithm', async () => {
    const rsa = await Key.generate({ kty: 'RSA' })
    const resources: ResourceServer[] = [{ resource: SIGNED, accessTokenFormat: 'jwt', signingAlgorithm: 'PS384' }]
    const test = create({ keys: new KeySet([rsa]), resources })
    const token = await tokenFor(test, SIGNED)
    expect(decodeUnverifiedJwt(token).header.alg).toBe('PS384')
    const found = await findAccessToken({ server: test.server, store: test.store, now: test.time / 1000 }, token)
    expect(found?.audience).toEqual([SIGNED])
  })

  it.each<[TestServerOptions, string]>([
    [{ keys: new KeySet([]) }, '"keys" must hold a private asymmetric key to sign JWT access tokens with'],
    [{ keys: secretKeys }, '"keys" must hold a private asymmetric key to sign JWT access tokens with'],
    [
      { keys: otherKeys },
      '"resources" must name a "signingAlgorithm" that a private asymmetric key of the server is for',
    ],
    [{ tokenPrefix: 'a_b' }, '"tokenPrefix" must be 1 to 20 letters and digits'],
  ])('is checked at set-up: %#', (options, message) => {
    expect(() => create(options)).toThrow(message)
  })

  it('begins as the options say', async () => {
    const test = create({ tokenPrefix: 'acme' })
    expect(await test.tokens()).toMatchObject({
      access_token: expect.stringMatching(/^acme_at_/),
      refresh_token: expect.stringMatching(/^acme_rt_/),
    })
  })
})

describe('opaque tokens', () => {
  it('that were mangled are refused before the store is asked', async () => {
    const test = create()
    const { access_token: token = '', refresh_token: refresh = '' } = await test.tokens()
    const asked: string[] = []
    const store = {
      ...test.store,
      findAccessToken: (id: string) => {
        asked.push(id)
        return test.store.findAccessToken(id)
      },
    }
    const find = (value: string) => findAccessToken({ server: test.server, store, now: test.time / 1000 }, value)
    const mangled = `${token.slice(0, -1)}${token.endsWith('A') ? 'Q' : 'A'}`
    for (const value of ['', mangled, token.replace('_at_', '_rt_'), refresh, 'x'.repeat(43)])
      expect(await find(value)).toBeUndefined()
    expect(asked).toEqual([])
    expect(await find(token)).toMatchObject({ client_id: 'web' })
    expect(asked).toEqual([await tokenId(token)])
  })
})

describe('RFC 6749 §5.1 the lifetime of access tokens', () => {
  it('is the one of the resource, the shortest of several, or the usual one', async () => {
    const test = create()
    expect(await lifetimeFor(test)).toBe(HOUR)
    expect(await lifetimeFor(test, PLAIN)).toBe(HOUR)
    expect(await lifetimeFor(test, EDWARDS)).toBe(600)
    expect(await lifetimeFor(test, EDWARDS, SHORT, PLAIN)).toBe(300)
  })

  it('is what the rule says of client, grant and audience; without a word of it, as without it', async () => {
    const asked: LifetimeContext[] = []
    const accessToken = (context: LifetimeContext): Duration | undefined => {
      asked.push(context)
      return context.audience.includes(SHORT) ? '1m' : undefined
    }
    const test = create({ lifetimes: { accessToken } })
    expect(await lifetimeFor(test, SHORT)).toBe(60)
    expect(await lifetimeFor(test, EDWARDS)).toBe(600)
    expect(await lifetimeFor(test)).toBe(HOUR)
    expect(asked[0]).toEqual({ client: CLIENTS.web, grantType: 'client_credentials', audience: [SHORT] })
  })

  it('may differ for refresh tokens and grants, too', async () => {
    const refreshToken = ({ client }: LifetimeContext) => (client.client_id === 'web' ? '1h' : undefined)
    const test = create({ lifetimes: { refreshToken } })
    const { refresh_token = '' } = await test.tokens()
    test.wait(HOUR)
    expect((await test.refresh(refresh_token)).status).toBe(400)
  })
})

describe('RFC 9700 §4.14 nothing outlives its family', () => {
  it('whatever rule it has, and however often it is refreshed', async () => {
    const rule = (lifetime: Duration) => () => lifetime
    const lifetimes = { grant: rule('1h'), accessToken: rule('1d'), refreshToken: rule('30d') }
    const test = create({ lifetimes })
    const tokens = await test.tokens()
    expect(tokens['expires_in']).toBe(HOUR)
    test.wait(HOUR / 2)
    const next = body(await test.refresh(tokens['refresh_token'] ?? ''))
    expect(next['expires_in']).toBe(HOUR / 2)
    test.wait(HOUR / 2)
    expect(problem(await test.refresh(next['refresh_token'] ?? ''))).toEqual([
      400,
      'invalid_grant',
      'refresh_token is unknown, has expired or was revoked',
    ])
  })

  it('and a family without refresh token lives as long as its access token may', async () => {
    const clients = [{ ...CLIENTS.web, grant_types: ['authorization_code'] }]
    const test = create({ clients, lifetimes: { accessToken: () => '2d' } })
    const code = await test.code()
    test.wait(30)
    expect(body(await test.redeem(code))['expires_in']).toBe(2 * DAY)
  })
})

describe('RFC 8628 §3.5 the family of a device', () => {
  const lifetimes = {
    grant: ({ grantType }: LifetimeContext): Duration => (grantType === DEVICE_CODE_GRANT ? '1h' : '365d'),
    accessToken: (): Duration => '1d',
  }

  it('ends when the rule for grants says so', async () => {
    const flow = new DeviceTest({ lifetimes })
    const { device_code, user_code } = await flow.begin()
    await flow.approve(user_code)
    const tokens = body(await flow.poll(device_code))
    expect(tokens['expires_in']).toBe(HOUR)
    flow.test.wait(HOUR)
    const form = { grant_type: 'refresh_token', client_id: 'tv', refresh_token: tokens['refresh_token'] ?? '' }
    expect(problem(await flow.test.token(form)).slice(0, 2)).toEqual([400, 'invalid_grant'])
  })

  it('lives as long as its access token may where there is no refresh token', async () => {
    const flow = new DeviceTest({ lifetimes, clients: [{ ...TV, grant_types: [DEVICE_CODE_GRANT] }] })
    const { device_code, user_code } = await flow.begin()
    await flow.approve(user_code)
    expect(body(await flow.poll(device_code))['expires_in']).toBe(DAY)
  })
})

describe('RFC 9068 §2.2.3 claims of the application', () => {
  const accessTokenClaims = async ({ subject }: AccessTokenClaimsContext) =>
    subject === undefined ? undefined : { groups: ['staff'], roles: ['admin'], entitlements: ['print'] }

  it('RFC 9068 §2.2.3.1: are in JWTs and in what is kept of opaque tokens', async () => {
    const jwt = create({ accessTokenFormat: 'jwt', accessTokenClaims })
    const { claims } = decodeUnverifiedJwt((await jwt.tokens())['access_token'] ?? '')
    expect(claims).toMatchObject({ sub: 'alice', groups: ['staff'], roles: ['admin'], entitlements: ['print'] })
    const opaque = create({ accessTokenClaims })
    const record = await opaque.store.findAccessToken(await tokenId((await opaque.tokens())['access_token'] ?? ''))
    expect(record?.claims).toEqual({ groups: ['staff'], roles: ['admin'], entitlements: ['print'] })
  })

  it('are asked for by what the token is', async () => {
    const asked: AccessTokenClaimsContext[] = []
    const test = create({
      accessTokenClaims: (context) => {
        asked.push(context)
        return undefined
      },
    })
    await tokenFor(test, SIGNED)
    await test.tokens()
    expect(asked).toEqual([
      {
        client: CLIENTS.web,
        grantType: 'client_credentials',
        subject: undefined,
        scope: 'read',
        audience: [SIGNED],
        grant: undefined,
      },
      {
        client: CLIENTS.web,
        grantType: 'authorization_code',
        subject: 'alice',
        scope: 'read',
        audience: [],
        grant: expect.objectContaining({ subject: 'alice' }),
      },
    ])
  })

  it.each(['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'scope', 'client_id', 'grant_id', 'cnf', 'act', 'acr', 'active'])(
    'cannot say otherwise than the server: %s',
    async (name) => {
      const test = create({ accessTokenClaims: () => ({ [name]: 'mine' }) })
      const code = await test.code()
      expect(problem(await test.redeem(code)).slice(0, 2)).toEqual([500, 'server_error'])
    },
  )
})

describe('RFC 8693 §4.1, RFC 7800 §3.1 and RFC 8705 §3.1 "act" and "cnf"', () => {
  const act = { sub: 'robot', act: { sub: 'another' } }

  function withGrant(options: TestServerOptions): TestServer {
    const clients = [{ ...CLIENTS.service, grant_types: ['urn:example:acting'] }]
    const test = create({ ...options, clients })
    test.server.registerExtension({
      name: 'certificates',
      onTokenRequest: ({ binding }) => {
        binding['x5t#S256'] = 'certificate'
      },
    })
    test.server.registerGrant({
      grantType: 'urn:example:acting',
      grant: () => ({ subject: 'alice', scope: 'read', act }),
    })
    return test
  }

  const form = { grant_type: 'urn:example:acting', client_id: 'service', client_secret: SECRET }

  it('are in JWTs, and found in them again', async () => {
    const test = withGrant({ accessTokenFormat: 'jwt' })
    const { access_token: token = '', token_type } = body(await test.token(form))
    const { claims }: { claims: JwtClaims } = decodeUnverifiedJwt(token)
    expect(claims).toMatchObject({ act, cnf: { 'x5t#S256': 'certificate' } })
    // Only DPoP has a type of its own. RFC 8705 §3
    expect(token_type).toBe('Bearer')
    const found = await findAccessToken({ server: test.server, store: test.store, now: test.time / 1000 }, token)
    expect(found).toMatchObject({ act, cnf: { 'x5t#S256': 'certificate' } })
  })

  it('are kept with opaque tokens', async () => {
    const test = withGrant({})
    const { access_token: token = '' } = body(await test.token(form))
    expect(await test.store.findAccessToken(await tokenId(token))).toMatchObject({
      act,
      cnf: { 'x5t#S256': 'certificate' },
    })
  })
})
