import { beforeEach, describe, expect, it } from 'vitest'
import { answer, StubProvider, signingKey, withoutKid } from '../../../test/support/stub-provider.ts'
import { FetchError } from '../../http/fetch-error.ts'
import { headerOf } from '../../http/response.ts'
import { Key } from '../../jose/jwk/index.ts'
import { signJwt } from '../../jose/jwt/index.ts'
import { encodeUtf8 } from '../../util/bytes.ts'
import type { IdTokenClaims } from '../id-token.ts'
import { OpenIdClient } from './client.ts'

let provider: StubProvider
let client: OpenIdClient

beforeEach(async () => {
  provider = await StubProvider.create()
  const { issuer, transport, clock } = provider
  client = new OpenIdClient({ clientId: 'app', issuer, transport, clock: clock.read, scope: 'openid' })
})

const token = { access_token: 'T', token_type: 'Bearer' }
const claims: IdTokenClaims = { iss: 'https://op.example', sub: 'alice', aud: 'app', exp: 1, iat: 0 }

describe('OIDC Core §5.3 userinfo', () => {
  it('is asked for with the token in the header', async () => {
    expect(await client.userinfo({ ...token, userinfo: claims })).toEqual({ sub: 'alice', email: 'alice@example.com' })
    const request = provider.requests.at(-1)
    expect(request).toMatchObject({ method: 'GET', url: 'https://op.example/userinfo' })
    expect(headerOf({ headers: request?.headers ?? [] }, 'authorization')).toBe('Bearer T')
  })

  it('comes from where the client was told', async () => {
    const { issuer, transport } = provider
    provider.handlers.set('/me', () => answer(200, { sub: 'bob' }))
    const told = new OpenIdClient({ clientId: 'app', issuer, transport, userinfoEndpoint: 'https://op.example/me' })
    expect(await told.userinfo(token)).toEqual({ sub: 'bob' })
  })

  it('OIDC Core §5.3.2: must be about the person of the ID token', async () => {
    provider.userinfo = { sub: 'mallory' }
    const mismatch = {
      code: 'userinfo_subject_mismatch',
      message: '"sub" (Subject) in the userinfo response mismatch: expected the person of the ID token',
    }
    await expect(client.userinfo({ ...token, userinfo: claims })).rejects.toMatchObject(mismatch)
    const stored = { ...token, id_token: await provider.signIdToken({}) }
    await expect(client.userinfo(stored)).rejects.toMatchObject(mismatch)
    await expect(client.userinfo({ ...token, id_token: 'x' })).rejects.toMatchObject({ code: 'id_token_malformed' })
    expect(await client.userinfo(token)).toEqual({ sub: 'mallory' })
  })

  it.each([
    [answer(401, {}), 'userinfo_refused', 'userinfo endpoint answered with status 401: expected 200'],
    [answer(200, 'a.b.c', 'application/jwt'), 'userinfo_invalid', 'userinfo response must be application/json'],
    [answer(200, '<html>', 'text/html'), 'userinfo_invalid', 'userinfo response must be application/json'],
    [answer(200, '[]'), 'userinfo_invalid', 'userinfo response must be a JSON object in UTF-8'],
    [
      answer(200, new Uint8Array([0x7b, 0xff, 0x7d])),
      'userinfo_invalid',
      'userinfo response must be a JSON object in UTF-8',
    ],
    [answer(200, {}), 'userinfo_invalid', '"sub" (Subject) in the userinfo response is missing or no text'],
    [answer(200, { sub: 7 }), 'userinfo_invalid', '"sub" (Subject) in the userinfo response is missing or no text'],
  ])('OIDC Core §5.3.2 case %#: %s', async (response, code, message) => {
    provider.handlers.set('/userinfo', () => response)
    await expect(client.userinfo(token)).rejects.toMatchObject({ code, message, stage: 'userinfo' })
  })

  it('says at which step the network failed', async () => {
    provider.handlers.set('/userinfo', ({ url }) => Promise.reject(new FetchError('timeout', { url })))
    await expect(client.userinfo(token)).rejects.toMatchObject({ code: 'request_failed', stage: 'userinfo' })
  })
})

