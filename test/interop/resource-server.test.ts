import type { RequestListener } from 'node:http'
import { Key } from 'authwright/jose/jwk'
import { KeySet } from 'authwright/jose/jwks'
import { oauthServer } from 'authwright/node'
import {
  clientSecretBasic,
  DpopValidator,
  IntrospectionValidator,
  JwtValidator,
  privateKeyJwt,
  ResourceProtector,
  StoreValidator,
  type TokenValidator,
} from 'authwright/oauth2/resource'
import {
  AuthorizationServer,
  ClientCredentialsGrant,
  Dpop,
  defineClient,
  IntrospectionEndpoint,
  PrivateKeyJwt,
  RevocationEndpoint,
} from 'authwright/oauth2/server'
import { MemoryStore } from 'authwright/stores/memory'
import Provider from 'oidc-provider'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDpopProof } from '../../src/oauth2/dpop-proof.ts'
import { listen, type Running } from '../support/listen.ts'

const API = 'https://api.example'
const SECRET = 'a-secret-of-32-random-characters'
const apiKey = await Key.generate('ES256')
const dpopKey = await Key.generate('ES256')

const credentials = { authorization: `Basic ${btoa(`machine:${SECRET}`)}` }

interface TokenRequest {
  readonly url: string
  /** What the resource is called behind the name of the API. */
  readonly format: 'jwt' | 'opaque' | 'keyed'
  readonly dpop?: Key
}

/** A token for the API by client credentials. */
async function fetchToken({ url, format, dpop }: TokenRequest): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...credentials, ...(dpop && { dpop: await createDpopProof(dpop, { method: 'POST', url }) }) },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'read', resource: `${API}/${format}` }),
  })
  const body: { access_token?: string } = await response.json()
  if (body.access_token === undefined) throw new Error(`no token: ${JSON.stringify(body)}`)
  return body.access_token
}

function guard(validators: readonly TokenValidator[], authorization: string, proof?: string, requirement = 'read') {
  const protector = validators.reduce(
    (built, validator) => built.registerTokenValidator(validator),
    new ResourceProtector({ realm: 'api' }),
  )
  return protector.protect(
    new Request(`${API}/orders`, { headers: { authorization, ...(proof !== undefined && { dpop: proof }) } }),
    requirement,
  )
}

/** oidc-provider with tokens of either kind for the API, by the resource that is named. */
function strangerProvider(issuer: string): RequestListener {
  return new Provider(issuer, {
    clients: [
      {
        client_id: 'machine',
        client_secret: SECRET,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
      { client_id: 'api', client_secret: SECRET, grant_types: [], redirect_uris: [], response_types: [] },
      {
        client_id: 'api-with-key',
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [apiKey.toPublicJwk()] },
        grant_types: [],
        redirect_uris: [],
        response_types: [],
      },
    ],
    scopes: ['read'],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      revocation: { enabled: true, allowedPolicy: () => true },
      dPoP: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context: unknown, resource: string) => ({
          scope: 'read',
          audience: API,
          accessTokenFormat: resource.endsWith('jwt') ? 'jwt' : 'opaque',
          ...(resource.endsWith('jwt') && { jwt: { sign: { alg: 'RS256' } } }),
        }),
      },
    },
  }).callback()
}

describe('our guard, for tokens of oidc-provider', () => {
  let running: Running
  beforeAll(async () => {
    running = await listen(strangerProvider)
  })
  afterAll(() => running.close())

  const jwts = () => new JwtValidator({ issuer: running.origin, audience: API })
  const asked = (authentication = clientSecretBasic('api', SECRET)) =>
    new IntrospectionValidator({ issuer: running.origin, audience: API, authentication })
  const tokenOf = (format: 'jwt' | 'opaque', dpop?: Key) =>
    fetchToken({ url: `${running.origin}/token`, format, ...(dpop && { dpop }) })

  it('RFC 9068: a JWT, with nothing but the name of the issuer', async () => {
    const { token } = await guard([jwts()], `Bearer ${await tokenOf('jwt')}`)
    expect(token).toMatchObject({ subject: 'machine', clientId: 'machine', scopes: ['read'] })
  })

  it('RFC 7662: an opaque token, asked about with a secret, until it is revoked', async () => {
    const value = await tokenOf('opaque')
    const { token } = await guard([asked()], `Bearer ${value}`)
    expect(token).toMatchObject({ clientId: 'machine', scopes: ['read'] })
    await fetch(`${running.origin}/token/revocation`, {
      method: 'POST',
      headers: credentials,
      body: new URLSearchParams({ token: value }),
    })
    const { response } = await guard([asked()], `Bearer ${value}`)
    expect(response?.headers.get('www-authenticate')).toContain('error="invalid_token"')
  })

  it('RFC 7523: an opaque token, asked about with a signed assertion', async () => {
    const { token } = await guard([asked(privateKeyJwt('api-with-key', apiKey))], `Bearer ${await tokenOf('opaque')}`)
    expect(token?.clientId).toBe('machine')
  })

  it('both kinds at one API', async () => {
    for (const format of ['jwt', 'opaque'] as const) {
      const { token } = await guard([jwts(), asked()], `Bearer ${await tokenOf(format)}`)
      expect(token?.clientId).toBe('machine')
    }
  })

  it('answers 503 where our own credentials are wrong', async () => {
    const { response } = await guard([asked(clientSecretBasic('api', 'wrong'))], `Bearer ${await tokenOf('opaque')}`)
    expect(response?.status).toBe(503)
  })

  it('answers 403 where the scope does not do, 401 where the audience is another', async () => {
    const value = await tokenOf('jwt')
    expect((await guard([jwts()], `Bearer ${value}`, undefined, 'admin')).response?.status).toBe(403)
    const other = new JwtValidator({ issuer: running.origin, audience: 'https://other.example' })
    expect((await guard([other], `Bearer ${value}`)).response?.status).toBe(401)
  })

  it.each(['jwt', 'opaque'] as const)('RFC 9449: a token that is bound to a key (%s)', async (format) => {
    const inner = format === 'jwt' ? jwts() : asked()
    const validators = [inner, new DpopValidator(inner, { baseUrl: API })]
    const value = await tokenOf(format, dpopKey)
    const proofBy = (key: Key) => createDpopProof(key, { method: 'GET', url: `${API}/orders`, accessToken: value })
    expect((await guard(validators, `DPoP ${value}`, await proofBy(dpopKey))).token?.clientId).toBe('machine')
    expect((await guard(validators, `DPoP ${value}`, await proofBy(apiKey))).response?.status).toBe(401)
    expect((await guard(validators, `Bearer ${value}`)).response?.status).toBe(401)
  })
})

