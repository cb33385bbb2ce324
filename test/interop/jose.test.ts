import { Key, type KeyInput, type KeyOptions } from 'authwright/jose/jwk'
import { KeySet } from 'authwright/jose/jwks'
import { signJwt, verifyJwt } from 'authwright/jose/jwt'
import { oauthServer } from 'authwright/node'
import { AuthorizationServer } from 'authwright/oauth2/server'
import { MemoryStore } from 'authwright/stores/memory'
import * as jose from 'jose'
import { afterAll, describe, expect, it } from 'vitest'
import type { CryptoBackend } from '../../src/crypto/primitives.ts'
import { backends } from '../contracts/crypto-backend.ts'
import { listen, type Running } from '../support/listen.ts'

const asymmetric = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
]
const algorithms = ['HS256', 'HS384', 'HS512', ...asymmetric]
const claims = { iss: 'https://op.example', sub: 'ünïcode', aud: ['app', 'api'], nested: { list: [1, null] } }
const expected = { issuer: claims.iss, audience: 'app' }

/** RSA keys take long to find: those of one maker share their numbers, and differ in what they are for. */
const isRsa = (alg: string): boolean => /^[RP]S/.test(alg)

async function makeByJose(alg: string): Promise<jose.JWK> {
  if (alg.startsWith('HS')) return jose.exportJWK(await jose.generateSecret(alg, { extractable: true }))
  const { privateKey } = await jose.generateKeyPair(alg, { extractable: true })
  return jose.exportJWK(privateKey)
}

async function makeByUs(alg: string, backend: CryptoBackend): Promise<jose.JWK> {
  const { alg: _alg, kid, use, ...members } = (await Key.generate(alg, { backend })).toPrivateJwk()
  return members
}

async function makeAll(make: (alg: string) => Promise<jose.JWK>): Promise<(alg: string) => jose.JWK> {
  const rsa = await make('RS256')
  const made = await Promise.all(algorithms.map(async (alg) => ({ ...(isRsa(alg) ? rsa : await make(alg)), alg })))
  return (alg) => made.find((jwk) => jwk.alg === alg) ?? {}
}

const theirs = await makeAll(makeByJose)
const ours = new Map(
  await Promise.all(
    backends.map(async (backend) => [backend, await makeAll((alg) => makeByUs(alg, backend))] as const),
  ),
)

/** jose types a JWK as having any members; what comes in is checked here when it is read. */
function importKey(jwk: jose.JWK | undefined, options?: KeyOptions): Promise<Key> {
  return Key.import(jwk as KeyInput, options)
}

/** What a verifier is given: the public members, or a secret as it is. */
function withoutPrivate({ d, p, q, dp, dq, qi, ...members }: jose.JWK): jose.JWK {
  return members
}

async function toCryptoKey(jwk: jose.JWK, alg: string): Promise<jose.CryptoKey> {
  const key = await jose.importJWK(jwk, alg, { extractable: true })
  if (key instanceof Uint8Array) throw new Error('a secret is no CryptoKey')
  return key
}

async function signByJose(alg: string, header: { kid?: string } = {}): Promise<string> {
  const jwt = new jose.SignJWT(claims).setProtectedHeader({ alg, ...header }).setExpirationTime('5m')
  return jwt.sign(await jose.importJWK(theirs(alg), alg))
}

const cases = backends.flatMap((backend) => algorithms.map((alg) => ({ alg, backend, name: backend.name })))

