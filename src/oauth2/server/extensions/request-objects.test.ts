import { beforeAll, describe, expect, it, vi } from 'vitest'
import {
  basic,
  body,
  CALLBACK,
  CLIENTS,
  codeRequest,
  type Form,
  ISSUER,
  post,
  problem,
  redirected,
  TestServer,
  type TestServerOptions,
} from '../../../../test/support/authorization-server.ts'
import type { Transport } from '../../../http/fetch.ts'
import { FetchError } from '../../../http/fetch-error.ts'
import { type HttpResponse, headerOf } from '../../../http/response.ts'
import { encryptCompact, generateEncryptionKey, signAndEncryptJwt } from '../../../jose/jwe/index.ts'
import { Key } from '../../../jose/jwk/index.ts'
import { KeySet } from '../../../jose/jwks/index.ts'
import { type SignJwtOptions, signJwt } from '../../../jose/jwt/index.ts'
import { encodeBase64url } from '../../../util/base64url.ts'
import { encodeUtf8 } from '../../../util/bytes.ts'
import { JWT_CLIENT_ASSERTION } from '../../client-assertion.ts'
import { PrivateKeyJwt } from '../auth/private-key-jwt.ts'
import type { Client } from '../records.ts'
import { PushedAuthorization } from './pushed-authorization.ts'
import { RequestObjects, type RequestObjectsOptions } from './request-objects.ts'

const NOW = 1_700_000_000
const TYPE = 'oauth-authz-req+jwt'
const VALID = codeRequest()

type Changes = Readonly<Record<string, unknown>>

let key: Key
let otherKey: Key
let rsa: Key
let web: Client

beforeAll(async () => {
  key = await Key.generate('ES256', { kid: 'k1' })
  otherKey = await Key.generate('ES256', { kid: 'k1' })
  rsa = await Key.generate('PS256', { kid: 'r1' })
  web = { ...CLIENTS.web, jwks: { keys: [{ ...key.toPublicJwk() }, { ...rsa.toPublicJwk() }] } }
})

function serve(options: RequestObjectsOptions = {}, more: TestServerOptions = {}): TestServer {
  const test = new TestServer({ clients: [web, { ...web, client_id: 'second' }], ...more })
  test.server.registerExtension(RequestObjects, options)
  return test
}

/** The claims of a request object that is right, but for the changes. */
function claims(changes: Changes = {}): Record<string, unknown> {
  const right = { ...VALID, iss: 'web', aud: ISSUER, iat: NOW, nbf: NOW, exp: NOW + 300 }
  return Object.fromEntries(Object.entries({ ...right, ...changes }).filter(([, value]) => value !== undefined))
}

function sign(changes: Changes = {}, { by = key, ...options }: SignJwtOptions & { by?: Key } = {}): Promise<string> {
  return signJwt(claims(changes), by, { typ: TYPE, ...options })
}

async function authorize(test: TestServer, request: string, more: Record<string, string> = {}): Promise<HttpResponse> {
  return test.authorize({ client_id: 'web', request, ...more })
}

/** What the page says. */
function shown(response: HttpResponse): [status: number, error: string | undefined, description: string | undefined] {
  expect(headerOf(response, 'location')).toBeUndefined()
  const [, error] = /<dt>Error<\/dt><dd><code>(.*?)<\/code>/.exec(String(response.body)) ?? []
  const [, description] = /<dt>Description<\/dt><dd>(.*?)<\/dd>/.exec(String(response.body)) ?? []
  return [response.status, error, description?.replaceAll('&#39;', "'")]
}

/** The reasons of all refusals, in the log. */
function reasonsOf({ log }: TestServer): (string | undefined)[] {
  return log.map((line) => /"reason":"(.*?)"/.exec(line)?.[1]).filter((reason) => reason !== undefined)
}

