import { describe, expect, it } from 'vitest'
import { answer, NOW, signingKey, TestClock } from '../../../../test/support/stub-provider.ts'
import type { OutgoingRequest } from '../../../http/fetch.ts'
import { headerOf } from '../../../http/response.ts'
import { Key } from '../../../jose/jwk/index.ts'
import { type JwtClaims, parseUnverifiedJwt } from '../../../jose/jwt/index.ts'
import { ServiceAccount, type ServiceAccountOptions } from './service-account.ts'

const key = await signingKey('robot')
const TOKEN_ENDPOINT = 'https://op.example/token'

function setUp(options: Partial<ServiceAccountOptions> = {}, lifetime = 3600) {
  const clock = new TestClock()
  const forms: Record<string, string>[] = []
  const calls: OutgoingRequest[] = []
  const account = new ServiceAccount({
    issuer: 'robot@op.example',
    key,
    accessTokenUrl: TOKEN_ENDPOINT,
    apiBaseUrl: 'https://api.example/v1/',
    clock: clock.read,
    transport: async (request) => {
      if (request.url.includes('.well-known')) {
        return answer(200, { issuer: 'https://op.example', token_endpoint: TOKEN_ENDPOINT })
      }
      if (request.url !== TOKEN_ENDPOINT) {
        calls.push(request)
        return answer(200, {})
      }
      forms.push(Object.fromEntries(new URLSearchParams(String(request.body))))
      return answer(200, { access_token: `t${forms.length}`, token_type: 'Bearer', expires_in: lifetime })
    },
    ...options,
  })
  const claims = (index = 0): JwtClaims => parseUnverifiedJwt(forms[index]?.['assertion'] ?? '').unverifiedClaims
  return { account, clock, forms, calls, claims }
}

describe('RFC 7523 §2.1 a service account', () => {
  it('asks with an assertion that it has signed, and as nobody else', async () => {
    const { account, forms, claims } = setUp()
    expect(await account.token()).toMatchObject({ access_token: 't1' })
    expect(Object.keys(forms[0] ?? {})).toEqual(['assertion', 'grant_type'])
    const { unverifiedHeader } = parseUnverifiedJwt(forms[0]?.['assertion'] ?? '')
    expect(unverifiedHeader).toEqual({ alg: 'ES256', typ: 'JWT', kid: 'robot' })
    expect(claims()).toEqual({
      iss: 'robot@op.example',
      sub: 'robot@op.example',
      aud: TOKEN_ENDPOINT,
      jti: expect.stringMatching(/^[\w-]{22}$/),
      iat: NOW,
      exp: NOW + 60,
    })
  })

  it('for somebody, at somebody, with claims of its own', async () => {
    const options = { subject: 'ada', audience: 'the-server', scope: 'read', claims: { scope: 'read', aud: 'x' } }
    const resource = 'https://api.example'
    const { account, forms, claims } = setUp({ ...options, resource, lifetime: '1h' })
    await account.token()
    expect(claims()).toMatchObject({ sub: 'ada', aud: 'the-server', scope: 'read', exp: NOW + 3600 })
    expect(forms[0]).toMatchObject({ scope: 'read', resource })
  })

  it('for the issuer of a server that describes itself', async () => {
    const serverMetadataUrl = 'https://op.example/.well-known/oauth-authorization-server'
    const { account, claims } = setUp({ serverMetadataUrl })
    await account.token()
    expect(claims().aud).toBe('https://op.example')
  })

  it('without a subject where a server wants none', async () => {
    const { account, claims } = setUp({ subject: false })
    await account.token()
    expect(claims()).not.toHaveProperty('sub')
  })

  it('RFC 7521 §4.1: and as a client, where it is one', async () => {
    const { account, forms } = setUp({
      clientId: 'app',
      clientSecret: 's',
      tokenEndpointAuthMethod: 'client_secret_post',
    })
    await account.token()
    expect(forms[0]).toMatchObject({ client_id: 'app', client_secret: 's' })
  })

  it('signs with RS256 where an RSA key does not say', async () => {
    const { alg: _, ...jwk } = (await Key.generate('RS256')).toPrivateJwk()
    const { account, forms } = setUp({ key: await Key.import(jwk) })
    await account.token()
    expect(parseUnverifiedJwt(forms[0]?.['assertion'] ?? '').unverifiedHeader.alg).toBe('RS256')
  })

  it('needs a name and a private key', async () => {
    const publicKey = await Key.import(key.toPublicJwk())
    expect(() => setUp({ issuer: '', key: publicKey })).toThrow(
      'ServiceAccount: "issuer" is missing: expected the name of the account; ' +
        '"key" must be a private key: what it signs is checked with its public half',
    )
  })
})

describe('a client that acts for itself', () => {
  it('calls APIs, with one token for all', async () => {
    const { account, forms, calls } = setUp()
    expect(forms).toHaveLength(0)
    await Promise.all([account.get('files'), account.post('files', { json: { a: 1 } }), account.put('files/1')])
    await Promise.all([account.patch('files/1'), account.delete('files/1')])
    expect(forms).toHaveLength(1)
    expect(calls.map(({ method, url }) => `${method} ${url}`).sort()).toEqual([
      'DELETE https://api.example/v1/files/1',
      'GET https://api.example/v1/files',
      'PATCH https://api.example/v1/files/1',
      'POST https://api.example/v1/files',
      'PUT https://api.example/v1/files/1',
    ])
    for (const { headers = [] } of calls) expect(headerOf({ headers }, 'authorization')).toBe('Bearer t1')
  })

  it('authlib#532: gets another token when the first is about to end, with a fresh assertion', async () => {
    const { account, clock, forms, claims } = setUp()
    await account.token()
    clock.advance(3539)
    expect(await account.token()).toMatchObject({ access_token: 't1' })
    clock.advance(1)
    expect(await account.token()).toMatchObject({ access_token: 't2' })
    expect(forms).toHaveLength(2)
    expect(claims(0).jti).not.toBe(claims(1).jti)
  })

  it('authlib#716: uses a token that lives shorter than the leeway', async () => {
    const { account, forms } = setUp({}, 30)
    await account.get('files')
    await account.get('files')
    expect(forms).toHaveLength(1)
  })

  it('asks again after a refusal', async () => {
    let isDown = true
    const { account } = setUp({
      transport: async () =>
        isDown ? answer(400, { error: 'invalid_grant' }) : answer(200, { access_token: 't', token_type: 'Bearer' }),
    })
    await expect(account.token()).rejects.toMatchObject({ code: 'token_refused' })
    isDown = false
    expect(await account.token()).toMatchObject({ access_token: 't' })
  })
})
