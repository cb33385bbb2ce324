import { beforeAll, describe, expect, it } from 'vitest'
import { answer, NOW, TestClock } from '../../../test/support/stub-provider.ts'
import { sha256Base64url } from '../../crypto/hash.ts'
import type { OutgoingRequest, OutgoingResponse } from '../../http/fetch.ts'
import { headerOf } from '../../http/response.ts'
import { Key } from '../../jose/jwk/index.ts'
import { decodeUnverifiedJwt } from '../../jose/jwt/index.ts'
import { type DpopProof, verifyDpopProof } from '../dpop-verification.ts'
import type { ClientAuthentication } from './auth/client-auth.ts'
import { OAuth2Client } from './client.ts'
import type { ComplianceHooks } from './compliance.ts'
import { Dpop } from './dpop.ts'
import type { OAuth2ClientOptions } from './options.ts'

const granted = { access_token: 'T', token_type: 'DPoP', refresh_token: 'R' }
const token = granted

let key: Key
let jkt: string
beforeAll(async () => {
  key = await Key.generate('ES256')
  jkt = await key.thumbprint()
})

type Respond = (request: OutgoingRequest, turn: number) => OutgoingResponse

function setUp(respond: Respond = () => answer(200, granted), options: Partial<OAuth2ClientOptions> = {}) {
  const requests: OutgoingRequest[] = []
  const client = new OAuth2Client({
    clientId: 'app',
    issuer: 'https://op.example',
    authorizeUrl: 'https://op.example/authorize',
    accessTokenUrl: 'https://op.example/token',
    serverMetadata: {
      pushed_authorization_request_endpoint: 'https://op.example/par',
      revocation_endpoint: 'https://op.example/revoke',
    },
    redirectUri: 'https://app.example/cb',
    apiBaseUrl: 'https://api.example/',
    clock: new TestClock().read,
    dpop: new Dpop(key),
    transport: async (request) => {
      requests.push(request)
      return respond(request, requests.length)
    },
    ...options,
  })
  return { client, requests }
}

function proofOf(request: OutgoingRequest | undefined): string {
  return headerOf({ headers: request?.headers ?? [] }, 'dpop') ?? ''
}

const nonceOf = (request: OutgoingRequest | undefined): unknown => decodeUnverifiedJwt(proofOf(request)).claims['nonce']

/** What a server finds in the proof of a request; it refuses what is not right. */
function verified(request: OutgoingRequest | undefined, accessToken?: string): Promise<DpopProof> {
  const { method = '', url = '' } = request ?? {}
  return verifyDpopProof(proofOf(request), {
    method,
    url,
    now: NOW,
    algorithms: ['ES256'],
    window: 0,
    rememberOnce: () => true,
    nonces: false,
    ...(accessToken !== undefined && { accessToken }),
  })
}

const withNonce = (response: OutgoingResponse, nonce: string): OutgoingResponse => ({
  ...response,
  headers: [...response.headers, ['dpop-nonce', nonce]],
})
const wantsNonce = (nonce: string): OutgoingResponse => withNonce(answer(400, { error: 'use_dpop_nonce' }), nonce)
const challenge = (nonce: string, scheme = 'DPoP', error = 'use_dpop_nonce'): OutgoingResponse => {
  const response = withNonce(answer(401, {}), nonce)
  return { ...response, headers: [...response.headers, ['www-authenticate', `Bearer, ${scheme} error="${error}"`]] }
}

