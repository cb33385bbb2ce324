import { describe, expect, it } from 'vitest'
import type { HttpResponse } from '../../../src/http/response.ts'
import { KeySet } from '../../../src/jose/jwks/index.ts'
import { signJwt } from '../../../src/jose/jwt/index.ts'
import { JwtValidator, ResourceProtector, StoreValidator } from '../../../src/oauth2/resource/index.ts'
import { IntrospectionEndpoint } from '../../../src/oauth2/server/index.ts'
import { ConfigurationError } from '../../../src/util/configuration-error.ts'
import { basic, body, codeRequest, ISSUER, post, problem, TestServer } from '../../support/authorization-server.ts'
import { APPLICATION, RegistrationServer } from '../../support/client-registration.ts'
import { DEVICE_CODE_GRANT, DeviceTest, RADIO } from '../../support/device-flow.ts'

/*
 * What went wrong in other servers, and has no better place: see the last table of docs/specs.md for all of them.
 */

const API = 'https://api.example'

describe('GHSA-7mqr-2v3q-v2wm, GHSA-v3q9-2p3m-7g43: where the store fails, so does the request', () => {
  /** A server whose store fails at one of its next calls, or at none of them. */
  class Fragile extends TestServer {
    callsLeft = Number.POSITIVE_INFINITY

    constructor() {
      super({
        turn: (call) => {
          if (this.callsLeft === 0) throw new Error('the disk is full')
          this.callsLeft -= 1
          return call()
        },
      })
    }
  }

  const requests: Record<string, (test: Fragile) => Promise<() => Promise<HttpResponse>>> = {
    'a code': async (test) => {
      const code = await test.code()
      return () => test.redeem(code)
    },
    'a refresh token': async (test) => {
      const { refresh_token = '' } = await test.tokens()
      return () => test.refresh(refresh_token)
    },
    'client credentials': async (test) => () => test.token({ grant_type: 'client_credentials' }, basic()),
    'a revocation': async (test) => {
      const { refresh_token = '' } = await test.tokens()
      return () => test.revoke({ token: refresh_token }, basic())
    },
  }

  it.each(Object.entries(requests))('whichever call it was: %s', async (_name, prepare) => {
    let calls = 0
    for (let status = 500; status !== 200; calls += 1) {
      const test = new Fragile()
      const send = await prepare(test)
      test.callsLeft = calls
      const response = await send()
      status = response.status
      if (status !== 200) expect(problem(response).slice(0, 2)).toEqual([500, 'server_error'])
    }
    // Nothing is answered without the store, so that the loop has seen failures.
    expect(calls).toBeGreaterThan(1)
  })
})

describe('CVE-2026-55672: a device code of one client is nothing to another', () => {
  it('is refused, and stays as good as it was', async () => {
    const devices = new DeviceTest()
    const { device_code, user_code } = await devices.begin()
    await devices.approve(user_code)
    const form = { grant_type: DEVICE_CODE_GRANT, client_id: RADIO.client_id, device_code }
    expect(problem(await devices.test.token(form)).slice(0, 2)).toEqual([400, 'invalid_grant'])
    expect((await devices.poll(device_code)).status).toBe(200)
  })
})

describe('CVE-2026-41427: only those manage clients who may', () => {
  it('nobody registers without leave, and there is no default that gives it', async () => {
    const server = new RegistrationServer()
    for (const token of ['', 'guess']) expect((await server.register(APPLICATION, token)).status).toBe(401)
  })

  it.each(['GET', 'PUT', 'DELETE'])('%s is not for the registration access token of another client', async (method) => {
    const server = new RegistrationServer()
    const [mine, other] = [await server.registered(), await server.registered()]
    const content = method === 'PUT' ? { ...APPLICATION, client_id: mine.id, client_name: 'Taken' } : undefined
    expect((await server.send(method, mine.path, other.token, content)).status).toBe(401)
    const { client_name } = body(await server.send('GET', mine.path, mine.token))
    expect(client_name).toBe('Photo print')
  })
})

