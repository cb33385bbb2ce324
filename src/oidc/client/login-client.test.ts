import { beforeEach, describe, expect, it } from 'vitest'
import { answer, StubProvider, signingKey, TestClock } from '../../../test/support/stub-provider.ts'
import { headerOf } from '../../http/response.ts'
import { es256, hs256, rs256 } from '../../jose/algorithms/signatures.ts'
import { ClientSecretBasic } from '../../oauth2/client/auth/client-secret-basic.ts'
import { LoginClient, type LoginClientOptions, type LoginProvider } from './login-client.ts'

const redirectUri = 'https://app.example/callback'

let provider: StubProvider
let clock: TestClock

beforeEach(async () => {
  clock = new TestClock()
  provider = await StubProvider.create('https://op.example', clock)
})

function known(members: Partial<LoginProvider> = {}): LoginProvider {
  const at = (path: string): string => new URL(path, provider.issuer).href
  return {
    ...{ issuer: provider.issuer, authorization_endpoint: at('/authorize'), token_endpoint: at('/token') },
    ...{ jwks_uri: at('/jwks'), authorization_response_iss_parameter_supported: true },
    ...members,
  }
}

function client(options: Partial<LoginClientOptions> = {}): LoginClient {
  const { transport } = provider
  const shared = { clientId: 'app', redirectUri, algorithms: [rs256, es256], transport, clock: clock.read }
  return new LoginClient({ provider: known(), ...shared, ...options })
}

async function logIn(rp: LoginClient) {
  const { url, ...kept } = await rp.createAuthorizationUrl()
  return rp.fetchToken(rp.validateCallback(provider.authorize(url), kept), kept)
}

describe('OIDC Core §3.1 a login by the small door', () => {
  it('asks with state, nonce and challenge, which parameters cannot replace', async () => {
    const { url, state, nonce } = await client({ scope: 'openid email' }).createAuthorizationUrl({
      ...{ prompt: 'login', state: 'mine', nonce: 'mine', code_challenge_method: 'plain' },
    })
    const query = Object.fromEntries(new URL(url).searchParams)
    expect(query).toEqual({
      ...{ response_type: 'code', client_id: 'app', redirect_uri: redirectUri, scope: 'openid email', prompt: 'login' },
      ...{ state, nonce, code_challenge: expect.stringMatching(/^[\w-]{43}$/), code_challenge_method: 'S256' },
    })
    expect(new Set([state, nonce, 'mine']).size).toBe(3)
  })

  it('gives the token set and who logged in, and fetches the keys once', async () => {
    const rp = client({ tokenEndpointAuthMethod: new ClientSecretBasic('secret') })
    const [token] = await Promise.all([logIn(rp), logIn(rp)])
    expect(token).toMatchObject({ token_type: 'Bearer', expires_at: clock.seconds + 3600, userinfo: { sub: 'alice' } })
    expect(provider.count('/jwks')).toBe(1)
    const { headers = [] } = provider.requests.find(({ url }) => url.endsWith('/token')) ?? {}
    expect(headerOf({ headers }, 'authorization')).toBe(`Basic ${btoa('app:secret')}`)
  })

  it('says who it is where it has no secret', async () => {
    await logIn(client())
    expect(provider.requests.find(({ url }) => url.endsWith('/token'))?.body).toContain('client_id=app')
  })

  it('OIDC Core §10.1.1 looks for new keys of the provider', async () => {
    const rp = client()
    await logIn(rp)
    provider.signer = await signingKey('k2')
    provider.published = [provider.signer]
    await expect(logIn(rp)).rejects.toMatchObject({ code: 'id_token_key_not_found' })
    clock.advance(31)
    expect((await logIn(rp)).userinfo?.sub).toBe('alice')
  })
})