describe('RFC 9101 §5.1 a request object by value', () => {
  it('is the request', async () => {
    expect(redirected(await authorize(serve(), await sign()))).toEqual({
      code: expect.any(String),
      state: 'xyz',
      iss: ISSUER,
    })
  })

  it('may come by POST', async () => {
    const test = serve()
    const form = { client_id: 'web', request: await sign() }
    expect(redirected(await test.server.handle(post('/authorize', form)))).toHaveProperty('code')
  })

  it('§6.3: is all of the request: what stands beside it counts for nothing', async () => {
    const beside = {
      state: 'other',
      scope: 'write',
      redirect_uri: 'https://evil.example/cb',
      nonce: 'n',
      response_mode: 'fragment',
    }
    const response = await authorize(serve(), await sign(), beside)
    expect(headerOf(response, 'location')).toMatch(/^https:\/\/app\.example\/cb\?/)
    expect(redirected(response)['state']).toBe('xyz')
    const { params, scope } = await getRequest(serve(), await sign(), beside)
    expect([scope, params.get('nonce')]).toEqual(['read', undefined])
  })

  it('§6.3: does not fill up what it lacks from beside it', async () => {
    const response = await authorize(serve(), await sign({ code_challenge: undefined }), VALID)
    expect(redirected(response)['error']).toBe('invalid_request')
  })

  it('§4: gives numbers, truth values, lists and objects as a form would', async () => {
    const structured = { userinfo: { email: null } }
    const resource = ['https://a.example', 'https://b.example']
    const more = { max_age: 60, claims: structured, resource, flag: true, nothing: null }
    const test = serve({}, { resources: resource.map((name) => ({ resource: name })) })
    const request = await getRequest(test, await sign(more))
    expect(request.params.get('max_age')).toBe('60')
    expect(request.params.get('flag')).toBe('true')
    expect(request.params.has('nothing')).toBe(false)
    expect(JSON.parse(request.params.get('claims') ?? '')).toEqual(structured)
    expect(request.resource).toEqual(resource)
    for (const name of ['iss', 'aud', 'exp', 'nbf', 'iat']) expect(request.params.has(name)).toBe(false)
  })

  it('is marked as signed', async () => {
    expect((await getRequest(serve(), await sign())).source).toEqual({ signed: true })
  })

  it('leaves what other extensions know of where the request comes from', async () => {
    const test = serve()
    test.server.registerExtension({
      name: 'before',
      resolveAuthorizationRequest: ({ params }) => ({ params, source: { pushedId: 'kept' } }),
    })
    expect((await getRequest(test, await sign())).source).toEqual({ pushedId: 'kept', signed: true })
  })

  it.each<[string, Changes, SignJwtOptions]>([
    ['the type JWT', {}, { typ: 'JWT' }],
    ['a list of one audience', { aud: [ISSUER] }, {}],
    ['no nbf', { nbf: undefined }, {}],
    ['a subject that is a person', { sub: 'alice' }, {}],
    ['a jti, twice', { jti: 'once' }, {}],
  ])('may have %s', async (_, changes, options) => {
    const test = serve()
    const request = await sign(changes, options)
    expect(redirected(await authorize(test, request))).toHaveProperty('code')
    expect(redirected(await authorize(test, request))).toHaveProperty('code')
  })
})

async function getRequest(test: TestServer, request: string, more: Record<string, string> = {}) {
  const query = new URLSearchParams({ ...more, client_id: 'web', request })
  return test.server.getConsentGrant(new Request(`${ISSUER}/authorize?${query}`))
}

