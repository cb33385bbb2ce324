import { describe, expect, it } from 'vitest'
import { fromFetch } from '../../http/request.ts'
import { Key } from '../../jose/jwk/index.ts'
import { KeySet } from '../../jose/jwks/index.ts'
import { signJwt } from '../../jose/jwt/index.ts'
import { createDpopProof, type DpopProofOptions } from '../dpop-proof.ts'
import { DpopValidator, type DpopValidatorOptions } from './dpop-validator.ts'
import { JwtValidator } from './jwt-validator.ts'
import { ResourceProtector } from './protector.ts'

const issuer = 'https://op.example'
const baseUrl = 'https://api.example'
const url = `${baseUrl}/orders/7`
const now = 1_800_000_000
let time = now
const clock = (): number => time * 1000

const serverKeys = await KeySet.generate(['ES256'])
const key = await Key.generate('ES256')
const stranger = await Key.generate('ES256')
const jkt = await key.thumbprint()

function accessToken(changes: Record<string, unknown> = {}): Promise<string> {
  const claims = { iss: issuer, aud: baseUrl, sub: 'u1', client_id: 'app', jti: 'j1', scope: 'read', cnf: { jkt } }
  const options = { typ: 'at+jwt', alg: 'ES256', clock: () => now * 1000, expiresIn: '1h' } as const
  return signJwt({ ...claims, ...changes }, serverKeys, options)
}

const token = await accessToken()
const unbound = await accessToken({ cnf: undefined })

const tokens = new JwtValidator({ issuer, audience: baseUrl, keys: serverKeys, clock })
const protectorOf = (options: Partial<DpopValidatorOptions> = {}): ResourceProtector =>
  new ResourceProtector({ clock })
    .registerTokenValidator(tokens)
    .registerTokenValidator(new DpopValidator(tokens, { baseUrl, clock, ...options }))

const proofOf = (options: Partial<DpopProofOptions> = {}, by: Key = key): Promise<string> =>
  createDpopProof(by, { method: 'GET', url, accessToken: token, clock, ...options })

interface Sent {
  readonly proof?: string
  readonly value?: string
  readonly scheme?: string
  readonly to?: string
}

const send = ({ proof, value = token, scheme = 'DPoP', to = url }: Sent): Request =>
  new Request(to, { headers: { authorization: `${scheme} ${value}`, ...(proof !== undefined && { dpop: proof }) } })

/** What a refusal says about DPoP tokens. */
async function problemOf(subject: ResourceProtector, request: Request): Promise<unknown[]> {
  const { response } = await subject.protect(fromFetch(request))
  const challenges = response?.headers.flatMap(([name, value]) => (name === 'www-authenticate' ? [value] : [])) ?? []
  const [, error, description] = /error="(\w+)", error_description="([^"]*)"/.exec(challenges.join()) ?? []
  return [response?.status, error, description]
}