describe('our guard, for tokens of our own server', () => {
  const store = Promise.all([
    defineClient({ client_id: 'machine', client_secret: SECRET, grant_types: ['client_credentials'], scope: 'read' }),
    defineClient({ client_id: 'api', client_secret: SECRET, grant_types: [] }),
    defineClient({
      client_id: 'api-with-key',
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [{ ...apiKey.toPublicJwk() }] },
      grant_types: [],
    }),
  ]).then((clients) => new MemoryStore({ clients }))
  const keys = KeySet.generate(['ES256', 'RS256'])
  const audience = [`${API}/jwt`, `${API}/opaque`, `${API}/keyed`]

  let running: Running
  beforeAll(async () => {
    const [ready, keySet] = await Promise.all([store, keys])
    running = await listen((issuer) =>
      oauthServer(
        new AuthorizationServer({
          issuer,
          store: ready,
          keys: keySet,
          resources: [
            { resource: `${API}/jwt`, accessTokenFormat: 'jwt', clientId: 'api' },
            { resource: `${API}/opaque`, clientId: 'api' },
            { resource: `${API}/keyed`, clientId: 'api-with-key' },
          ],
        })
          .registerClientAuthMethod(PrivateKeyJwt)
          .registerGrant(ClientCredentialsGrant)
          .registerEndpoint(RevocationEndpoint)
          .registerEndpoint(IntrospectionEndpoint)
          .registerExtension(Dpop),
      ),
    )
  })
  afterAll(() => running.close())

  const tokenOf = (format: TokenRequest['format'], dpop?: Key) =>
    fetchToken({ url: `${running.origin}/token`, format, ...(dpop && { dpop }) })
  const asked = (signed = false, authentication = clientSecretBasic('api', SECRET)) =>
    new IntrospectionValidator({
      issuer: running.origin,
      audience,
      authentication,
      ...(signed && { signedAnswers: { clientId: 'api' } }),
    })

  it('RFC 9068: a JWT, with nothing but the name of the issuer', async () => {
    const { token } = await guard(
      [new JwtValidator({ issuer: running.origin, audience })],
      `Bearer ${await tokenOf('jwt')}`,
    )
    expect(token).toMatchObject({ subject: 'machine', clientId: 'machine', scopes: ['read'] })
  })

  it.each(['jwt', 'opaque'] as const)('RFC 7662, RFC 9701: asked about, plain and signed (%s)', async (format) => {
    const value = await tokenOf(format)
    for (const validator of [asked(), asked(true)]) {
      const { token } = await guard([validator], `Bearer ${value}`)
      expect(token).toMatchObject({ subject: 'machine', clientId: 'machine', scopes: ['read'], tokenType: 'Bearer' })
    }
  })

  it('RFC 7523: asked about with a signed assertion', async () => {
    const validator = asked(false, privateKeyJwt('api-with-key', apiKey))
    const { token } = await guard([validator], `Bearer ${await tokenOf('keyed')}`)
    expect(token?.clientId).toBe('machine')
  })

  it.each(['jwt', 'opaque'] as const)('in the same process (%s)', async (format) => {
    const [ready, keySet] = await Promise.all([store, keys])
    const validator = new StoreValidator({ store: ready, issuer: running.origin, keys: keySet, audience })
    const { token } = await guard([validator], `Bearer ${await tokenOf(format)}`)
    expect(token).toMatchObject({ subject: 'machine', clientId: 'machine', scopes: ['read'] })
  })

  it.each(['jwt', 'opaque'] as const)(
    'RFC 9449: bound to a key, for each way to know about them (%s)',
    async (format) => {
      const [ready, keySet] = await Promise.all([store, keys])
      const value = await tokenOf(format, dpopKey)
      const stored = new StoreValidator({ store: ready, issuer: running.origin, keys: keySet, audience })
      for (const inner of [stored, asked(), asked(true)]) {
        const validators = [inner, new DpopValidator(inner, { baseUrl: API })]
        const proofBy = (key: Key) => createDpopProof(key, { method: 'GET', url: `${API}/orders`, accessToken: value })
        expect((await guard(validators, `DPoP ${value}`, await proofBy(dpopKey))).token?.clientId).toBe('machine')
        expect((await guard(validators, `DPoP ${value}`, await proofBy(apiKey))).response?.status).toBe(401)
        expect((await guard(validators, `Bearer ${value}`)).response?.status).toBe(401)
      }
    },
  )
})
