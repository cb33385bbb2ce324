import { beforeAll, describe, expect, it } from 'vitest'
import {
  basic,
  body,
  CALLBACK,
  CLIENTS,
  codeRequest,
  ISSUER,
  later,
  post,
  problem,
  redirected,
  TestServer,
  type TestServerOptions,
  VERIFIER,
} from '../../../../test/support/authorization-server.ts'
import { type HttpResponse, headerOf } from '../../../http/response.ts'
import { Key } from '../../../jose/jwk/index.ts'
import { KeySet } from '../../../jose/jwks/index.ts'
import { decodeUnverifiedJwt, signJwt } from '../../../jose/jwt/index.ts'
import { createDpopProof } from '../../dpop-proof.ts'
import { tokenId } from '../tokens/token-id.ts'
import { Dpop, type DpopOptions } from './dpop.ts'
import { PushedAuthorization } from './pushed-authorization.ts'

const TOKEN_URL = `${ISSUER}/token`
const SPA_CALLBACK = 'https://spa.example/cb'
const SECRETS = 'a-secret-of-32-random-characters'
const MACHINE = { grant_type: 'client_credentials', scope: 'read' }

let key: Key
let other: Key
let jkt: string
beforeAll(async () => {
  key = await Key.generate('ES256')
  other = await Key.generate('ES256')
  jkt = await key.thumbprint()
})

function create(dpop: DpopOptions = {}, options: TestServerOptions = {}): TestServer {
  const test = new TestServer(options)
  test.server.registerExtension(PushedAuthorization).registerExtension(Dpop, dpop)
  return test
}

/** The `DPoP` header of a request to the token endpoint, or to another one. */
async function proof(
  test: TestServer,
  { by = key, url = TOKEN_URL, nonce }: { by?: Key; url?: string; nonce?: string | undefined } = {},
): Promise<{ dpop: string }> {
  const clock = (): number => test.time
  return { dpop: await createDpopProof(by, { method: 'POST', url, clock, ...(nonce === undefined ? {} : { nonce }) }) }
}

/** A proof that says something else than it should. */
async function bentProof(
  test: TestServer,
  claims: object,
  header: object = {},
  by: Key = key,
): Promise<{ dpop: string }> {
  const all = { jti: crypto.randomUUID(), htm: 'POST', htu: TOKEN_URL, iat: test.time / 1000, ...claims }
  const jwk = { ...key.toPublicJwk() }
  return {
    dpop: await signJwt(all, by, { typ: 'dpop+jwt', alg: by.defaultAlgorithm ?? 'ES256', header: { jwk, ...header } }),
  }
}

async function machineToken(test: TestServer, headers: object): Promise<HttpResponse> {
  return test.token(MACHINE, { ...basic(), ...headers })
}

function spaCode(test: TestServer, parameters: Record<string, string> = {}): Promise<string> {
  return test.code({ ...codeRequest(CLIENTS.spa), ...parameters })
}

function spaRedeem(test: TestServer, code: string, headers: Record<string, string> = {}): Promise<HttpResponse> {
  const form = {
    grant_type: 'authorization_code',
    client_id: 'spa',
    code,
    redirect_uri: SPA_CALLBACK,
    code_verifier: VERIFIER,
  }
  return test.token(form, headers)
}

function spaRefresh(test: TestServer, token: string, headers: Record<string, string> = {}): Promise<HttpResponse> {
  return test.token({ grant_type: 'refresh_token', client_id: 'spa', refresh_token: token }, headers)
}

describe('RFC 9449 §5 tokens', () => {
  it('are bound to the key that was proven, and say so', async () => {
    const test = create()
    const answer = body(await machineToken(test, await proof(test)))
    expect(answer).toMatchObject({ token_type: 'DPoP' })
    const record = await test.store.findAccessToken(await tokenId(answer['access_token'] ?? ''))
    expect(record?.cnf).toEqual({ jkt })
  })

  it('RFC 9449 §6.1: are bound as JWTs too', async () => {
    const test = create({}, { keys: await KeySet.generate(['ES256']), accessTokenFormat: 'jwt' })
    const { access_token = '' } = body(await machineToken(test, await proof(test)))
    expect(decodeUnverifiedJwt(access_token).claims).toMatchObject({ cnf: { jkt } })
  })

  it('are bearer tokens without a proof', async () => {
    const test = create()
    const answer = body(await machineToken(test, {}))
    expect(answer).toMatchObject({ token_type: 'Bearer' })
    const record = await test.store.findAccessToken(await tokenId(answer['access_token'] ?? ''))
    expect(record).not.toHaveProperty('cnf')
  })

  it('are refused without a proof to clients that are registered for it, or that the options name', async () => {
    const clients = [{ ...CLIENTS.web, dpop_bound_access_tokens: true }]
    const sentence = [400, 'invalid_request', 'DPoP header is missing: tokens of this client are bound to a key']
    expect(problem(await machineToken(create({}, { clients }), {}))).toEqual(sentence)
    expect(problem(await machineToken(create({ required: true }), {}))).toEqual(sentence)
    const required = create({ required: ({ client_id }) => client_id === 'web' })
    expect(problem(await machineToken(required, {}))).toEqual(sentence)
    expect((await machineToken(required, await proof(required))).status).toBe(200)
  })
})

