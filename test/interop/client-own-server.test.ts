import { outgoingFetch, type Transport } from 'authwright/http'
import { Key } from 'authwright/jose/jwk'
import { KeySet } from 'authwright/jose/jwks'
import { oauthServer } from 'authwright/node'
import {
  AutonomousClient,
  authorizeDevice,
  deleteRegistration,
  exchangeToken,
  fetchResourceMetadata,
  introspectToken,
  OAuth2Client,
  type OAuth2ClientOptions,
  PrivateKeyJwt,
  readChallenge,
  readRegistration,
  registerClient,
  ServiceAccount,
  SignedIntrospection,
  stepUp,
  TOKEN_TYPES,
  throwOnChallenge,
  toClientOptions,
  updateRegistration,
} from 'authwright/oauth2/client'
import { exchangePassword } from 'authwright/oauth2/client/password'
import { JwtValidator, ResourceProtector } from 'authwright/oauth2/resource'
import {
  AuthorizationServer,
  ClientCredentialsGrant,
  ClientRegistration,
  DeviceAuthorizationEndpoint,
  DeviceCodeGrant,
  defineClient,
  IntrospectionEndpoint,
  JwtBearerGrant,
  PrivateKeyJwt as PrivateKeyJwtMethod,
  RefreshTokenGrant,
  type Store,
  TokenExchangeGrant,
} from 'authwright/oauth2/server'
import { PasswordGrant } from 'authwright/oauth2/server/password'
import { OpenIdClient } from 'authwright/oidc/client'
import { DevicePages, OpenIDConnect } from 'authwright/oidc/server'
import { MemoryStore } from 'authwright/stores/memory'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../support/browser.ts'
import { listen, type Running } from '../support/listen.ts'

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'
const BEARER_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const EXCHANGE_GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange'
const API = 'https://api.example'
const SECRET = 'a-secret-of-the-gateway:+%-of-32-characters'
const INITIAL_TOKEN = 'an-initial-access-token-of-40-characters'

const [clientKey, robotKey] = await Promise.all([Key.generate('ES256'), Key.generate('EdDSA')])

let running: Running
beforeAll(async () => {
  const clients = await Promise.all([
    defineClient({
      client_id: 'tv',
      token_endpoint_auth_method: 'none',
      grant_types: [DEVICE_GRANT, 'refresh_token'],
      id_token_signed_response_alg: 'ES256',
    }),
    defineClient({
      client_id: 'gateway:1',
      client_secret: SECRET,
      grant_types: [EXCHANGE_GRANT, 'client_credentials', 'password'],
      scope: 'read',
      introspection_signed_response_alg: 'ES256',
    }),
    defineClient({
      client_id: 'worker',
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks: { keys: [{ ...clientKey.toPublicJwk() }] },
      grant_types: ['client_credentials'],
      scope: 'read',
    }),
    defineClient({
      client_id: 'robots',
      token_endpoint_auth_method: 'none',
      grant_types: [BEARER_GRANT],
      scope: 'read',
    }),
  ])
  const keys = await KeySet.generate(['ES256'])
  const robots = new KeySet([await Key.import(robotKey.toPublicJwk())])
  running = await listen((issuer) =>
    oauthServer(
      new AuthorizationServer<Store>({
        issuer,
        keys,
        store: new MemoryStore({ clients }),
        accessTokenFormat: 'jwt',
        scopes: ['read', 'write'],
        resources: [{ resource: API, clientId: 'gateway:1' }],
      })
        .registerGrant(DeviceCodeGrant)
        .registerGrant(RefreshTokenGrant)
        .registerGrant(ClientCredentialsGrant)
        .registerGrant(PasswordGrant, {
          authenticate: ({ username, password }) => (password === 'engine' ? { subject: username } : undefined),
        })
        .registerGrant(JwtBearerGrant, {
          issuers: [{ issuer: 'robot', keys: robots, clientId: 'robots', subject: ({ sub }) => sub }],
        })
        .registerGrant(TokenExchangeGrant, { policy: () => ({ actor: 'client' }) })
        .registerEndpoint(DeviceAuthorizationEndpoint, { interval: 1 })
        .registerEndpoint(IntrospectionEndpoint)
        .registerClientAuthMethod(PrivateKeyJwtMethod)
        .registerExtension(
          new ClientRegistration({ initialAccess: { tokens: [INITIAL_TOKEN] }, grantTypes: ['client_credentials'] }),
        )
        .registerExtension(OpenIDConnect, { claims: () => ({ name: 'Ada' }) })
        .registerExtension(DevicePages, {
          secret: 'a secret of the pages, long enough for the sealer',
          authenticate: ({ username }) => ({ subject: username }),
        }),
    ),
  )
})
afterAll(() => running.close())

