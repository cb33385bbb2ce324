import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { get, ISSUER } from '../../../test/support/authorization-server.ts'
import { json } from '../../http/response.ts'
import { KeySet } from '../../jose/jwks/index.ts'
import { MemoryStore } from '../../stores/memory.ts'
import type { ServerMetadata } from '../server-metadata.ts'
import { ClientSecretJwt } from './auth/client-secret-jwt.ts'
import { PrivateKeyJwt } from './auth/private-key-jwt.ts'
import { AuthorizationServer } from './authorization-server.ts'
import { DeviceAuthorizationEndpoint } from './endpoints/device-authorization.ts'
import { IntrospectionEndpoint } from './endpoints/introspection.ts'
import { RevocationEndpoint } from './endpoints/revocation.ts'
import { ClientRegistration } from './extensions/client-registration.ts'
import { Dpop } from './extensions/dpop.ts'
import { PushedAuthorization } from './extensions/pushed-authorization.ts'
import { RequestObjects } from './extensions/request-objects.ts'
import { AuthorizationCodeGrant } from './grants/authorization-code.ts'
import { ClientCredentialsGrant } from './grants/client-credentials.ts'
import { DeviceCodeGrant } from './grants/device-code.ts'
import { ImplicitGrant } from './grants/implicit.ts'
import { JwtBearerGrant } from './grants/jwt-bearer.ts'
import { PasswordGrant } from './grants/password.ts'
import { RefreshTokenGrant } from './grants/refresh-token.ts'
import { TokenExchangeGrant } from './grants/token-exchange.ts'
import type { AuthorizationServerOptions } from './options.ts'
import type { Store } from './store.ts'

type Server = AuthorizationServer<Store>

/** Something that can be registered, and what it alone adds to the document: a list joins those of the others. */
interface Part {
  register(server: Server): unknown
  readonly adds: Partial<ServerMetadata>
}

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'
const algorithms = ['ES256', 'EdDSA']
const keys = await KeySet.generate(['ES256', 'EdDSA'])
const DEFAULT_METHODS = ['client_secret_basic', 'client_secret_post', 'none']

const assertions = {
  privateKey: new PrivateKeyJwt({ algorithms }),
  secret: new ClientSecretJwt({ algorithms: ['HS256'] }),
}