describe('RFC 9449 §4.3, §5 the token endpoint refuses', () => {
  const refusals: [name: string, make: (test: TestServer) => Promise<{ dpop: string }>, sentence: string][] = [
    [
      'several DPoP headers',
      async (test) => ({ dpop: `${(await proof(test)).dpop}, ${(await proof(test)).dpop}` }),
      'DPoP header must be sent once',
    ],
    ['what is no JWT', async () => ({ dpop: 'x' }), 'DPoP proof must be a signed JWT'],
    [
      'the wrong htu',
      (test) => proof(test, { url: `${ISSUER}/par` }),
      "'htu' of the DPoP proof must be the URL of the request",
    ],
    [
      'the wrong htm',
      (test) => bentProof(test, { htm: 'GET' }),
      "'htm' of the DPoP proof must be the method of the request",
    ],
    [
      'an old iat',
      (test) => bentProof(test, { iat: test.time / 1000 - 61 }),
      "'iat' of the DPoP proof is too long ago",
    ],
    [
      'an iat from the future',
      (test) => bentProof(test, { iat: test.time / 1000 + 61 }),
      "'iat' of the DPoP proof is in the future",
    ],
    [
      'a private key in jwk',
      async (test) => {
        const [, payload = '', signature = ''] = (await proof(test)).dpop.split('.')
        const header = JSON.stringify({ alg: 'ES256', typ: 'dpop+jwt', jwk: key.toPrivateJwk() })
        const encoded = btoa(header).replaceAll('=', '').replaceAll('+', '-').replaceAll('/', '_')
        return { dpop: `${encoded}.${payload}.${signature}` }
      },
      "DPoP proof must not have a private key in 'jwk'",
    ],
    [
      'alg none',
      async (test) => {
        const [, payload = ''] = (await proof(test)).dpop.split('.')
        const header = btoa(JSON.stringify({ alg: 'none', typ: 'dpop+jwt', jwk: key.toPublicJwk() }))
        return { dpop: `${header.replaceAll('=', '')}.${payload}.` }
      },
      'DPoP proof is signed with an algorithm that is not accepted',
    ],
    [
      'alg HS256',
      async (test) => bentProof(test, {}, {}, await Key.generate('HS256')),
      'DPoP proof is signed with an algorithm that is not accepted',
    ],
    ["another key's signature", (test) => bentProof(test, {}, {}, other), 'DPoP proof is not signed by the key in it'],
  ]

  it.each(refusals)('%s', async (_, make, sentence) => {
    const test = create()
    expect(problem(await machineToken(test, await make(test)))).toEqual([400, 'invalid_dpop_proof', sentence])
  })

  it('a replayed jti', async () => {
    const test = create()
    const headers = await proof(test)
    expect((await machineToken(test, headers)).status).toBe(200)
    test.wait(30)
    expect(problem(await machineToken(test, headers))).toEqual([
      400,
      'invalid_dpop_proof',
      "'jti' of the DPoP proof was used before: each proof is accepted once",
    ])
  })

  it('all but one of sixteen requests with one proof', async () => {
    const test = create({}, { turn: later })
    const headers = await proof(test)
    const answers = await Promise.all(Array.from({ length: 16 }, () => machineToken(test, headers)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 15 }, () => 400)])
  })

  it('without using up a code: the proof fails before the grant is looked at', async () => {
    const test = create()
    const code = await spaCode(test)
    expect((await spaRedeem(test, code, await bentProof(test, { htm: 'GET' }))).status).toBe(400)
    expect((await spaRedeem(test, code, await proof(test))).status).toBe(200)
  })
})