const client = (options: Partial<OAuth2ClientOptions> & { clientId: string }): OAuth2Client =>
  new OAuth2Client({ issuer: running.origin, ...options })
const gateway = (): OAuth2Client => client({ clientId: 'gateway:1', clientSecret: SECRET })
const worker = (): OAuth2Client => client({ clientId: 'worker', tokenEndpointAuthMethod: new PrivateKeyJwt(clientKey) })

const claimsOf = ({ access_token }: { access_token: string }): Record<string, unknown> =>
  JSON.parse(Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString())

describe('our client and our server', () => {
  it('RFC 7523 §2.2: know each other by an assertion', async () => {
    expect(claimsOf(await worker().clientCredentials())).toMatchObject({ client_id: 'worker', scope: 'read' })
    const stranger = new PrivateKeyJwt(await Key.generate('ES256'))
    await expect(
      client({ clientId: 'worker', tokenEndpointAuthMethod: stranger }).clientCredentials(),
    ).rejects.toMatchObject({ refusal: { error: 'invalid_client' } })
  })

  it('RFC 8693 §2: exchange tokens', async () => {
    const subjectToken = (await gateway().clientCredentials({ scope: 'read' })).access_token
    const token = await exchangeToken(gateway(), { subjectToken, resource: API })
    expect(token).toMatchObject({ issued_token_type: TOKEN_TYPES.accessToken, scope: 'read' })
    expect(claimsOf(token)).toMatchObject({ aud: API, act: { sub: 'gateway:1' } })
    await expect(
      exchangeToken(gateway(), { subjectToken, resource: 'https://elsewhere.example' }),
    ).rejects.toMatchObject({ code: 'token_refused', refusal: { error: 'invalid_target' } })
  })

  it('RFC 7523 §2.1: trust a service account, for each token anew', async () => {
    let now = Date.now()
    const serverMetadataUrl = `${running.origin}/.well-known/oauth-authorization-server`
    const robot = new ServiceAccount({
      serverMetadataUrl,
      issuer: 'robot',
      subject: 'ada',
      key: robotKey,
      scope: 'read',
      clock: () => now,
    })
    const token = await robot.token()
    expect(claimsOf(token)).toMatchObject({ sub: 'ada', client_id: 'robots', scope: 'read' })
    expect(await robot.token()).toEqual(token)
    // Only the robot's clock goes on: the next assertion has to be good by the server's.
    now += ((token.expires_in ?? 0) - 59) * 1000
    await expect(robot.token()).rejects.toMatchObject({ refusal: { error: 'invalid_grant' } })
  })

  it('RFC 6749 §4.3: talk about passwords, where they must', async () => {
    const token = await exchangePassword(gateway(), { username: 'ada', password: 'engine' })
    expect(claimsOf(token)).toMatchObject({ sub: 'ada' })
    await expect(exchangePassword(gateway(), { username: 'ada', password: 'x' })).rejects.toMatchObject({
      refusal: { error: 'invalid_grant' },
    })
  })

  it('RFC 7662 and RFC 9701: talk about tokens', async () => {
    const app = gateway()
    const token = await app.clientCredentials({ resource: API })
    expect(await introspectToken(app, token)).toMatchObject({ active: true, client_id: 'gateway:1', scope: 'read' })
    expect(await introspectToken(worker(), token)).toEqual({ active: false })
    const keys = KeySet.remote(`${running.origin}/jwks`)
    const signed = new SignedIntrospection(keys, { algorithms: ['ES256'] })
    expect(await introspectToken(app, token, { signed })).toMatchObject({ active: true, aud: API })
  })

  it('RFC 7591 and RFC 7592: register, change and end', async () => {
    const metadata = { client_name: 'Photo print', grant_types: ['client_credentials'], scope: 'read' }
    const server = { issuer: running.origin }
    const registration = await registerClient(server, metadata, { initialAccessToken: INITIAL_TOKEN })
    const app = client(toClientOptions(registration))
    expect(claimsOf(await app.clientCredentials())).toMatchObject({ client_id: registration.client_id })

    const changed = await updateRegistration(await readRegistration(registration), { client_name: 'Album' })
    expect(changed.client_name).toBe('Album')
    expect(claimsOf(await client(toClientOptions(changed)).clientCredentials())).toBeDefined()

    await deleteRegistration(changed)
    await expect(readRegistration(changed)).rejects.toMatchObject({ code: 'registration_refused', status: 401 })
    await expect(registerClient(server, metadata)).rejects.toMatchObject({ code: 'registration_refused', status: 401 })
  })
})

