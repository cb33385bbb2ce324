import { KeySet } from 'authwright/jose/jwks'
import { oauthServer } from 'authwright/node'
import {
  AuthorizationServer,
  ClientCredentialsGrant,
  DeviceAuthorizationEndpoint,
  DeviceCodeGrant,
  defineClient,
  JwtBearerGrant,
  RefreshTokenGrant,
  TokenExchangeGrant,
} from 'authwright/oauth2/server'
import { DevicePages, OpenIDConnect } from 'authwright/oidc/server'
import { MemoryStore } from 'authwright/stores/memory'
import { SignJWT } from 'jose'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../support/browser.ts'
import { listen, type Running } from '../support/listen.ts'

const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code'
const BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'
const IDP = 'https://idp.example'
const API = 'https://api.example'
const SECRET = 'a-secret-of-the-gateway'
const insecure = { [oauth.allowInsecureRequests]: true }

let running: Running
let idpKeys: CryptoKeyPair

beforeAll(async () => {
  idpKeys = await oauth.generateKeyPair('ES256', { extractable: true })
  const jwk = await crypto.subtle.exportKey('jwk', idpKeys.publicKey)
  const trusted = await KeySet.import([{ kty: 'EC', crv: 'P-256', x: jwk.x ?? '', y: jwk.y ?? '' }])
  const clients = await Promise.all([
    defineClient({
      client_id: 'tv',
      token_endpoint_auth_method: 'none',
      grant_types: [DEVICE, 'refresh_token'],
      id_token_signed_response_alg: 'ES256',
    }),
    defineClient({
      client_id: 'gateway',
      client_secret: SECRET,
      grant_types: [BEARER, EXCHANGE, 'client_credentials'],
      scope: 'read',
    }),
  ])
  const keys = await KeySet.generate(['ES256'])
  running = await listen((issuer) =>
    oauthServer(
      new AuthorizationServer({
        issuer,
        keys,
        store: new MemoryStore({ clients }),
        accessTokenFormat: 'jwt',
        scopes: ['read'],
        resources: [{ resource: API }],
      })
        .registerGrant(DeviceCodeGrant)
        .registerGrant(RefreshTokenGrant)
        .registerGrant(ClientCredentialsGrant)
        .registerGrant(JwtBearerGrant, {
          issuers: [{ issuer: IDP, keys: trusted, subject: ({ sub }) => (sub === 'their-ada' ? 'ada' : undefined) }],
        })
        .registerGrant(TokenExchangeGrant, { policy: () => ({ actor: 'client' }) })
        .registerEndpoint(DeviceAuthorizationEndpoint, { interval: 1 })
        .registerExtension(OpenIDConnect, { claims: () => ({ name: 'Ada' }) })
        .registerExtension(DevicePages, {
          secret: 'a secret of the pages, long enough for the sealer',
          authenticate: ({ username }) => ({ subject: username }),
        }),
    ),
  )
})
afterAll(() => running.close())

function discover(clientId: string, authentication: openid.ClientAuth): Promise<openid.Configuration> {
  return openid.discovery(
    new URL(running.origin),
    clientId,
    { id_token_signed_response_alg: 'ES256' },
    authentication,
    { execute: [openid.allowInsecureRequests, openid.enableNonRepudiationChecks] },
  )
}

/** Ada comes to the page by the link, and decides. */
async function decide(url: string, button: 'allow' | 'deny'): Promise<string | undefined> {
  const browser = new Browser({
    issuer: running.origin,
    fetch: (request: Request) => fetch(request, { redirect: 'manual' }),
  })
  const enter = await browser.press(await browser.open(url), 'sign-in', { username: 'ada', password: 'x' })
  return (await browser.press(await browser.press(enter, 'continue'), button)).page
}