describe('RFC 9449 §8 nonces', () => {
  const dpop: DpopOptions = { nonces: { secrets: SECRETS } }

  it('are asked for where one is missing, with the nonce to use, and the second attempt succeeds', async () => {
    const test = create(dpop)
    const code = await spaCode(test)
    const first = await spaRedeem(test, code, await proof(test))
    expect(problem(first)).toEqual([400, 'use_dpop_nonce', 'DPoP proof must have the nonce of this server'])
    const nonce = headerOf(first, 'dpop-nonce')
    expect(nonce).toMatch(/^[\w-]{43}$/)
    const second = await spaRedeem(test, code, await proof(test, { nonce }))
    expect(body(second)).toMatchObject({ token_type: 'DPoP' })
    expect(headerOf(second, 'dpop-nonce')).toBe(nonce)
  })

  it('RFC 9449 §8.2: come with each answer to a proof, so that clients have the next one in time', async () => {
    const test = create(dpop)
    const nonce = headerOf(await machineToken(test, await proof(test)), 'dpop-nonce')
    test.wait(300)
    const answer = await machineToken(test, await proof(test, { nonce }))
    expect(answer.status).toBe(200)
    expect(headerOf(answer, 'dpop-nonce')).not.toBe(nonce)
    test.wait(300)
    expect(problem(await machineToken(test, await proof(test, { nonce })))).toEqual([
      400,
      'use_dpop_nonce',
      'DPoP proof must have a nonce that this server gave lately',
    ])
  })

  it('agree between instances that share the secret', async () => {
    const [one, two] = [create(dpop), create(dpop)]
    const nonce = headerOf(await machineToken(one, await proof(one)), 'dpop-nonce')
    expect((await machineToken(two, await proof(two, { nonce }))).status).toBe(200)
  })

  it('may be left out where they are not required, and are not told to whom sends no proof', async () => {
    const test = create({ nonces: { secrets: SECRETS, required: false } })
    expect((await machineToken(test, await proof(test))).status).toBe(200)
    expect(headerOf(await machineToken(test, {}), 'dpop-nonce')).toBeUndefined()
  })

  it('are of no account where the server gives none', async () => {
    const test = create()
    const answer = await machineToken(test, await proof(test, { nonce: 'anything' }))
    expect(answer.status).toBe(200)
    expect(headerOf(answer, 'dpop-nonce')).toBeUndefined()
  })
})

describe('RFC 9449 §5 refresh tokens', () => {
  it('of public clients are bound to the key', async () => {
    const test = create()
    const { refresh_token = '' } = body(await spaRedeem(test, await spaCode(test), await proof(test)))
    const sentence = [400, 'invalid_grant', 'refresh_token is bound to a key that was not proven']
    expect(problem(await spaRefresh(test, refresh_token))).toEqual(sentence)
    expect(problem(await spaRefresh(test, refresh_token, await proof(test, { by: other })))).toEqual(sentence)
    const next = body(await spaRefresh(test, refresh_token, await proof(test)))
    expect(next).toMatchObject({ token_type: 'DPoP' })
    expect(problem(await spaRefresh(test, next['refresh_token'] ?? ''))).toEqual(sentence)
  })

  it('of public clients give the same answer again to nobody else', async () => {
    const test = create()
    const { refresh_token = '' } = body(await spaRedeem(test, await spaCode(test), await proof(test)))
    const first = body(await spaRefresh(test, refresh_token, await proof(test)))
    expect((await spaRefresh(test, refresh_token, await proof(test, { by: other }))).status).toBe(400)
    expect(body(await spaRefresh(test, refresh_token, await proof(test)))).toEqual(first)
  })

  it('of confidential clients are bound to the client: it may use another key', async () => {
    const test = create()
    const redeemed = await test.token(
      { grant_type: 'authorization_code', code: await test.code(), redirect_uri: CALLBACK, code_verifier: VERIFIER },
      { ...basic(), ...(await proof(test)) },
    )
    const { refresh_token = '' } = body(redeemed)
    expect(body(redeemed)).toMatchObject({ token_type: 'DPoP' })
    const next = await test.token(
      { grant_type: 'refresh_token', refresh_token },
      { ...basic(), ...(await proof(test, { by: other })) },
    )
    const record = await test.store.findAccessToken(await tokenId(body(next)['access_token'] ?? ''))
    expect(record?.cnf).toEqual({ jkt: await other.thumbprint() })
  })
})

describe('RFC 9449 §5 the replay window', () => {
  it('gives the same answer again to the same key only, also where the client authenticates', async () => {
    const test = create()
    const { refresh_token = '' } = await test.tokens()
    const refresh = async (by: Key): Promise<HttpResponse> =>
      test.token({ grant_type: 'refresh_token', refresh_token }, { ...basic(), ...(await proof(test, { by })) })
    const first = body(await refresh(key))
    expect(body(await refresh(key))).toEqual(first)
    expect(problem(await refresh(other))).toEqual([
      400,
      'invalid_grant',
      'refresh_token was exchanged before, for another scope, resource or key',
    ])
  })
})

