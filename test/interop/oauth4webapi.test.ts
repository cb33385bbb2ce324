import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Screen } from '../support/browser.ts'
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

const insecure = { [oauth.allowInsecureRequests]: true }
const jwksCache = { [oauth.jwksCache]: {} }

let provider: InteropProvider
let as: oauth.AuthorizationServer
beforeAll(async () => {
  provider = await startProvider()
  const issuer = new URL(provider.issuer)
  as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure))
})
afterAll(() => provider.close())

const authentications: Record<string, oauth.ClientAuth> = {
  none: oauth.None(),
  client_secret_basic: oauth.ClientSecretBasic(SECRET),
  client_secret_post: oauth.ClientSecretPost(SECRET),
}

interface Party {
  readonly client: oauth.Client
  readonly auth: oauth.ClientAuth
}

function partyOf({ client_id, id_token_signed_response_alg, ...rest }: InteropClient): Party {
  const method = 'token_endpoint_auth_method' in rest ? rest.token_endpoint_auth_method : 'client_secret_basic'
  return { client: { client_id, id_token_signed_response_alg }, auth: authentications[method] ?? oauth.None() }
}

interface Attempt {
  readonly url: URL
  readonly verifier: string
  readonly state: string
  readonly nonce: string
}

async function startLogin({ client }: Party, parameters: Record<string, string> = {}): Promise<Attempt> {
  const verifier = oauth.generateRandomCodeVerifier()
  const state = oauth.generateRandomState()
  const nonce = oauth.generateRandomNonce()
  const url = new URL(as.authorization_endpoint ?? '')
  url.search = new URLSearchParams({
    client_id: client.client_id,
    response_type: 'code',
    redirect_uri: REDIRECT_URI,
    scope: 'openid email',
    state,
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...parameters,
  }).toString()
  return { url, verifier, state, nonce }
}

/** The answer to an attempt, when the person has signed in. */
async function answerOf({ url }: Attempt): Promise<URLSearchParams> {
  const { away } = await logIn(provider.browser(), url)
  return new URLSearchParams(away?.search)
}

/** Where each response mode puts the answer. */
const responseModes: Record<string, (screen: Screen) => URLSearchParams> = {
  query: ({ away }) => new URLSearchParams(away?.search),
  fragment: ({ away }) => new URLSearchParams(away?.hash.slice(1)),
  form_post: ({ body }) => new URLSearchParams(readForm(body)?.fields),
}

async function redeem(
  { client, auth }: Party,
  { verifier, state, nonce }: Attempt,
  answer: URLSearchParams,
): Promise<oauth.TokenEndpointResponse> {
  // The issuer in the answer (RFC 9207) is checked in here.
  const callback = oauth.validateAuthResponse(as, client, answer, state)
  const response = await oauth.authorizationCodeGrantRequest(
    as,
    client,
    auth,
    callback,
    REDIRECT_URI,
    verifier,
    insecure,
  )
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, { expectedNonce: nonce })
  await oauth.validateApplicationLevelSignature(as, response, { ...insecure, ...jwksCache })
  return tokens
}

async function refresh({ client, auth }: Party, token = ''): Promise<oauth.TokenEndpointResponse> {
  const response = await oauth.refreshTokenGrantRequest(as, client, auth, token, insecure)
  return oauth.processRefreshTokenResponse(as, client, response)
}

