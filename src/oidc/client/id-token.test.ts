import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { NOW, StubProvider, signingKey, TestClock, withoutKid } from '../../../test/support/stub-provider.ts'
import { Key } from '../../jose/jwk/index.ts'
import { KeySet } from '../../jose/jwks/index.ts'
import { signCompact } from '../../jose/jws/index.ts'
import { signJwt } from '../../jose/jwt/index.ts'
import { encodeBase64url } from '../../util/base64url.ts'
import { encodeUtf8 } from '../../util/bytes.ts'
import { tokenHash } from '../id-token.ts'
import { type IdTokenExpectations, validateIdToken } from './id-token.ts'

/** Algorithms whose hash nobody is to know. */
const withoutHash = vi.hoisted(() => new Set<string>())

vi.mock('../id-token.ts', async (load) => {
  const real = await load<typeof import('../id-token.ts')>()
  const tokenHash: typeof real.tokenHash = (value, alg) => real.tokenHash(value, withoutHash.has(alg) ? 'Ed448' : alg)
  return { ...real, tokenHash }
})

let provider: StubProvider
let keys: KeySet

beforeAll(async () => {
  provider = await StubProvider.create()
  keys = new KeySet([provider.signer])
})

const validate = (idToken: string, expected: Partial<IdTokenExpectations> = {}) =>
  validateIdToken(idToken, {
    keys,
    algorithms: ['ES256'],
    issuer: 'https://op.example',
    clientId: 'app',
    clockTolerance: 30,
    clock: new TestClock().read,
    ...expected,
  })

type Case = readonly [
  claims: Record<string, unknown>,
  expected: Partial<IdTokenExpectations>,
  code: string,
  message: string,
]

