import { OpenIdClient, type OpenIdTokenSet } from 'authwright/oidc/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BetterAuth, startBetterAuth } from './support/better-auth.mjs'

const redirectUri = 'https://app.example/callback'
const signedOutUri = 'https://app.example/signed-out'

let provider: BetterAuth
beforeAll(async () => {
  provider = await startBetterAuth({ redirectUri, signedOutUri })
})
afterAll(() => provider.close())

function createClient(): OpenIdClient {
  const { issuer, clientId, clientSecret } = provider
  return new OpenIdClient({
    issuer,
    clientId,
    clientSecret,
    redirectUri,
    scope: 'openid profile email offline_access',
    idTokenSignedResponseAlg: 'EdDSA',
  })
}

/** Where the browser is sent. To what is no page in a browser it says so as JSON. */
async function open(url: string): Promise<string> {
  const response = await fetch(url, { headers: { cookie: provider.cookie }, redirect: 'manual' })
  return response.headers.get('location') ?? (await response.json()).url
}

async function logIn(client: OpenIdClient): Promise<OpenIdTokenSet> {
  const { url, state, codeVerifier, nonce } = await client.createAuthorizationUrl()
  const callback = await client.validateCallback(await open(url), { state })
  return client.fetchToken(callback, { codeVerifier, nonce })
}

describe("better-auth's provider", () => {
  it('logs in, with discovery under a path, PKCE, nonce, `iss` and the signature of the ID token', async () => {
    const client = createClient()
    expect(await client.metadata()).toMatchObject({ authorization_response_iss_parameter_supported: true })
    expect((await logIn(client)).userinfo).toMatchObject({ iss: provider.issuer, aud: provider.clientId })
  })

  it('is asked about the person', async () => {
    const client = createClient()
    const token = await logIn(client)
    expect(await client.userinfo(token)).toMatchObject({ sub: token.userinfo?.sub, email: 'grace@example.com' })
  })

  it('renews a token with rotation', async () => {
    const client = createClient()
    const first = await logIn(client)
    const second = await client.refreshToken(first)
    expect(second.refresh_token).not.toBe(first.refresh_token)
    expect(second.userinfo?.sub).toBe(first.userinfo?.sub)
    expect((await client.userinfo(second)).sub).toBe(first.userinfo?.sub)
  })

  it('refuses a code the second time', async () => {
    const client = createClient()
    const { url, state, codeVerifier, nonce } = await client.createAuthorizationUrl()
    const callback = await client.validateCallback(await open(url), { state })
    await client.fetchToken(callback, { codeVerifier, nonce })
    await expect(client.fetchToken(callback, { codeVerifier, nonce })).rejects.toMatchObject({
      code: 'token_refused',
      refusal: { error: 'invalid_grant' },
    })
  })

  it('logs out and comes back', async () => {
    const client = createClient()
    const { id_token: idTokenHint = '' } = await logIn(client)
    const { url, state } = await client.createLogoutUrl({ idTokenHint, postLogoutRedirectUri: signedOutUri })
    const back = new URL(await open(url))
    expect([back.origin + back.pathname, back.searchParams.get('state')]).toEqual([signedOutUri, state])
  })
})