const PARTS: Readonly<Record<string, Part>> = {
  code: {
    register: (server) => server.registerGrant(AuthorizationCodeGrant),
    adds: {
      authorization_endpoint: `${ISSUER}/authorize`,
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code'],
      response_modes_supported: ['query', 'fragment', 'form_post'],
      code_challenge_methods_supported: ['S256'],
    },
  },
  refresh: {
    register: (server) => server.registerGrant(RefreshTokenGrant),
    adds: { grant_types_supported: ['refresh_token'] },
  },
  implicit: {
    register: (server) => server.registerGrant(ImplicitGrant),
    adds: {
      authorization_endpoint: `${ISSUER}/authorize`,
      response_types_supported: ['token'],
      grant_types_supported: ['implicit'],
      response_modes_supported: ['query', 'fragment', 'form_post'],
    },
  },
  password: {
    register: (server) => server.registerGrant(PasswordGrant, { authenticate: () => undefined }),
    adds: { grant_types_supported: ['password'] },
  },
  exchange: {
    register: (server) => server.registerGrant(TokenExchangeGrant, { policy: () => undefined }),
    adds: { grant_types_supported: ['urn:ietf:params:oauth:grant-type:token-exchange'] },
  },
  assertion: {
    register: (server) => server.registerGrant(JwtBearerGrant, { issuers: [] }),
    adds: { grant_types_supported: ['urn:ietf:params:oauth:grant-type:jwt-bearer'] },
  },
  proofs: {
    register: (server) => server.registerExtension(Dpop, { algorithms }),
    adds: { dpop_signing_alg_values_supported: algorithms },
  },
  service: {
    register: (server) => server.registerGrant(ClientCredentialsGrant),
    adds: { grant_types_supported: ['client_credentials'] },
  },
  device: {
    register: (server) => server.registerGrant(DeviceCodeGrant),
    adds: { grant_types_supported: [DEVICE_CODE] },
  },
  deviceEndpoint: {
    register: (server) =>
      server.registerEndpoint(DeviceAuthorizationEndpoint, { verificationUri: 'https://op.example/device' }),
    adds: { device_authorization_endpoint: `${ISSUER}/device_authorization` },
  },
  custom: {
    register: (server) =>
      server.registerGrant({
        grantType: 'urn:example:pin',
        metadata: { op_policy_uri: 'https://op.example/pin' },
        grant: () => ({ scope: '' }),
      }),
    adds: { grant_types_supported: ['urn:example:pin'], op_policy_uri: 'https://op.example/pin' },
  },
  customEndpoint: {
    register: (server) =>
      server.registerEndpoint({
        name: 'docs',
        path: '/docs',
        methods: ['GET'],
        metadata: (url) => ({ service_documentation: url }),
        handle: () => json(200, {}),
      }),
    adds: { service_documentation: `${ISSUER}/docs` },
  },
  customExtension: {
    register: (server) =>
      server.registerExtension({
        name: 'terms',
        scopes: ['extra'],
        onMetadata: (metadata) => {
          metadata.op_tos_uri = 'https://op.example/terms'
        },
      }),
    adds: { op_tos_uri: 'https://op.example/terms', scopes_supported: ['extra'] },
  },
  revocation: {
    register: (server) => server.registerEndpoint(RevocationEndpoint),
    adds: {
      revocation_endpoint: `${ISSUER}/revoke`,
      revocation_endpoint_auth_methods_supported: DEFAULT_METHODS,
    },
  },
  introspection: {
    register: (server) => server.registerEndpoint(IntrospectionEndpoint),
    adds: {
      introspection_endpoint: `${ISSUER}/introspect`,
      introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      introspection_signing_alg_values_supported: algorithms,
      introspection_encryption_alg_values_supported: [
        'RSA-OAEP',
        'RSA-OAEP-256',
        'ECDH-ES',
        'ECDH-ES+A128KW',
        'ECDH-ES+A256KW',
      ],
      introspection_encryption_enc_values_supported: ['A128CBC-HS256', 'A256CBC-HS512', 'A128GCM', 'A256GCM'],
    },
  },
  registration: {
    register: (server) => server.registerExtension(new ClientRegistration({ initialAccess: 'open' })),
    adds: { registration_endpoint: `${ISSUER}/register` },
  },
  pushed: {
    register: (server) => server.registerExtension(PushedAuthorization, { required: true }),
    adds: {
      pushed_authorization_request_endpoint: `${ISSUER}/par`,
      require_pushed_authorization_requests: true,
    },
  },
  signed: {
    register: (server) => server.registerExtension(RequestObjects, { algorithms }),
    adds: {
      request_parameter_supported: true,
      request_uri_parameter_supported: false,
      request_object_signing_alg_values_supported: algorithms,
    },
  },
  privateKey: {
    register: (server) => server.registerClientAuthMethod(assertions.privateKey),
    adds: { token_endpoint_auth_methods_supported: ['private_key_jwt'] },
  },
  secretJwt: {
    register: (server) => server.registerClientAuthMethod(assertions.secret),
    adds: { token_endpoint_auth_methods_supported: ['client_secret_jwt'] },
  },
}

const BASE: ServerMetadata = {
  issuer: ISSUER,
  token_endpoint: `${ISSUER}/token`,
  jwks_uri: `${ISSUER}/jwks`,
  response_types_supported: [],
  grant_types_supported: [],
  scopes_supported: ['openid', 'read'],
  token_endpoint_auth_methods_supported: DEFAULT_METHODS,
  authorization_response_iss_parameter_supported: true,
}

/** Some of the parts, each once, in any order. */
const registrations = fc.uniqueArray(fc.constantFrom(...Object.keys(PARTS)))

function create(names: readonly string[], options: Partial<AuthorizationServerOptions<Store>> = {}): Server {
  const scopes = ['openid', 'read']
  const server = new AuthorizationServer<Store>({ issuer: ISSUER, store: new MemoryStore(), keys, scopes, ...options })
  for (const name of names) PARTS[name]?.register(server)
  return server
}

