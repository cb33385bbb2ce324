import { describe, expect, it } from 'vitest'
import { CALLBACK, claimsOf, TestProvider, VERIFIER } from '../../../test/support/openid-provider.ts'
import { decodeUnverifiedJwt } from '../../jose/jwt/index.ts'
import { ClientRegistration } from '../../oauth2/server/index.ts'
import type { JsonObject } from '../../util/json.ts'

/** A provider at which anybody may register a client. */
class OpenProvider extends TestProvider {
  constructor() {
    super()
    this.server.registerExtension(ClientRegistration, { initialAccess: 'open' })
  }

  async register(metadata: JsonObject = {}): Promise<Record<string, string>> {
    const body = JSON.stringify({ redirect_uris: [CALLBACK], ...metadata })
    const headers = { 'content-type': 'application/json' }
    const response = await this.server.fetch(
      new Request(`${this.server.issuer}/register`, { method: 'POST', headers, body }),
    )
    return response.json()
  }
}

describe('OIDC Registration §2 a client that registered itself', () => {
  it('signs people in, with the ID tokens that it asked for', async () => {
    const provider = new OpenProvider()
    const { client_id = '', client_secret = '' } = await provider.register({
      token_endpoint_auth_method: 'client_secret_post',
      id_token_signed_response_alg: 'EdDSA',
    })
    const answer = await provider.login(provider.browser(), { client_id })
    const form = {
      grant_type: 'authorization_code',
      code: answer.searchParams.get('code') ?? '',
      redirect_uri: CALLBACK,
      code_verifier: VERIFIER,
      client_id,
      client_secret,
    }
    const request = new Request(`${provider.server.issuer}/token`, { method: 'POST', body: new URLSearchParams(form) })
    const { id_token } = await (await provider.server.fetch(request)).json()
    expect(claimsOf(id_token)).toMatchObject({ aud: client_id, sub: 'alice' })
    expect(decodeUnverifiedJwt(id_token).header.alg).toBe('EdDSA')
  })

  it.each<[JsonObject, string]>([
    [{ id_token_signed_response_alg: 'PS256' }, 'id_token_signed_response_alg'],
    [{ subject_type: 'pairwise' }, 'subject_type'],
    [
      { id_token_encrypted_response_alg: 'RSA-OAEP', jwks_uri: 'https://app.example/jwks' },
      'id_token_encrypted_response_alg',
    ],
  ])('is not registered with %j, which this provider does not do', async (metadata, member) => {
    const { error, error_description } = await new OpenProvider().register(metadata)
    expect(error).toBe('invalid_client_metadata')
    expect(error_description).toMatch(new RegExp(`^'${member}' asks for something that this server does not do`))
  })
})

describe('RFC 9700 §4.11.2 links to the provider with a client that registered itself', () => {
  it.each([
    ['a silent request without a session', { prompt: 'none' }],
    ['a request that is wrong on purpose', { scope: 'openid', prompt: 'none login' }],
  ])('%s leads to a page', async (_, parameters) => {
    const provider = new OpenProvider()
    const { client_id = '' } = await provider.register()
    const screen = await provider.browser().open(provider.url({ client_id, ...parameters }))
    expect([screen.page, screen.away]).toEqual(['error', undefined])
  })

  it('OIDC Core §3.1.2.6: a silent request in a frame is answered to the client', async () => {
    const provider = new OpenProvider()
    const { client_id = '' } = await provider.register()
    const browser = provider.browser()
    const url = provider.url({ client_id, prompt: 'none' })
    const before = await browser.open(url, { 'sec-fetch-dest': 'iframe' })
    expect(before.away?.searchParams.get('error')).toBe('login_required')
    await provider.login(browser, { client_id })
    const after = await browser.open(url, { 'sec-fetch-dest': 'iframe' })
    expect(after.away?.searchParams.has('code')).toBe(true)
  })

  it('what the person decides is answered to the client', async () => {
    const provider = new OpenProvider()
    const { client_id = '' } = await provider.register()
    const browser = provider.browser()
    const consent = await provider.signIn(browser, await browser.open(provider.url({ client_id })))
    const { away } = await browser.press(consent, 'deny')
    expect(away?.searchParams.get('error')).toBe('access_denied')
  })
})