describe('RFC 9101 §6.2, §6.3 and §10.8 a request object is refused, on a page', () => {
  it.each<[string, string, Changes, SignJwtOptions]>([
    ['the audience of another server', 'aud', { aud: 'https://other.example' }, {}],
    ['CVE-2025-27370: us among other audiences', 'aud', { aud: [ISSUER, 'https://evil.example'] }, {}],
    ['no audience', 'aud', { aud: undefined }, {}],
    ['another issuer', 'iss', { iss: 'second' }, {}],
    ['no issuer', 'iss', { iss: undefined }, {}],
    ['no exp', 'exp', { exp: undefined }, {}],
    ['exp in the past', 'expired', { exp: NOW - 30 }, {}],
    ['a life of more than an hour', 'lifetime', { exp: NOW + 3631 }, {}],
    ['nbf in the future', 'not_yet_valid', { nbf: NOW + 31 }, {}],
    ['iat in the future', 'not_yet_valid', { iat: NOW + 31 }, {}],
    ['the type of a client assertion', 'type', {}, { typ: 'client-authentication+jwt' }],
    ['the type of an access token', 'type', {}, { typ: 'at+jwt' }],
    ['another client_id inside', 'client_id', { client_id: 'second' }, {}],
    ['no client_id inside', 'client_id', { client_id: undefined }, {}],
    ['a request inside', 'nested', { request: 'e30.e30.' }, {}],
    ['a request_uri inside', 'nested', { request_uri: 'https://app.example/r' }, {}],
    ['the client as subject', 'sub', { sub: 'web' }, {}],
  ])('for %s', async (_, name, changes, options) => {
    const test = serve()
    const response = await authorize(test, await sign(changes, options))
    expect(shown(response).slice(0, 2)).toEqual([400, 'invalid_request_object'])
    expect(reasonsOf(test)).toEqual([`request_object_${name}`])
  })

  it.each([
    ['Authlib 4.6: none as its algorithm', 'algorithm', 'none'],
    ['no JWT', 'malformed', 'text'],
    ['a payload that is no object', 'malformed', 'list'],
  ])('for %s', async (_, name, kind) => {
    const encode = (value: unknown): string => encodeBase64url(encodeUtf8(JSON.stringify(value)))
    const request =
      kind === 'none'
        ? `${encode({ alg: 'none', typ: TYPE })}.${encode(claims())}.`
        : kind === 'text'
          ? 'not-a-jwt'
          : `${encode({ alg: 'ES256' })}.${encode([1])}.AA`
    const test = serve()
    expect(shown(await authorize(test, request)).slice(0, 2)).toEqual([400, 'invalid_request_object'])
    expect(reasonsOf(test)).toEqual([`request_object_${name}`])
  })

  it('for a signature by another key, and for the key of another client', async () => {
    const test = serve()
    expect(shown(await authorize(test, await sign({}, { by: otherKey })))[1]).toBe('invalid_request_object')
    const { jwks: _, ...bare } = web
    const keyless = serve({}, { clients: [bare, { ...web, client_id: 'second' }] })
    expect(shown(await authorize(keyless, await sign()))[1]).toBe('invalid_request_object')
    expect([...reasonsOf(test), ...reasonsOf(keyless)]).toEqual(['request_object_signature', 'request_object_key'])
  })

  it('for a text that was changed', async () => {
    const [header, , signature] = (await sign()).split('.')
    const changed = encodeBase64url(encodeUtf8(JSON.stringify(claims({ redirect_uri: 'https://evil.example' }))))
    expect(shown(await authorize(serve(), `${header}.${changed}.${signature}`))[1]).toBe('invalid_request_object')
  })

  it("for a client_id outside that is another client's", async () => {
    const response = await serve().authorize({ client_id: 'second', request: await sign() })
    expect(shown(response)).toEqual([
      400,
      'invalid_request_object',
      "request object refused: 'iss' (Issuer) claim mismatch: expected 'second'",
    ])
  })

  it.each<[string, (request: string) => Form, string]>([
    [
      'request twice',
      (request) => [
        ['client_id', 'web'],
        ['request', request],
        ['request', request],
      ],
      'request must be sent once',
    ],
    [
      'request beside request_uri',
      (request) => ({ client_id: 'web', request, request_uri: 'https://app.example/r' }),
      'request and request_uri must not be sent together',
    ],
    ['no client_id outside', (request) => ({ request }), 'client_id is missing'],
  ])('RFC 9101 §5, OIDC Core §6: for %s', async (_, form, description) => {
    expect(shown(await serve().authorize(form(await sign())))).toEqual([400, 'invalid_request', description])
  })

  it('for a redirect_uri inside that is not registered', async () => {
    expect(shown(await authorize(serve(), await sign({ redirect_uri: 'https://evil.example/cb' })))).toEqual([
      400,
      'invalid_request',
      'redirect_uri is not registered for this client',
    ])
  })

  it('whose later faults go to the client as usual', async () => {
    expect(redirected(await authorize(serve(), await sign({ response_type: 'magic' })))).toMatchObject({
      error: 'unsupported_response_type',
      state: 'xyz',
    })
  })
})

