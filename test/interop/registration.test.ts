import { KeySet } from 'authwright/jose/jwks'
import { oauthServer } from 'authwright/node'
import {
  AuthorizationServer,
  ClientCredentialsGrant,
  ClientRegistration,
  defineClient,
  IntrospectionEndpoint,
  RevocationEndpoint,
  type Store,
} from 'authwright/oauth2/server'
import { MemoryStore } from 'authwright/stores/memory'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listen, type Running } from '../support/listen.ts'

const API = 'https://api.example'
const API_SECRET = 'a-secret-of-32-random-characters'
const INITIAL_TOKEN = 'an-initial-access-token-of-40-characters'
const insecure = { [oauth.allowInsecureRequests]: true }
const METADATA = { client_name: 'Photo print', grant_types: ['client_credentials'], scope: 'read' }

let server: Running
beforeAll(async () => {
  const api = await defineClient({ client_id: 'api', client_secret: API_SECRET, grant_types: [] })
  const store = new MemoryStore({ clients: [api] })
  const keys = await KeySet.generate(['ES256', 'RS256'])
  const resources = [{ resource: API, clientId: 'api' }]
  server = await listen((issuer) =>
    oauthServer(
      new AuthorizationServer<Store>({ issuer, store, keys, resources, audience: API, scopes: ['read', 'write'] })
        .registerGrant(ClientCredentialsGrant)
        .registerEndpoint(RevocationEndpoint)
        .registerEndpoint(IntrospectionEndpoint)
        .registerExtension(
          new ClientRegistration({
            initialAccess: { tokens: [INITIAL_TOKEN] },
            grantTypes: ['client_credentials'],
          }),
        ),
    ),
  )
})
afterAll(() => server.close())

describe('openid-client registers, and works as what it registered', () => {
  /** How it sends its secret unless it is told otherwise. */
  const POSTING = { ...METADATA, token_endpoint_auth_method: 'client_secret_post' }
  const register = (initialAccessToken?: string): Promise<openid.Configuration> =>
    openid.dynamicClientRegistration(new URL(server.origin), POSTING, undefined, {
      algorithm: 'oauth2',
      execute: [openid.allowInsecureRequests],
      ...(initialAccessToken !== undefined && { initialAccessToken }),
    })

  it('from registration to revocation', async () => {
    const config = await register(INITIAL_TOKEN)
    expect(config.clientMetadata()).toMatchObject({ ...POSTING, client_secret_expires_at: 0 })
    const { access_token } = await openid.clientCredentialsGrant(config)
    const { client_id } = config.clientMetadata()
    const before = await openid.tokenIntrospection(config, access_token)
    expect(before).toMatchObject({ active: true, client_id, sub: client_id, scope: 'read', aud: API })
    await openid.tokenRevocation(config, access_token)
    expect(await openid.tokenIntrospection(config, access_token)).toEqual({ active: false })
  })

  it('but not without the initial access token', async () => {
    await expect(register()).rejects.toMatchObject({ code: 'OAUTH_WWW_AUTHENTICATE_CHALLENGE' })
  })
})

describe('oauth4webapi', async () => {
  const discover = async (): Promise<oauth.AuthorizationServer> => {
    const issuer = new URL(server.origin)
    const request = oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure })
    return oauth.processDiscoveryResponse(issuer, await request)
  }

  async function register(as: oauth.AuthorizationServer, metadata: object): Promise<oauth.Client> {
    const options = { initialAccessToken: INITIAL_TOKEN, ...insecure }
    const response = await oauth.dynamicClientRegistrationRequest(as, { ...METADATA, ...metadata }, options)
    return oauth.processDynamicClientRegistrationResponse(response)
  }

  it('reads the error of a registration that is refused', async () => {
    const as = await discover()
    await expect(register(as, { grant_types: ['password'] })).rejects.toMatchObject({
      error: 'invalid_client_metadata',
      status: 400,
    })
  })

  it('introspects as the resource that the token is for, by signed answers', async () => {
    const as = await discover()
    const registered = await register(as, {})
    const auth = oauth.ClientSecretBasic(String(registered['client_secret']))
    const granted = await oauth.clientCredentialsGrantRequest(as, registered, auth, new URLSearchParams(), insecure)
    const { access_token } = await oauth.processClientCredentialsResponse(as, registered, granted)
    const api: oauth.Client = { client_id: 'api', introspection_signed_response_alg: 'RS256' }
    const options = { requestJwtResponse: true, ...insecure }
    const request = oauth.introspectionRequest(as, api, oauth.ClientSecretBasic(API_SECRET), access_token, options)
    const response = await request
    expect(await oauth.processIntrospectionResponse(as, api, response)).toMatchObject({
      active: true,
      iss: server.origin,
      client_id: registered.client_id,
      scope: 'read',
    })
    await oauth.validateApplicationLevelSignature(as, response, insecure)
  })
})