describe('RFC 9449 §5 asking for tokens that are bound to a key', () => {
  it.each<[string, (client: OAuth2Client) => Promise<unknown>]>([
    ['tokens', (client) => client.clientCredentials()],
    ['renewed tokens', (client) => client.refreshToken(token)],
  ])('%s: proves the key', async (_, call) => {
    const { client, requests } = setUp()
    expect(await call(client)).toMatchObject({ token_type: 'DPoP' })
    expect(await verified(requests[0])).toEqual({ jkt, nonce: undefined })
  })

  it('makes a proof of its own for each request', async () => {
    const { client, requests } = setUp()
    await client.clientCredentials()
    await client.clientCredentials()
    expect(proofOf(requests[0])).not.toBe(proofOf(requests[1]))
  })

  it('proves nothing where no token is bound', async () => {
    const { client, requests } = setUp(() => answer(200, ''))
    await client.revokeToken('x')
    await client.get('files', { withholdToken: true })
    await client.get('files', { token: { access_token: 'T', token_type: 'Bearer' } })
    expect(requests.map(proofOf)).toEqual(['', '', ''])
  })

  it('takes an address however it is written', async () => {
    const { client, requests } = setUp(undefined, { accessTokenUrl: 'https://OP.example:443/tökën' })
    await client.clientCredentials()
    expect(decodeUnverifiedJwt(proofOf(requests[0])).claims['htu']).toBe('https://op.example/t%C3%B6k%C3%ABn')
  })

  it('is a proof of the request that the hooks have left', async () => {
    const accessTokenRequest = (request: Request): Request => new Request('https://op.example/v2/token', request)
    const { client, requests } = setUp(undefined, { compliance: { accessTokenRequest } })
    await client.clientCredentials()
    expect(requests[0]?.url).toBe('https://op.example/v2/token')
    expect(await verified(requests[0])).toMatchObject({ jkt })
  })
})

describe('RFC 9449 §5 a token that is not bound to the key', () => {
  const bearer = () => answer(200, { ...granted, token_type: 'bearer' })

  it.each([
    ['token', (client: OAuth2Client) => client.clientCredentials()],
    ['refresh', (client: OAuth2Client) => client.refreshToken(token)],
  ])('is refused: %s', async (stage, call) => {
    await expect(call(setUp(bearer).client)).rejects.toMatchObject({
      code: 'token_type_downgraded',
      stage,
      endpoint: 'https://op.example/token',
      parameter: 'token_type',
      message:
        '"token_type" in the token response is Bearer: expected DPoP, a token that is bound to the key of the client',
    })
  })

  it('is taken where the developer says so', async () => {
    const { client } = setUp(bearer, { dpop: new Dpop(key, { acceptBearer: true }) })
    expect(await client.clientCredentials()).toMatchObject({ token_type: 'bearer' })
  })
})

describe('RFC 9449 §10 authorization codes that are bound to the key', () => {
  it('names the key in the request', async () => {
    const { url } = await setUp().client.createAuthorizationUrl()
    expect(new URL(url).searchParams.get('dpop_jkt')).toBe(jkt)
  })

  it('§10.1: proves it where the request is pushed', async () => {
    const pushed = () => answer(201, { request_uri: 'urn:x', expires_in: 60 })
    const { client, requests } = setUp(pushed, { pushedAuthorizationRequests: 'always' })
    await client.createAuthorizationUrl()
    expect(requests[0]?.url).toBe('https://op.example/par')
    expect(await verified(requests[0])).toMatchObject({ jkt })
    expect(new URLSearchParams(String(requests[0]?.body)).get('dpop_jkt')).toBe(jkt)
  })
})

describe('RFC 9449 §7.1 calling an API', () => {
  it.each(['DPoP', 'dpop'])('presents a token of the type %s with a proof for it', async (tokenType) => {
    const { client, requests } = setUp()
    await client.post('files?x=1', { token: { ...token, token_type: tokenType }, json: {} })
    expect(requests[0]?.headers).toContainEqual(['authorization', 'DPoP T'])
    expect(await verified(requests[0], 'T')).toMatchObject({ jkt })
    expect(decodeUnverifiedJwt(proofOf(requests[0])).claims['ath']).toBe(await sha256Base64url('T'))
  })

  it.each(['query', 'body'] as const)(
    'in the header, though the client puts Bearer tokens into the %s',
    async (place) => {
      const { client, requests } = setUp(undefined, { tokenPlacement: place })
      await client.post('files', { token, form: { a: '1' } })
      expect(requests[0]).toMatchObject({ url: 'https://api.example/files', body: 'a=1' })
      expect(requests[0]?.headers).toContainEqual(['authorization', 'DPoP T'])
    },
  )
})