describe('RFC 9101 §10.5 what the client registered', () => {
  it('is the only algorithm', async () => {
    const registered = (request_object_signing_alg: string): TestServer =>
      serve({}, { clients: [{ ...web, request_object_signing_alg }] })
    expect(redirected(await authorize(registered('ES256'), await sign()))).toHaveProperty('code')
    expect(shown(await authorize(registered('PS256'), await sign()))[1]).toBe('invalid_request_object')
    expect(redirected(await authorize(registered('PS256'), await sign({}, { by: rsa, alg: 'PS256' })))).toHaveProperty(
      'code',
    )
    expect(shown(await authorize(registered('none'), await sign()))[1]).toBe('invalid_request_object')
  })

  const REQUIRED = {
    error: 'invalid_request',
    error_description: 'authorization request must be a signed request object',
  }

  it('is required where it says so', async () => {
    const test = serve({}, { clients: [{ ...web, require_signed_request_object: true }, CLIENTS.spa] })
    expect(redirected(await test.authorize(VALID))).toMatchObject(REQUIRED)
    expect(redirected(await authorize(test, await sign()))).toHaveProperty('code')
    expect(redirected(await test.authorize(codeRequest(CLIENTS.spa)))).toHaveProperty('code')
  })

  it('as it is of every client where the server says so', async () => {
    const test = serve({ required: true })
    expect(redirected(await test.authorize(VALID))).toMatchObject(REQUIRED)
    expect(redirected(await authorize(test, await sign()))).toHaveProperty('code')
  })
})

describe('the options', () => {
  it('can require the explicit type', async () => {
    const test = serve({ requireType: true })
    expect(redirected(await authorize(test, await sign()))).toHaveProperty('code')
    expect(shown(await authorize(test, await sign({}, { typ: 'JWT' })))[1]).toBe('invalid_request_object')
  })

  it('can take objects that never expire', async () => {
    const test = serve({ requireExpiration: false })
    expect(redirected(await authorize(test, await sign({ exp: undefined })))).toHaveProperty('code')
    expect(shown(await authorize(test, await sign({ exp: NOW - 30 })))[1]).toBe('invalid_request_object')
  })

  it('can take each object once', async () => {
    const test = serve({ singleUse: true })
    expect(shown(await authorize(test, await sign()))[1]).toBe('invalid_request_object')
    const request = await sign({ jti: 'j' })
    const responses = await Promise.all(Array.from({ length: 16 }, () => authorize(test, request)))
    expect(responses.filter((response) => headerOf(response, 'location') !== undefined)).toHaveLength(1)
  })

  it.each([1e300, Number.MAX_SAFE_INTEGER, NOW + 3631])(
    'remember no object for ever: one that is taken once ends, whatever else (%d)',
    async (exp) => {
      const test = serve({ requireExpiration: false, singleUse: true })
      const remembered = vi.spyOn(test.store, 'rememberOnce')
      expect(shown(await authorize(test, await sign({ exp, jti: 'j' })))).toEqual([
        400,
        'invalid_request_object',
        "request object refused: 'exp' (Expiration Time) claim is too far ahead: the assertion lives too long",
      ])
      expect(remembered).not.toHaveBeenCalled()
      expect(redirected(await authorize(test, await sign({ exp: NOW + 3630, jti: 'j' })))).toHaveProperty('code')
      expect(remembered).toHaveBeenCalledOnce()
    },
  )

  it('can take fewer algorithms', async () => {
    expect(shown(await authorize(serve({ algorithms: ['PS256'] }), await sign()))[1]).toBe('invalid_request_object')
  })
})

