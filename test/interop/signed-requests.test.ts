import { KeySet } from 'authwright/jose/jwks'
import { oauthServer } from 'authwright/node'
import {
  AuthorizationCodeGrant,
  AuthorizationServer,
  ClientCredentialsGrant,
  ClientSecretJwt,
  defineClient,
  PrivateKeyJwt,
  PushedAuthorization,
  RefreshTokenGrant,
  RequestObjects,
} from 'authwright/oauth2/server'
import { Interactions, OpenIDConnect } from 'authwright/oidc/server'
import { MemoryStore } from 'authwright/stores/memory'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../support/browser.ts'
import { listen, type Running } from '../support/listen.ts'
import { logIn, REDIRECT_URI } from './support/provider.ts'

const SECRET = 'a-secret-that-both-sides-compute-with'
const CALENDAR = 'https://calendar.example'
const FILES = 'https://files.example'
const insecure = { [oauth.allowInsecureRequests]: true }

let running: Running
let as: oauth.AuthorizationServer
let keys: CryptoKeyPair
const privateKey = (): { key: CryptoKey; kid: string } => ({ key: keys.privateKey, kid: 'k1' })

beforeAll(async () => {
  keys = await oauth.generateKeyPair('ES256', { extractable: true })
  const jwk = await crypto.subtle.exportKey('jwk', keys.publicKey)
  const shared = {
    redirect_uris: [REDIRECT_URI],
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    id_token_signed_response_alg: 'ES256',
  }
  const clients = await Promise.all([
    defineClient({
      ...shared,
      client_id: 'signer',
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: jwk.x ?? '', y: jwk.y ?? '', kid: 'k1' }] },
      require_signed_request_object: true,
      require_pushed_authorization_requests: true,
    }),
    defineClient({
      ...shared,
      client_id: 'computer',
      client_secret: SECRET,
      token_endpoint_auth_method: 'client_secret_jwt',
      require_pushed_authorization_requests: true,
    }),
  ])
  const serverKeys = await KeySet.generate(['ES256'])
  running = await listen((issuer) =>
    oauthServer(
      new AuthorizationServer({
        issuer,
        store: new MemoryStore({ clients }),
        keys: serverKeys,
        accessTokenFormat: 'jwt',
        resources: [{ resource: CALENDAR, scopes: ['openid', 'email'] }, { resource: FILES }],
      })
        .registerGrant(AuthorizationCodeGrant)
        .registerGrant(RefreshTokenGrant)
        .registerGrant(ClientCredentialsGrant)
        .registerClientAuthMethod(PrivateKeyJwt)
        .registerClientAuthMethod(ClientSecretJwt)
        .registerExtension(PushedAuthorization)
        .registerExtension(RequestObjects, { requireType: true, singleUse: true })
        .registerExtension(OpenIDConnect, { claims: () => ({ email: 'ada@example.com' }) })
        .registerExtension(Interactions, {
          secret: 'a secret of the pages, long enough for the sealer',
          authenticate: ({ username, password }) => (password === 'engine' ? { subject: username } : undefined),
        }),
    ),
  )
  const issuer = new URL(running.origin)
  as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure))
})
afterAll(() => running.close())

function browser(): Browser {
  return new Browser({
    issuer: running.origin,
    fetch: (request: Request) => fetch(request, { redirect: 'manual' }),
  })
}

function audienceOf(token: string | undefined): unknown {
  return JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString()).aud
}

