import type { RequestListener } from 'node:http'
import { ClientError, OAuth } from 'authwright/express'
import { Key, type PrivateJwk } from 'authwright/jose/jwk'
import { OpenIdClient, type OpenIdClientOptions, type OpenIdTokenSet } from 'authwright/oidc/client'
import express from 'express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../support/browser.ts'
import { listen, type Running } from '../support/listen.ts'
import { SECRET } from './support/provider.ts'
import { Stranger } from './support/stranger.ts'

const redirectUri = 'https://app.example/callback'
const signedOutUri = 'https://app.example/signed-out'
const shared = {
  redirect_uris: [redirectUri],
  post_logout_redirect_uris: [signedOutUri],
  grant_types: ['authorization_code', 'refresh_token'],
  client_secret: SECRET,
}
const registered = [
  { client_id: 'basic:1 +%', token_endpoint_auth_method: 'client_secret_basic', id_token_signed_response_alg: 'RS256' },
  { client_id: 'post', token_endpoint_auth_method: 'client_secret_post', id_token_signed_response_alg: 'PS256' },
  { client_id: 'public', token_endpoint_auth_method: 'none', id_token_signed_response_alg: 'ES256' },
  { client_id: 'eddsa', token_endpoint_auth_method: 'client_secret_basic', id_token_signed_response_alg: 'EdDSA' },
  { client_id: 'hmac', token_endpoint_auth_method: 'client_secret_basic', id_token_signed_response_alg: 'HS256' },
] as const

/** One key of each kind; the RSA one is for both paddings. */
const firstKeys = await Promise.all([makeKey('RS256'), makeKey('ES256'), makeKey('EdDSA')])

async function makeKey(alg: string): Promise<PrivateJwk> {
  const { alg: _alg, ...jwk } = (await Key.generate(alg)).toPrivateJwk()
  return { ...jwk, use: 'sig' } as PrivateJwk
}

function clientOptions(issuer: string, client: (typeof registered)[number]): OpenIdClientOptions {
  const { client_id, token_endpoint_auth_method, id_token_signed_response_alg } = client
  return {
    issuer,
    clientId: client_id,
    ...(token_endpoint_auth_method !== 'none' && { clientSecret: SECRET }),
    tokenEndpointAuthMethod: token_endpoint_auth_method,
    idTokenSignedResponseAlg: id_token_signed_response_alg,
    redirectUri,
    scope: 'openid email offline_access',
  }
}

let stranger: Stranger
beforeAll(async () => {
  const clients = registered.map((client) => ({ ...shared, ...client }))
  stranger = await Stranger.start({ clients, keys: firstKeys })
})
afterAll(() => stranger.close())

/** Sends a browser to the provider, which asks for agreement each time, and redeems what it comes back with. */
async function logIn(client: OpenIdClient, browser: Browser = stranger.browser()): Promise<OpenIdTokenSet> {
  const { url, state, codeVerifier, nonce } = await client.createAuthorizationUrl({ prompt: 'consent' })
  const { away } = await browser.open(url)
  const callback = await client.validateCallback(away ?? '', { state })
  return client.fetchToken(callback, { ...(codeVerifier && { codeVerifier }), nonce })
}