describe('RFC 9101 §6.1 an encrypted request object', () => {
  let encryptionKey: Key
  let keys: KeySet
  beforeAll(async () => {
    encryptionKey = await generateEncryptionKey('ECDH-ES')
    keys = new KeySet([await Key.generate('ES256', { kid: 's1' }), encryptionKey])
  })

  const encrypt = (inner: Changes = {}, to = encryptionKey): Promise<string> =>
    signAndEncryptJwt(claims(inner), key, to, {
      typ: TYPE,
      encryption: { alg: 'ECDH-ES', enc: 'A256GCM' },
    })

  it('is decrypted, then verified', async () => {
    expect(redirected(await authorize(serve({}, { keys }), await encrypt()))).toHaveProperty('code')
  })

  it('counts for nothing without a signature inside', async () => {
    const text = JSON.stringify(claims())
    const jwe = await encryptCompact(text, encryptionKey, { alg: 'ECDH-ES', enc: 'A256GCM' })
    expect(shown(await authorize(serve({}, { keys }), jwe))[1]).toBe('invalid_request_object')
  })

  it('has its claims checked like any other', async () => {
    expect(shown(await authorize(serve({}, { keys }), await encrypt({ aud: 'https://other.example' })))[1]).toBe(
      'invalid_request_object',
    )
  })

  it('is refused with one sentence, whatever is wrong with it', async () => {
    const jwe = await encrypt()
    const other = await encrypt({}, await generateEncryptionKey('ECDH-ES'))
    const sentence = 'request object could not be decrypted with a key of this server'
    for (const [test, text] of [
      [serve({}, { keys }), other],
      [serve({}, { keys }), `${jwe.slice(0, -4)}AAAA`],
      [serve({}, { keys }), '....'],
      [serve(), jwe],
    ] as const) {
      expect(shown(await authorize(test, text))).toEqual([400, 'invalid_request_object', sentence])
    }
  })

  it('is offered where there is a key', () => {
    expect(serve({}, { keys }).server.metadata()).toMatchObject({
      request_object_encryption_alg_values_supported: ['ECDH-ES'],
      request_object_encryption_enc_values_supported: expect.arrayContaining(['A256GCM']),
    })
    expect(serve().server.metadata()).not.toHaveProperty('request_object_encryption_alg_values_supported')
  })
})

describe('RFC 9101 §5.2 a request object by reference', () => {
  const URI = 'https://app.example/request.jwt'
  const answer = (text: string | Uint8Array, status = 200): Transport & { urls: string[] } => {
    const urls: string[] = []
    return Object.assign(
      async ({ url }: { url: string }) => {
        urls.push(url)
        return { status, headers: [], body: typeof text === 'string' ? encodeUtf8(text) : text }
      },
      { urls },
    )
  }
  const refer = (test: TestServer, request_uri = URI): Promise<HttpResponse> =>
    test.authorize({ client_id: 'web', request_uri })
  const withUri = (byReference: RequestObjectsOptions['byReference']): TestServer =>
    serve({ ...(byReference === undefined ? {} : { byReference }) }, { clients: [{ ...web, request_uris: [URI] }] })

  it('is fetched from a registered address', async () => {
    const transport = answer(`${await sign()}\n`)
    expect(redirected(await refer(withUri(transport)))).toHaveProperty('code')
    expect(transport.urls).toEqual([URI])
  })

  it('is verified like any other', async () => {
    expect(shown(await refer(withUri(answer(await sign({}, { by: otherKey })))))[1]).toBe('invalid_request_object')
  })

  it('is not fetched unless that was asked for', async () => {
    expect(redirected(await serve().authorize({ ...VALID, request_uri: URI }))).toMatchObject({
      error: 'request_uri_not_supported',
    })
  })

  it.each([`${URI}?x=1`, 'https://169.254.169.254/', 'https://app.example/', `${URI}#x`])(
    'is not fetched from elsewhere: %s',
    async (uri) => {
      const transport = answer(await sign())
      expect(shown(await refer(withUri(transport), uri))).toEqual([
        400,
        'invalid_request_uri',
        'request_uri is not registered for this client',
      ])
      expect(transport.urls).toEqual([])
    },
  )

  it('RFC 9101 §10.4.1: is not fetched from the own network, registered or not', async () => {
    const private_ = 'https://10.0.0.1/request.jwt'
    const test = serve({ byReference: true }, { clients: [{ ...web, request_uris: [private_] }] })
    expect(shown(await refer(test, private_))).toEqual([
      400,
      'invalid_request_uri',
      'request object could not be fetched from request_uri',
    ])
  })

  it.each<[string, Transport]>([
    ['an error', answer('gone', 410)],
    ['what is not UTF-8', answer(new Uint8Array([0xff]))],
    ['nothing in time', () => Promise.reject(new FetchError('timeout', { url: URI }))],
    ['too much', () => Promise.reject(new FetchError('too_large', { url: URI }))],
    ['a redirect', () => Promise.reject(new FetchError('redirect', { url: URI }))],
  ])('is refused where the address answers with %s', async (_, transport) => {
    expect(shown(await refer(withUri(transport)))).toEqual([
      400,
      'invalid_request_uri',
      'request object could not be fetched from request_uri',
    ])
  })

  it('is offered in the metadata, with what it asks of registrations', () => {
    expect(withUri(true).server.metadata()).toMatchObject({
      request_uri_parameter_supported: true,
      require_request_uri_registration: true,
    })
  })
})