describe('RFC 9449 §8 nonces of an authorization server', () => {
  it('come with a refusal, and the request goes once more', async () => {
    const { client, requests } = setUp((_, turn) => (turn === 1 ? wantsNonce('n1') : answer(200, granted)))
    expect(await client.clientCredentials()).toMatchObject({ access_token: 'T' })
    expect(requests.map(nonceOf)).toEqual([undefined, 'n1'])
    expect(requests[1]?.body).toEqual(requests[0]?.body)
  })

  it('§8.2: come with every answer, and are used from then on', async () => {
    const { client, requests } = setUp((_, turn) => withNonce(answer(200, granted), `n${turn}`))
    for (let turn = 1; turn <= 3; turn++) await client.clientCredentials()
    expect(requests.map(nonceOf)).toEqual([undefined, 'n1', 'n2'])
  })

  it('are asked for once: who goes on refusing is believed', async () => {
    const { client, requests } = setUp((_, turn) => wantsNonce(`n${turn}`))
    await expect(client.clientCredentials()).rejects.toMatchObject({
      code: 'token_refused',
      message: 'token endpoint refused the request (use_dpop_nonce)',
      refusal: { error: 'use_dpop_nonce' },
    })
    expect(requests).toHaveLength(2)
  })

  it.each<[string, OutgoingResponse]>([
    ['another error', withNonce(answer(400, { error: 'invalid_grant' }), 'n1')],
    ['another status', withNonce(answer(401, { error: 'use_dpop_nonce' }), 'n1')],
    ['no nonce', answer(400, { error: 'use_dpop_nonce' })],
    ['no JSON', withNonce(answer(400, 'use_dpop_nonce', 'text/plain'), 'n1')],
  ])('does not ask again for %s', async (_, response) => {
    const { client, requests } = setUp(() => response)
    await expect(client.clientCredentials()).rejects.toMatchObject({ stage: 'token' })
    expect(requests).toHaveLength(1)
  })

  it.each([
    ['empty', ''],
    ['with a space', 'a b'],
    ['with a quote', 'a"b'],
    ['with a backslash', 'a\\b'],
    ['without end', 'n'.repeat(1025)],
  ])('RFC 9449 §8.1: does not take one that is %s', async (_, nonce) => {
    const { client, requests } = setUp(() => wantsNonce(nonce))
    await expect(client.clientCredentials()).rejects.toMatchObject({ code: 'token_refused' })
    await expect(client.clientCredentials()).rejects.toMatchObject({ code: 'token_refused' })
    expect(requests.map(nonceOf)).toEqual([undefined, undefined])
  })

  it('does not ask again with the nonce that was refused', async () => {
    const { client, requests } = setUp((_, turn) =>
      turn === 1 ? withNonce(answer(200, granted), 'n1') : wantsNonce('n1'),
    )
    await client.clientCredentials()
    await expect(client.clientCredentials()).rejects.toMatchObject({ code: 'token_refused' })
    expect(requests.map(nonceOf)).toEqual([undefined, 'n1'])
  })

  it('makes the request anew: an assertion of the client is good for one', async () => {
    let made = 0
    const method: ClientAuthentication = {
      method: 'assertion',
      authenticate: () => ({ parameters: { client_assertion: `assertion-${++made}` } }),
    }
    const { client, requests } = setUp((_, turn) => (turn === 1 ? wantsNonce('n1') : answer(200, granted)), {
      tokenEndpointAuthMethod: method,
    })
    await client.clientCredentials()
    const assertions = requests.map(({ body }) => new URLSearchParams(String(body)).get('client_assertion'))
    expect(assertions).toEqual(['assertion-1', 'assertion-2'])
  })

  it('makes the request anew: so is a signed authorization request', async () => {
    let made = 0
    const pushed = answer(201, { request_uri: 'urn:x', expires_in: 60 })
    const { client, requests } = setUp((_, turn) => (turn === 1 ? wantsNonce('n1') : pushed), {
      requestObjects: { sign: async () => `object-${++made}` },
    })
    await client.createAuthorizationUrl()
    const objects = requests.map(({ body }) => new URLSearchParams(String(body)).get('request'))
    expect(objects).toEqual(['object-1', 'object-2'])
  })

  it('goes through the hooks each time', async () => {
    const seen: number[] = []
    const compliance: ComplianceHooks = {
      accessTokenResponse: (response) => {
        seen.push(response.status)
        return response
      },
    }
    const respond: Respond = (_, turn) => (turn === 1 ? wantsNonce('n1') : answer(200, granted))
    await setUp(respond, { compliance }).client.clientCredentials()
    expect(seen).toEqual([400, 200])
  })
})

