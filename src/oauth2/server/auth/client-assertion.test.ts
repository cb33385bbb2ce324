import { beforeAll, describe, expect, it } from 'vitest'
import {
  basic,
  CLIENTS,
  ISSUER,
  post,
  problem,
  SECRET,
  TestServer,
} from '../../../../test/support/authorization-server.ts'
import { hashGeneratedSecret } from '../../../crypto/password.ts'
import type { OutgoingRequest, Transport } from '../../../http/fetch.ts'
import { RequestParameters } from '../../../http/form.ts'
import { headerOf } from '../../../http/response.ts'
import { Key } from '../../../jose/jwk/index.ts'
import { type JwtClaims, type SignJwtOptions, signJwt } from '../../../jose/jwt/index.ts'
import { encodeBase64url } from '../../../util/base64url.ts'
import { encodeUtf8 } from '../../../util/bytes.ts'
import { JWT_CLIENT_ASSERTION } from '../../client-assertion.ts'
import { ClientKeys } from '../client-keys.ts'
import { defineClient } from '../define-client.ts'
import type { Client } from '../records.ts'
import { ClientSecretJwt } from './client-secret-jwt.ts'
import { PrivateKeyJwt, type PrivateKeyJwtOptions } from './private-key-jwt.ts'

const GRANT = { grant_type: 'client_credentials', scope: 'read' }
const FAILED = [400, 'invalid_client', 'client authentication failed']
const NOW = 1_700_000_000

let key: Key
let otherKey: Key
let rsa: Key
let secretKey: Key
let signer: Client
let computer: Client
let jtis = 0

beforeAll(async () => {
  key = await Key.generate('ES256', { kid: 'k1' })
  otherKey = await Key.generate('ES256', { kid: 'k1' })
  rsa = await Key.generate('PS256', { kid: 'r1' })
  secretKey = await Key.import({ kty: 'oct', k: encodeBase64url(encodeUtf8(SECRET)) })
  signer = {
    client_id: 'signer',
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: { keys: [{ ...key.toPublicJwk() }, { ...rsa.toPublicJwk() }] },
    grant_types: ['client_credentials'],
  }
  computer = await defineClient({
    client_id: 'computer',
    client_secret: SECRET,
    token_endpoint_auth_method: 'client_secret_jwt',
    grant_types: ['client_credentials'],
  })
})

function server(options: PrivateKeyJwtOptions = {}, clients: readonly Client[] = []): TestServer {
  const test = new TestServer({ clients: [signer, computer, ...Object.values(CLIENTS), ...clients] })
  test.server.registerClientAuthMethod(PrivateKeyJwt, options).registerClientAuthMethod(ClientSecretJwt, options)
  return test
}

/** What a claim is given in place of the right value; `undefined` leaves it out. */
type Changes = { readonly [Name in keyof JwtClaims]: JwtClaims[Name] | undefined }

function claims(client: string, changes: Changes = {}): JwtClaims {
  jtis += 1
  const right = { iss: client, sub: client, aud: ISSUER, iat: NOW, exp: NOW + 60, jti: `j${jtis}` }
  return Object.fromEntries(Object.entries({ ...right, ...changes }).filter(([, value]) => value !== undefined))
}

/** The credentials, signed; by the first client with its first key unless told otherwise. */
async function assert(
  more: Changes = {},
  { by = key, ...options }: SignJwtOptions & { by?: Key } = {},
): Promise<Record<string, string>> {
  return credentials(await signJwt(claims('signer', more), by, options))
}

function credentials(client_assertion: string): Record<string, string> {
  return { ...GRANT, client_assertion_type: JWT_CLIENT_ASSERTION, client_assertion }
}

/** Nobody signed it. */
function compact(header: string, signature: string): string {
  return `${encodeBase64url(encodeUtf8(header))}.${encodeBase64url(encodeUtf8('{"sub":"signer"}'))}.${signature}`
}

function lastReason(test: TestServer): unknown {
  return test.events.findLast(({ event }) => event === 'client.refused')?.['reason']
}