describe.each(CLIENTS)('oauth4webapi logs in at our provider as "$client_id"', (registered) => {
  const party = partyOf(registered)

  it('by code and PKCE, refreshes, asks for userinfo, revokes and signs out', async () => {
    const attempt = await startLogin(party)
    const browser = provider.browser()
    const { away } = await logIn(browser, attempt.url)
    const tokens = await redeem(party, attempt, new URLSearchParams(away?.search))
    const idToken = oauth.getValidatedIdTokenClaims(tokens)
    expect(idToken).toMatchObject({ sub: 'ada', nonce: attempt.nonce, aud: registered.client_id })

    const renewed = await refresh(party, tokens.refresh_token)
    expect(oauth.getValidatedIdTokenClaims(renewed)).toMatchObject({ sub: 'ada', auth_time: idToken?.auth_time })
    expect(renewed.refresh_token).not.toBe(tokens.refresh_token)

    const asked = await oauth.userInfoRequest(as, party.client, renewed.access_token, insecure)
    const profile = { sub: 'ada', email: 'ada@example.com' }
    expect(await oauth.processUserInfoResponse(as, party.client, 'ada', asked)).toEqual(profile)

    const { client, auth } = party
    const revoked = await oauth.revocationRequest(as, client, auth, renewed.refresh_token ?? '', insecure)
    await oauth.processRevocationResponse(revoked)
    await expect(refresh(party, renewed.refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' })

    const signOut = new URL(as.end_session_endpoint ?? '')
    const parameters = { id_token_hint: renewed.id_token ?? '', post_logout_redirect_uri: SIGNED_OUT_URI }
    signOut.search = new URLSearchParams(parameters).toString()
    expect((await browser.open(signOut.href)).away?.href).toBe(SIGNED_OUT_URI)
  })

  it.each(Object.entries(responseModes))('OAuth 2.0 Multiple Response Types §2.1: by %s', async (mode, readAnswer) => {
    const attempt = await startLogin(party, { response_mode: mode })
    const screen = await logIn(provider.browser(), attempt.url)
    const tokens = await redeem(party, attempt, readAnswer(screen))
    expect(oauth.getValidatedIdTokenClaims(tokens)?.sub).toBe('ada')
  })

  it('RFC 7636 §4.6: not with another verifier, and then not at all', async () => {
    const attempt = await startLogin(party)
    const answer = await answerOf(attempt)
    const wrong = { ...attempt, verifier: oauth.generateRandomCodeVerifier() }
    await expect(redeem(party, wrong, answer)).rejects.toMatchObject({ error: 'invalid_grant', status: 400 })
    await expect(redeem(party, attempt, answer)).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  it('RFC 6749 §4.1.2: not twice with one code, and not on with what it gave', async () => {
    const attempt = await startLogin(party)
    const answer = await answerOf(attempt)
    const tokens = await redeem(party, attempt, answer)
    await expect(redeem(party, attempt, answer)).rejects.toMatchObject({ error: 'invalid_grant' })
    await expect(refresh(party, tokens.refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' })
  })

  it('RFC 6749 §6: not with the refresh token of another client', async () => {
    const attempt = await startLogin(party)
    const { refresh_token } = await redeem(party, attempt, await answerOf(attempt))
    const other = partyOf(registered === CLIENTS[0] ? CLIENTS[1] : CLIENTS[0])
    await expect(refresh(other, refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' })
    expect((await refresh(party, refresh_token)).access_token).not.toBe('')
  })
})

describe('oauth4webapi', () => {
  it('RFC 6750 §2.2: asks for userinfo by POST, with the token in the header or in the body', async () => {
    const party = partyOf(CLIENTS[0])
    const attempt = await startLogin(party)
    const { access_token } = await redeem(party, attempt, await answerOf(attempt))
    const url = new URL(as.userinfo_endpoint ?? '')
    const byHeader = await oauth.protectedResourceRequest(access_token, 'POST', url, undefined, undefined, insecure)
    const byBody = await fetch(url, { method: 'POST', body: new URLSearchParams({ access_token }) })
    for (const response of [byHeader, byBody]) {
      expect(await oauth.processUserInfoResponse(as, party.client, 'ada', response)).toMatchObject({ sub: 'ada' })
    }
  })

  it('RFC 9207 §2.4: does not take an answer of ours for that of another server', async () => {
    const party = partyOf(CLIENTS[0])
    const attempt = await startLogin(party)
    const { away } = await logIn(provider.browser(), attempt.url)
    const other = { ...as, issuer: 'https://other.example' }
    expect(() =>
      oauth.validateAuthResponse(other, party.client, away ?? new URL('about:blank'), attempt.state),
    ).toThrow(expect.objectContaining({ code: 'OAUTH_INVALID_RESPONSE' }))
  })
})