describe('OIDC Core §3.1.3.7 an ID token', () => {
  it('passes every check, and the report says which ran', async () => {
    const token = await provider.signIdToken({
      nonce: 'N',
      nbf: NOW,
      azp: 'app',
      aud: ['app', 'other'],
      auth_time: NOW - 10,
      acr: 'gold',
      at_hash: await tokenHash('T', 'ES256'),
      c_hash: await tokenHash('C', 'ES256'),
      s_hash: await tokenHash('S', 'ES256'),
    })
    const { claims, report } = await validate(token, {
      nonce: 'N',
      maxAge: 60,
      acrValues: ['silver', 'gold'],
      accessToken: 'T',
      code: 'C',
      state: 'S',
      maxTokenAge: 60,
    })
    expect(claims.sub).toBe('alice')
    expect(report).toEqual({
      signature: 'verified',
      alg: 'ES256',
      iss: 'ok',
      sub: 'ok',
      aud: 'ok',
      exp: 'ok',
      iat: 'ok',
      nbf: 'ok',
      azp: 'ok',
      nonce: 'ok',
      auth_time: 'ok',
      acr: 'ok',
      at_hash: 'ok',
      c_hash: 'ok',
      s_hash: 'ok',
    })
  })

  it('tells what was not there and what nobody asked for, and leaves unknown claims alone', async () => {
    const { claims, report } = await validate(
      await provider.signIdToken({
        kid: 'not the header',
        'https://op.example/roles': ['admin'],
        acr: '0',
        auth_time: NOW,
        at_hash: 'x',
        c_hash: 'x',
      }),
    )
    expect(claims['https://op.example/roles']).toEqual(['admin'])
    expect(report).toEqual({
      signature: 'verified',
      alg: 'ES256',
      iss: 'ok',
      sub: 'ok',
      aud: 'ok',
      exp: 'ok',
      iat: 'ok',
      nbf: 'absent',
      azp: 'absent',
      nonce: 'not requested',
      auth_time: 'not requested',
      acr: 'not requested',
      at_hash: 'not requested',
      c_hash: 'not requested',
      s_hash: 'absent',
    })
  })

  it.each<Case>([
    [
      { iss: 'https://evil.example' },
      {},
      'id_token_issuer_mismatch',
      '"iss" (Issuer) claim mismatch: expected "https://op.example"',
    ],
    [
      { iss: 'https://op.example/' },
      {},
      'id_token_issuer_mismatch',
      '"iss" (Issuer) claim mismatch: expected "https://op.example"',
    ],
    [{ iss: undefined }, {}, 'id_token_claim_missing', '"iss" (Issuer) claim missing'],
    [{ sub: undefined }, {}, 'id_token_claim_missing', '"sub" (Subject) claim missing'],
    [{ sub: '' }, {}, 'id_token_claim_missing', '"sub" (Subject) claim missing'],
    [{ aud: 'other' }, {}, 'id_token_audience_mismatch', '"aud" (Audience) claim mismatch: expected "app"'],
    [{ aud: ['other'] }, {}, 'id_token_audience_mismatch', '"aud" (Audience) claim mismatch: expected "app"'],
    [{ aud: [] }, {}, 'id_token_audience_mismatch', '"aud" (Audience) claim mismatch: expected "app"'],
    [{ aud: undefined }, {}, 'id_token_claim_missing', '"aud" (Audience) claim missing'],
    [{ aud: ['app', 'other'] }, {}, 'id_token_azp_mismatch', '"azp" (Authorized Party) claim mismatch: expected "app"'],
    [{ azp: 'other' }, {}, 'id_token_azp_mismatch', '"azp" (Authorized Party) claim mismatch: expected "app"'],
    [{ exp: NOW - 30 }, {}, 'id_token_expired', '"exp" (Expiration Time) claim is past: the token has expired'],
    [{ exp: undefined }, {}, 'id_token_claim_missing', '"exp" (Expiration Time) claim missing'],
    [
      { iat: NOW + 31 },
      {},
      'id_token_not_yet_valid',
      '"iat" (Issued At) claim is in the future: the token is not valid yet',
    ],
    [
      { nbf: NOW + 31 },
      {},
      'id_token_not_yet_valid',
      '"nbf" (Not Before) claim is in the future: the token is not valid yet',
    ],
    [{}, { nonce: 'N' }, 'id_token_claim_missing', '"nonce" claim missing: expected the value of the request'],
    [
      { nonce: 'M' },
      { nonce: 'N' },
      'id_token_nonce_mismatch',
      '"nonce" claim mismatch: expected the value of the request',
    ],
    [
      { nonce: 7 },
      { nonce: 'N' },
      'id_token_nonce_mismatch',
      '"nonce" claim mismatch: expected the value of the request',
    ],
    [{ nonce: 'N' }, {}, 'id_token_nonce_unexpected', '"nonce" claim unexpected: the request had none'],
    [{ nonce: null }, {}, 'id_token_nonce_unexpected', '"nonce" claim unexpected: the request had none'],
    [
      {},
      { maxAge: 60 },
      'id_token_claim_missing',
      '"auth_time" (Authentication Time) claim missing: "max_age" was requested',
    ],
    [
      { auth_time: NOW - 91 },
      { maxAge: 60 },
      'id_token_authentication_too_old',
      '"auth_time" (Authentication Time) claim is too long ago: expected at most 60 seconds',
    ],
    [
      { auth_time: 'today' },
      {},
      'id_token_claim_invalid',
      '"auth_time" (Authentication Time) claim invalid: expected a number of seconds',
    ],
    [
      { auth_time: NOW + 31 },
      { maxAge: 60 },
      'id_token_claim_invalid',
      '"auth_time" (Authentication Time) claim is in the future',
    ],
    [
      { iat: NOW - 91 },
      { maxTokenAge: 60 },
      'id_token_too_old',
      '"iat" (Issued At) claim is too long ago: the token is older than it may be',
    ],
    [
      { iss: 'https://op.example/other' },
      { issuer: (issuer) => issuer === 'https://op.example' },
      'id_token_issuer_mismatch',
      '"iss" (Issuer) claim mismatch: its validator refuses it',
    ],
    [{ iss: undefined }, { issuer: () => true }, 'id_token_claim_missing', '"iss" (Issuer) claim missing'],
    [
      { acr: 'bronze' },
      { acrValues: ['silver', 'gold'] },
      'id_token_acr_mismatch',
      '"acr" (Authentication Context Class) claim mismatch: expected "silver" or "gold"',
    ],
    [
      {},
      { acrValues: ['gold'] },
      'id_token_acr_mismatch',
      '"acr" (Authentication Context Class) claim mismatch: expected "gold"',
    ],
    [
      { at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' },
      { accessToken: 'T' },
      'id_token_hash_mismatch',
      '"at_hash" (Access Token Hash) claim mismatch: it belongs to another access token',
    ],
    [
      { at_hash: 7 },
      { accessToken: 'T' },
      'id_token_hash_mismatch',
      '"at_hash" (Access Token Hash) claim mismatch: it belongs to another access token',
    ],
    [
      { c_hash: 'AAAAAAAAAAAAAAAAAAAAAA' },
      { code: 'C' },
      'id_token_hash_mismatch',
      '"c_hash" (Code Hash) claim mismatch: it belongs to another code',
    ],
    [
      { s_hash: '' },
      { state: 'S' },
      'id_token_hash_mismatch',
      '"s_hash" (State Hash) claim mismatch: it belongs to another login',
    ],
    [
      {},
      { renews: { sub: 'alice', iss: 'https://op.example/tenant' } },
      'id_token_issuer_mismatch',
      '"iss" (Issuer) claim mismatch: expected the one of the login',
    ],
    [
      { sub: 'mallory' },
      { renews: { sub: 'alice' } },
      'id_token_subject_mismatch',
      '"sub" (Subject) claim mismatch: expected the person who logged in',
    ],
    [
      { nonce: 'M' },
      { renews: { sub: 'alice', nonce: 'N' } },
      'id_token_nonce_unexpected',
      '"nonce" claim unexpected: the request had none',
    ],
  ])('with %j, expecting %j, is refused as %s', async (claims, expected, code, message) => {
    await expect(validate(await provider.signIdToken(claims), expected)).rejects.toMatchObject({
      name: 'ClientError',
      stage: 'id_token',
      code,
      message: expect.stringContaining(message),
    })
  })

  it.each(['exp', 'iat', 'nbf'])('whose %s is no number is refused', async (claim) => {
    // The signer of this package refuses to make one.
    const forged = await signAnything({
      iss: 'https://op.example',
      sub: 'alice',
      aud: 'app',
      iat: NOW,
      exp: NOW + 60,
      [claim]: '1e99',
    })
    await expect(validate(forged)).rejects.toMatchObject({ code: 'id_token_claim_invalid', parameter: claim })
  })

  it('without iat is refused', async () => {
    const forged = await signAnything({ iss: 'https://op.example', sub: 'alice', aud: 'app', exp: NOW + 60 })
    await expect(validate(forged)).rejects.toMatchObject({ code: 'id_token_claim_missing', parameter: 'iat' })
  })
})

async function signAnything(claims: object): Promise<string> {
  return signCompact(JSON.stringify(claims), provider.signer, { alg: 'ES256' })
}

describe('OIDC Core §3.1.3.8 at_hash', () => {
  it('is compared with the access token that came along', async () => {
    const token = await provider.signIdToken({ at_hash: await tokenHash('T', 'ES256') })
    expect((await validate(token, { accessToken: 'T' })).report.at_hash).toBe('ok')
    await expect(validate(token, { accessToken: 'U' })).rejects.toMatchObject({ code: 'id_token_hash_mismatch' })
  })

  it('may be absent in the code flow', async () => {
    expect((await validate(await provider.signIdToken({}), { accessToken: 'T' })).report.at_hash).toBe('absent')
  })
})

describe('CVE-2026-28498 an at_hash under an algorithm whose hash is not known', () => {
  afterEach(() => withoutHash.clear())

  it('is refused, whatever it says', async () => {
    const right = await tokenHash('T', 'ES256')
    withoutHash.add('ES256')
    for (const hash of [right, '', 'undefined', 'T', null]) {
      const token = await provider.signIdToken({ at_hash: hash })
      await expect(validate(token, { accessToken: 'T' })).rejects.toMatchObject({
        code: 'id_token_hash_mismatch',
        message: '"at_hash" (Access Token Hash) claim mismatch: it belongs to another access token',
      })
    }
  })

  it('is not asked about where the algorithm itself is not known', async () => {
    const [, payload] = (await provider.signIdToken({ at_hash: await tokenHash('T', 'ES256') })).split('.')
    for (const alg of ['ES257', 'HS257', 'XX256']) {
      const forged = `${encodeBase64url(JSON.stringify({ alg }))}.${payload}.AAAA`
      await expect(validate(forged, { accessToken: 'T', algorithms: ['ES256', alg] })).rejects.toMatchObject({
        code: 'id_token_algorithm_refused',
      })
    }
  })
})

describe('OIDC Core §10.1 the signature', () => {
  it('oidc-client-ts#2475: is verified, and the least change breaks it', async () => {
    const token = await provider.signIdToken({})
    const [header = '', payload = '', signature = ''] = token.split('.')
    const forged = encodeBase64url(JSON.stringify({ ...JSON.parse(atob(payload)), sub: 'root' }))
    await expect(validate(`${header}.${forged}.${signature}`)).rejects.toMatchObject({
      code: 'id_token_signature_invalid',
    })
    await expect(validate(`${header}.${payload}.`)).rejects.toMatchObject({ code: 'id_token_signature_invalid' })
  })

  it('CVE-2026-28802: "none" is no algorithm, whoever lists it', async () => {
    const [, payload] = (await provider.signIdToken({})).split('.')
    for (const alg of ['none', 'None', 'NONE', '']) {
      const unsigned = `${encodeBase64url(JSON.stringify({ alg }))}.${payload}.`
      await expect(validate(unsigned, { algorithms: ['none', alg, 'ES256'] })).rejects.toMatchObject({
        code: 'id_token_algorithm_refused',
      })
    }
  })

  it('CVE-2024-37568: a public key is no HMAC secret', async () => {
    const text = JSON.stringify(provider.signer.toPublicJwk())
    await expect(Key.import(encodeUtf8(text))).rejects.toMatchObject({ name: 'JoseError' })
    const secret = await Key.import(encodeUtf8('a secret that is long enough: 0123456789'))
    const forged = await signJwt({ iss: 'https://op.example', sub: 'root', aud: 'app', exp: NOW + 60 }, secret, {
      alg: 'HS256',
    })
    await expect(validate(forged)).rejects.toMatchObject({ code: 'id_token_algorithm_refused' })
    await expect(validate(forged, { algorithms: ['HS256', 'ES256'] })).rejects.toMatchObject({
      code: 'id_token_key_not_found',
    })
  })

  it('must be made with an algorithm that was agreed', async () => {
    await expect(validate(await provider.signIdToken({}), { algorithms: ['RS256'] })).rejects.toMatchObject({
      code: 'id_token_algorithm_refused',
      message: 'ID token refused: "alg" (Algorithm) header parameter not allowed: expected "RS256"',
    })
  })

  it('CVE-2026-27962: a key in the header is not believed', async () => {
    const own = await signingKey('mallory')
    const claims = { iss: 'https://op.example', sub: 'root', aud: 'app', iat: NOW, exp: NOW + 60 }
    const forged = await signCompact(JSON.stringify(claims), await withoutKid(own), {
      alg: 'ES256',
      header: { jwk: own.toPublicJwk() },
    })
    await expect(validate(forged)).rejects.toMatchObject({ code: 'id_token_signature_invalid' })
  })

  it('is found among several keys where the token names none', async () => {
    const others = await Promise.all([signingKey('k2'), signingKey('k3')])
    const many = new KeySet([...others, provider.signer])
    const claims = { iss: 'https://op.example', sub: 'alice', aud: 'app', iat: NOW, exp: NOW + 60 }
    const token = await signJwt(claims, await withoutKid(provider.signer), { alg: 'ES256' })
    expect((await validate(token, { keys: many })).report.signature).toBe('verified')
    await expect(validate(token, { keys: new KeySet(others) })).rejects.toMatchObject({
      code: 'id_token_signature_invalid',
    })
  })

  it.each(['', 'a', 'a.b', 'a.b.c', '..', 'a.b.c.d', `${'a'.repeat(500_000)}.b.c`])(
    'case %#: what is no JWT is refused',
    async (text) => {
      await expect(validate(text)).rejects.toMatchObject({ name: 'ClientError', code: 'id_token_malformed' })
    },
  )

  it('a JWT of another kind is refused', async () => {
    const claims = { iss: 'https://op.example', sub: 'alice', aud: 'app', iat: NOW, exp: NOW + 60 }
    for (const typ of ['at+jwt', 'logout+jwt']) {
      const token = await signJwt(claims, provider.signer, { alg: 'ES256', typ })
      await expect(validate(token)).rejects.toMatchObject({ code: 'id_token_malformed' })
    }
  })
})

describe('OIDC Core §12.2 a renewed ID token', () => {
  it('may repeat the nonce of the login', async () => {
    const { report } = await validate(await provider.signIdToken({ nonce: 'N' }), {
      renews: { iss: 'https://op.example', sub: 'alice', nonce: 'N' },
    })
    expect(report.nonce).toBe('ok')
  })
})
