import { describe, expect, it } from 'vitest'
import { get, ISSUER, TestServer } from '../../../../test/support/authorization-server.ts'
import { type HttpResponse, headerOf } from '../../../http/response.ts'
import { KeySet } from '../../../jose/jwks/index.ts'
import { MemoryStore } from '../../../stores/memory.ts'
import { AuthorizationServer } from '../authorization-server.ts'
import { AuthorizationCodeGrant } from '../grants/authorization-code.ts'

const WELL_KNOWN = '/.well-known/oauth-authorization-server'

function isCachedPublicJson(response: HttpResponse): void {
  expect(response.status).toBe(200)
  expect(headerOf(response, 'content-type')).toBe('application/json')
  expect(headerOf(response, 'cache-control')).toBe('public, max-age=300')
  expect(headerOf(response, 'access-control-allow-origin')).toBe('*')
}

describe('RFC 8414 §2 and RFC 9207 §3 the metadata document', () => {
  it('is the sum of what is registered', async () => {
    const { server } = new TestServer({ keys: await KeySet.generate(['ES256']) })
    const response = await server.handle(get(WELL_KNOWN))
    isCachedPublicJson(response)
    expect(JSON.parse(String(response.body))).toEqual({
      issuer: ISSUER,
      authorization_endpoint: `${ISSUER}/authorize`,
      token_endpoint: `${ISSUER}/token`,
      jwks_uri: `${ISSUER}/jwks`,
      revocation_endpoint: `${ISSUER}/revoke`,
      scopes_supported: ['openid', 'read', 'write', 'admin'],
      response_types_supported: ['code'],
      response_modes_supported: ['query', 'fragment', 'form_post'],
      grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
      revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    })
  })

  it('RFC 8414 §3.2: has no empty list of scopes, which clients take for a server without any', () => {
    const { server } = new TestServer({ scopes: [] })
    expect(server.metadata()).not.toHaveProperty('scopes_supported')
  })

  it('says nothing of what is not there', () => {
    const server = new AuthorizationServer({ issuer: ISSUER, store: new MemoryStore() })
    expect(server.metadata()).toEqual({
      issuer: ISSUER,
      token_endpoint: `${ISSUER}/token`,
      response_types_supported: [],
      grant_types_supported: [],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
      authorization_response_iss_parameter_supported: true,
    })
  })

  it('names the authorization endpoint that the application routes itself', () => {
    const create = (paths: Record<string, string> = {}): AuthorizationServer<MemoryStore> =>
      new AuthorizationServer({ issuer: ISSUER, store: new MemoryStore(), paths }).registerGrant(AuthorizationCodeGrant)
    expect(create().metadata().authorization_endpoint).toBe(`${ISSUER}/authorize`)
    expect(create({ authorization: '/login/oauth' }).metadata().authorization_endpoint).toBe(`${ISSUER}/login/oauth`)
  })

  it('RFC 8414 §3.1: lies before the path of the issuer, the endpoints below it', async () => {
    const { server } = new TestServer({ issuer: `${ISSUER}/tenant`, paths: { token: '/oauth/token' } })
    const response = await server.handle(get(`${WELL_KNOWN}/tenant`))
    expect(JSON.parse(String(response.body))).toMatchObject({
      issuer: `${ISSUER}/tenant`,
      token_endpoint: `${ISSUER}/tenant/oauth/token`,
      revocation_endpoint: `${ISSUER}/tenant/revoke`,
    })
    expect((await server.handle(get(WELL_KNOWN))).status).toBe(404)
    expect((await server.handle(get('/tenant/oauth/token'))).status).toBe(405)
  })

  it('RFC 9728 §4: names the resources that are written down, not those that a function finds', () => {
    const resources = [{ resource: 'https://a.example' }, { resource: 'https://b.example' }]
    expect(new TestServer({ resources }).server.metadata().protected_resources).toEqual([
      'https://a.example',
      'https://b.example',
    ])
    for (const none of [[], () => resources[0]]) {
      expect(new TestServer({ resources: none }).server.metadata()).not.toHaveProperty('protected_resources')
    }
  })

  it('changes with what is registered later, and is written once in between', async () => {
    const { server } = new TestServer()
    const before = await server.handle(get(WELL_KNOWN))
    expect((await server.handle(get(WELL_KNOWN))).body).toBe(before.body)
    server.registerExtension({
      name: 'docs',
      onMetadata(metadata) {
        metadata.service_documentation = 'https://docs.example'
      },
    })
    expect((await server.handle(get(WELL_KNOWN))).body).toContain('https://docs.example')
  })
})

describe('RFC 7517 §5 the published keys', () => {
  it('are public halves only', async () => {
    const keys = await KeySet.generate(['ES256', 'RS256'])
    const response = await new TestServer({ keys }).server.handle(get('/jwks'))
    isCachedPublicJson(response)
    expect(JSON.parse(String(response.body))).toEqual(keys.toPublicJwks())
    expect(response.body).not.toMatch(/"(?:d|p|q|dp|dq|qi|k)":/)
  })

  it('have no endpoint where there are none', async () => {
    expect((await new TestServer().server.handle(get('/jwks'))).status).toBe(404)
  })
})