describe.each(registered)('our client logs in at oidc-provider as "$client_id"', (client) => {
  it('by code and PKCE, refreshes, asks for userinfo, revokes and signs out', async () => {
    const openid = new OpenIdClient(clientOptions(stranger.issuer, client))
    const browser = stranger.browser()
    const token = await logIn(openid, browser)
    expect(token.userinfo).toMatchObject({ iss: stranger.issuer, sub: 'grace', aud: client.client_id })
    const { report } = await openid.parseIdToken(token, { nonce: token.userinfo?.nonce })
    expect(report).toMatchObject({ signature: 'verified', alg: client.id_token_signed_response_alg, nonce: 'ok' })

    const renewed = await openid.refreshToken(token)
    expect(renewed.access_token).not.toBe(token.access_token)
    expect(renewed.refresh_token).not.toBe(token.refresh_token)
    expect(renewed.userinfo).toMatchObject({ sub: 'grace', aud: client.client_id })
    expect(await openid.userinfo(renewed)).toEqual({
      sub: 'grace',
      email: 'grace@example.com',
      email_verified: true,
    })

    await openid.revokeToken(renewed)
    await expect(openid.refreshToken(renewed)).rejects.toMatchObject({
      code: 'token_refused',
      refusal: { error: 'invalid_grant' },
    })
    await expect(openid.userinfo(renewed)).rejects.toMatchObject({ code: 'userinfo_refused' })

    const logout = await openid.createLogoutUrl({
      postLogoutRedirectUri: signedOutUri,
      ...(renewed.id_token && { idTokenHint: renewed.id_token }),
    })
    const signedOut = await browser.press(await browser.open(logout.url), 'yes')
    expect(signedOut.away?.href).toBe(`${signedOutUri}?state=${logout.state}`)
  })

  it('RFC 6749 §4.1.2: not twice with one code', async () => {
    const openid = new OpenIdClient(clientOptions(stranger.issuer, client))
    const { url, state, codeVerifier = '', nonce } = await openid.createAuthorizationUrl()
    const { away } = await stranger.browser().open(url)
    const callback = await openid.validateCallback(away ?? '', { state })
    const token = await openid.fetchToken(callback, { codeVerifier, nonce })
    await expect(openid.fetchToken(callback, { codeVerifier, nonce })).rejects.toMatchObject({ code: 'token_refused' })
    await expect(openid.userinfo(token)).rejects.toMatchObject({ code: 'userinfo_refused' })
  })
})

describe('our client at oidc-provider', () => {
  const options = (): OpenIdClientOptions => clientOptions(stranger.issuer, registered[0])

  it('RFC 7636 §4.6: is refused with another verifier', async () => {
    const openid = new OpenIdClient(options())
    const { url, state, nonce } = await openid.createAuthorizationUrl()
    const { away } = await stranger.browser().open(url)
    const callback = await openid.validateCallback(away ?? '', { state })
    await expect(openid.fetchToken(callback, { codeVerifier: 'x'.repeat(43), nonce })).rejects.toMatchObject({
      code: 'token_refused',
      refusal: { error: 'invalid_grant' },
    })
  })

  it('OIDC Core §3.1.3.7: takes no ID token for another nonce', async () => {
    const openid = new OpenIdClient(options())
    const { url, state, codeVerifier = '' } = await openid.createAuthorizationUrl()
    const { away } = await stranger.browser().open(url)
    const callback = await openid.validateCallback(away ?? '', { state })
    await expect(openid.fetchToken(callback, { codeVerifier, nonce: 'another' })).rejects.toMatchObject({
      code: 'id_token_nonce_mismatch',
    })
  })

  it('OIDC Core §3.1.2.6: is told that nobody may be asked', async () => {
    const openid = new OpenIdClient(options())
    const { url, state } = await openid.createAuthorizationUrl({ prompt: 'none' })
    const { away } = await stranger.browser().open(url)
    await expect(openid.validateCallback(away ?? '', { state })).rejects.toMatchObject({
      refusal: { error: 'login_required' },
    })
  })

  it('OIDC Core §10.1.1: goes on when the key is another one, at the login and at the refresh', async () => {
    let now = Date.now()
    const openid = new OpenIdClient({ ...options(), clock: () => now })
    const before = await logIn(openid)
    const next = await makeKey('RS256')
    stranger.rotate([next])
    now += 31_000
    const renewed = await openid.refreshToken(before)
    expect(kidOf(renewed)).toBe(next.kid)
    expect(kidOf(before)).not.toBe(next.kid)
    expect(kidOf(await logIn(openid))).toBe(next.kid)
    stranger.rotate(firstKeys)
  })
})

function kidOf({ id_token = '' }: OpenIdTokenSet): string | undefined {
  return JSON.parse(atob(id_token.split('.')[0] ?? '')).kid
}

