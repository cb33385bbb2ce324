import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readForm } from '../support/browser.ts'
import {
  CLIENTS,
  type InteropClient,
  type InteropProvider,
  logIn,
  REDIRECT_URI,
  SECRET,
  SIGNED_OUT_URI,
  startProvider,
} from './support/provider.ts'

let provider: InteropProvider
beforeAll(async () => {
  provider = await startProvider()
})
afterAll(() => provider.close())

const authentications: Record<string, client.ClientAuth> = {
  none: client.None(),
  client_secret_basic: client.ClientSecretBasic(SECRET),
  client_secret_post: client.ClientSecretPost(SECRET),
}

/** Knows the client only by what its developer would write down; all else is discovered. Signatures are verified. */
function discover({ client_id, id_token_signed_response_alg, ...rest }: InteropClient): Promise<client.Configuration> {
  const method = 'token_endpoint_auth_method' in rest ? rest.token_endpoint_auth_method : 'client_secret_basic'
  return client.discovery(
    new URL(provider.issuer),
    client_id,
    { id_token_signed_response_alg },
    authentications[method],
    { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks] },
  )
}

interface Attempt {
  readonly url: URL
  readonly checks: client.AuthorizationCodeGrantChecks
}

async function startLogin(config: client.Configuration, parameters: Record<string, string> = {}): Promise<Attempt> {
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const expectedState = client.randomState()
  const expectedNonce = client.randomNonce()
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT_URI,
    scope: 'openid profile email',
    state: expectedState,
    nonce: expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...parameters,
  })
  return { url, checks: { pkceCodeVerifier, expectedState, expectedNonce } }
}

/** Sends a browser to the provider and back to the redirect URI. */
async function comeBack(url: URL): Promise<URL> {
  const { away, page } = await logIn(provider.browser(), url)
  if (away === undefined) throw new Error(`the browser did not come back, but is at the page "${page}"`)
  return away
}

describe.each(CLIENTS)('openid-client logs in at our provider as "$client_id"', (registered) => {
  it('by code and PKCE, refreshes, asks for userinfo, revokes and signs out', async () => {
    const config = await discover(registered)
    const { url, checks } = await startLogin(config)
    const browser = provider.browser()
    const { away = new URL('about:blank') } = await logIn(browser, url)
    const tokens = await client.authorizationCodeGrant(config, away, checks)
    expect(tokens.claims()).toMatchObject({ iss: provider.issuer, sub: 'ada', aud: registered.client_id })
    expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 3600, scope: 'openid profile email' })

    const renewed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '')
    expect(renewed.claims()).toMatchObject({ sub: 'ada', auth_time: tokens.claims()?.auth_time })
    expect(renewed.access_token).not.toBe(tokens.access_token)
    expect(renewed.refresh_token).not.toBe(tokens.refresh_token)

    const profile = { sub: 'ada', name: 'Ada Lovelace', email: 'ada@example.com' }
    expect(await client.fetchUserInfo(config, renewed.access_token, 'ada')).toEqual(profile)

    await client.tokenRevocation(config, renewed.refresh_token ?? '')
    await expect(client.refreshTokenGrant(config, renewed.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    })
    await expect(client.fetchUserInfo(config, renewed.access_token, 'ada')).rejects.toMatchObject({
      code: 'OAUTH_WWW_AUTHENTICATE_CHALLENGE',
      status: 401,
    })

    const signOut = client.buildEndSessionUrl(config, {
      id_token_hint: renewed.id_token ?? '',
      post_logout_redirect_uri: SIGNED_OUT_URI,
      state: 'bye',
    })
    const signedOut = await browser.open(signOut.href)
    expect(signedOut.away?.href).toBe(`${SIGNED_OUT_URI}?state=bye`)
    expect((await browser.open((await startLogin(config)).url.href)).page).toBe('sign-in')
  })

  it('OIDC Form Post §2: by a form', async () => {
    const config = await discover(registered)
    const { url, checks } = await startLogin(config, { response_mode: 'form_post' })
    const form = readForm((await logIn(provider.browser(), url)).body)
    expect(form?.action).toBe(REDIRECT_URI)
    const posted = new Request(REDIRECT_URI, { method: 'POST', body: new URLSearchParams(form?.fields) })
    const tokens = await client.authorizationCodeGrant(config, posted, checks)
    expect(tokens.claims()?.sub).toBe('ada')
  })

  it('RFC 7636 §4.6: not with another verifier, and then not at all', async () => {
    const config = await discover(registered)
    const { url, checks } = await startLogin(config)
    const away = await comeBack(url)
    const wrong = { ...checks, pkceCodeVerifier: client.randomPKCECodeVerifier() }
    const refusal = { error: 'invalid_grant', status: 400 }
    await expect(client.authorizationCodeGrant(config, away, wrong)).rejects.toMatchObject(refusal)
    await expect(client.authorizationCodeGrant(config, away, checks)).rejects.toMatchObject(refusal)
  })

  it('RFC 6749 §4.1.2: not twice with one code, and not on with what it gave', async () => {
    const config = await discover(registered)
    const { url, checks } = await startLogin(config)
    const away = await comeBack(url)
    const tokens = await client.authorizationCodeGrant(config, away, checks)
    await expect(client.authorizationCodeGrant(config, away, checks)).rejects.toMatchObject({ error: 'invalid_grant' })
    await expect(client.fetchUserInfo(config, tokens.access_token, 'ada')).rejects.toMatchObject({ status: 401 })
    await expect(client.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    })
  })

  it('OIDC Core §3.1.2.1: not by the nonce of another login', async () => {
    const config = await discover(registered)
    const { url, checks } = await startLogin(config)
    const other = { ...checks, expectedNonce: client.randomNonce() }
    await expect(client.authorizationCodeGrant(config, await comeBack(url), other)).rejects.toMatchObject({
      code: 'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
    })
  })
})

describe('openid-client is told of a refusal', () => {
  it('RFC 6749 §4.1.2.1: by the person', async () => {
    const config = await discover(CLIENTS[0])
    const { url, checks } = await startLogin(config)
    const browser = provider.browser()
    const { away = new URL('about:blank') } = await browser.press(await browser.open(url.href), 'cancel')
    await expect(client.authorizationCodeGrant(config, away, checks)).rejects.toMatchObject({
      code: 'OAUTH_AUTHORIZATION_RESPONSE_ERROR',
      error: 'access_denied',
    })
  })

  it('OIDC Core §3.1.2.6: where nobody may be asked', async () => {
    const config = await discover(CLIENTS[0])
    const { url, checks } = await startLogin(config, { prompt: 'none' })
    const { away = new URL('about:blank') } = await provider.browser().open(url.href)
    await expect(client.authorizationCodeGrant(config, away, checks)).rejects.toMatchObject({ error: 'login_required' })
  })

  it('RFC 6749 §5.2: with the wrong secret', async () => {
    const config = await client.discovery(new URL(provider.issuer), 'post', {}, client.ClientSecretPost('wrong'), {
      execute: [client.allowInsecureRequests],
    })
    await expect(client.refreshTokenGrant(config, 'any')).rejects.toMatchObject({ error: 'invalid_client' })
  })
})
