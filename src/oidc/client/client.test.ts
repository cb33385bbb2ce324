import { beforeEach, describe, expect, it } from 'vitest'
import { answer, StubProvider } from '../../../test/support/stub-provider.ts'
import { OpenIdClient, type OpenIdTokenSet } from './client.ts'

let provider: StubProvider
let client: OpenIdClient
let token: OpenIdTokenSet
const stored: OpenIdTokenSet[] = []

beforeEach(async () => {
  stored.length = 0
  provider = await StubProvider.create()
  const { issuer, transport, clock } = provider
  client = new OpenIdClient({
    clientId: 'app',
    issuer,
    transport,
    clock: clock.read,
    scope: 'openid',
    redirectUri: 'https://app.example/cb',
    updateToken: (renewed) => void stored.push(renewed),
  })
  const { url, state, codeVerifier, nonce } = await client.createAuthorizationUrl()
  const callback = await client.validateCallback(provider.authorize(url), { state })
  token = await client.fetchToken(callback, { codeVerifier, nonce })
})

/** What the provider sends along with the renewed token. */
async function renewed(claims: Record<string, unknown> | undefined): Promise<OpenIdTokenSet> {
  provider.token = { id_token: claims && (await provider.signIdToken(claims)) }
  return client.refreshToken(token)
}

describe('OIDC Core §12.2 refreshing a login', () => {
  it('keeps who logged in where no ID token comes', async () => {
    const next = await renewed(undefined)
    expect(next.access_token).not.toBe(token.access_token)
    expect(next).toMatchObject({ id_token: token.id_token, userinfo: { sub: 'alice' } })
    expect(stored).toEqual([next])
  })

  it('takes a new ID token about the same person', async () => {
    const next = await renewed({ email: 'new@example.com' })
    expect(next.userinfo).toMatchObject({ sub: 'alice', email: 'new@example.com' })
    expect(next.id_token).not.toBe(token.id_token)
  })

  it('takes one that repeats the nonce of the login', async () => {
    expect((await renewed({ nonce: token.userinfo?.nonce })).userinfo?.sub).toBe('alice')
  })

  it.each([
    [{ sub: 'mallory' }, 'id_token_subject_mismatch'],
    [{ nonce: 'other' }, 'id_token_nonce_unexpected'],
    [{ aud: 'other' }, 'id_token_audience_mismatch'],
    [{ iss: 'https://evil.example' }, 'id_token_issuer_mismatch'],
  ])('refuses one with %j, and stores nothing', async (claims, code) => {
    await expect(renewed(claims)).rejects.toMatchObject({ code })
    expect(stored).toEqual([])
  })

  it('does not lose the renewed token where the keys to check it are out of reach for a while', async () => {
    const { issuer, transport, clock } = provider
    const cold = new OpenIdClient({ clientId: 'app', issuer, transport, clock: clock.read, scope: 'openid' })
    provider.token = { id_token: await provider.signIdToken({}), refresh_token: 'rotated' }
    provider.handlers.set('/jwks', () => answer(503, {}))
    const before = provider.count('/token')
    await expect(cold.refreshToken(token)).rejects.toMatchObject({ code: 'keys_unavailable' })
    provider.handlers.delete('/jwks')
    clock.advance(60)
    expect(await cold.refreshToken(token)).toMatchObject({ refresh_token: 'rotated', userinfo: { sub: 'alice' } })
    expect(provider.count('/token')).toBe(before + 1)
  })

  it('goes by the stored ID token where its claims were not kept', async () => {
    const { userinfo: _, ...bare } = token
    provider.token = { id_token: await provider.signIdToken({ sub: 'mallory' }) }
    await expect(client.refreshToken(bare)).rejects.toMatchObject({ code: 'id_token_subject_mismatch' })
  })
})

describe('OIDC Core §3.1.3.7 redeeming a code without the registry', () => {
  it('does not forget the nonce when the caller does', async () => {
    const { url, state, codeVerifier } = await client.createAuthorizationUrl()
    const callback = await client.validateCallback(provider.authorize(url), { state })
    await expect(client.fetchToken(callback, { codeVerifier })).rejects.toMatchObject({
      code: 'id_token_nonce_unexpected',
    })
  })

  it.each(['nonce', 'max_age'])('does not let "parameters" set what the ID token is held to: %s', async (name) => {
    await expect(client.createAuthorizationUrl({ parameters: { [name]: '1' } })).rejects.toThrow(
      `createAuthorizationUrl: "${name}" has an option of its own, and is compared only then`,
    )
  })

  it('lets "parameters" say what no option says, and options stand above them', async () => {
    const parameters = { prompt: 'create', login_hint: 'bob', claims: '{}' }
    const { url } = await client.createAuthorizationUrl({ parameters, loginHint: 'alice' })
    const query = new URL(url).searchParams
    expect(['prompt', 'login_hint', 'claims'].map((name) => query.getAll(name))).toEqual([
      ['create'],
      ['alice'],
      ['{}'],
    ])
  })

  it('holds the login to a class of authentication that is required', async () => {
    const { url, state, codeVerifier, nonce } = await client.createAuthorizationUrl({ acrValues: ['gold', 'silver'] })
    expect(new URL(url).searchParams.get('acr_values')).toBe('gold silver')
    const callback = await client.validateCallback(provider.authorize(url), { state })
    provider.claims = { acr: 'bronze' }
    await expect(client.fetchToken(callback, { codeVerifier, nonce, acrValues: ['gold'] })).rejects.toMatchObject({
      code: 'id_token_acr_mismatch',
    })
  })

  it.each(['c_hash', 's_hash', 'at_hash'])('holds the ID token to the %s of this login', async (name) => {
    const { url, state, codeVerifier, nonce } = await client.createAuthorizationUrl()
    const callback = await client.validateCallback(provider.authorize(url), { state })
    provider.claims = { [name]: 'AAAAAAAAAAAAAAAAAAAAAA' }
    await expect(client.fetchToken(callback, { codeVerifier, nonce })).rejects.toMatchObject({
      code: 'id_token_hash_mismatch',
      parameter: name,
    })
  })

  it('takes no ID token that is older than it may be', async () => {
    const { issuer, transport, clock } = provider
    const options = { clientId: 'app', issuer, transport, clock: clock.read, scope: 'openid' }
    const rp = new OpenIdClient({ ...options, idTokenMaxAge: 60 })
    const token = { access_token: 'T', token_type: 'Bearer', id_token: await provider.signIdToken({}) }
    clock.advance(90)
    expect((await rp.parseIdToken(token)).report.iat).toBe('ok')
    clock.advance(1)
    await expect(rp.parseIdToken(token)).rejects.toMatchObject({ code: 'id_token_too_old' })
    expect(() => new OpenIdClient({ ...options, idTokenMaxAge: Number.NaN })).toThrow(
      '"idTokenMaxAge" must be a whole number of seconds',
    )
  })

  it('needs an ID token only where somebody logs in', async () => {
    provider.token = { id_token: undefined }
    expect(await client.clientCredentials()).not.toHaveProperty('userinfo')
  })
})