describe('RFC 7521 §4.2, RFC 7523 §3 private_key_jwt', () => {
  it('proves the client', async () => {
    const test = server()
    expect((await test.token(await assert())).status).toBe(200)
    expect(test.events.at(-1)).toMatchObject({ event: 'token.issued', clientId: 'signer' })
  })

  it.each([
    ['the same client_id beside it', {}, {}, { client_id: 'signer' }],
    ['a list of one audience', { aud: [ISSUER] }, {}, {}],
    ['the explicit type of RFC 7523bis', {}, { typ: 'client-authentication+jwt' }, {}],
    ['a clock that is 30 seconds ahead', { iat: NOW + 30, nbf: NOW + 30, exp: NOW + 90 }, {}, {}],
  ] as [string, Changes, SignJwtOptions, Record<string, string>][])('accepts %s', async (_, more, options, params) => {
    expect((await server().token({ ...(await assert(more, options)), ...params })).status).toBe(200)
  })

  it.each<[string, string, Changes, SignJwtOptions]>([
    ['the audience of another server', 'client_assertion_aud', { aud: 'https://other.example' }, {}],
    ['no audience', 'client_assertion_aud', { aud: undefined }, {}],
    ['an empty list of audiences', 'client_assertion_aud', { aud: [] }, {}],
    ['CVE-2025-27370: us among other audiences', 'client_assertion_aud', { aud: [ISSUER, 'https://evil.example'] }, {}],
    ['CVE-2025-27371: our token endpoint as audience', 'client_assertion_aud', { aud: `${ISSUER}/token` }, {}],
    ['an audience that only begins like us', 'client_assertion_aud', { aud: `${ISSUER}/` }, {}],
    ['another issuer', 'client_assertion_iss', { iss: 'computer' }, {}],
    ['no issuer', 'client_assertion_iss', { iss: undefined }, {}],
    ['no exp', 'client_assertion_exp', { exp: undefined }, {}],
    ['exp in the past', 'client_assertion_expired', { exp: NOW - 31 }, {}],
    ['a life of more than an hour', 'client_assertion_lifetime', { exp: NOW + 3632 }, {}],
    ['a life of more than an hour since iat', 'client_assertion_lifetime', { iat: NOW - 3600, exp: NOW + 60 }, {}],
    ['nbf in the future', 'client_assertion_not_yet_valid', { nbf: NOW + 31 }, {}],
    ['iat in the future', 'client_assertion_not_yet_valid', { iat: NOW + 31 }, {}],
    ['no jti', 'client_assertion_jti', { jti: undefined }, {}],
    ['an empty jti', 'client_assertion_jti', { jti: '' }, {}],
    ['the type of an access token', 'client_assertion_type', {}, { typ: 'at+jwt' }],
    ['the type of a request object', 'client_assertion_type', {}, { typ: 'oauth-authz-req+jwt' }],
  ])('refuses %s: %s', async (_, reason, more, options) => {
    const test = server()
    expect(problem(await test.token(await assert(more, options)))).toEqual(FAILED)
    expect(lastReason(test)).toBe(reason)
    expect(test.log.join()).not.toContain(ISSUER)
  })

  it('refuses a subject that is another client: it is that client that has to sign', async () => {
    const test = server()
    expect(problem(await test.token(await assert({ sub: 'computer' })))).toEqual(FAILED)
    expect(lastReason(test)).toBe('client_auth_method_mismatch')
    expect(problem(await test.token(await assert({ sub: 'nobody' })))).toEqual(FAILED)
    expect(lastReason(test)).toBe('client_unknown')
    expect(problem(await test.token(await assert({ sub: undefined })))).toEqual(FAILED)
    expect(lastReason(test)).toBe('client_unknown')
  })

  it('refuses a subject that is another client, whoever asks the method', async () => {
    const { server: handle, store, time } = server()
    const params = RequestParameters.fromEntries(Object.entries(await assert({ sub: 'computer' })))
    const context = {
      server: handle,
      request: post('/token', {}),
      params,
      store,
      issuer: ISSUER,
      now: time / 1000,
      beforeSlowWork: async () => undefined,
    }
    await expect(new PrivateKeyJwt().verify(signer, context)).rejects.toMatchObject({
      code: 'invalid_client',
      reason: 'client_assertion_sub',
    })
  })

  it('refuses a signature by another key', async () => {
    const test = server()
    expect(problem(await test.token(await assert({}, { by: otherKey })))).toEqual(FAILED)
    expect(lastReason(test)).toBe('client_assertion_signature')
  })

  it('refuses a key that the token brings along (CVE-2022-39175, CVE-2026-27962)', async () => {
    const test = server()
    const jwt = await assert({}, { by: otherKey, header: { jwk: otherKey.toPublicJwk() } })
    expect(problem(await test.token(jwt))).toEqual(FAILED)
    expect(lastReason(test)).toBe('client_assertion_signature')
  })

  it.each([
    ['no JWT', 'malformed', 'not-a-jwt'],
    ['alg none', 'algorithm', compact('{"alg":"none"}', '')],
    ['an unknown critical extension', 'malformed', compact('{"alg":"ES256","crit":["x"],"x":1}', 'AA')],
    ['a header that is too long', 'malformed', compact(`{"alg":"ES256","x":"${'x'.repeat(9000)}"}`, 'AA')],
  ])('refuses %s: client_assertion_%s', async (_, problemName, jwt) => {
    const test = server()
    expect(problem(await test.token({ ...credentials(jwt), client_id: 'signer' }))).toEqual(FAILED)
    expect(lastReason(test)).toBe(`client_assertion_${problemName}`)
  })

  it('refuses another client_id beside it', async () => {
    expect(problem(await server().token({ ...(await assert()), client_id: 'computer' }))).toEqual([
      400,
      'invalid_request',
      'client_id must be the client that the credentials belong to',
    ])
  })

  it.each([
    [
      'another client_assertion_type',
      { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' },
    ],
    ['another spelling of it', { client_assertion_type: JWT_CLIENT_ASSERTION.toUpperCase() }],
    ['no client_assertion_type', { client_assertion_type: '' }],
    ['no client_assertion', { client_assertion: '' }],
  ])('refuses %s, also for a client that needs no credentials', async (_, params) => {
    const test = server()
    expect(problem(await test.token({ ...(await assert()), ...params }))).toEqual(FAILED)
    expect(lastReason(test)).toBe('client_credentials_missing')
    expect(problem(await test.token({ ...(await assert()), ...params, client_id: 'spa' }))).toEqual(FAILED)
  })

  it('refuses it together with another method', async () => {
    const several = [400, 'invalid_request', 'request must use one client authentication method, not several']
    const test = server()
    expect(problem(await test.token(await assert(), basic('signer')))).toEqual(several)
    expect(problem(await test.token({ ...(await assert()), client_secret: SECRET }))).toEqual(several)
    const unread = { ...(await assert()), client_assertion_type: 'urn:x' }
    expect(problem(await test.token(unread, basic()))).toEqual(several)
  })

  it('refuses it twice', async () => {
    const form = Object.entries(await assert())
    const twice = form.filter(([name]) => name === 'client_assertion')
    expect(problem(await server().token([...form, ...twice] as [string, string][]))).toEqual([
      400,
      'invalid_request',
      'each parameter must be sent once',
    ])
  })
})

describe('RFC 7523 §3 and GHSA-3p3g-vpw6-4w66: an assertion is accepted once', () => {
  it('and never again, not even after it has expired', async () => {
    const test = server()
    const request = await assert()
    expect((await test.token(request)).status).toBe(200)
    expect(problem(await test.token(request))).toEqual(FAILED)
    expect(lastReason(test)).toBe('client_assertion_replayed')
    test.wait(89)
    expect(problem(await test.token(request))).toEqual(FAILED)
    expect(lastReason(test)).toBe('client_assertion_replayed')
    test.wait(1)
    expect(problem(await test.token(request))).toEqual(FAILED)
    expect(lastReason(test)).toBe('client_assertion_expired')
  })

  it('by one of sixteen at the same time', async () => {
    const test = server()
    const request = await assert()
    const responses = await Promise.all(Array.from({ length: 16 }, () => test.token(request)))
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(test.events.filter(({ reason }) => reason === 'client_assertion_replayed')).toHaveLength(15)
  })

  it('and is not used up by whoever signs wrongly, nor by another client', async () => {
    const test = server({}, [{ ...signer, client_id: 'second' }])
    expect(problem(await test.token(await assert({ jti: 'same' }, { by: otherKey })))).toEqual(FAILED)
    expect(problem(await test.token(await assert({ jti: 'same', aud: 'https://other.example' })))).toEqual(FAILED)
    const second = credentials(await signJwt(claims('second', { jti: 'same' }), key))
    expect((await test.token(second)).status).toBe(200)
    expect((await test.token(await assert({ jti: 'same' }))).status).toBe(200)
  })
})

describe('OIDC Core §9 client_secret_jwt', () => {
  const sign = async (by: Key = secretKey, alg = 'HS256'): Promise<Record<string, string>> =>
    credentials(await signJwt(claims('computer'), by, { alg }))

  it('proves the client', async () => {
    expect((await server().token(await sign())).status).toBe(200)
  })

  it('refuses another secret, and the text of the hash', async () => {
    const test = server()
    const wrong = await Key.generate('HS256')
    expect(problem(await test.token(await sign(wrong)))).toEqual(FAILED)
    expect(lastReason(test)).toBe('client_assertion_signature')
    const hash = encodeBase64url(encodeUtf8(computer.client_secrets?.[0]?.hash ?? ''))
    expect(problem(await test.token(await sign(await Key.import({ kty: 'oct', k: hash }))))).toEqual(FAILED)
  })

  it('takes either of two live secrets, and none that has expired', async () => {
    const value = 'another-secret-of-enough-characters'
    const newer = { hash: await hashGeneratedSecret(value), value }
    const [old] = computer.client_secrets ?? []
    const ends = { hash: '', ...old, expires_at: NOW + 10 }
    const test = server({}, [{ ...computer, client_id: 'two', client_secrets: [newer, ends] }])
    const newKey = await Key.import({ kty: 'oct', k: encodeBase64url(encodeUtf8(value)) })
    const use = async (by: Key): Promise<number> =>
      (await test.token(credentials(await signJwt(claims('two'), by, { alg: 'HS256' })))).status
    expect([await use(newKey), await use(secretKey)]).toEqual([200, 200])
    test.wait(10)
    expect([await use(newKey), await use(secretKey)]).toEqual([200, 400])
  })

  it('fails for a client whose secret was stored as a hash only', async () => {
    const client_secrets = [{ hash: await hashGeneratedSecret(SECRET) }]
    const test = server({}, [{ ...computer, client_id: 'computer2', client_secrets }])
    expect(
      problem(await test.token(credentials(await signJwt(claims('computer2'), secretKey, { alg: 'HS256' })))),
    ).toEqual(FAILED)
    expect(lastReason(test)).toBe('client_assertion_key')
  })
})

describe('RFC 8725 §3.1 the algorithm is the one of the registration', () => {
  it('refuses another one, although the key would fit', async () => {
    const test = server({}, [
      { ...signer, client_id: 'es', token_endpoint_auth_signing_alg: 'ES256' },
      { ...signer, client_id: 'hs', token_endpoint_auth_signing_alg: 'HS256' },
    ])
    const status = async (client: string, by: Key, alg: string): Promise<number> =>
      (await test.token(credentials(await signJwt(claims(client), by, { alg })))).status
    expect(await status('es', key, 'ES256')).toBe(200)
    expect(await status('es', rsa, 'PS256')).toBe(400)
    expect(lastReason(test)).toBe('client_assertion_algorithm')
    expect(await status('hs', key, 'ES256')).toBe(400)
    expect(lastReason(test)).toBe('client_assertion_algorithm')
  })

  it('refuses an algorithm that the server was not given', async () => {
    const test = server({ algorithms: ['ES256'] })
    expect(problem(await test.token(await assert({}, { by: rsa, alg: 'PS256' })))).toEqual(FAILED)
    expect(lastReason(test)).toBe('client_assertion_algorithm')
  })

  it('takes no public key for a secret (CVE-2016-5431)', async () => {
    const test = server()
    const publicKey = await Key.import({
      kty: 'oct',
      k: encodeBase64url(encodeUtf8(JSON.stringify(key.toPublicJwk()).slice(1))),
    })
    const jwt = await signJwt(claims('signer'), publicKey, { alg: 'HS256' })
    expect(problem(await test.token(credentials(jwt)))).toEqual(FAILED)
    expect(lastReason(test)).toBe('client_auth_method_mismatch')
  })
})

describe('RFC 7591 §2 keys of clients', () => {
  const found = (keys: readonly object[]) => ({
    status: 200,
    headers: [],
    body: encodeUtf8(JSON.stringify({ keys })),
  })

  it('are fetched from jwks_uri once, and again for a key that is not there', async () => {
    const requests: OutgoingRequest[] = []
    let published: Key = otherKey
    let time = 0
    const transport: Transport = async (request) => {
      requests.push(request)
      return found([published.toPublicJwk()])
    }
    const { jwks: _, ...rest } = signer
    const remote = { ...rest, client_id: 'remote', jwks_uri: 'https://client.example/jwks' }
    const clientKeys = new ClientKeys({ transport, clock: () => time })
    const test = server({ clientKeys }, [remote])
    const status = async (by: Key): Promise<number> =>
      (await test.token(credentials(await signJwt(claims('remote'), by)))).status
    expect([await status(otherKey), await status(otherKey)]).toEqual([200, 200])
    expect(requests.map(({ url }) => url)).toEqual(['https://client.example/jwks'])
    published = await Key.generate('ES256', { kid: 'k2' })
    time += 60_000
    expect(await status(published)).toBe(200)
    expect(requests).toHaveLength(2)
  })

  it("are nobody's while they cannot be fetched", async () => {
    const clientKeys = new ClientKeys({ transport: () => Promise.reject(new Error('away')) })
    const { jwks: _, ...rest } = signer
    const test = server({ clientKeys }, [{ ...rest, client_id: 'remote', jwks_uri: 'https://client.example/jwks' }])
    expect(problem(await test.token(credentials(await signJwt(claims('remote'), key))))).toEqual(FAILED)
    expect(lastReason(test)).toBe('client_assertion_keys_unavailable')
  })

  it('CVE-2026-22752: are not fetched from the own network', async () => {
    const { jwks: _, ...rest } = signer
    const test = server({}, [{ ...rest, client_id: 'remote', jwks_uri: 'https://169.254.169.254/jwks' }])
    expect(problem(await test.token(credentials(await signJwt(claims('remote'), key))))).toEqual(FAILED)
    expect(lastReason(test)).toBe('client_assertion_keys_unavailable')
  })

  it('count no more when the registration changes', async () => {
    const test = server()
    const changed = { ...signer, jwks: { keys: [{ ...otherKey.toPublicJwk() }] } }
    expect((await test.token(await assert())).status).toBe(200)
    Object.assign(test.store, { findClient: () => changed })
    expect(problem(await test.token(await assert()))).toEqual(FAILED)
    expect((await test.token(await assert({}, { by: otherKey }))).status).toBe(200)
  })

  it.each([
    ['nothing', undefined],
    ['no key set', { keys: 'none' }],
    ['secrets', { keys: [{ kty: 'oct', k: encodeBase64url(encodeUtf8(SECRET)) }] }],
  ])('are none where %s was registered', async (_, jwks) => {
    const { jwks: __, ...rest } = signer
    const client = Object.assign<Client, object>({ ...rest, client_id: 'odd' }, jwks === undefined ? {} : { jwks })
    const test = server({}, [client])
    expect(problem(await test.token(credentials(await signJwt(claims('odd'), key))))).toEqual(FAILED)
    expect(lastReason(test)).toMatch(/^client_assertion_key/)
  })
})

describe('the token endpoint as audience', () => {
  it.each([`${ISSUER}/token`, [`${ISSUER}/token`, ISSUER]])(
    'is accepted for old clients on request: %j',
    async (aud) => {
      const test = server({ acceptTokenEndpointAudience: true })
      expect((await test.token(await assert({ aud }))).status).toBe(200)
      expect(problem(await test.token(await assert({ aud: [ISSUER, 'https://evil.example'] })))).toEqual(FAILED)
    },
  )
})

describe('RFC 8414 §2 metadata', () => {
  it('tells methods and algorithms, for each endpoint that authenticates clients', () => {
    const metadata = server().server.metadata()
    expect(metadata.token_endpoint_auth_methods_supported).toContain('private_key_jwt')
    expect(metadata.token_endpoint_auth_methods_supported).toContain('client_secret_jwt')
    const algorithms = metadata.token_endpoint_auth_signing_alg_values_supported
    expect(algorithms).toEqual(expect.arrayContaining(['ES256', 'RS256', 'HS256']))
    expect(algorithms).not.toContain('none')
    expect(metadata.revocation_endpoint_auth_signing_alg_values_supported).toEqual(algorithms)
  })

  it('says nothing where no method signs', () => {
    expect(new TestServer().server.metadata()).not.toHaveProperty('token_endpoint_auth_signing_alg_values_supported')
  })
})

it('RFC 6749 §5.2: there is no challenge to give', async () => {
  const response = await server().token(await assert({ aud: 'https://other.example' }))
  expect(headerOf(response, 'www-authenticate')).toBeUndefined()
  expect(headerOf(response, 'cache-control')).toBe('no-store')
})