describe('GHSA-pw9m-5jxm-xr6h, GHSA-86j7-9j95-vpqj, GHSA-9h47-pqcx-hjr4: no old and lenient second way in', () => {
  it('a refresh token of a confidential client is nothing without its secret', async () => {
    const test = new TestServer()
    const { refresh_token = '' } = await test.tokens()
    const form = { grant_type: 'refresh_token', refresh_token, client_id: 'web' }
    expect(problem(await test.token(form)).slice(0, 2)).toEqual([400, 'invalid_client'])
    expect(problem(await test.token(form, basic('web', 'guess'))).slice(0, 2)).toEqual([401, 'invalid_client'])
    expect((await test.refresh(refresh_token)).status).toBe(200)
  })

  it.each([
    'https://app.example/cb/',
    'https://app.example/cb?next=1',
    'https://APP.example/cb',
    'javascript:alert(1)',
  ])('the redirect URI is compared letter by letter: %s', async (redirect_uri) => {
    const { status, headers } = await new TestServer().authorize({ ...codeRequest(), redirect_uri })
    expect(status).toBe(400)
    expect(headers.some(([name]) => name === 'location')).toBe(false)
  })
})

describe('CVE-2026-22748: a token is not only verified, it is validated', () => {
  it('there is no validator without an issuer and an audience', () => {
    expect(() => new JwtValidator({ issuer: ISSUER, audience: '' })).toThrow(ConfigurationError)
    expect(() => new JwtValidator({ issuer: '', audience: API })).toThrow(ConfigurationError)
  })

  it.each([
    ['expired', { exp: 1 }],
    ['of another issuer', { iss: 'https://other.example' }],
    ['for another API', { aud: 'https://other.example' }],
    ['without an end', { exp: undefined }],
  ])('a good signature does not help a token that is %s', async (_what, claims) => {
    const keys = await KeySet.generate(['ES256'])
    const now = Math.floor(Date.now() / 1000)
    const good = { iss: ISSUER, sub: 'alice', aud: API, client_id: 'web', iat: now, exp: now + 60, jti: 'j' }
    const protector = new ResourceProtector().registerTokenValidator(
      new JwtValidator({ issuer: ISSUER, audience: API, keys }),
    )
    const guard = async (payload: object): Promise<number | undefined> => {
      const authorization = `Bearer ${await signJwt({ ...payload }, keys, { typ: 'at+jwt' })}`
      return (await protector.protect(new Request(API, { headers: { authorization } }))).response?.status
    }
    expect(await guard(good)).toBeUndefined()
    expect(await guard({ ...good, ...claims })).toBe(401)
  })
})

describe('GHSA-cxgj-hwwh-855g: no option switches off the check of the grant', () => {
  it.each(['opaque', 'jwt'] as const)('a revoked grant ends its tokens, opaque and JWT: %s', async (format) => {
    const keys = await KeySet.generate(['ES256'])
    const test = new TestServer({ keys, accessTokenFormat: format, audience: API })
    test.server.registerEndpoint(IntrospectionEndpoint)
    const clock = (): number => test.time
    const protector = new ResourceProtector().registerTokenValidator(
      new StoreValidator({ store: test.store, issuer: ISSUER, keys, audience: API, clock }),
    )
    const { access_token = '', refresh_token = '' } = await test.tokens()
    const seen = async (): Promise<unknown[]> => {
      const { active } = body(await test.server.handle(post('/introspect', { token: access_token }, basic())))
      const request = new Request(API, { headers: { authorization: `Bearer ${access_token}` } })
      return [active, (await protector.protect(request)).response?.status]
    }
    expect(await seen()).toEqual([true, undefined])
    await test.revoke({ token: refresh_token }, basic())
    expect(await seen()).toEqual([false, 401])
  })
})