describe('RFC 8628: the device flow', () => {
  it('openid-client polls until the person agrees, and gets an ID token', async () => {
    const config = await discover('tv', openid.None())
    const device = await openid.initiateDeviceAuthorization(config, { scope: 'openid read' })
    const tokens = openid.pollDeviceAuthorizationGrant(config, device)
    expect(await decide(device.verification_uri_complete ?? '', 'allow')).toBe('device-connected')
    const { access_token, refresh_token = '', claims } = await tokens
    expect(access_token).toEqual(expect.any(String))
    expect(claims.call(await tokens)?.sub).toBe('ada')
    expect((await openid.refreshTokenGrant(config, refresh_token)).scope).toBe('openid read')
  })

  it('openid-client learns that the person refused', async () => {
    const config = await discover('tv', openid.None())
    const device = await openid.initiateDeviceAuthorization(config, { scope: 'read' })
    const outcome = openid.pollDeviceAuthorizationGrant(config, device).catch((error: unknown) => error)
    expect(await decide(device.verification_uri_complete ?? '', 'deny')).toBe('device-refused')
    expect(await outcome).toMatchObject({ error: 'access_denied', status: 400 })
  })

  it('oauth4webapi is told to wait, and gets its tokens', async () => {
    const issuer = new URL(running.origin)
    const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure))
    const client = { client_id: 'tv' }
    const response = await oauth.deviceAuthorizationRequest(as, client, oauth.None(), { scope: 'read' }, insecure)
    const device = await oauth.processDeviceAuthorizationResponse(as, client, response)
    const poll = async (): Promise<oauth.TokenEndpointResponse> => {
      const answer = await oauth.deviceCodeGrantRequest(as, client, oauth.None(), device.device_code, insecure)
      return oauth.processDeviceCodeResponse(as, client, answer)
    }
    await expect(poll()).rejects.toMatchObject({ error: 'authorization_pending' })
    await expect(poll()).rejects.toMatchObject({ error: 'slow_down' })
    expect(await decide(device.verification_uri_complete ?? '', 'allow')).toBe('device-connected')
    await new Promise((resolve) => setTimeout(resolve, 7000))
    expect((await poll()).scope).toBe('read')
  })
})

describe('grants of openid-client’s generic kind', () => {
  const audience = (): Promise<openid.Configuration> => discover('gateway', openid.ClientSecretBasic(SECRET))

  it('RFC 7523 §2.1: an assertion that jose signed', async () => {
    const tokens = await openid.genericGrantRequest(await audience(), BEARER, {
      assertion: await signAssertion(),
      scope: 'read',
    })
    expect(claimsOf(tokens)).toMatchObject({ sub: 'ada', client_id: 'gateway', scope: 'read' })
  })

  it('RFC 8693 §2: a token in exchange for another', async () => {
    const config = await audience()
    const { access_token } = await openid.clientCredentialsGrant(config, { scope: 'read' })
    const tokens = await openid.genericGrantRequest(config, EXCHANGE, {
      subject_token: access_token,
      subject_token_type: ACCESS_TOKEN,
      resource: API,
    })
    expect(tokens).toMatchObject({ issued_token_type: ACCESS_TOKEN, token_type: 'bearer' })
    expect(claimsOf(tokens)).toMatchObject({ aud: API, sub: 'gateway', act: { sub: 'gateway' } })
  })
})

describe('grants of oauth4webapi’s generic kind', () => {
  const gateway: oauth.Client = { client_id: 'gateway' }
  const auth = oauth.ClientSecretBasic(SECRET)

  async function ask(grantType: string, parameters: Record<string, string>): Promise<oauth.TokenEndpointResponse> {
    const issuer = new URL(running.origin)
    const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure))
    const response = await oauth.genericTokenEndpointRequest(as, gateway, auth, grantType, parameters, insecure)
    return oauth.processGenericTokenEndpointResponse(as, gateway, response)
  }

  it('RFC 8693 §2: a token in exchange for another, and for no resource that is unknown', async () => {
    const { access_token } = await ask('client_credentials', { scope: 'read' })
    const subject = { subject_token: access_token, subject_token_type: ACCESS_TOKEN }
    const tokens = await ask(EXCHANGE, { ...subject, resource: API })
    expect(tokens).toMatchObject({ issued_token_type: ACCESS_TOKEN, token_type: 'bearer', scope: 'read' })
    expect(claimsOf(tokens)).toMatchObject({ aud: API, sub: 'gateway', act: { sub: 'gateway' } })
    const elsewhere = { ...subject, resource: 'https://elsewhere.example' }
    await expect(ask(EXCHANGE, elsewhere)).rejects.toMatchObject({ error: 'invalid_target', status: 400 })
  })

  it('RFC 7523 §2.1: an assertion gives a token once', async () => {
    const assertion = await signAssertion()
    expect(claimsOf(await ask(BEARER, { assertion, scope: 'read' }))).toMatchObject({ sub: 'ada' })
    await expect(ask(BEARER, { assertion })).rejects.toMatchObject({ error: 'invalid_grant', status: 400 })
  })
})

/** What jose signs for the identity provider that the server trusts. */
function signAssertion(): Promise<string> {
  return new SignJWT({ jti: crypto.randomUUID() })
    .setProtectedHeader({ alg: 'ES256', typ: 'JWT' })
    .setIssuer(IDP)
    .setSubject('their-ada')
    .setAudience(running.origin)
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(idpKeys.privateKey)
}

function claimsOf({ access_token }: openid.TokenEndpointResponse): Record<string, unknown> {
  return JSON.parse(Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString())
}