describe.each(cases)('RFC 7518 §3.1 $alg on $name', ({ alg, backend }) => {
  it('jose verifies our JWT', async () => {
    const key = await importKey(ours.get(backend)?.(alg), { kid: 'a key', backend })
    const jwt = await signJwt(claims, key, { expiresIn: '5m' })
    const verifier = await jose.importJWK(withoutPrivate({ ...key.toPrivateJwk() }), alg)
    const { payload, protectedHeader } = await jose.jwtVerify(jwt, verifier, { ...expected, algorithms: [alg] })
    expect(payload).toMatchObject(claims)
    expect(protectedHeader).toEqual({ alg, typ: 'JWT', kid: 'a key' })
  })

  it('we verify the JWT of jose', async () => {
    const key = await importKey(theirs(alg), { backend })
    const { claims: read, header } = await verifyJwt(await signByJose(alg, { kid: 'its key' }), key, {
      ...expected,
      algorithms: [alg],
    })
    expect(read).toMatchObject(claims)
    expect(header).toEqual({ alg, kid: 'its key' })
  })

  it('neither takes a signature by the key of the other', async () => {
    const key = await importKey(ours.get(backend)?.(alg), { backend })
    const jwt = await signJwt(claims, key, { expiresIn: '5m' })
    await expect(jose.jwtVerify(jwt, await jose.importJWK(withoutPrivate(theirs(alg)), alg))).rejects.toMatchObject({
      code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    })
    await expect(verifyJwt(await signByJose(alg), key, { ...expected, algorithms: [alg] })).rejects.toMatchObject({
      code: 'signature_invalid',
    })
  })

  it('RFC 7517 §4: a JWK of either comes out of the other with the same members', async () => {
    expect((await importKey(theirs(alg), { backend })).toPrivateJwk()).toEqual(theirs(alg))
    const { alg: _alg, ...members } = ours.get(backend)?.(alg) ?? {}
    const imported = await jose.importJWK({ ...members }, alg, { extractable: true })
    expect(await jose.exportJWK(imported)).toEqual(members)
  })

  it.each(['sha256', 'sha384', 'sha512'] as const)('RFC 7638 §3: the %s thumbprints agree', async (hash) => {
    const key = await importKey(theirs(alg), { backend })
    expect(await key.thumbprint(hash)).toBe(await jose.calculateJwkThumbprint(theirs(alg), hash))
  })
})

describe.each(backends)('PEM on $name', (backend) => {
  it.each(asymmetric)('%s: we read the PKCS #8 and the SPKI of jose', async (alg) => {
    const key = await Key.import(await jose.exportPKCS8(await toCryptoKey(theirs(alg), alg)), { alg, backend })
    const spki = await jose.exportSPKI(await toCryptoKey(withoutPrivate(theirs(alg)), alg))
    const verifier = await Key.import(spki, { alg, backend })
    const { claims: read } = await verifyJwt(await signJwt(claims, key, { expiresIn: '1m' }), verifier, expected)
    expect(read).toMatchObject(claims)
  })
})

describe('JWK Sets over HTTP', () => {
  const running: Running[] = []
  afterAll(() => Promise.all(running.map((server) => server.close())))

  it('RFC 7517 §5: createRemoteJWKSet of jose finds each key that we serve', async () => {
    const keys = new KeySet(await Promise.all(asymmetric.map((alg) => importKey(theirs(alg), { kid: `key-${alg}` }))))
    const site = await listen((issuer) =>
      oauthServer(new AuthorizationServer({ issuer, keys, store: new MemoryStore() })),
    )
    running.push(site)
    const remote = jose.createRemoteJWKSet(new URL(`${site.origin}/jwks`))
    for (const alg of asymmetric) {
      const { payload } = await jose.jwtVerify(await signJwt(claims, keys, { alg, expiresIn: '1m' }), remote, expected)
      expect(payload).toMatchObject(claims)
    }
  })

  it('RFC 7517 §5: we find each key that a stranger serves, also when it has just been put there', async () => {
    let now = Date.now()
    let published = ''
    const site = await listen(() => (_request, response) => {
      const body = JSON.stringify({ keys: [{ ...withoutPrivate(theirs(published)), kid: `key-${published}` }] })
      response.setHeader('content-type', 'application/jwk-set+json').end(body)
    })
    running.push(site)
    const remote = KeySet.remote(`${site.origin}/keys`, { clock: () => now })
    for (const alg of asymmetric) {
      published = alg
      now += 31_000
      const jwt = await signByJose(alg, { kid: `key-${alg}` })
      const { key } = await verifyJwt(jwt, remote, { ...expected, algorithms: [alg] })
      expect(key.kid).toBe(`key-${alg}`)
    }
  })
})