describe('RFC 9449 §10 codes', () => {
  it('are redeemed by the key that the authorization request named', async () => {
    const test = create()
    const code = await spaCode(test, { dpop_jkt: jkt })
    expect((await spaRedeem(test, code, await proof(test))).status).toBe(200)
  })

  it.each(['another key', 'no key'])('are burnt where %s is proven', async (which) => {
    const test = create()
    const code = await spaCode(test, { dpop_jkt: jkt })
    const headers = which === 'no key' ? {} : await proof(test, { by: other })
    expect(problem(await spaRedeem(test, code, headers))).toEqual([
      400,
      'invalid_grant',
      'code is bound to a key that was not proven',
    ])
    expect(problem(await spaRedeem(test, code, await proof(test))).slice(0, 2)).toEqual([400, 'invalid_grant'])
    expect(test.events.map(({ event }) => event)).toContain('code.replayed')
  })

  it.each(['short', `${'a'.repeat(42)}=`])('are not issued for a malformed thumbprint: %j', async (dpop_jkt) => {
    const test = create()
    expect(redirected(await test.authorize({ ...codeRequest(), dpop_jkt }))).toMatchObject({
      error: 'invalid_request',
      error_description: 'dpop_jkt must be the SHA-256 thumbprint of a key, in base64url',
    })
  })
})

describe('RFC 9449 §10.1 pushed requests', () => {
  const request = (): Record<string, string> => codeRequest(CLIENTS.spa)

  it('bind the code to the key that is proven with them', async () => {
    const test = create()
    const url = test.server.endpointUrl('pushed_authorization') ?? ''
    const path = new URL(url).pathname
    const pushed = body(await test.server.handle(post(path, request(), await proof(test, { url }))))
    const code = await test.code({ client_id: 'spa', request_uri: pushed['request_uri'] ?? '' })
    expect((await spaRedeem(test, code, await proof(test, { by: other }))).status).toBe(400)
    const again = body(await test.server.handle(post(path, request(), await proof(test, { url }))))
    const next = await test.code({ client_id: 'spa', request_uri: again['request_uri'] ?? '' })
    expect((await spaRedeem(test, next, await proof(test))).status).toBe(200)
  })

  it('are refused where dpop_jkt names another key than the one that is proven', async () => {
    const test = create()
    const url = test.server.endpointUrl('pushed_authorization') ?? ''
    const parameters = { ...request(), dpop_jkt: await other.thumbprint() }
    const response = await test.server.handle(post(new URL(url).pathname, parameters, await proof(test, { url })))
    expect(problem(response)).toEqual([
      400,
      'invalid_request',
      'dpop_jkt must be the thumbprint of the key in the DPoP header',
    ])
  })

  it('are asked for a nonce, and told it', async () => {
    const test = create({ nonces: { secrets: SECRETS } })
    const url = test.server.endpointUrl('pushed_authorization') ?? ''
    const send = async (nonce?: string): Promise<HttpResponse> =>
      test.server.handle(post(new URL(url).pathname, request(), await proof(test, { url, nonce })))
    const first = await send()
    expect(problem(first).slice(0, 2)).toEqual([400, 'use_dpop_nonce'])
    const second = await send(headerOf(first, 'dpop-nonce'))
    expect(second.status).toBe(201)
    expect(headerOf(second, 'dpop-nonce')).toBe(headerOf(first, 'dpop-nonce'))
  })

  it('take a proof for the token endpoint for none of theirs', async () => {
    const test = create()
    const url = test.server.endpointUrl('pushed_authorization') ?? ''
    const response = await test.server.handle(post(new URL(url).pathname, request(), await proof(test)))
    expect(problem(response).slice(0, 2)).toEqual([400, 'invalid_dpop_proof'])
  })
})

describe('RFC 9449 §5.1 metadata', () => {
  it('says what proofs may be signed with', () => {
    const { server } = create({ algorithms: ['ES256', 'EdDSA'] })
    expect(server.metadata().dpop_signing_alg_values_supported).toEqual(['ES256', 'EdDSA'])
  })

  it('says nothing without the extension', () => {
    expect(new TestServer().server.metadata()).not.toHaveProperty('dpop_signing_alg_values_supported')
  })
})

describe('Dpop', () => {
  it.each<DpopOptions>([{ algorithms: [] }, { algorithms: ['ES256', 'HS256'] }])('refuses %j', (options) => {
    expect(() => new Dpop(options)).toThrow(
      '"algorithms" must name at least one, and none that works with a shared secret',
    )
  })
})