describe('an app on Express at oidc-provider', () => {
  let app: Running
  let provider: Stranger
  let now = Date.now()
  beforeAll(async () => {
    let listener: RequestListener
    app = await listen(() => (request, response) => listener(request, response))
    const uris = { redirect_uris: [`${app.origin}/callback`], post_logout_redirect_uris: [`${app.origin}/signed-out`] }
    provider = await Stranger.start({ clients: [{ ...shared, ...uris, client_id: 'app' }], keys: firstKeys })
    listener = createApp(app.origin, provider.issuer, () => now)
  })
  afterAll(() => Promise.all([app.close(), provider.close()]))

  const appBrowser = (): Browser =>
    new Browser({ issuer: app.origin, fetch: (request) => fetch(request, { redirect: 'manual' }) })

  /** From the app to the provider and back to the app. */
  async function signIn(atApp: Browser, atProvider: Browser): Promise<unknown> {
    const { away: there } = await atApp.open(`${app.origin}/login`)
    const { away: back } = await atProvider.open(there?.href ?? '')
    const { body } = await atApp.open(back?.href ?? '')
    return JSON.parse(body)
  }

  it('logs in, refreshes, asks for userinfo and logs out', async () => {
    const [atApp, atProvider] = [appBrowser(), provider.browser()]
    expect(await signIn(atApp, atProvider)).toEqual({ sub: 'grace' })
    const profile = { sub: 'grace', name: 'Grace Hopper', email: 'grace@example.com', email_verified: true }
    expect(JSON.parse((await atApp.open(`${app.origin}/`)).body)).toEqual(profile)
    expect(JSON.parse((await atApp.open(`${app.origin}/refresh`)).body)).toEqual({ renewed: true, sub: 'grace' })
    const { away: there } = await atApp.open(`${app.origin}/logout`)
    const { away: back } = await atProvider.press(await atProvider.open(there?.href ?? ''), 'yes')
    expect(JSON.parse((await atApp.open(back?.href ?? '')).body)).toEqual({ signedOut: true })
  })

  it('OIDC Core §10.1.1: sees that the key was rotated, without a restart', async () => {
    await signIn(appBrowser(), provider.browser())
    provider.rotate([await makeKey('RS256')])
    now += 31_000
    expect(await signIn(appBrowser(), provider.browser())).toEqual({ sub: 'grace' })
    provider.rotate(firstKeys)
  })

  it('RFC 6749 §10.12: does not take the response of another browser', async () => {
    const { away: there } = await appBrowser().open(`${app.origin}/login`)
    const { away: back } = await provider.browser().open(there?.href ?? '')
    const { status, body } = await appBrowser().open(back?.href ?? '')
    expect({ status, body: JSON.parse(body) }).toEqual({ status: 400, body: { code: 'transaction_missing' } })
  })
})

/** An app as its developer writes it. The token is kept by the process: there is one person. */
function createApp(origin: string, issuer: string, clock: () => number): RequestListener {
  let token: OpenIdTokenSet = { access_token: '', token_type: 'Bearer' }
  const oauth = new OAuth({
    secret: 'a secret of at least thirty-two bytes',
    clock,
    clients: {
      op: { issuer, clientId: 'app', clientSecret: SECRET, scope: 'openid profile email offline_access' },
    },
  })
  const app = express()
  app.get('/login', (request, response) =>
    oauth.op.authorizeRedirect(request, response, `${origin}/callback`, { prompt: 'consent' }),
  )
  app.get('/callback', async (request, response) => {
    token = await oauth.op.authorizeAccessToken(request, response)
    response.json({ sub: token.userinfo?.sub })
  })
  app.get('/', async (_request, response) => {
    response.json(await oauth.op.userinfo(token))
  })
  app.get('/refresh', async (_request, response) => {
    const renewed = await oauth.op.refreshToken(token)
    response.json({ renewed: renewed.access_token !== token.access_token, sub: renewed.userinfo?.sub })
    token = renewed
  })
  app.get('/logout', (request, response) =>
    oauth.op.logoutRedirect(request, response, `${origin}/signed-out`, { idTokenHint: token.id_token ?? '' }),
  )
  app.get('/signed-out', async (request, response) => {
    await oauth.op.validateLogoutResponse(request, response)
    response.json({ signedOut: true })
  })
  const onError: express.ErrorRequestHandler = (error, _request, response, next) => {
    if (error instanceof ClientError) response.status(400).json({ code: error.code })
    else next(error)
  }
  return app.use(onError)
}
