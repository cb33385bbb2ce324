import { describe, expect, it } from 'vitest'
import { answer, NOW, signingKey, TestClock } from '../../../test/support/stub-provider.ts'
import type { OutgoingRequest, OutgoingResponse } from '../../http/fetch.ts'
import { KeySet } from '../../jose/jwks/index.ts'
import { type JwtClaims, signJwt } from '../../jose/jwt/index.ts'
import { signIntrospectionResponse } from '../introspection-jwt.ts'
import { OAuth2Client } from './client.ts'
import { introspectToken } from './introspection.ts'
import { SignedIntrospection } from './signed-introspection.ts'

const ISSUER = 'https://op.example'
const JWT_TYPE = 'application/token-introspection+jwt'
const token = { access_token: 'a', token_type: 'Bearer', refresh_token: 'r' }

function setUp(response: OutgoingResponse, members: object = {}) {
  const requests: OutgoingRequest[] = []
  const client = new OAuth2Client({
    clientId: 'api',
    clientSecret: 's',
    issuer: ISSUER,
    accessTokenUrl: `${ISSUER}/token`,
    serverMetadata: { introspection_endpoint: `${ISSUER}/introspect`, ...members },
    clock: new TestClock().read,
    transport: async (request) => {
      requests.push(request)
      return response
    },
  })
  return { client, requests, form: () => Object.fromEntries(new URLSearchParams(String(requests[0]?.body))) }
}

const active = { active: true, sub: 'alice', scope: 'read', exp: NOW + 60, custom: { a: 1 } }

describe('RFC 7662 §2 asking about a token', () => {
  it.each([
    ['x', undefined, { token: 'x' }],
    ['x', 'refresh_token', { token: 'x', token_type_hint: 'refresh_token' }],
    [token, undefined, { token: 'a', token_type_hint: 'access_token' }],
    [token, 'refresh_token', { token: 'r', token_type_hint: 'refresh_token' }],
  ] as const)('case %#: sends it in the form, as the client', async (subject, tokenTypeHint, expected) => {
    const { client, requests, form } = setUp(answer(200, active))
    expect(await introspectToken(client, subject, { ...(tokenTypeHint && { tokenTypeHint }) })).toEqual(active)
    expect(form()).toEqual(expected)
    expect(requests[0]).toMatchObject({ method: 'POST', url: `${ISSUER}/introspect` })
    expect(requests[0]?.headers).toContainEqual(['authorization', `Basic ${btoa('api:s')}`])
    expect(requests[0]?.headers).toContainEqual(['accept', 'application/json'])
  })

  it('takes what comes with a token that is not active for nothing', async () => {
    const { client } = setUp(answer(200, { active: false, sub: 'alice' }))
    expect(await introspectToken(client, 'x')).toEqual({ active: false })
  })

  it('authenticates as the introspection endpoint wants it', async () => {
    const { client, form } = setUp(answer(200, active), {
      introspection_endpoint_auth_methods_supported: ['client_secret_post'],
    })
    await introspectToken(client, 'x')
    expect(form()).toEqual({ token: 'x', client_id: 'api', client_secret: 's' })
  })

  it.each([
    [answer(401, { error: 'invalid_client' }), 'introspection_refused', '401 (invalid_client): expected 200'],
    [answer(200, { error: 'invalid_request' }), 'introspection_refused', '200 (invalid_request): expected 200'],
    [answer(503, {}), 'request_failed', '503: expected 200'],
    [answer(200, {}), 'introspection_response_invalid', 'introspection response: "active" must be a boolean'],
    [answer(200, { active: 'true' }), 'introspection_response_invalid', '"active" must be a boolean'],
    [answer(200, { active: true, exp: '1' }), 'introspection_response_invalid', '"exp" must be a number of seconds'],
    [answer(200, 'yes', 'text/plain'), 'introspection_response_invalid', 'something other than application/json'],
  ])('case %#: says what is wrong with an answer', async (response, code, message) => {
    await expect(introspectToken(setUp(response).client, 'x')).rejects.toMatchObject({
      code,
      stage: 'introspection',
      endpoint: `${ISSUER}/introspect`,
      message: expect.stringContaining(message),
    })
  })

  it('says that there is no refresh token to ask about', async () => {
    const { client } = setUp(answer(200, active))
    const subject = { access_token: 'a', token_type: 'Bearer' }
    await expect(introspectToken(client, subject, { tokenTypeHint: 'refresh_token' })).rejects.toMatchObject({
      code: 'missing_token',
      stage: 'introspection',
    })
  })
})