/** The sum, with every list in one order: what comes first depends on what was registered first, and means nothing. */
function sum(names: readonly string[]): Record<string, unknown> {
  const total = new Map<string, unknown>(Object.entries(BASE))
  for (const [member, value] of names.flatMap((name) => Object.entries({ ...PARTS[name]?.adds }))) {
    const before = total.get(member)
    total.set(member, Array.isArray(value) && Array.isArray(before) ? [...new Set([...before, ...value])] : value)
  }
  for (const [member, value] of Object.entries(methodsOfOthers(names))) {
    const before = total.get(member)
    if (before !== undefined) total.set(member, [...(Array.isArray(before) ? before : []), ...value])
  }
  return sorted({ ...Object.fromEntries(total), ...assertionAlgorithms(names) })
}

/** Each endpoint that authenticates clients takes each method. */
function methodsOfOthers(names: readonly string[]): Record<string, readonly string[]> {
  const more = ['privateKey', 'secretJwt'].flatMap((name) =>
    names.includes(name) ? (PARTS[name]?.adds.token_endpoint_auth_methods_supported ?? []) : [],
  )
  return { revocation_endpoint_auth_methods_supported: more, introspection_endpoint_auth_methods_supported: more }
}

function assertionAlgorithms(names: readonly string[]): Partial<ServerMetadata> {
  const values = [
    ...(names.includes('privateKey') ? algorithms : []),
    ...(names.includes('secretJwt') ? ['HS256'] : []),
  ]
  if (values.length === 0) return {}
  return {
    token_endpoint_auth_signing_alg_values_supported: values,
    ...(names.includes('revocation') && { revocation_endpoint_auth_signing_alg_values_supported: values }),
    ...(names.includes('introspection') && { introspection_endpoint_auth_signing_alg_values_supported: values }),
  }
}

function sorted(document: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(document).map(([member, value]) => [member, Array.isArray(value) ? value.toSorted() : value]),
  )
}

describe('RFC 8414 §2 the metadata document', () => {
  it('is the sum of what is registered, in whatever order', () => {
    fc.assert(
      fc.property(registrations, (names) => {
        expect(sorted(create(names).metadata())).toEqual(sum(names))
      }),
    )
  })

  it('is what is served, and leads to endpoints that answer', async () => {
    await fc.assert(
      fc.asyncProperty(registrations, async (names) => {
        const server = create(names)
        const response = await server.handle(get('/.well-known/oauth-authorization-server'))
        expect(JSON.parse(String(response.body))).toEqual(server.metadata())
        for (const [member, url] of Object.entries(server.metadata())) {
          if (!member.endsWith('_endpoint') || typeof url !== 'string') continue
          // The authorization endpoint is the application's own here.
          expect(server.owns(get(url)), member).toBe(member !== 'authorization_endpoint')
        }
      }),
    )
  })

  it('names no endpoint that is elsewhere, whatever the issuer and the paths are', () => {
    const segment = fc.stringMatching(/^[a-z0-9]{1,8}$/)
    fc.assert(
      fc.property(registrations, fc.array(segment, { maxLength: 2 }), segment, (names, tenant, token) => {
        const issuer = [ISSUER, ...tenant].join('/')
        const server = create(names, { issuer, paths: { token: `/own/${token}` } })
        expect(server.metadata()).toMatchObject({ issuer, token_endpoint: `${issuer}/own/${token}` })
        for (const [member, url] of Object.entries(server.metadata())) {
          if (member.endsWith('_endpoint')) expect(String(url).startsWith(`${issuer}/`)).toBe(true)
        }
        expect(
          server.owns(get(`/.well-known/oauth-authorization-server${new URL(issuer).pathname.replace(/\/$/, '')}`)),
        ).toBe(true)
      }),
    )
  })

  it('RFC 8414 §3.2: has no empty list but those that have to be there', () => {
    fc.assert(
      fc.property(registrations, (names) => {
        const empty = Object.entries(create(names).metadata()).filter(
          ([, value]) => Array.isArray(value) && !value.length,
        )
        expect(['grant_types_supported', 'response_types_supported']).toEqual(
          expect.arrayContaining(empty.map(([member]) => member)),
        )
      }),
    )
  })
})