describe('OIDC Core §5.3.2 signed userinfo', () => {
  const setUp = (alg = 'ES256', more: object = {}) => {
    const { issuer, transport, clock } = provider
    const options = { clientId: 'app', issuer, transport, clock: clock.read, scope: 'openid' }
    return new OpenIdClient({ ...options, userinfoSignedResponseAlg: alg, ...more })
  }
  const serve = (jwt: string, type = 'application/jwt'): void => {
    provider.handlers.set('/userinfo', () => answer(200, jwt, type))
  }
  const person = (more: object = {}) => provider.signIdToken({ exp: undefined, iat: undefined, ...more })

  it('is verified, and asked for as a JWT', async () => {
    serve(await person({ email: 'alice@example.com' }))
    expect(await setUp().userinfo({ ...token, userinfo: claims })).toMatchObject({
      sub: 'alice',
      email: 'alice@example.com',
    })
    expect(headerOf({ headers: provider.requests.at(-2)?.headers ?? [] }, 'accept')).toBe('application/jwt')
  })

  it('leaves claims from elsewhere as they are', async () => {
    const sources = { _claim_names: { address: 'src1' }, _claim_sources: { src1: { JWT: 'a.b.c' } } }
    serve(await person(sources))
    expect(await setUp().userinfo(token)).toMatchObject(sources)
  })

  it('may be signed with the secret of the client', async () => {
    const clientSecret = 'a secret that is long enough: 0123456789'
    const secret = await Key.import(encodeUtf8(clientSecret))
    serve(await signJwt({ iss: 'https://op.example', aud: 'app', sub: 'alice' }, secret, { alg: 'HS256' }))
    expect((await setUp('HS256', { clientSecret }).userinfo(token)).sub).toBe('alice')
  })

  it('is verified once more with fresh keys, as an ID token is', async () => {
    await setUp()
      .userinfo(token)
      .catch(() => undefined)
    const client = setUp()
    serve(await person())
    await client.userinfo(token)
    provider.signer = await withoutKid(await signingKey('k2'))
    provider.published = [provider.signer]
    serve(await person())
    provider.clock.advance(31)
    expect((await client.userinfo(token)).sub).toBe('alice')
  })

  it.each<[object, string, string | undefined]>([
    [{ iss: 'https://evil.example' }, '"iss" (Issuer) claim mismatch: expected "https://op.example"', 'iss'],
    [{ iss: undefined }, '"iss" (Issuer) claim missing', 'iss'],
    [{ aud: 'other' }, '"aud" (Audience) claim mismatch: expected "app"', 'aud'],
    [{ aud: undefined }, '"aud" (Audience) claim missing', 'aud'],
    [{ exp: 1 }, '"exp" (Expiration Time) claim is past: the token has expired', 'exp'],
  ])('with %j is refused', async (members, message, parameter) => {
    serve(await person(members))
    await expect(setUp().userinfo(token)).rejects.toMatchObject({
      code: 'userinfo_invalid',
      stage: 'userinfo',
      message: `userinfo response refused: ${message}`,
      parameter,
    })
  })

  it('about somebody else is refused', async () => {
    serve(await person({ sub: 'mallory' }))
    const refusal = setUp().userinfo({ ...token, userinfo: claims })
    await expect(refusal).rejects.toMatchObject({ code: 'userinfo_subject_mismatch' })
  })

  it('that is not signed as agreed is refused', async () => {
    const jwt = await person()
    const [header, payload] = jwt.split('.')
    serve(jwt)
    await expect(setUp('RS256').userinfo(token)).rejects.toMatchObject({
      message: 'userinfo response refused: "alg" (Algorithm) header parameter not allowed: expected "RS256"',
    })
    for (const forged of [`${header}.${payload}.AAAA`, `${btoa('{"alg":"none"}')}.${payload}.`, 'hello', '']) {
      serve(forged)
      await expect(setUp().userinfo(token)).rejects.toMatchObject({ code: 'userinfo_invalid' })
    }
    serve(JSON.stringify({ sub: 'alice' }), 'application/json')
    await expect(setUp().userinfo(token)).rejects.toMatchObject({
      code: 'userinfo_invalid',
      message: 'userinfo response must be application/jwt',
    })
  })

  it('tells keys that are out of reach from an answer that is wrong', async () => {
    serve(await person())
    provider.handlers.set('/jwks', () => answer(503, 'later', 'text/html'))
    await expect(setUp().userinfo(token)).rejects.toMatchObject({ code: 'keys_unavailable', stage: 'userinfo' })
  })

  it.each([
    ['none', {}, '"userinfoSignedResponseAlg" must not be none: what has no signature proves nothing'],
    ['HS256', { clientSecret: 'short' }, '"clientSecret" is too short for "userinfoSignedResponseAlg" HS256'],
  ])('cannot be agreed as %s with %j', (alg, more, problem) => {
    expect(() => setUp(alg, more)).toThrow(problem)
  })
})

describe('OIDC RP-Initiated Logout §2 the logout request', () => {
  it('names the client, the login and where to come back to', async () => {
    const { url, state } = await client.createLogoutUrl({
      postLogoutRedirectUri: 'https://app.example/bye',
      idTokenHint: 'a.b.c',
      logoutHint: 'alice',
      uiLocales: ['de', 'en'],
    })
    expect(state).toMatch(/^[\w-]{43}$/)
    expect(url.split('?')[0]).toBe('https://op.example/logout')
    expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
      id_token_hint: 'a.b.c',
      client_id: 'app',
      post_logout_redirect_uri: 'https://app.example/bye',
      state,
      logout_hint: 'alice',
      ui_locales: 'de en',
    })
  })

  it('has no state where nobody comes back', async () => {
    const { url, state } = await client.createLogoutUrl()
    expect(url).toBe('https://op.example/logout?client_id=app')
    expect(state).toBeUndefined()
  })

  it('OIDC RP-Initiated Logout §2.1: needs a provider that names its endpoint', async () => {
    provider.metadata = { end_session_endpoint: undefined }
    await expect(client.createLogoutUrl()).rejects.toMatchObject({
      code: 'endpoint_missing',
      parameter: 'end_session_endpoint',
    })
  })
})
