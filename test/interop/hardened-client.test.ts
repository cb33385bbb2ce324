import { Key } from 'authwright/jose/jwk'
import { Dpop, PrivateKeyJwt, RequestObjects } from 'authwright/oauth2/client'
import { OpenIdClient, type OpenIdClientOptions, type OpenIdTokenSet } from 'authwright/oidc/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Stranger } from './support/stranger.ts'

const redirectUri = 'https://app.example/callback'
const clientKey = await Key.generate('ES256', { kid: 'app-1' })

let stranger: Stranger
beforeAll(async () => {
  const providerKey = await Key.generate('ES256')
  stranger = await Stranger.start({
    keys: [{ ...providerKey.toPrivateJwk(), use: 'sig' }],
    clients: [
      {
        client_id: 'app',
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
        jwks: { keys: [clientKey.toPublicJwk()] },
        id_token_signed_response_alg: 'ES256',
        request_object_signing_alg: 'ES256',
        require_signed_request_object: true,
        require_pushed_authorization_requests: true,
        dpop_bound_access_tokens: true,
      },
    ],
    features: {
      requestObjects: { enabled: true },
      pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true },
      // Every proof needs a nonce: nobody has one at first.
      dPoP: { enabled: true, nonceSecret: Buffer.alloc(32, 7), requireNonce: () => true },
    },
  })
})
afterAll(() => stranger.close())

async function create(options: Partial<OpenIdClientOptions> = {}): Promise<OpenIdClient> {
  return new OpenIdClient({
    issuer: stranger.issuer,
    clientId: 'app',
    tokenEndpointAuthMethod: new PrivateKeyJwt(clientKey),
    requestObjects: new RequestObjects(clientKey),
    dpop: new Dpop(await Key.generate('ES256')),
    idTokenSignedResponseAlg: 'ES256',
    redirectUri,
    scope: 'openid email offline_access',
    ...options,
  })
}

async function logIn(client: OpenIdClient): Promise<OpenIdTokenSet> {
  const { url, state, codeVerifier, nonce } = await client.createAuthorizationUrl({ prompt: 'consent' })
  expect([...new URL(url).searchParams.keys()]).toEqual(['client_id', 'request_uri'])
  const { away } = await stranger.browser().open(url)
  const callback = await client.validateCallback(away ?? '', { state })
  return client.fetchToken(callback, { codeVerifier, nonce })
}

describe('RFC 9126, RFC 9101, RFC 9449: our client that signs, pushes and binds, at oidc-provider', () => {
  it('logs in, refreshes and asks for userinfo', async () => {
    const client = await create()
    const token = await logIn(client)
    expect(token).toMatchObject({ token_type: 'DPoP', userinfo: { sub: 'grace' } })
    const renewed = await client.refreshToken(token)
    expect(renewed.access_token).not.toBe(token.access_token)
    expect(await client.userinfo(renewed)).toMatchObject({ sub: 'grace', email: 'grace@example.com' })
  })

  it('RFC 9449 §10: cannot redeem its code with another key', async () => {
    const client = await create()
    const { url, state, codeVerifier, nonce } = await client.createAuthorizationUrl()
    const { away } = await stranger.browser().open(url)
    const thief = await create()
    const callback = await thief.validateCallback(away ?? '', { state })
    await expect(thief.fetchToken(callback, { codeVerifier, nonce })).rejects.toMatchObject({
      code: 'token_refused',
      refusal: { error: 'invalid_grant' },
    })
  })

  it('RFC 9449 §7.1: its token opens nothing without its key', async () => {
    const token = await logIn(await create())
    await expect((await create()).userinfo(token)).rejects.toMatchObject({ code: 'userinfo_refused', status: 401 })
  })

  it('RFC 9101 §6.2: is refused with a request that another key signed', async () => {
    const client = await create({ requestObjects: new RequestObjects(await Key.generate('ES256')) })
    await expect(client.createAuthorizationUrl()).rejects.toMatchObject({
      code: 'pushed_request_refused',
      refusal: { error: 'invalid_request_object' },
    })
  })
})
