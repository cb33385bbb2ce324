import { describe, expect, it } from 'vitest'
import { CALLBACK, ISSUER, SECRET, TestProvider, VERIFIER } from '../../../test/support/openid-provider.ts'
import { Key } from '../../jose/jwk/index.ts'
import { createDpopProof } from '../../oauth2/dpop-proof.ts'
import { Dpop, type DpopOptions } from '../../oauth2/server/index.ts'

const USERINFO = `${ISSUER}/userinfo`
const TOKEN = `${ISSUER}/token`

/** A provider, and a client whose access token is bound to its key. */
async function signedIn(options: DpopOptions = {}) {
  const provider = new TestProvider()
  provider.server.registerExtension(Dpop, { algorithms: ['ES256'], ...options })
  const key = await Key.generate('ES256')
  const clock = (): number => provider.time
  const answer = await provider.login(provider.browser(), { scope: 'openid' })
  const form = {
    grant_type: 'authorization_code',
    code: answer.searchParams.get('code') ?? '',
    redirect_uri: CALLBACK,
    code_verifier: VERIFIER,
  }
  const headers = {
    authorization: `Basic ${btoa(`app:${SECRET}`)}`,
    dpop: await createDpopProof(key, { method: 'POST', url: TOKEN, clock }),
  }
  const redeem = new Request(TOKEN, { method: 'POST', body: new URLSearchParams(form), headers })
  const { access_token: token }: { access_token: string } = await (await provider.server.fetch(redeem)).json()
  const prove = (changes: object = {}) =>
    createDpopProof(key, { method: 'GET', url: USERINFO, accessToken: token, clock, ...changes })
  const ask = (sent: Record<string, string>) => provider.server.fetch(new Request(USERINFO, { headers: sent }))
  return { provider, token, key, prove, ask }
}

async function refusal(response: Response): Promise<unknown[]> {
  const { error } = await response.json()
  return [response.status, error]
}

describe('RFC 9449 §7.1 userinfo with a bound token', () => {
  it('is told with a proof for this request and this token', async () => {
    const { ask, token, prove } = await signedIn()
    const response = await ask({ authorization: `DPoP ${token}`, dpop: await prove() })
    expect(await response.json()).toEqual({ sub: 'alice' })
  })

  it('is refused without a proof, and with one of another key', async () => {
    const { ask, token, prove } = await signedIn()
    const authorization = `DPoP ${token}`
    expect(await refusal(await ask({ authorization }))).toEqual([401, 'invalid_token'])
    const other = await signedIn()
    expect(await refusal(await ask({ authorization, dpop: await other.prove({ accessToken: token }) }))).toEqual([
      401,
      'invalid_token',
    ])
    expect((await ask({ authorization, dpop: await prove() })).status).toBe(200)
  })

  it('RFC 9449 §7.2: is refused as a bearer token, with a proof or without', async () => {
    const { ask, token, prove } = await signedIn()
    const authorization = `Bearer ${token}`
    expect(await refusal(await ask({ authorization }))).toEqual([401, 'invalid_token'])
    expect(await refusal(await ask({ authorization, dpop: await prove() }))).toEqual([401, 'invalid_token'])
  })

  it.each([
    ['another URL', { url: TOKEN }],
    ['another method', { method: 'POST' }],
    ['another token', { accessToken: 'another' }],
  ])('is refused with a proof for %s', async (_, changes) => {
    const { ask, token, prove } = await signedIn()
    const response = await ask({ authorization: `DPoP ${token}`, dpop: await prove(changes) })
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer realm="[^"]+", DPoP .*error="invalid_dpop_proof"/)
    expect(response.headers.get('www-authenticate')).toContain('algs="ES256"')
    expect(await refusal(response)).toEqual([401, 'invalid_dpop_proof'])
  })

  it('is refused with a proof that was used before', async () => {
    const { ask, token, prove } = await signedIn()
    const headers = { authorization: `DPoP ${token}`, dpop: await prove() }
    expect((await ask(headers)).status).toBe(200)
    expect(await refusal(await ask(headers))).toEqual([401, 'invalid_dpop_proof'])
  })

  it('RFC 9449 §9: needs a nonce where there are nonces, and is told which', async () => {
    const { ask, token, prove } = await signedIn({
      nonces: { secrets: 'a-secret-of-32-random-characters', required: false },
    })
    const stale = await ask({ authorization: `DPoP ${token}`, dpop: await prove({ nonce: 'stale' }) })
    const nonce = stale.headers.get('dpop-nonce')
    expect(await refusal(stale)).toEqual([401, 'use_dpop_nonce'])
    expect((await ask({ authorization: `DPoP ${token}`, dpop: await prove({ nonce }) })).status).toBe(200)
  })

  it('takes no bearer token for a bound one', async () => {
    const { provider, ask, key } = await signedIn()
    const { access_token: token } = await provider.tokens(await provider.login(provider.browser(), { scope: 'openid' }))
    const clock = (): number => provider.time
    const dpop = await createDpopProof(key, { method: 'GET', url: USERINFO, accessToken: token, clock })
    expect(await refusal(await ask({ authorization: `DPoP ${token}`, dpop }))).toEqual([401, 'invalid_token'])
    expect((await ask({ authorization: `Bearer ${token}` })).status).toBe(200)
  })

  it('asks for either kind of token where there is none', async () => {
    const { ask } = await signedIn()
    const response = await ask({})
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe(
      `Bearer realm="${ISSUER}", DPoP realm="${ISSUER}", algs="ES256"`,
    )
  })
})