describe('RFC 9449 §9 nonces of an API', () => {
  it('come with a challenge, and the request goes once more, body and all', async () => {
    const { client, requests } = setUp((_, turn) => (turn === 1 ? challenge('n1') : answer(200, { ok: true })))
    const response = await client.post('files', { token, json: { a: 1 } })
    expect(await response.json()).toEqual({ ok: true })
    expect(requests.map(nonceOf)).toEqual([undefined, 'n1'])
    expect(requests.map(({ body }) => body)).toEqual(['{"a":1}', '{"a":1}'])
    await verified(requests[1], 'T')
  })

  it('are asked for once: the second challenge is the answer', async () => {
    const { client, requests } = setUp((_, turn) => challenge(`n${turn}`))
    expect((await client.get('files', { token })).status).toBe(401)
    expect(requests).toHaveLength(2)
  })

  it.each<[string, OutgoingResponse]>([
    ['another error', challenge('n1', 'DPoP', 'invalid_token')],
    ['another scheme', challenge('n1', 'Bearer')],
    ['another status', { ...challenge('n1'), status: 403 }],
    ['an error of authorization servers', wantsNonce('n1')],
    ['no challenge', withNonce(answer(401, {}), 'n1')],
  ])('does not ask again for %s', async (_, response) => {
    const { client, requests } = setUp(() => response)
    expect((await client.get('files', { token })).status).toBe(response.status)
    expect(requests).toHaveLength(1)
  })

  it('are kept apart by origin', async () => {
    const { client, requests } = setUp(({ url }) =>
      withNonce(answer(200, granted), `of ${new URL(url).host}`.replace(' ', ':')),
    )
    for (const url of [
      'https://a.example/1',
      'https://b.example/1',
      'https://a.example/2',
      'https://b.example:444/2',
    ]) {
      await client.get(url, { token })
    }
    expect(requests.map(nonceOf)).toEqual([undefined, undefined, 'of:a.example', undefined])
  })

  it('are remembered of the last hundred origins', async () => {
    const { client, requests } = setUp(() => withNonce(answer(200, {}), 'n'))
    for (let index = 0; index <= 100; index++) await client.get(`https://api${index}.example/`, { token })
    await client.get('https://api0.example/', { token })
    await client.get('https://api100.example/', { token })
    expect(requests.slice(-2).map(nonceOf)).toEqual([undefined, 'n'])
  })

  it('serve all clients that share the key', async () => {
    const dpop = new Dpop(key)
    const [one, two] = [
      { clientId: 'one', dpop },
      { clientId: 'two', dpop },
    ].map((options) => setUp(() => withNonce(answer(200, granted), 'shared'), options))
    await one?.client.get('files', { token })
    await two?.client.get('files', { token })
    expect(nonceOf(two?.requests[0])).toBe('shared')
  })
})

describe('RFC 9449 §4.2 the key', () => {
  it('is a private one, which others need not know to verify', async () => {
    const message = 'Dpop: "key" must be a private key: expected one of Key.generate("ES256")'
    const published = await Key.import(key.toPublicJwk())
    const secret = await Key.generate('HS256')
    expect(() => new Dpop(published)).toThrow(message)
    expect(() => new Dpop(secret)).toThrow(message)
  })

  it('may be one that the platform keeps, where its public half comes along', async () => {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
    const { privateKey, publicKey } = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])
    const kept = await Key.import(privateKey)
    expect(() => new Dpop(kept)).toThrow(
      'Dpop: "key" must show its public half: expected one of Key.external where the platform keeps the private one',
    )
    const external = await Key.external({
      publicKey,
      alg: 'ES256',
      sign: async ({ data }) => new Uint8Array(await crypto.subtle.sign(algorithm, privateKey, new Uint8Array(data))),
    })
    const { client, requests } = setUp(undefined, { dpop: new Dpop(external) })
    await client.clientCredentials()
    expect(await verified(requests[0])).toEqual({ jkt: await external.thumbprint(), nonce: undefined })
  })
})