describe('RFC 9449 §7.1 tokens that are bound to a key', () => {
  it('pass with a proof', async () => {
    const { token: found } = await protectorOf().protect(send({ proof: await proofOf() }), 'read')
    expect(found).toMatchObject({ subject: 'u1', cnf: { jkt } })
  })

  it('pass by a URL with a query, of which proofs say nothing', async () => {
    const { token: found } = await protectorOf().protect(send({ proof: await proofOf(), to: `${url}?a=b` }))
    expect(found?.subject).toBe('u1')
  })

  it('pass behind a proxy, by the URL that the client sees', async () => {
    const proxied = protectorOf({ baseUrl: 'https://example.com/api/' })
    const proof = await proofOf({ url: 'https://example.com/api/orders/7' })
    const { token: found } = await proxied.protect(send({ proof, to: 'http://internal:8080/orders/7' }))
    expect(found?.subject).toBe('u1')
    expect((await problemOf(proxied, send({ proof: await proofOf() })))[0]).toBe(401)
  })

  it.each<[string, unknown[], () => Promise<Sent>]>([
    ['without a proof', ['invalid_dpop_proof', 'DPoP header is missing'], async () => ({})],
    [
      'with two proofs',
      ['invalid_dpop_proof', 'DPoP header must be sent once'],
      async () => ({ proof: `${await proofOf()}, ${await proofOf()}` }),
    ],
    [
      'with the proof of another key',
      ['invalid_token', 'access token is bound to another key than the one proven'],
      async () => ({ proof: await proofOf({}, stranger) }),
    ],
    [
      'that are bound to no key',
      ['invalid_token', 'access token is bound to no key'],
      async () => ({ value: unbound, proof: await proofOf({ accessToken: unbound }) }),
    ],
    [
      'with a proof for another token',
      ['invalid_dpop_proof', "'ath' of the DPoP proof must be the hash of the access token"],
      async () => ({ proof: await proofOf({ accessToken: unbound }) }),
    ],
    [
      'with a proof for another method',
      ['invalid_dpop_proof', "'htm' of the DPoP proof must be the method of the request"],
      async () => ({ proof: await proofOf({ method: 'POST' }) }),
    ],
    [
      'with a proof for another path',
      ['invalid_dpop_proof', "'htu' of the DPoP proof must be the URL of the request"],
      async () => ({ proof: await proofOf({ url: `${baseUrl}/orders/8` }) }),
    ],
    [
      'with a proof for another host, whatever the request says it is',
      ['invalid_dpop_proof', "'htu' of the DPoP proof must be the URL of the request"],
      async () => ({
        proof: await proofOf({ url: 'https://evil.example/orders/7' }),
        to: 'https://evil.example/orders/7',
      }),
    ],
    [
      'with a proof that is old',
      ['invalid_dpop_proof', "'iat' of the DPoP proof is too long ago"],
      async () => ({ proof: await proofOf({ clock: () => (now - 61) * 1000 }) }),
    ],
  ])('do not pass %s', async (_, expected, sent) => {
    expect(await problemOf(protectorOf(), send(await sent()))).toEqual([401, ...expected])
  })

  it('§11.1: do not pass with one proof twice, nor to one of sixteen who are quick', async () => {
    const subject = protectorOf()
    const proof = await proofOf()
    const all = await Promise.all(Array.from({ length: 16 }, () => subject.protect(send({ proof }))))
    expect(all.filter(({ response }) => response === undefined)).toHaveLength(1)
    expect(await problemOf(subject, send({ proof }))).toEqual([
      401,
      'invalid_dpop_proof',
      "'jti' of the DPoP proof was used before: each proof is accepted once",
    ])
  })

  it('remembers proofs in the store that it is given, and none without a valid token', async () => {
    const remembered: string[] = []
    const replayStore = { rememberOnce: (id: string) => remembered.push(id) > 0 }
    const subject = protectorOf({ replayStore })
    await subject.protect(send({ proof: await proofOf(), value: 'no.token.atall' }))
    expect(remembered).toEqual([])
    await subject.protect(send({ proof: await proofOf() }))
    expect(remembered).toHaveLength(1)
  })

  it('§7.2: are no bearer tokens', async () => {
    expect(await problemOf(protectorOf(), send({ scheme: 'Bearer', proof: await proofOf() }))).toEqual([
      401,
      'invalid_token',
      'access token is bound to a key, whose possession was not proven',
    ])
  })

  it('name the algorithms in the challenge and in the metadata', async () => {
    const { response } = await protectorOf({ algorithms: ['ES256', 'PS256'] }).protect(send({}))
    expect(response?.headers.get('www-authenticate')).toBe(
      'Bearer, DPoP error="invalid_dpop_proof", error_description="DPoP header is missing", algs="ES256 PS256"',
    )
    const { metadata } = new DpopValidator(tokens, { baseUrl, algorithms: ['ES256'] })
    expect(metadata).toEqual({ authorization_servers: [issuer], dpop_signing_alg_values_supported: ['ES256'] })
  })
})

