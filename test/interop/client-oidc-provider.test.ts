import { Key, type PrivateJwk } from 'authwright/jose/jwk'
import { KeySet } from 'authwright/jose/jwks'
import {
  authorizeDevice,
  type ClientRegistration,
  ClientSecretJwt,
  deleteRegistration,
  introspectToken,
  OAuth2Client,
  type OAuth2ClientOptions,
  PrivateKeyJwt,
  readRegistration,
  registerClient,
  SignedIntrospection,
  toClientOptions,
  updateRegistration,
} from 'authwright/oauth2/client'
import { OpenIdClient } from 'authwright/oidc/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SECRET } from './support/provider.ts'
import { Stranger } from './support/stranger.ts'

const API = 'https://api.example'
const INITIAL_TOKEN = 'an-initial-access-token-of-40-characters'
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

const clientKey = await Key.generate('ES256', { kid: 'client' })
const providerKey = (await Key.generate('ES256', { kid: 'op' })).toPrivateJwk()
const rsaKey = (await Key.generate('RS256', { kid: 'op-rsa' })).toPrivateJwk() as PrivateJwk

const service = { redirect_uris: [], response_types: [], grant_types: ['client_credentials'] }
const clients = [
  { ...service, client_id: 'secret:1 +%', client_secret: SECRET, token_endpoint_auth_method: 'client_secret_jwt' },
  {
    ...service,
    client_id: 'key',
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    jwks: { keys: [clientKey.toPublicJwk()] },
    introspection_signed_response_alg: 'ES256',
  },
  {
    client_id: 'tv',
    redirect_uris: [],
    response_types: [],
    grant_types: [DEVICE_GRANT, 'refresh_token'],
    token_endpoint_auth_method: 'none',
    id_token_signed_response_alg: 'ES256',
  },
]

const page = (name: string) => async (context: { body: string }, form: string) => {
  context.body = `<!doctype html><main data-page="${name}">${form}<button id="go">Go on</button></main>`
}

const features = {
  clientCredentials: { enabled: true },
  introspection: { enabled: true, allowedPolicy: () => true },
  jwtIntrospection: { enabled: true },
  registration: { enabled: true, initialAccessToken: INITIAL_TOKEN },
  registrationManagement: { enabled: true, rotateRegistrationAccessToken: true },
  resourceIndicators: {
    enabled: true,
    getResourceServerInfo: () => ({ scope: 'read', accessTokenFormat: 'jwt', accessTokenTTL: 60 }),
  },
  deviceFlow: {
    enabled: true,
    userCodeInputSource: page('code'),
    userCodeConfirmSource: page('confirm'),
    successSource: page('done'),
  },
}

let stranger: Stranger
beforeAll(async () => {
  stranger = await Stranger.start({ clients, keys: [rsaKey, providerKey], features })
})
afterAll(() => stranger.close())

const client = (options: Partial<OAuth2ClientOptions> & { clientId: string }): OAuth2Client =>
  new OAuth2Client({ issuer: stranger.issuer, ...options })

const bySecret = (options?: ConstructorParameters<typeof ClientSecretJwt>[1]): OAuth2Client =>
  client({ clientId: 'secret:1 +%', tokenEndpointAuthMethod: new ClientSecretJwt(SECRET, options) })
const byKey = (options?: ConstructorParameters<typeof PrivateKeyJwt>[1]): OAuth2Client =>
  client({ clientId: 'key', tokenEndpointAuthMethod: new PrivateKeyJwt(clientKey, options) })

describe('RFC 7523 §2.2: our client proves who it is to oidc-provider', () => {
  it.each([
    ['client_secret_jwt', () => bySecret()],
    ['client_secret_jwt with HS256 for the endpoint', () => bySecret({ alg: 'HS256', audience: 'endpoint' })],
    ['private_key_jwt', () => byKey()],
    ['private_key_jwt for the endpoint', () => byKey({ audience: 'endpoint' })],
    ['private_key_jwt of the explicit type', () => byKey({ typ: 'client-authentication+jwt', lifetime: '5m' })],
  ])('by %s, again and again', async (_, make) => {
    const app = make()
    const first = await app.clientCredentials()
    expect(first.access_token).not.toBe((await app.clientCredentials()).access_token)
  })

  it.each([
    ['for somebody else', () => byKey({ audience: 'https://other.example' })],
    [
      'with a secret in the place of the key',
      () => client({ clientId: 'key', tokenEndpointAuthMethod: new ClientSecretJwt(SECRET) }),
    ],
    ['as somebody else', () => client({ clientId: 'tv', tokenEndpointAuthMethod: new PrivateKeyJwt(clientKey) })],
  ])('and not by an assertion %s', async (_, make) => {
    await expect(make().clientCredentials()).rejects.toMatchObject({
      code: 'token_refused',
      refusal: { error: 'invalid_client' },
    })
  })
})

