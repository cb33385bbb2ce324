import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha256Base64url } from '../crypto/hash.ts'
import { Key } from '../jose/jwk/index.ts'
import { parseUnverifiedJwt, signJwt } from '../jose/jwt/index.ts'
import { DpopNonces } from './dpop-nonce.ts'
import { createDpopProof, DPOP_ALGORITHMS, normalizeTarget } from './dpop-proof.ts'
import { type DpopRules, readDpopHeader, verifyDpopProof } from './dpop-verification.ts'
import { OAuth2Error } from './errors.ts'

const NOW = 1_700_000_000
const URL_ = 'https://server.example.com/token'
const key = await Key.generate('ES256')
const other = await Key.generate('ES256')
const SECRET = 'a-secret-of-32-random-characters'

function rules(changes: Partial<DpopRules> = {}): DpopRules {
  const used = new Set<string>()
  return {
    method: 'POST',
    url: URL_,
    now: NOW,
    algorithms: DPOP_ALGORITHMS,
    window: 60,
    nonces: false,
    rememberOnce: (id) => !used.has(id) && used.add(id) !== undefined,
    ...changes,
  }
}

function proofOf(
  claims: object = {},
  header: object = {},
  signer: Key = key,
  alg = 'ES256',
  typ = 'dpop+jwt',
): Promise<string> {
  const all = { jti: '-BwC3ESc6acc2lTc', htm: 'POST', htu: URL_, iat: NOW, ...claims }
  return signJwt(all, signer, { typ, alg, header: { jwk: { ...key.toPublicJwk() }, ...header } })
}

async function refusal(proof: string, changes: Partial<DpopRules> = {}): Promise<unknown[]> {
  const error: unknown = await verifyDpopProof(proof, rules(changes)).catch((reason: unknown) => reason)
  if (!(error instanceof OAuth2Error)) throw new Error('the proof was accepted, or failed otherwise', { cause: error })
  return [error.code, error.reason, error.description]
}

const bad = (reason: string, description: string): unknown[] => ['invalid_dpop_proof', `dpop_${reason}`, description]

describe('RFC 9449 §4.2 createDpopProof', () => {
  it('makes a proof with the public key and nothing of the private one', async () => {
    const proof = await createDpopProof(key, { method: 'GET', url: `${URL_}?a=b#c`, clock: () => NOW * 1000 })
    const { unverifiedHeader: header, unverifiedClaims: claims } = parseUnverifiedJwt(proof)
    const { kty, crv, x, y } = { y: undefined, x: undefined, crv: undefined, ...key.toPublicJwk() }
    expect(header).toEqual({ typ: 'dpop+jwt', alg: 'ES256', kid: key.kid, jwk: { kty, crv, x, y } })
    expect(claims).toEqual({ jti: expect.stringMatching(/^[\w-]{22}$/), htm: 'GET', htu: URL_, iat: NOW })
  })

  it.each(['ES256', 'EdDSA', 'RS256', 'PS256', 'ES512'] as const)('makes proofs with %s that verify', async (alg) => {
    const signer = await Key.generate(alg)
    const proof = await createDpopProof(signer, { method: 'POST', url: URL_, accessToken: 'token', nonce: 'n' })
    const now = Math.floor(Date.now() / 1000)
    const found = await verifyDpopProof(proof, rules({ now, accessToken: 'token' }))
    expect(found).toEqual({ jkt: await signer.thumbprint(), nonce: undefined })
  })

  it('refuses a URL that names no place on the web', async () => {
    await expect(createDpopProof(key, { method: 'GET', url: '/token' })).rejects.toThrow(
      '"url" must be an absolute http(s) URL without user and password',
    )
  })
})

describe('RFC 9449 §4.1 verifyDpopProof', () => {
  it('accepts the example of the specification', async () => {
    const proof =
      'eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg'
    expect(await verifyDpopProof(proof, rules({ now: 1_562_262_616 }))).toEqual({
      jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I',
      nonce: undefined,
    })
  })
})