describe('RFC 9701 §5 answers as a JWT', async () => {
  const key = await signingKey('k1')
  const signed = new SignedIntrospection(new KeySet([key]), { algorithms: ['ES256'] })
  const clock = new TestClock().read
  const sign = (audience: string, issuer = ISSUER): Promise<string> =>
    signIntrospectionResponse(active, key, { issuer, audience, alg: 'ES256', clock })

  it('asks for one, and takes what is signed for the client', async () => {
    const { client, requests } = setUp(answer(200, await sign('api'), JWT_TYPE))
    expect(await introspectToken(client, 'x', { signed })).toEqual(active)
    expect(requests[0]?.headers?.filter(([name]) => name === 'accept')).toEqual([['accept', JWT_TYPE]])
  })

  it.each([
    ['for another client', () => sign('other'), '"aud" (Audience) claim mismatch'],
    ['of another server', () => sign('api', 'https://evil.example'), '"iss" (Issuer) claim mismatch'],
    ['of another kind', () => signJwt({ iss: ISSUER, aud: 'api' } as JwtClaims, key, { clock }), '"typ"'],
    ['that is none', async () => 'x', 'introspection response refused: '],
  ])('refuses a JWT %s', async (_, make, message) => {
    const { client } = setUp(answer(200, await make(), JWT_TYPE))
    await expect(introspectToken(client, 'x', { signed })).rejects.toMatchObject({
      code: 'introspection_response_invalid',
      stage: 'introspection',
      message: expect.stringContaining(message),
    })
  })

  it('takes no answer without a signature in its place', async () => {
    const { client } = setUp(answer(200, active))
    await expect(introspectToken(client, 'x', { signed })).rejects.toMatchObject({
      code: 'introspection_response_invalid',
    })
  })

  it('still says why it was refused', async () => {
    const { client } = setUp(answer(401, { error: 'invalid_client' }))
    await expect(introspectToken(client, 'x', { signed })).rejects.toMatchObject({
      code: 'introspection_refused',
      refusal: { error: 'invalid_client' },
    })
  })

  it('says that the keys cannot be had', async () => {
    const remote = KeySet.remote('https://op.example/jwks', { transport: async () => answer(500, {}) })
    const { client } = setUp(answer(200, await sign('api'), JWT_TYPE))
    const options = { signed: new SignedIntrospection(remote, { algorithms: ['ES256'] }) }
    await expect(introspectToken(client, 'x', options)).rejects.toMatchObject({
      code: 'keys_unavailable',
      stage: 'introspection',
    })
  })

  it('needs to know whose answer it is', async () => {
    const jwt = await sign('api')
    const client = new OAuth2Client({
      clientId: 'api',
      accessTokenUrl: `${ISSUER}/token`,
      serverMetadata: { introspection_endpoint: `${ISSUER}/introspect` },
      clock,
      transport: async () => answer(200, jwt, JWT_TYPE),
    })
    await expect(introspectToken(client, 'x', { signed })).rejects.toMatchObject({
      message: 'introspection response refused: "issuer" of the server is not known: expected as an option',
    })
    const known = new SignedIntrospection(key, { algorithms: ['ES256'], issuer: ISSUER })
    expect(await introspectToken(client, 'x', { signed: known })).toEqual(active)
  })
})
