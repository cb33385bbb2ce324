import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { getAccessToken, oauthServer, protect } from '../../src/adapters/node.ts'
import { type OutgoingRequest, outgoingFetch } from '../../src/http/index.ts'
import { Key } from '../../src/jose/jwk/index.ts'
import { KeySet } from '../../src/jose/jwks/index.ts'
import * as hardened from '../../src/oauth2/client/index.ts'
import { DpopValidator, ResourceProtector, StoreValidator } from '../../src/oauth2/resource/index.ts'
import {
  AuthorizationCodeGrant,
  AuthorizationEndpoint,
  AuthorizationServer,
  Dpop,
  defineClient,
  PrivateKeyJwt,
  PushedAuthorization,
  RefreshTokenGrant,
  RequestObjects,
} from '../../src/oauth2/server/index.ts'
import { OpenIdClient, type OpenIdTokenSet } from '../../src/oidc/client/index.ts'
import { OpenIDConnect } from '../../src/oidc/server/index.ts'
import { MemoryStore } from '../../src/stores/memory.ts'
import { listen, type Running } from '../support/listen.ts'

const API = 'https://api.example'
const REDIRECT_URI = 'https://app.example/callback'
/** Both ask for a nonce in every proof, so that whoever comes without one has to come twice. */
const nonces = { secrets: 'a secret of the nonces, the same on every instance' }

let server: Running
let api: Running
let clientKey: Key
let encryptionKey: Key

beforeAll(async () => {
  clientKey = await Key.generate('ES256', { kid: 'app-1' })
  encryptionKey = await Key.generate({ kty: 'EC', crv: 'P-256' }, { use: 'enc', kid: 'enc-1' })
  const signing = await KeySet.generate(['ES256'])
  const definition = await defineClient({
    client_id: 'app',
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: { keys: [{ ...clientKey.toPublicJwk() }] },
    redirect_uris: [REDIRECT_URI],
    grant_types: ['authorization_code', 'refresh_token'],
    scope: 'openid read',
    dpop_bound_access_tokens: true,
    id_token_signed_response_alg: 'ES256',
  })
  const store = new MemoryStore({ clients: [definition] })
  server = await listen((issuer) =>
    oauthServer(
      new AuthorizationServer({
        issuer,
        store,
        keys: new KeySet([...signing.keys, encryptionKey]),
        audience: API,
        scopes: ['openid', 'read'],
      })
        .registerClientAuthMethod(PrivateKeyJwt)
        .registerGrant(AuthorizationCodeGrant)
        .registerGrant(RefreshTokenGrant)
        .registerEndpoint(
          new AuthorizationEndpoint({ interact: () => ({ subject: 'ada', authTime: Math.floor(Date.now() / 1000) }) }),
        )
        .registerExtension(PushedAuthorization, { required: true })
        .registerExtension(RequestObjects, { required: true, requireType: true, singleUse: true })
        .registerExtension(Dpop, { nonces, required: true })
        .registerExtension(OpenIDConnect, { claims: () => ({}) }),
    ),
  )
  api = await listen((baseUrl) => {
    const stored = new StoreValidator({ store, issuer: server.origin, audience: API })
    const ownNonces = { secrets: 'another secret of other nonces, which only the API knows' }
    const validator = new DpopValidator(stored, { baseUrl, nonces: ownNonces })
    return protect(new ResourceProtector().registerTokenValidator(validator), 'read', (request, response) => {
      response.end(getAccessToken(request).subject)
    })
  })
})
afterAll(() => Promise.all([server.close(), api.close()]))

/** A client that does all it can, and what it sends. */
async function setUp() {
  const requests: OutgoingRequest[] = []
  const transport = outgoingFetch()
  const client = new OpenIdClient({
    clientId: 'app',
    issuer: server.origin,
    redirectUri: REDIRECT_URI,
    scope: 'openid read',
    apiBaseUrl: api.origin,
    tokenEndpointAuthMethod: new hardened.PrivateKeyJwt(clientKey),
    requestObjects: new hardened.RequestObjects(clientKey, {
      encrypt: { key: await Key.import(encryptionKey.toPublicJwk()), alg: 'ECDH-ES' },
    }),
    dpop: new hardened.Dpop(await Key.generate('ES256')),
    transport: (request) => {
      requests.push(request)
      return transport(request)
    },
  })
  const paths = () => requests.splice(0).map(({ url }) => new URL(url).pathname)
  return { client, paths }
}

async function logIn(client: OpenIdClient): Promise<OpenIdTokenSet> {
  const { url, state, nonce, codeVerifier } = await client.createAuthorizationUrl({ maxAge: 600 })
  expect([...new URL(url).searchParams.keys()]).toEqual(['client_id', 'request_uri'])
  const response = await fetch(url, { redirect: 'manual' })
  const callback = await client.validateCallback(response.headers.get('location') ?? '', { state })
  return client.fetchToken(callback, { codeVerifier, nonce, maxAge: 600 })
}

describe('RFC 9126, RFC 9101, RFC 9449: a client that signs, encrypts, pushes and binds, against our own server', () => {
  it('logs in, renews its tokens and calls APIs, and comes twice only where it has no nonce yet', async () => {
    const { client, paths } = await setUp()
    await client.metadata()
    paths()

    const token = await logIn(client)
    expect(token).toMatchObject({ token_type: 'DPoP', userinfo: { sub: 'ada' } })
    expect(paths()).toEqual(['/par', '/par', '/token', '/jwks'])

    expect(await client.userinfo(token)).toEqual({ sub: 'ada' })
    const renewed = await client.refreshToken(token)
    expect(renewed.access_token).not.toBe(token.access_token)
    expect(paths()).toEqual(['/userinfo', '/token'])

    expect(await (await client.get('orders?page=2', { token: renewed })).text()).toBe('ada')
    expect(await (await client.post('orders', { token: renewed, json: { a: 1 } })).text()).toBe('ada')
    expect(paths()).toEqual(['/orders', '/orders', '/orders'])
  })

  it('has tokens that are of no use to whoever does not hold its key', async () => {
    const { client } = await setUp()
    const token = await logIn(client)
    const thief = (await setUp()).client
    expect((await thief.get('orders', { token })).status).toBe(401)
    expect((await thief.get('orders', { token: { ...token, token_type: 'Bearer' } })).status).toBe(401)
    expect(await (await client.get('orders', { token })).text()).toBe('ada')
  })
})