describe('RFC 9449 §4.3 readDpopHeader', () => {
  it('finds the one proof, or none', () => {
    expect(readDpopHeader({ header: (name) => (name === 'dpop' ? 'a.b.c' : undefined) })).toBe('a.b.c')
    expect(readDpopHeader({ header: () => undefined })).toBeUndefined()
  })

  it('refuses several DPoP headers', () => {
    expect(() => readDpopHeader({ header: () => 'a.b.c, d.e.f' })).toThrow(
      'invalid_dpop_proof: DPoP header must be sent once',
    )
  })
})

describe('RFC 9449 §4.3 verifyDpopProof refuses', () => {
  it.each(['', 'not a jwt', 'a.b', 'e30.e30.e30'])('what is no signed JWT: %j', async (proof) => {
    const [code, reason] = await refusal(proof)
    expect(code).toBe('invalid_dpop_proof')
    expect(reason).toMatch(/^dpop_proof_(malformed|algorithm)$/)
  })

  it('a payload that is no object of claims', async () => {
    const { signCompact } = await import('../jose/jws/index.ts')
    const jwk = { ...key.toPublicJwk() }
    const proof = await signCompact('[]', key, { typ: 'dpop+jwt', alg: 'ES256', header: { jwk } })
    expect(await refusal(proof)).toEqual(bad('proof_malformed', 'DPoP proof must be a signed JWT'))
  })

  it('another type of JWT', async () => {
    const sentence = bad('proof_type', 'DPoP proof must be of the type dpop+jwt')
    expect(await refusal(await proofOf({}, {}, key, 'ES256', 'JWT'))).toEqual(sentence)
    expect(await refusal(await proofOf({}, {}, key, 'ES256', 'at+jwt'))).toEqual(sentence)
  })

  it('alg none, a shared secret and an algorithm that is not on the list', async () => {
    const sentence = bad('proof_algorithm', 'DPoP proof is signed with an algorithm that is not accepted')
    const [, payload] = (await proofOf()).split('.')
    const none = btoa(JSON.stringify({ alg: 'none', typ: 'dpop+jwt', jwk: key.toPublicJwk() })).replaceAll('=', '')
    expect(await refusal(`${none}.${payload}.`)).toEqual(sentence)
    expect(await refusal(await proofOf({}, {}, await Key.generate('HS256'), 'HS256'))).toEqual(sentence)
    expect(await refusal(await proofOf(), { algorithms: ['PS256'] })).toEqual(sentence)
  })

  it('a private key in "jwk"', async () => {
    const jwk = key.toPrivateJwk()
    const [, payload, signature] = (await proofOf()).split('.')
    const header = btoa(JSON.stringify({ alg: 'ES256', typ: 'dpop+jwt', jwk }))
    const proof = `${header.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}.${payload}.${signature}`
    expect(await refusal(proof)).toEqual(
      bad('proof_key_private', 'DPoP proof must not have a private key in "jwk"'.replaceAll('"', "'")),
    )
  })

  it.each([
    ['none', undefined],
    ['a text', 'key'],
    ['an unknown type', { kty: 'XX' }],
    ['no point of the curve', { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }],
  ])('a "jwk" that is %s', async (_, jwk) => {
    expect(await refusal(await proofOf({}, { jwk }))).toEqual(
      bad('proof_key', "DPoP proof must have a public key in 'jwk'"),
    )
  })

  it('a shared secret as "jwk"', async () => {
    const header = { alg: 'ES256', typ: 'dpop+jwt', jwk: { kty: 'oct', k: 'AAAA' } }
    const [, payload, signature] = (await proofOf()).split('.')
    const proof = `${btoa(JSON.stringify(header)).replaceAll('=', '')}.${payload}.${signature}`
    expect(await refusal(proof)).toEqual(bad('proof_key_private', "DPoP proof must not have a private key in 'jwk'"))
  })

  it('a signature by another key than the one in it', async () => {
    expect(await refusal(await proofOf({}, {}, other))).toEqual(
      bad('proof_signature', 'DPoP proof is not signed by the key in it'),
    )
  })

  it.each([{ htm: 'GET' }, { htm: 'post' }, { htm: undefined }])('the wrong method: %j', async (claims) => {
    expect(await refusal(await proofOf(claims))).toEqual(
      bad('proof_method', "'htm' of the DPoP proof must be the method of the request"),
    )
  })

  it.each([
    'https://server.example.com/Token',
    'https://server.example.com/token/',
    'http://server.example.com/token',
    'https://attacker.example/token',
    'https://user@server.example.com/token',
    ' https://server.example.com/token',
    'https://server.example.com\\token',
    '/token',
    7,
    undefined,
  ])('the wrong URL: %j', async (htu) => {
    expect(await refusal(await proofOf({ htu }))).toEqual(
      bad('proof_url', "'htu' of the DPoP proof must be the URL of the request"),
    )
  })

  it('a missing "ath", or the one of another access token', async () => {
    const sentence = bad('proof_token', "'ath' of the DPoP proof must be the hash of the access token")
    expect(await refusal(await proofOf(), { accessToken: 'token' })).toEqual(sentence)
    const ath = await sha256Base64url('another')
    expect(await refusal(await proofOf({ ath }), { accessToken: 'token' })).toEqual(sentence)
  })

  it('an old proof and one from the future', async () => {
    expect(await refusal(await proofOf({ iat: NOW - 61 }))).toEqual(
      bad('proof_expired', "'iat' of the DPoP proof is too long ago"),
    )
    expect(await refusal(await proofOf({ iat: NOW + 61 }))).toEqual(
      bad('proof_not_yet_valid', "'iat' of the DPoP proof is in the future"),
    )
    for (const iat of [NOW - 60, NOW + 60])
      await expect(verifyDpopProof(await proofOf({ iat }), rules())).resolves.toBeDefined()
  })

  it('a missing time or id', async () => {
    const { signCompact } = await import('../jose/jws/index.ts')
    const timeless = JSON.stringify({ jti: 'a', htm: 'POST', htu: URL_ })
    const proof = await signCompact(timeless, key, {
      typ: 'dpop+jwt',
      alg: 'ES256',
      header: { jwk: { ...key.toPublicJwk() } },
    })
    expect(await refusal(proof)).toEqual(bad('proof_malformed', "'iat' of the DPoP proof must be a number of seconds"))
    for (const jti of [undefined, ''])
      expect(await refusal(await proofOf({ jti }))).toEqual(bad('proof_jti', "'jti' of the DPoP proof must be a text"))
  })

  it('a second use, of sixteen at once fifteen', async () => {
    const proof = await proofOf()
    const shared = rules()
    const outcomes = await Promise.allSettled(Array.from({ length: 16 }, () => verifyDpopProof(proof, shared)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await verifyDpopProof(proof, shared).catch((error: OAuth2Error) => error.description)).toBe(
      "'jti' of the DPoP proof was used before: each proof is accepted once",
    )
  })

  it('what is too long, before it is read', async () => {
    expect(await refusal(await proofOf({ jti: 'x'.repeat(4096) }))).toEqual(
      bad('proof_malformed', 'DPoP proof must be a signed JWT'),
    )
  })
})

describe('RFC 9449 §11.1 verifyDpopProof', () => {
  it('remembers a proof for as long as it would be accepted', async () => {
    const ends: number[] = []
    const rememberOnce = (_: string, expiresAt: number): boolean => ends.push(expiresAt) > 0
    await verifyDpopProof(await proofOf({ iat: NOW + 30 }), rules({ rememberOnce }))
    expect(ends).toEqual([NOW + 30 + 60 + 1])
  })

  it('remembers nothing of a proof that fails', async () => {
    const rememberOnce = (): boolean => expect.unreachable()
    expect(await refusal(await proofOf({ htm: 'GET' }), { rememberOnce })).toContain('invalid_dpop_proof')
  })
})

describe('RFC 9449 §8 nonces', () => {
  const nonces = new DpopNonces({ secrets: SECRET })
  const required = { required: true, lifetime: nonces.lifetime, accepts: nonces.accepts.bind(nonces) }

  it('are asked for where there is none, or an old or foreign one', async () => {
    expect(await refusal(await proofOf(), { nonces: required })).toEqual([
      'use_dpop_nonce',
      'dpop_nonce_missing',
      'DPoP proof must have the nonce of this server',
    ])
    for (const nonce of [await nonces.current(NOW - 700), 'made up', 7])
      expect(await refusal(await proofOf({ nonce }), { nonces: required })).toEqual([
        'use_dpop_nonce',
        'dpop_nonce_stale',
        'DPoP proof must have a nonce that this server gave lately',
      ])
  })

  it('stand for the time of the proof: a clock that is wrong does no harm', async () => {
    const nonce = await nonces.current(NOW)
    const ends: number[] = []
    const rememberOnce = (_: string, expiresAt: number): boolean => ends.push(expiresAt) > 0
    const found = await verifyDpopProof(await proofOf({ nonce, iat: 5 }), rules({ nonces: required, rememberOnce }))
    expect(found.nonce).toBe(nonce)
    expect(ends).toEqual([NOW + 900 + 1])
  })

  it('may be left out where they are not required, but must not be wrong', async () => {
    const optional = { ...required, required: false }
    expect((await verifyDpopProof(await proofOf(), rules({ nonces: optional }))).nonce).toBeUndefined()
    expect(await refusal(await proofOf({ nonce: 'x' }), { nonces: optional })).toContain('dpop_nonce_stale')
  })

  it('are the same for every instance with the secret, and of every secret that is known', async () => {
    const rotated = new DpopNonces({ secrets: ['another-secret-of-32-characters-', SECRET] })
    const given = await nonces.current(NOW)
    expect(await new DpopNonces({ secrets: SECRET }).current(NOW)).toBe(given)
    expect(await rotated.accepts(given, NOW)).toBe(true)
    expect(await nonces.accepts(await rotated.current(NOW), NOW)).toBe(false)
  })

  it('change with time, and are accepted for the time before and after', async () => {
    const given = await nonces.current(NOW)
    expect(await nonces.current(NOW + 300)).not.toBe(given)
    expect(await nonces.accepts(given, NOW + 300)).toBe(true)
    expect(await nonces.accepts(given, NOW - 300)).toBe(true)
    expect(await nonces.accepts(given, NOW + 600)).toBe(false)
  })

  it('need a secret of 32 bytes and a time', () => {
    const message = '"secrets" must hold at least one, and each must be at least 32 bytes long'
    expect(() => new DpopNonces({ secrets: [] })).toThrow(message)
    expect(() => new DpopNonces({ secrets: [SECRET, 'short'] })).toThrow(message)
    expect(() => new DpopNonces({ secrets: SECRET, rotateEvery: 0 })).toThrow('"rotateEvery" must be at least a second')
  })
})

describe('RFC 3986 §6.2.2 normalizeTarget', () => {
  it.each([
    ['https://API.example:443/a/../b?x=1#f', 'https://api.example/b'],
    ['HTTPS://api.example', 'https://api.example/'],
    ['https://api.example/%7euser/%c3%A9/%2f', 'https://api.example/~user/%C3%A9/%2F'],
    ['http://localhost:8080/t', 'http://localhost:8080/t'],
  ])('%s is %s', (text, expected) => {
    expect(normalizeTarget(text)).toBe(expected)
  })

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
        const once = normalizeTarget(url)
        expect(once).toBeDefined()
        expect(normalizeTarget(once ?? '')).toBe(once)
      }),
    )
  })
})