describe('RFC 9126 §3 a request object that is pushed', () => {
  function both(options: RequestObjectsOptions = {}, client: Client = web): TestServer {
    const test = serve(options, { clients: [client, CLIENTS.spa] })
    test.server.registerExtension(PushedAuthorization)
    return test
  }
  const push = (test: TestServer, form: Form): Promise<HttpResponse> => test.server.handle(post('/par', form, basic()))

  it('is verified when it is pushed, and stays signed', async () => {
    const test = both({ required: true })
    const request_uri = String(body(await push(test, { client_id: 'web', request: await sign() }))['request_uri'])
    test.wait(80)
    const query = new URLSearchParams({ client_id: 'web', request_uri })
    const { source, state } = await test.server.getConsentGrant(new Request(`${ISSUER}/authorize?${query}`))
    expect([source, state]).toEqual([{ pushedId: expect.any(String), signed: true }, 'xyz'])
    expect(redirected(await test.authorize({ client_id: 'web', request_uri }))).toHaveProperty('code')
  })

  it('may be all that is pushed, besides what the client authenticates with', async () => {
    const test = both()
    const request_uri = String(body(await push(test, { request: await sign() }))['request_uri'])
    expect(redirected(await test.authorize({ client_id: 'web', request_uri }))).toHaveProperty('code')
  })

  it.each<[string, () => Promise<Form>, ReturnType<typeof problem>]>([
    [
      'of another client, with nothing beside it',
      async () => ({ request: await sign({ client_id: 'spa' }) }),
      [400, 'invalid_request_object', 'client_id must be the same inside and outside of the request object'],
    ],
    [
      'that is wrong',
      async () => ({ client_id: 'web', request: await sign({}, { by: otherKey }) }),
      [
        400,
        'invalid_request_object',
        'request object refused: signature invalid: it was not made over this token with an accepted key',
      ],
    ],
    [
      'of another client',
      async () => ({ client_id: 'web', request: await sign({ client_id: 'spa' }) }),
      [400, 'invalid_request_object', 'client_id must be the same inside and outside of the request object'],
    ],
    [
      '§2.3: that is missing where it is required',
      async () => VALID,
      [400, 'invalid_request', 'authorization request must be a signed request object'],
    ],
  ])('%s is refused at once', async (_, form, expected) => {
    expect(problem(await push(both({ required: true }), await form()))).toEqual(expected)
  })

  it("may come with the client's assertion, and neither is taken for the other", async () => {
    const test = both({}, { ...web, token_endpoint_auth_method: 'private_key_jwt' })
    test.server.registerClientAuthMethod(PrivateKeyJwt)
    const jwt = await signJwt({ iss: 'web', sub: 'web', aud: ISSUER, iat: NOW, exp: NOW + 60, jti: 'a' }, key)
    const credentials = (client_assertion: string) => ({
      client_assertion_type: JWT_CLIENT_ASSERTION,
      client_assertion,
    })
    const form = { client_id: 'web', request: await sign() }
    const response = await test.server.handle(post('/par', { ...form, ...credentials(jwt) }))
    expect(body(response)).toHaveProperty('request_uri')
    expect(shown(await authorize(test, jwt))[1]).toBe('invalid_request_object')
    const swapped = await signJwt(claims({ sub: 'web', jti: 'b' }), key, { typ: TYPE })
    const refused = await test.server.handle(post('/par', { ...form, ...credentials(swapped) }))
    expect(problem(refused)[1]).toBe('invalid_client')
  })
})

describe('RFC 9101 §10.5 metadata', () => {
  it('says what is taken', () => {
    expect(serve({ required: true }).server.metadata()).toMatchObject({
      request_parameter_supported: true,
      request_uri_parameter_supported: false,
      require_signed_request_object: true,
      request_object_signing_alg_values_supported: expect.arrayContaining(['ES256', 'RS256']),
    })
    const metadata = serve().server.metadata()
    expect(metadata).not.toHaveProperty('require_signed_request_object')
    expect(metadata.request_object_signing_alg_values_supported).not.toContain('none')
  })
})

it('redirects to where the object says, although nothing beside it does', async () => {
  const response = await authorize(serve(), await sign())
  expect(headerOf(response, 'location')?.startsWith(`${CALLBACK}?`)).toBe(true)
})