describe('RFC 7662: our client asks oidc-provider about tokens', () => {
  it('in JSON, of tokens that are good and tokens that are not', async () => {
    const app = bySecret()
    const token = await app.clientCredentials()
    expect(await introspectToken(app, token)).toMatchObject({ active: true, client_id: 'secret:1 +%' })
    expect(await introspectToken(app, 'made-up', { tokenTypeHint: 'refresh_token' })).toEqual({ active: false })
  })

  it('RFC 9701: for an answer that is signed', async () => {
    const app = byKey()
    const keys = KeySet.remote(`${stranger.issuer}/jwks`)
    const signed = new SignedIntrospection(keys, { algorithms: ['ES256'] })
    const token = await app.clientCredentials()
    expect(await introspectToken(app, token, { signed })).toMatchObject({ active: true, client_id: 'key' })
    const otherwise = new SignedIntrospection(keys, { algorithms: ['RS256'] })
    await expect(introspectToken(app, token, { signed: otherwise })).rejects.toMatchObject({
      code: 'introspection_response_invalid',
    })
  })
})

describe('RFC 8707: our client says for which API a token is', () => {
  it('and gets one for it', async () => {
    const { access_token } = await byKey().clientCredentials({ resource: API, scope: 'read' })
    const claims = JSON.parse(Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString())
    expect(claims).toMatchObject({ aud: API, scope: 'read', client_id: 'key' })
  })
})

describe('RFC 8628: a device of ours at oidc-provider', () => {
  const tv = (): OpenIdClient =>
    new OpenIdClient({
      issuer: stranger.issuer,
      clientId: 'tv',
      tokenEndpointAuthMethod: 'none',
      idTokenSignedResponseAlg: 'ES256',
    })

  it('is connected by its owner, and gets a validated ID token', async () => {
    const device = await authorizeDevice(tv(), { scope: 'openid email' })
    const waiting = device.poll()
    const browser = stranger.browser()
    const confirm = await browser.press(await browser.open(device.verification_uri), 'go', {
      user_code: device.user_code.toLowerCase(),
    })
    expect((await browser.press(confirm, 'go')).page).toBe('done')
    const token = await waiting
    expect(token.userinfo).toMatchObject({ iss: stranger.issuer, sub: 'grace', aud: 'tv' })
  })

  it('learns that its owner does not want it', async () => {
    const device = await authorizeDevice(tv(), { scope: 'openid' })
    const outcome = device.poll().catch((error: unknown) => error)
    const browser = stranger.browser()
    const confirm = await browser.press(await browser.open(device.verification_uri), 'go', {
      user_code: device.user_code,
    })
    await browser.press(confirm, 'go', { abort: 'yes' })
    expect(await outcome).toMatchObject({ code: 'device_denied', refusal: { error: 'access_denied' } })
  })
})

describe('RFC 7591 and RFC 7592: our client registers at oidc-provider', () => {
  const metadata = {
    client_name: 'Photo print',
    redirect_uris: [],
    response_types: [],
    grant_types: ['client_credentials'],
  }
  const register = (initialAccessToken?: string): Promise<ClientRegistration> =>
    registerClient(
      { issuer: stranger.issuer },
      metadata,
      initialAccessToken === undefined ? {} : { initialAccessToken },
    )

  it('works as what it registered, changes it, and ends it', async () => {
    const registration = await register(INITIAL_TOKEN)
    const app = client(toClientOptions(registration))
    expect(await app.clientCredentials()).toMatchObject({ token_type: 'Bearer' })

    const read = await readRegistration(registration)
    expect(read).toMatchObject({ client_id: registration.client_id, client_name: 'Photo print' })
    const changed = await updateRegistration(read, { client_name: 'Photo album' })
    expect(changed).toMatchObject({ client_name: 'Photo album', client_secret: registration.client_secret })
    expect(changed.registration_access_token).not.toBe(read.registration_access_token)
    await expect(readRegistration(read)).rejects.toMatchObject({ code: 'registration_refused', status: 401 })

    await deleteRegistration(changed)
    await expect(readRegistration(changed)).rejects.toMatchObject({ code: 'registration_refused', status: 401 })
    await expect(app.clientCredentials()).rejects.toMatchObject({ refusal: { error: 'invalid_client' } })
  })

  it('is told what is wrong', async () => {
    await expect(register()).rejects.toMatchObject({ code: 'registration_refused' })
    const wrong = { ...metadata, redirect_uris: ['not a URL'], grant_types: ['authorization_code'] }
    const options = { initialAccessToken: INITIAL_TOKEN }
    await expect(registerClient({ issuer: stranger.issuer }, wrong, options)).rejects.toMatchObject({
      code: 'registration_refused',
      refusal: { error: 'invalid_redirect_uri' },
    })
  })
})