describe('RFC 8628: our device at our server', () => {
  async function decide(url: string, button: 'allow' | 'deny'): Promise<void> {
    const site = { issuer: running.origin, fetch: (request: Request) => fetch(request, { redirect: 'manual' }) }
    const browser = new Browser(site)
    const enter = await browser.press(await browser.open(url), 'sign-in', { username: 'ada', password: 'x' })
    await browser.press(await browser.press(enter, 'continue'), button)
  }
  const tv = (): OpenIdClient =>
    new OpenIdClient({
      issuer: running.origin,
      clientId: 'tv',
      scope: 'openid read',
      idTokenSignedResponseAlg: 'ES256',
    })

  it('gets its tokens, and renews them', async () => {
    const app = tv()
    const device = await authorizeDevice(app)
    const waiting = device.poll()
    await decide(device.verification_uri_complete ?? '', 'allow')
    const token = await waiting
    expect(token.userinfo?.sub).toBe('ada')
    expect((await app.refreshToken(token)).userinfo?.sub).toBe('ada')
  })

  it('is refused', async () => {
    const device = await authorizeDevice(tv())
    const outcome = device.poll().catch((error: unknown) => error)
    await decide(device.verification_uri_complete ?? '', 'deny')
    expect(await outcome).toMatchObject({ code: 'device_denied' })
  })
})

describe('our client at an API that our protector guards', () => {
  let api: (request: Request) => Promise<Response>
  beforeAll(() => {
    const protector = new ResourceProtector({ resource: API, realm: 'files' }).registerTokenValidator(
      new JwtValidator({ issuer: running.origin, audience: API }),
    )
    api = async (request) => {
      const description = await protector.handleMetadata(request)
      if (description !== undefined) return description
      const scope = new URL(request.url).pathname === '/v1/admin' ? 'admin' : 'read'
      const { response } = await protector.protect(request, scope)
      return response ?? Response.json({ ok: true })
    }
  })

  const direct = outgoingFetch()
  /** The API is in this process, whatever its name says. */
  const transport: Transport = async (request) => {
    if (new URL(request.url).origin !== API) return direct(request)
    const headers = (request.headers ?? []).map(([name, value]): [string, string] => [name, value])
    const response = await api(new Request(request.url, { headers }))
    return {
      status: response.status,
      headers: [...response.headers],
      body: new Uint8Array(await response.arrayBuffer()),
    }
  }

  it('RFC 9728 §5: finds out from a refusal whose tokens are taken', async () => {
    const url = `${API}/v1/files`
    const nobody = new OAuth2Client({ clientId: 'worker', issuer: running.origin, transport })
    const refusal = readChallenge(await nobody.get(url, { withholdToken: true }))
    expect(refusal).toMatchObject({ code: 'access_refused', status: 401, challenge: { realm: 'files' } })
    const metadataUrl = refusal?.challenge.resource_metadata
    const { resource, authorization_servers: [issuer] = [] } = await fetchResourceMetadata(url, {
      metadataUrl,
      transport,
    })
    expect({ resource, issuer }).toEqual({ resource: API, issuer: running.origin })

    const method = new PrivateKeyJwt(clientKey)
    const app = new OAuth2Client({
      clientId: 'worker',
      issuer: issuer ?? '',
      tokenEndpointAuthMethod: method,
      transport,
    })
    const files = new AutonomousClient(app, () => app.clientCredentials({ resource }))
    expect(throwOnChallenge(await files.get(url)).status).toBe(200)
  })

  it('RFC 6750 §3.1: is told which scope is missing, and does not ask twice', async () => {
    const method = new PrivateKeyJwt(clientKey)
    const app = new OAuth2Client({
      clientId: 'worker',
      issuer: running.origin,
      tokenEndpointAuthMethod: method,
      transport,
    })
    const token = await app.clientCredentials({ resource: API })
    const refusal = readChallenge(await app.get(`${API}/v1/admin`, { token }))
    expect(refusal).toMatchObject({ status: 403, refusal: { error: 'insufficient_scope' } })
    const more = stepUp(refusal, { scope: token.scope })
    expect(more).toEqual({ scope: ['read', 'admin'] })
    expect(stepUp(refusal, { scope: token.scope, previous: more })).toBeUndefined()
  })
})
