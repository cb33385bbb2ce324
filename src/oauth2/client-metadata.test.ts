import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Key } from '../jose/jwk/index.ts'
import { type ClientMetadata, findClientMetadataProblems, readClientMetadata } from './client-metadata.ts'

const VALID: ClientMetadata = { redirect_uris: ['https://app.example/cb'] }
const JWKS_URI = 'https://app.example/jwks'

/** A server that does all there is. */
const SERVER = {
  issuer: 'https://op.example',
  pushed_authorization_request_endpoint: 'https://op.example/par',
  token_endpoint_auth_methods_supported: ['client_secret_basic', 'private_key_jwt', 'none'],
  token_endpoint_auth_signing_alg_values_supported: ['ES256'],
  grant_types_supported: ['authorization_code', 'refresh_token', 'implicit'],
  response_types_supported: ['code', 'code id_token'],
  scopes_supported: ['openid', 'profile'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['ES256'],
  introspection_encryption_alg_values_supported: ['ECDH-ES'],
}

describe('RFC 7591 §2, RFC 6749 §3.1.2.2, OIDC Registration §2 and OIDC RP-Initiated Logout §3.1 client metadata', () => {
  it.each<[string, ClientMetadata]>([
    ['a web application', VALID],
    ['a service', { grant_types: ['client_credentials'] }],
    ['a native application', { ...VALID, application_type: 'native', redirect_uris: ['com.example.app:/cb'] }],
    [
      'one that says everything',
      {
        ...VALID,
        client_name: 'Photo print',
        'client_name#ja-Jpan-JP': '写真',
        client_uri: 'https://app.example/#/about',
        'client_uri#de': 'https://app.example/de',
        logo_uri: 'http://localhost/logo.png',
        contacts: ['ops@app.example'],
        scope: 'openid profile',
        jwks_uri: JWKS_URI,
        grant_types: ['authorization_code', 'implicit'],
        response_types: ['code id_token', 'code'],
        post_logout_redirect_uris: ['https://app.example/bye'],
        request_uris: ['https://app.example/request#hash'],
        default_max_age: 0,
        introspection_encrypted_response_alg: 'ECDH-ES',
        introspection_encrypted_response_enc: 'A256GCM',
      },
    ],
  ])('of %s is fine', (_, metadata) => {
    expect(findClientMetadataProblems(metadata)).toEqual([])
  })

  it.each<[ClientMetadata, string]>([
    [{}, '"redirect_uris" must name at least one for the authorization code grant'],
    [
      { grant_types: ['implicit'], response_types: ['token'] },
      '"redirect_uris" must name at least one for the implicit grant',
    ],
    [
      { redirect_uris: ['http://app.example/cb'] },
      'each of "redirect_uris" must be https unless its host is a loopback host',
    ],
    [{ redirect_uris: ['https://app.example/cb#x'] }, 'each of "redirect_uris" must not have a fragment'],
    [{ ...VALID, post_logout_redirect_uris: ['/bye'] }, 'each of "post_logout_redirect_uris" must be an absolute URI'],
    [
      { ...VALID, jwks: { keys: [] }, jwks_uri: 'https://app.example/jwks' },
      '"jwks" and "jwks_uri" must not be given together',
    ],
    [
      { ...VALID, token_endpoint_auth_method: 'private_key_jwt' },
      '"jwks" or "jwks_uri" is missing: "private_key_jwt" is checked with the client\'s keys',
    ],
    [
      {
        ...VALID,
        token_endpoint_auth_method: 'private_key_jwt',
        jwks_uri: JWKS_URI,
        token_endpoint_auth_signing_alg: 'HS256',
      },
      '"token_endpoint_auth_signing_alg" must be one that signs with a private key for "private_key_jwt"',
    ],
    [
      { ...VALID, token_endpoint_auth_method: 'client_secret_jwt', token_endpoint_auth_signing_alg: 'ES256' },
      '"token_endpoint_auth_signing_alg" must be one that signs with the secret for "client_secret_jwt"',
    ],
    [
      { grant_types: ['client_credentials'], token_endpoint_auth_method: 'none' },
      '"grant_types" must not include "client_credentials" for a client that has no credentials',
    ],
    [
      { ...VALID, jwks_uri: JWKS_URI, introspection_encrypted_response_enc: 'A256GCM' },
      '"introspection_encrypted_response_enc" must not be given without "introspection_encrypted_response_alg"',
    ],
    [
      { ...VALID, id_token_encrypted_response_alg: 'ECDH-ES' },
      '"id_token_encrypted_response_alg" needs a key to encrypt to: "jwks" or "jwks_uri"',
    ],
  ])('%j: %s', (metadata, problem) => {
    expect(findClientMetadataProblems(metadata)).toEqual([problem])
  })

  it.each<[ClientMetadata, string]>([
    [
      { grant_types: ['client_credentials'], response_types: ['code'] },
      '"response_types" with "code" needs "authorization_code" among "grant_types"',
    ],
    [
      { ...VALID, response_types: ['code', 'id_token code'] },
      '"response_types" with "id_token" needs "implicit" among "grant_types"',
    ],
    [
      { ...VALID, grant_types: ['authorization_code', 'implicit'], response_types: ['token'] },
      '"response_types" must have one with "code" for the authorization code grant',
    ],
  ])('RFC 7591 §2.1: %j: %s', (metadata, problem) => {
    expect(findClientMetadataProblems(metadata)).toEqual([problem])
  })
})

describe('CVE-2026-22752 scripts in client metadata', () => {
  it.each(['client_uri', 'logo_uri', 'tos_uri', 'policy_uri', 'logo_uri#en', 'tos_uri#zh-Hans'])(
    'are refused in %s',
    (name) => {
      for (const url of [
        'javascript:alert(1)',
        'JavaScript:alert(1)//https://app.example',
        'data:text/html,x',
        'vbscript:x',
        'ftp://app.example',
        'http://app.example',
        'https://user@app.example',
        'https://user:secret@app.example',
        '//app.example',
        'nonsense',
        '',
      ]) {
        expect(findClientMetadataProblems({ ...VALID, [name]: url })).toEqual([
          `"${name}" must be an https URL, or http on a loopback address`,
        ])
      }
    },
  )

  it.each(['jwks_uri', 'sector_identifier_uri', 'initiate_login_uri'])('and elsewhere than https in %s', (name) => {
    for (const url of ['http://app.example/x', 'javascript:alert(1)', 'https://app.example/x#y', 'nonsense']) {
      expect(findClientMetadataProblems({ ...VALID, [name]: url })).toEqual([
        `"${name}" must be an https URL without fragment, or http on a loopback address`,
      ])
    }
  })
})

describe('RFC 7591 §2 the values of untyped members', () => {
  const read = (body: Record<string, unknown>) => readClientMetadata(body, SERVER)

  it.each<[string, unknown, string]>([
    ['redirect_uris', 'https://app.example/cb', 'must be a list'],
    ['redirect_uris', [1], 'must be a list, each of which must be a URI'],
    ['redirect_uris', [''], 'must be a list, each of which must be a URI'],
    ['redirect_uris', Array(51).fill('https://app.example/cb'), 'must not have more than 50 items'],
    [
      'redirect_uris',
      [`https://app.example/${'x'.repeat(2048)}`],
      'must be a list, each of which must not be longer than 2048 characters',
    ],
    ['grant_types', { 0: 'implicit' }, 'must be a list'],
    ['grant_types', ['a b'], 'must be a list, each of which must be a name of at most 200 characters'],
    ['response_types', [' code'], 'must be a list, each of which must be names separated by spaces'],
    ['response_types', [null], 'must be a list, each of which must be names separated by spaces'],
    ['token_endpoint_auth_method', ['none'], 'must be a name of at most 200 characters'],
    ['client_name', 7, 'must be a text'],
    ['client_name', ' ', 'must be a text'],
    ['client_name', 'x'.repeat(1001), 'must not be longer than 1000 characters'],
    ['client_name', 'a\nb', 'must not have control or direction characters'],
    ['client_name', 'Bank \u202eelpmaxe', 'must not have control or direction characters'],
    ['client_name#ja', null, 'must be a text'],
    ['scope', ['read'], 'must be scope tokens separated by spaces'],
    ['scope', 'a "b"', 'must be scope tokens separated by spaces'],
    ['scope', 'a '.repeat(2100), 'must not be longer than 4096 characters'],
    ['contacts', 'ops@app.example', 'must be a list'],
    ['contacts', [{}], 'must be a list, each of which must be a text'],
    ['application_type', 'desktop', 'must be "web" or "native"'],
    ['subject_type', 'secret', 'must be "public" or "pairwise"'],
    ['default_max_age', '10', 'must be a whole number of seconds'],
    ['default_max_age', -1, 'must be a whole number of seconds'],
    ['require_auth_time', 'true', 'must be true or false'],
    ['id_token_signed_response_alg', 'none', 'must not be "none"'],
    ['request_object_signing_alg', 'none', 'must not be "none"'],
    ['id_token_signed_response_alg', 256, 'must be a name of at most 200 characters'],
    ['logo_uri', null, 'must be an https URL, or http on a loopback address'],
    ['logo_uri', ['https://app.example'], 'must be an https URL, or http on a loopback address'],
  ])('%s: %j %s', (member, value, problem) => {
    expect(read({ ...VALID, [member]: value })).toEqual({ problems: [{ member, problem: `"${member}" ${problem}` }] })
  })

  it('are all told at once', () => {
    expect(read({ redirect_uris: 1, client_name: 2 })).toMatchObject({
      problems: [{ member: 'redirect_uris' }, { member: 'client_name' }],
    })
  })

  it('do not come in without end, in however many languages', () => {
    const letters = 'abcdefghijklmnop'
    const names = [...letters].flatMap((a) => [...letters].map((b) => [`client_name#${a}${b}`, 'x']))
    expect(read(Object.fromEntries(names))).toEqual({
      problems: [{ member: 'client_name', problem: 'members must not come in more than 200 languages' }],
    })
  })

  it.each([
    ['de-CH', true],
    ['zh-Hant-TW', true],
    ['i-klingon', true],
    ['', false],
    ['de_CH', false],
    ['de-', false],
    ['languages', false],
    ['not a language', false],
  ])('RFC 7591 §2.2, RFC 5646 §2.1: come in the language %j: %j', (language, isOne) => {
    const name = `client_name#${language}`
    expect(read({ ...VALID, [name]: 'x' })).toEqual({ metadata: isOne ? { ...VALID, [name]: 'x' } : VALID })
  })

  it('that mean nothing here are left out: unknown, for another server, with a language that is none', () => {
    const nothing = {
      tenant: 'x',
      client_id: 'mine',
      client_secret: 'mine',
      registration_access_token: 'mine',
      registration_token_id: 'mine',
      client_secrets: [{ hash: 'x' }],
      client_id_issued_at: 7,
      'client_name#': 'x',
      'client_name#not a language': 'x',
      'redirect_uris#en': ['x'],
      userinfo_signed_response_alg: 'ES256',
      request_uris: ['https://app.example/request'],
      hasOwnProperty: 'x',
    }
    expect(read({ ...VALID, ...nothing, 'client_name#de-CH': 'Ja' })).toEqual({
      metadata: { ...VALID, 'client_name#de-CH': 'Ja' },
    })
  })

  it('never make it throw, and never come back changed', () => {
    const members = fc.constantFrom('redirect_uris', 'jwks', 'scope', 'client_name#en', 'default_max_age', 'tenant')
    fc.assert(
      fc.property(fc.dictionary(members, fc.jsonValue()), (body) => {
        const result = read(body)
        if ('metadata' in result) expect(body).toMatchObject(result.metadata)
        else expect(result.problems.length).toBeGreaterThan(0)
      }),
    )
  })
})

describe('RFC 7591 §2, RFC 7517 §5 registered keys', async () => {
  const key = await Key.generate('ES256')
  const ec = key.toPublicJwk()
  const find = (jwks: unknown) => {
    const result = readClientMetadata({ ...VALID, jwks }, SERVER)
    return 'problems' in result ? result.problems.map(({ problem }) => problem) : []
  }

  it.each<[string, unknown]>([
    ['public ones', { keys: [ec] }],
    ['of a type that is not known here', { keys: [{ kty: 'FUTURE', x: 'y' }] }],
    ['none yet', { keys: [] }],
  ])('may be %s', (_, jwks) => {
    expect(find(jwks)).toEqual([])
  })

  it.each<[string, unknown, string]>([
    ['a list', [ec], 'must be a JWK Set: an object whose "keys" is a list'],
    ['a text', JSON.stringify({ keys: [ec] }), 'must be a JWK Set: an object whose "keys" is a list'],
    ['without keys', {}, 'must be a JWK Set: an object whose "keys" is a list'],
    ['no JWKs', { keys: ['x'] }, 'must be a list of JWKs, each of which names its "kty"'],
    ['of no type', { keys: [{ x: 'y' }] }, 'must be a list of JWKs, each of which names its "kty"'],
    ['private', { keys: [key.toPrivateJwk()] }, 'must hold public keys only: no private key, and no secret'],
    ['private in part', { keys: [{ ...ec, d: null }] }, 'must hold public keys only: no private key, and no secret'],
    ['secrets', { keys: [{ kty: 'oct', k: 'AAAA' }] }, 'must hold public keys only: no private key, and no secret'],
    ['secrets without one', { keys: [{ kty: 'oct' }] }, 'must hold public keys only: no private key, and no secret'],
    ['half a key', { keys: [{ ...ec, y: undefined }] }, 'must hold keys with all members of their type'],
    ['too many', { keys: Array(21).fill(ec) }, 'must not have more than 20 keys'],
  ])('must not be %s', (_, jwks, problem) => {
    expect(find(jwks)).toEqual([`"jwks" ${problem}`])
  })
})

describe('RFC 7591 §2, RFC 8414 §2 what the server can do', () => {
  const CODE = { ...VALID, grant_types: ['authorization_code'] }

  it.each<[string, ClientMetadata]>([
    ['nothing in particular', VALID],
    [
      'one response type, its words in another order',
      {
        ...VALID,
        grant_types: ['authorization_code', 'implicit'],
        response_types: ['id_token code'],
      },
    ],
    ['known scopes', { ...CODE, scope: 'profile openid' }],
    ['pushed requests', { ...CODE, require_pushed_authorization_requests: true }],
    ['no DPoP', { ...CODE, dpop_bound_access_tokens: false }],
    ['encrypted answers', { ...CODE, introspection_encrypted_response_alg: 'ECDH-ES', jwks_uri: JWKS_URI }],
  ])('is enough for %s', (_, metadata) => {
    expect(findClientMetadataProblems(metadata, SERVER)).toEqual([])
  })

  it.each<[ClientMetadata, string, string]>([
    [
      { token_endpoint_auth_method: 'client_secret_post' },
      'token_endpoint_auth_method',
      'token_endpoint_auth_methods_supported',
    ],
    [
      { token_endpoint_auth_signing_alg: 'RS256' },
      'token_endpoint_auth_signing_alg',
      'token_endpoint_auth_signing_alg_values_supported',
    ],
    [{ grant_types: ['authorization_code', 'password'] }, 'grant_types', 'grant_types_supported'],
    [
      { grant_types: ['authorization_code', 'implicit'], response_types: ['code token'] },
      'response_types',
      'response_types_supported',
    ],
    [{ scope: 'openid admin' }, 'scope', 'scopes_supported'],
    [{ subject_type: 'pairwise' }, 'subject_type', 'subject_types_supported'],
    [
      { id_token_signed_response_alg: 'RS256' },
      'id_token_signed_response_alg',
      'id_token_signing_alg_values_supported',
    ],
    [
      { userinfo_encrypted_response_alg: 'ECDH-ES', jwks_uri: JWKS_URI },
      'userinfo_encrypted_response_alg',
      'userinfo_encryption_alg_values_supported',
    ],
    [{ dpop_bound_access_tokens: true }, 'dpop_bound_access_tokens', 'dpop_signing_alg_values_supported'],
    [
      { require_signed_request_object: true },
      'require_signed_request_object',
      'request_object_signing_alg_values_supported',
    ],
  ])('is not enough for %j', (metadata, member, listed) => {
    expect(findClientMetadataProblems({ ...VALID, ...metadata }, SERVER)).toEqual([
      `"${member}" asks for something that this server does not do: see "${listed}" of its metadata`,
    ])
  })

  it('is any scope where it lists none', () => {
    const { scopes_supported: _, ...server } = SERVER
    expect(findClientMetadataProblems({ ...VALID, scope: 'whatever' }, server)).toEqual([])
    expect(readClientMetadata({ ...VALID, scope: 'whatever' }, server)).toMatchObject({
      metadata: { scope: 'whatever' },
    })
  })
})
