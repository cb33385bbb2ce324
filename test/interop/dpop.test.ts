import { KeySet } from 'authwright/jose/jwks'
import { getAccessToken, oauthServer, protect } from 'authwright/node'
import { DpopValidator, ResourceProtector, StoreValidator } from 'authwright/oauth2/resource'
import {
  AuthorizationCodeGrant,
  AuthorizationServer,
  ClientCredentialsGrant,
  Dpop,
  defineClient,
  PushedAuthorization,
  RefreshTokenGrant,
} from 'authwright/oauth2/server'
import { Interactions, OpenIDConnect } from 'authwright/oidc/server'
import { MemoryStore } from 'authwright/stores/memory'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../support/browser.ts'
import { listen, type Running } from '../support/listen.ts'
import { logIn, REDIRECT_URI } from './support/provider.ts'

const SECRET = 'a-secret-of-the-machine'
const API = 'https://api.example'
const nonces = { secrets: 'a secret of the nonces, the same on every instance' }
const insecure = { [oauth.allowInsecureRequests]: true }

let server: Running
let api: Running

/** Every proof needs a nonce: nobody has one at first, so everybody has to come twice. */
beforeAll(async () => {
  const clients = await Promise.all([
    defineClient({
      client_id: 'spa',
      token_endpoint_auth_method: 'none',
      redirect_uris: [REDIRECT_URI],
      grant_types: ['authorization_code', 'refresh_token'],
      dpop_bound_access_tokens: true,
      id_token_signed_response_alg: 'ES256',
    }),
    defineClient({ client_id: 'machine', client_secret: SECRET, grant_types: ['client_credentials'], scope: 'read' }),
  ])
  const store = new MemoryStore({ clients })
  const keys = await KeySet.generate(['ES256'])
  server = await listen((issuer) =>
    oauthServer(
      new AuthorizationServer({ issuer, store, keys, audience: API, scopes: ['read'] })
        .registerGrant(AuthorizationCodeGrant)
        .registerGrant(RefreshTokenGrant)
        .registerGrant(ClientCredentialsGrant)
        .registerExtension(PushedAuthorization)
        .registerExtension(Dpop, { nonces })
        .registerExtension(OpenIDConnect, { claims: () => ({ name: 'Ada' }) })
        .registerExtension(Interactions, {
          secret: 'a secret of the pages, long enough for the sealer',
          authenticate: ({ username }) => ({ subject: username }),
        }),
    ),
  )
  api = await listen((baseUrl) => {
    const stored = new StoreValidator({ store, issuer: server.origin, audience: API })
    const protector = new ResourceProtector().registerTokenValidator(new DpopValidator(stored, { baseUrl, nonces }))
    return protect(protector, 'read', (request, response) => response.end(getAccessToken(request).clientId))
  })
})
afterAll(() => Promise.all([server.close(), api.close()]))

function browser(): Browser {
  return new Browser({ issuer: server.origin, fetch: (request) => fetch(request, { redirect: 'manual' }) })
}

describe('RFC 9449: openid-client', () => {
  function discover(clientId: string, authentication: openid.ClientAuth): Promise<openid.Configuration> {
    const metadata = { id_token_signed_response_alg: 'ES256' }
    return openid.discovery(new URL(server.origin), clientId, metadata, authentication, {
      execute: [openid.allowInsecureRequests],
    })
  }

  it('§5, §8, §10.1: binds the code, its tokens and their successors to its key', async () => {
    const config = await discover('spa', openid.None())
    const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair('ES256'))
    const pkceCodeVerifier = openid.randomPKCECodeVerifier()
    const parameters = {
      redirect_uri: REDIRECT_URI,
      scope: 'openid read',
      code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    }
    const url = await openid.buildAuthorizationUrlWithPAR(config, parameters, { DPoP })
    const { away = new URL('about:blank') } = await logIn(browser(), url)
    const tokens = await openid.authorizationCodeGrant(config, away, { pkceCodeVerifier }, undefined, { DPoP })
    expect(tokens.token_type).toBe('dpop')

    const renewed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP })
    expect(await openid.fetchUserInfo(config, renewed.access_token, 'ada', { DPoP })).toEqual({ sub: 'ada' })

    const other = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair('ES256'))
    await expect(
      openid.refreshTokenGrant(config, renewed.refresh_token ?? '', {}, { DPoP: other }),
    ).rejects.toMatchObject({ error: 'invalid_grant', status: 400 })
    await expect(openid.fetchUserInfo(config, renewed.access_token, 'ada')).rejects.toMatchObject({ status: 401 })
  })

  it('§7, §9: works with an API that has nonces of its own', async () => {
    const config = await discover('machine', openid.ClientSecretBasic(SECRET))
    const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair('ES256'))
    const { access_token } = await openid.clientCredentialsGrant(config, {}, { DPoP })
    const url = new URL(`${api.origin}/orders?page=2`)
    const call = (options: openid.DPoPOptions): Promise<Response> =>
      openid.fetchProtectedResource(config, access_token, url, 'GET', undefined, undefined, options)
    expect(await (await call({ DPoP })).text()).toBe('machine')
    const other = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair('ES256'))
    await expect(call({ DPoP: other })).rejects.toMatchObject({ status: 401 })
    await expect(call({})).rejects.toMatchObject({ status: 401 })
  })

  it('§5: is refused without a proof where the client is registered for them', async () => {
    const config = await discover('spa', openid.None())
    await expect(openid.refreshTokenGrant(config, 'any')).rejects.toMatchObject({ error: 'invalid_request' })
  })
})

describe('RFC 9449: oauth4webapi', () => {
  const client: oauth.Client = { client_id: 'machine' }

  it.each(['ES256', 'EdDSA', 'RS256', 'PS256'])('§8.2: learns the nonce, and proves its key with %s', async (alg) => {
    const issuer = new URL(server.origin)
    const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure))
    expect(as.dpop_signing_alg_values_supported).toContain(alg)
    const DPoP = oauth.DPoP(client, await oauth.generateKeyPair(alg))
    const ask = async (): Promise<oauth.TokenEndpointResponse> => {
      const auth = oauth.ClientSecretBasic(SECRET)
      const response = await oauth.clientCredentialsGrantRequest(as, client, auth, {}, { DPoP, ...insecure })
      return oauth.processClientCredentialsResponse(as, client, response)
    }
    await expect(ask()).rejects.toSatisfy(oauth.isDPoPNonceError)
    const { access_token, token_type } = await ask()
    expect(token_type).toBe('dpop')

    const call = (): Promise<Response> =>
      oauth.protectedResourceRequest(access_token, 'GET', new URL(api.origin), undefined, undefined, {
        DPoP,
        ...insecure,
      })
    await expect(call()).rejects.toSatisfy(oauth.isDPoPNonceError)
    expect(await (await call()).text()).toBe('machine')
  })
})