describe('several kinds of bound tokens', () => {
  it('each validator takes what the one behind it recognizes', async () => {
    const other = new JwtValidator({ issuer: 'https://other.example', audience: baseUrl, keys: serverKeys, clock })
    const subject = new ResourceProtector({ clock })
      .registerTokenValidator(new DpopValidator(other, { baseUrl, clock }))
      .registerTokenValidator(new DpopValidator(tokens, { baseUrl, clock }))
    expect((await subject.protect(send({ proof: await proofOf() }))).token?.subject).toBe('u1')
  })

  it('one that takes every token comes last', () => {
    const all = new DpopValidator({ validate: tokens.validate.bind(tokens) }, { baseUrl })
    const subject = new ResourceProtector().registerTokenValidator(all)
    expect(() => subject.registerTokenValidator(new DpopValidator(tokens, { baseUrl }))).toThrow(
      'a validator of DPoP tokens that takes all of them is registered already',
    )
  })
})

describe('RFC 9449 §9 nonces of the resource', () => {
  const nonces = { secrets: 'a secret of at least thirty-two bytes', rotateEvery: 60 } as const

  it('are asked for, given, taken, and given anew', async () => {
    const subject = protectorOf({ nonces })
    const { response } = await subject.protect(send({ proof: await proofOf() }))
    expect(response?.status).toBe(401)
    expect(response?.headers.get('www-authenticate')).toContain('DPoP error="use_dpop_nonce"')
    const nonce = response?.headers.get('dpop-nonce') ?? ''
    expect(nonce).not.toBe('')
    const { token: found, headers } = await subject.protect(send({ proof: await proofOf({ nonce }) }))
    expect(found?.subject).toBe('u1')
    expect(headers?.get('dpop-nonce')).toBe(nonce)
    time += 200
    const { response: stale } = await subject.protect(send({ proof: await proofOf({ nonce }) }))
    time = now
    expect(stale?.headers.get('www-authenticate')).toContain('error="use_dpop_nonce"')
    expect(stale?.headers.get('dpop-nonce')).not.toBe(nonce)
  })

  it('are taken, and not missed, where they are not required', async () => {
    const subject = protectorOf({ nonces: { ...nonces, required: false } })
    const { token: found, headers } = await subject.protect(send({ proof: await proofOf() }))
    expect(found?.subject).toBe('u1')
    const nonce = headers?.get('dpop-nonce') ?? ''
    expect((await subject.protect(send({ proof: await proofOf({ nonce }) }))).token?.subject).toBe('u1')
    const made = await proofOf({ nonce: 'made-up' })
    expect((await problemOf(subject, send({ proof: made }))).slice(0, 2)).toEqual([401, 'use_dpop_nonce'])
  })

  it('are the same at every instance that has the secret', async () => {
    const { response } = await protectorOf({ nonces }).protect(send({ proof: await proofOf() }))
    const nonce = response?.headers.get('dpop-nonce') ?? ''
    const { token: found } = await protectorOf({ nonces }).protect(send({ proof: await proofOf({ nonce }) }))
    expect(found?.subject).toBe('u1')
  })
})

describe('DpopValidator set-up', () => {
  it.each([
    ['"baseUrl" must be https', { baseUrl: 'api.example' }],
    ['"baseUrl" must be https', { baseUrl: 'http://api.example' }],
    ['"baseUrl" must be https', { baseUrl: 'https://api.example?x' }],
    ['"algorithms" must name at least one', { baseUrl, algorithms: [] }],
    ['"algorithms" must name at least one', { baseUrl, algorithms: ['ES256', 'HS256'] }],
    ['"window" must be a whole number of seconds', { baseUrl, window: -1 }],
  ])('refuses: %s (%j)', (problem, options) => {
    expect(() => new DpopValidator(tokens, options)).toThrow(`DpopValidator: ${problem}`)
  })
})