describe('oauth4webapi', () => {
  const signer: oauth.Client = { client_id: 'signer', id_token_signed_response_alg: 'ES256' }
  const computer: oauth.Client = { client_id: 'computer', id_token_signed_response_alg: 'ES256' }

  async function loginParameters(verifier: string): Promise<URLSearchParams> {
    return new URLSearchParams([
      ['response_type', 'code'],
      ['redirect_uri', REDIRECT_URI],
      ['scope', 'openid email'],
      ['code_challenge', await oauth.calculatePKCECodeChallenge(verifier)],
      ['code_challenge_method', 'S256'],
      ['resource', CALENDAR],
      ['resource', FILES],
    ])
  }

  async function push(client: oauth.Client, auth: oauth.ClientAuth, parameters: URLSearchParams): Promise<URL> {
    const response = await oauth.pushedAuthorizationRequest(as, client, auth, parameters, insecure)
    const { request_uri } = await oauth.processPushedAuthorizationResponse(as, client, response)
    const url = new URL(as.authorization_endpoint ?? '')
    url.search = new URLSearchParams({ client_id: client.client_id, request_uri }).toString()
    return url
  }

  async function redeem(
    client: oauth.Client,
    auth: oauth.ClientAuth,
    verifier: string,
    url: URL,
    resource: string,
  ): Promise<oauth.TokenEndpointResponse> {
    const { away } = await logIn(browser(), url)
    const callback = oauth.validateAuthResponse(as, client, new URL(away?.href ?? ''), oauth.expectNoState)
    const response = await oauth.authorizationCodeGrantRequest(as, client, auth, callback, REDIRECT_URI, verifier, {
      ...insecure,
      additionalParameters: { resource },
    })
    return oauth.processAuthorizationCodeResponse(as, client, response, { requireIdToken: true })
  }

  it('private_key_jwt pushes a signed request and gets a token for each resource', async () => {
    const auth = oauth.PrivateKeyJwt(privateKey())
    const verifier = oauth.generateRandomCodeVerifier()
    const request = await oauth.issueRequestObject(as, signer, await loginParameters(verifier), privateKey())
    const url = await push(signer, auth, new URLSearchParams({ request }))
    const tokens = await redeem(signer, auth, verifier, url, CALENDAR)
    expect(audienceOf(tokens.access_token)).toBe(CALENDAR)
    const refreshed = await oauth.refreshTokenGrantRequest(as, signer, auth, tokens.refresh_token ?? '', {
      ...insecure,
      additionalParameters: { resource: FILES },
    })
    const next = await oauth.processRefreshTokenResponse(as, signer, refreshed)
    expect(audienceOf(next.access_token)).toBe(FILES)
  })

  it('is refused when what it pushes is not signed, as it is registered to', async () => {
    const auth = oauth.PrivateKeyJwt(privateKey())
    const parameters = await loginParameters(oauth.generateRandomCodeVerifier())
    await expect(push(signer, auth, parameters)).rejects.toMatchObject({ error: 'invalid_request', status: 400 })
  })

  it('client_secret_jwt pushes a request', async () => {
    const auth = oauth.ClientSecretJwt(SECRET)
    const verifier = oauth.generateRandomCodeVerifier()
    const url = await push(computer, auth, await loginParameters(verifier))
    expect(audienceOf((await redeem(computer, auth, verifier, url, FILES)).access_token)).toBe(FILES)
  })

  it('learns that a resource was not granted', async () => {
    const auth = oauth.ClientSecretJwt(SECRET)
    const verifier = oauth.generateRandomCodeVerifier()
    const parameters = await loginParameters(verifier)
    parameters.delete('resource')
    const url = await push(computer, auth, parameters)
    await expect(redeem(computer, auth, verifier, url, FILES)).rejects.toMatchObject({ error: 'invalid_target' })
  })

  it('is refused with another key', async () => {
    const other = await oauth.generateKeyPair('ES256')
    const parameters = new URLSearchParams({ scope: 'email' })
    const auth = oauth.PrivateKeyJwt({ key: other.privateKey, kid: 'k1' })
    const response = await oauth.clientCredentialsGrantRequest(as, signer, auth, parameters, insecure)
    await expect(oauth.processClientCredentialsResponse(as, signer, response)).rejects.toMatchObject({
      error: 'invalid_client',
    })
  })

  it('client credentials are for a resource', async () => {
    const auth = oauth.PrivateKeyJwt(privateKey())
    const parameters = new URLSearchParams({ resource: CALENDAR })
    const response = await oauth.clientCredentialsGrantRequest(as, signer, auth, parameters, insecure)
    const tokens = await oauth.processClientCredentialsResponse(as, signer, response)
    expect(audienceOf(tokens.access_token)).toBe(CALENDAR)
  })
})

describe('openid-client', () => {
  function discover(clientId: string, authentication: openid.ClientAuth): Promise<openid.Configuration> {
    const metadata = { id_token_signed_response_alg: 'ES256' }
    return openid.discovery(new URL(running.origin), clientId, metadata, authentication, {
      execute: [openid.allowInsecureRequests],
    })
  }

  async function startLogin(): Promise<{ pkceCodeVerifier: string; parameters: URLSearchParams }> {
    const pkceCodeVerifier = openid.randomPKCECodeVerifier()
    const parameters = new URLSearchParams({
      redirect_uri: REDIRECT_URI,
      scope: 'openid email',
      code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    })
    return { pkceCodeVerifier, parameters }
  }

  it('pushes a signed request, and redeems the code with private_key_jwt', async () => {
    const config = await discover('signer', openid.PrivateKeyJwt(privateKey()))
    const { pkceCodeVerifier, parameters } = await startLogin()
    const signed = await openid.buildAuthorizationUrlWithJAR(config, parameters, privateKey())
    const url = await openid.buildAuthorizationUrlWithPAR(config, signed.searchParams)
    expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri'])
    const { away } = await logIn(browser(), url)
    const tokens = await openid.authorizationCodeGrant(config, new URL(away?.href ?? ''), { pkceCodeVerifier })
    expect(tokens.claims()?.sub).toBe('ada')
  })

  it('RFC 8707 §2.2: gets a token for each resource that it named, and for no other', async () => {
    const config = await discover('computer', openid.ClientSecretJwt(SECRET))
    const { pkceCodeVerifier, parameters } = await startLogin()
    parameters.append('resource', CALENDAR)
    parameters.append('resource', FILES)
    const url = await openid.buildAuthorizationUrlWithPAR(config, parameters)
    const { away } = await logIn(browser(), url)
    const checks = { pkceCodeVerifier }
    const tokens = await openid.authorizationCodeGrant(config, new URL(away?.href ?? ''), checks, { resource: FILES })
    expect(audienceOf(tokens.access_token)).toBe(FILES)
    const renew = (resource: string) => openid.refreshTokenGrant(config, tokens.refresh_token ?? '', { resource })
    await expect(renew('https://elsewhere.example')).rejects.toMatchObject({ error: 'invalid_target', status: 400 })
    expect(audienceOf((await renew(CALENDAR)).access_token)).toBe(CALENDAR)
  })

  it('RFC 8707 §2: is refused a resource that the server does not know before anybody signs in', async () => {
    const config = await discover('computer', openid.ClientSecretJwt(SECRET))
    const { parameters } = await startLogin()
    parameters.append('resource', 'https://elsewhere.example')
    await expect(openid.buildAuthorizationUrlWithPAR(config, parameters)).rejects.toMatchObject({
      error: 'invalid_target',
      status: 400,
    })
  })
})