describe('OIDC Core §3.1.3.7 the small door is as strict', () => {
  it.each([
    ['another issuer', { iss: 'https://evil.example' }, 'id_token_issuer_mismatch'],
    ['another audience', { aud: 'other' }, 'id_token_audience_mismatch'],
    ['another nonce', { nonce: 'other' }, 'id_token_nonce_mismatch'],
    ['no nonce', { nonce: undefined }, 'id_token_claim_missing'],
    ['an end that is past', { exp: 1_799_999_969 }, 'id_token_expired'],
    ['another access token', { at_hash: 'AAAA' }, 'id_token_hash_mismatch'],
    ['another code', { c_hash: 'AAAA' }, 'id_token_hash_mismatch'],
    ['another state', { s_hash: 'AAAA' }, 'id_token_hash_mismatch'],
  ])('refuses an ID token with %s', async (_, claims, code) => {
    provider.claims = claims
    await expect(logIn(client())).rejects.toMatchObject({ name: 'ClientError', code })
  })

  it('refuses an algorithm that was not handed over, and a signature of somebody else', async () => {
    await expect(logIn(client({ algorithms: [rs256] }))).rejects.toMatchObject({ code: 'id_token_algorithm_refused' })
    provider.published = [await signingKey('k1 of another')]
    await expect(logIn(client())).rejects.toMatchObject({ code: 'id_token_key_not_found' })
  })

  it('refuses a token response without an ID token, a refusal, and keys that are out of reach', async () => {
    provider.token = { id_token: undefined }
    await expect(logIn(client())).rejects.toMatchObject({
      code: 'id_token_missing',
      message: '"id_token" in the token response is missing',
    })
    provider.token = {}
    provider.handlers.set('/jwks', () => answer(503, 'down', 'text/html'))
    await expect(logIn(client())).rejects.toMatchObject({ code: 'keys_unavailable' })
    provider.handlers.set('/token', () => answer(400, { error: 'invalid_grant' }))
    await expect(logIn(client())).rejects.toMatchObject({ code: 'token_refused', refusal: { error: 'invalid_grant' } })
    provider.handlers.set('/token', () => answer(200, 'no', 'text/html'))
    await expect(logIn(client())).rejects.toMatchObject({ code: 'token_response_invalid', stage: 'token' })
  })

  it('RFC 9207 §2.4 refuses the answer of another provider, and of another login', async () => {
    const rp = client()
    const { url, ...kept } = await rp.createAuthorizationUrl()
    const back = provider.authorize(url)
    const validate = (answered: string, state: string) => () => rp.validateCallback(answered, { state })
    expect(validate(back, 'other')).toThrow(expect.objectContaining({ code: 'state_mismatch' }))
    const mixedUp = back.replace(encodeURIComponent(provider.issuer), encodeURIComponent('https://evil.example'))
    expect(validate(mixedUp, kept.state)).toThrow(expect.objectContaining({ code: 'issuer_mismatch' }))
    const silent = back.replace(/[?&]iss=[^&]*/, '')
    expect(validate(silent, kept.state)).toThrow(expect.objectContaining({ code: 'issuer_missing' }))
    expect(validate('/cb?state=%ff', kept.state)).toThrow(expect.objectContaining({ code: 'callback_invalid' }))
  })

  it('redeems nothing but what it validated itself', async () => {
    const rp = client()
    const { url, ...kept } = await rp.createAuthorizationUrl()
    const callback = client({ clientId: 'other' }).validateCallback(provider.authorize(url), kept)
    const forged = { ...callback, clientId: 'app' } as typeof callback
    for (const foreign of [callback, forged]) {
      await expect(rp.fetchToken(foreign, kept)).rejects.toThrow('the callback was not validated by this client')
    }
    expect(provider.count('/token')).toBe(0)
  })
})

describe('the options of the small door', () => {
  it('are checked at once', () => {
    const make = () =>
      client({
        ...{ clientId: '', scope: 'profile', algorithms: [hs256] },
        provider: known({ token_endpoint: 'http://op.example/token', jwks_uri: 'keys' }),
      })
    expect(make).toThrow(
      expect.objectContaining({
        name: 'ConfigurationError',
        problems: [
          '"token_endpoint" must be an absolute URL with https, or http on a loopback host',
          '"jwks_uri" must be an absolute URL with https, or http on a loopback host',
          '"clientId" and "redirectUri" must not be empty',
          '"scope" must have openid: a login has an ID token',
          '"algorithms" must be those that the provider signs with its published keys',
        ],
      }),
    )
    expect(() => client({ algorithms: [] })).toThrow('"algorithms" must be those')
  })
})
