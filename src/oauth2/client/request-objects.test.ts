import { beforeAll, describe, expect, it } from 'vitest'
import { NOW, TestClock } from '../../../test/support/stub-provider.ts'
import { decryptAndVerifyJwt } from '../../jose/jwe/index.ts'
import { Key } from '../../jose/jwk/index.ts'
import { type VerifiedJwt, verifyJwt } from '../../jose/jwt/index.ts'
import { OAuth2Client } from './client.ts'
import type { OAuth2ClientOptions } from './options.ts'
import { RequestObjects, type RequestObjectsOptions } from './request-objects.ts'

const clock = new TestClock().read

let key: Key
let other: Key
beforeAll(async () => {
  key = await Key.generate('ES256', { kid: 'app-1' })
  other = await Key.generate({ kty: 'RSA' })
})

async function signed(
  options: RequestObjectsOptions = {},
  client: Partial<OAuth2ClientOptions> = {},
  by = key,
): Promise<{ url: URL; jwt: string; state: string }> {
  const { url, state } = await new OAuth2Client({
    clientId: 'app',
    issuer: 'https://op.example',
    authorizeUrl: 'https://op.example/authorize',
    redirectUri: 'https://app.example/cb',
    scope: 'files',
    clock,
    requestObjects: new RequestObjects(by, options),
    ...client,
  }).createAuthorizationUrl({ parameters: { max_age: '60' } })
  return { url: new URL(url), jwt: new URL(url).searchParams.get('request') ?? '', state }
}

function verified(jwt: string): Promise<VerifiedJwt> {
  const expected = { algorithms: ['ES256'], issuer: 'app', audience: 'https://op.example' }
  return verifyJwt(jwt, key, { ...expected, typ: 'oauth-authz-req+jwt', clock })
}

describe('RFC 9101 §4 a request object', () => {
  it('holds every parameter, who signed it, for whom and until when', async () => {
    const { jwt, state } = await signed()
    const { claims, header } = await verified(jwt)
    expect(header).toEqual({ typ: 'oauth-authz-req+jwt', alg: 'ES256', kid: 'app-1' })
    expect(claims).toEqual({
      response_type: 'code',
      client_id: 'app',
      redirect_uri: 'https://app.example/cb',
      scope: 'files',
      state,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      max_age: 60,
      iss: 'app',
      aud: 'https://op.example',
      iat: NOW,
      nbf: NOW,
      exp: NOW + 300,
      jti: expect.stringMatching(/^[\w-]{22}$/),
    })
  })

  it('§5: has nothing but the client beside it', async () => {
    const { url, jwt } = await signed()
    expect([...url.searchParams]).toEqual([
      ['client_id', 'app'],
      ['request', jwt],
    ])
  })

  it('is another one each time', async () => {
    const [a, b] = await Promise.all([signed(), signed()])
    expect((await verified(a.jwt)).claims.jti).not.toBe((await verified(b.jwt)).claims.jti)
  })

  it('lives as long, and is signed as, it is told', async () => {
    expect((await verified((await signed({ lifetime: '1m' })).jwt)).claims.exp).toBe(NOW + 60)
    const { jwt } = await signed({ alg: 'PS256' }, {}, other)
    expect((await verifyJwt(jwt, other, { algorithms: ['PS256'], typ: 'oauth-authz-req+jwt', clock })).claims.iss).toBe(
      'app',
    )
  })

  it('cannot be made to say who it is for by a parameter', async () => {
    const { jwt } = await signed({}, { authorizeParams: { aud: 'https://evil.example', iss: 'x', exp: '9999999999' } })
    expect((await verified(jwt)).claims).toMatchObject({ aud: 'https://op.example', iss: 'app', exp: NOW + 300 })
  })
})

describe('RFC 9101 §6.1 an encrypted request object', () => {
  it('is signed, then encrypted for the server', async () => {
    const server = await Key.generate({ kty: 'EC', crv: 'P-256' })
    const { jwt } = await signed({ encrypt: { key: server, alg: 'ECDH-ES', enc: 'A128GCM' } })
    const { claims, encryption } = await decryptAndVerifyJwt(jwt, server, key, {
      algorithms: ['ES256'],
      typ: 'oauth-authz-req+jwt',
      decryption: { algorithms: ['ECDH-ES'] },
      clock,
    })
    expect(encryption.header).toMatchObject({ alg: 'ECDH-ES', enc: 'A128GCM', cty: 'JWT', typ: 'oauth-authz-req+jwt' })
    expect(claims['client_id']).toBe('app')
  })
})

describe('what request objects need', () => {
  it('is a key that signs', async () => {
    const published = await Key.import(key.toPublicJwk())
    expect(() => new RequestObjects(published)).toThrow('RequestObjects: "key" must be a private key: it signs')
  })

  it('is a server that has a name', async () => {
    const nameless = new OAuth2Client({
      clientId: 'app',
      authorizeUrl: 'https://op.example/authorize',
      redirectUri: 'https://app.example/cb',
      requestObjects: new RequestObjects(key),
    })
    await expect(nameless.createAuthorizationUrl()).rejects.toThrow(
      'RequestObjects: "issuer" is missing: a signed request names who it is for',
    )
  })
})
