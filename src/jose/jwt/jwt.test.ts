import { beforeAll, describe, expect, it } from 'vitest'
import { Key } from '../jwk/key.ts'
import { signCompact } from '../jws/compact.ts'
import type { JwtClaims } from './claims.ts'
import { decodeUnverifiedJwt } from './decode.ts'
import { signJwt } from './sign.ts'
import { type VerifyJwtOptions, verifyJwt } from './verify.ts'

const now = 1_700_000_000
const clock = (): number => now * 1000
const refusal = (code: string, message: string): object => ({ name: 'JoseError', code, message })

let key: Key

beforeAll(async () => {
  key = await Key.generate('HS256')
})

/** Claims as they are, even where `signJwt` would refuse them. */
const token = (claims: unknown, typ = 'JWT'): Promise<string> =>
  signCompact(typeof claims === 'string' ? claims : JSON.stringify(claims), key, { typ })
const check = async (claims: unknown, options: VerifyJwtOptions = {}): Promise<JwtClaims> =>
  (await verifyJwt(await token(claims), key, { clock, ...options })).claims

describe('RFC 7519 §7.1 signJwt', () => {
  it('sets typ, iat and exp', async () => {
    const jwt = await signJwt({ sub: 'u1' }, key, { expiresIn: '10m', clock })
    expect(decodeUnverifiedJwt(jwt)).toEqual({
      header: { alg: 'HS256', typ: 'JWT', kid: key.kid },
      claims: { iat: now, sub: 'u1', exp: now + 600 },
    })
  })

  it('leaves iat to the caller who gives one, or gives none on purpose', async () => {
    expect(decodeUnverifiedJwt(await signJwt({ iat: 5 }, key)).claims).toEqual({ iat: 5 })
    expect(decodeUnverifiedJwt(await signJwt({ iat: undefined } as unknown as JwtClaims, key)).claims).toEqual({})
  })

  it('takes a type and further header parameters', async () => {
    const jwt = await signJwt({}, key, { typ: 'at+jwt', header: { x: 1 }, clock })
    expect(decodeUnverifiedJwt(jwt).header).toEqual({ alg: 'HS256', typ: 'at+jwt', kid: key.kid, x: 1 })
  })

  it.each([
    ['exp', Number.NaN],
    ['exp', Number.POSITIVE_INFINITY],
    ['nbf', '5'],
    ['iat', true],
  ])('RFC 7519 §2 refuses %s of %o', async (claim, value) => {
    const claims = { [claim]: value } as JwtClaims
    await expect(signJwt(claims, key)).rejects.toMatchObject({ code: 'claim_invalid', claim })
  })

  it.each(['text', 5, undefined, null, [1]])('refuses claims that are %o', async (claims) => {
    await expect(signJwt(claims as unknown as JwtClaims, key)).rejects.toMatchObject(
      refusal('payload_invalid', 'claims invalid: expected an object'),
    )
  })
})

describe('RFC 7519 §4, §7.2 verifyJwt', () => {
  it('answers with claims, header and key', async () => {
    const jwt = await signJwt({ sub: 'u1' }, key, { clock })
    expect(await verifyJwt(jwt, key, { clock })).toEqual({
      claims: { iat: now, sub: 'u1' },
      header: { alg: 'HS256', typ: 'JWT', kid: key.kid },
      key,
    })
  })

  const notClaims = refusal('payload_invalid', 'payload invalid: expected a JSON object without duplicate members')
  it.each([
    'hello',
    '[]',
    '"text"',
    'null',
    '5',
    '',
    '{"sub":"a","sub":"b"}',
    '{"sub":"a" ,"sub" :"b"}',
    '{"s\\u0075b":"a","sub":"b"}',
    '{"a":{"b":1,"b":2}}',
    '{"a":[{"b":1},{"c":1,"c":2}]}',
    '{"__proto__":{}}',
    '\ufeff{}',
  ])('refuses the payload %s', async (payload) => {
    await expect(check(payload)).rejects.toMatchObject(notClaims)
  })

  it.each(['{ "a" : 1 }', '{"a":"\\":x\\" :"}', '{"a":[1,{"b":[]}],"c":{"d":{}}}', '{}', '{"a":"x: y"}', '{"a":1e3}'])(
    'takes the payload %s',
    async (payload) => {
      expect(await check(payload)).toEqual(JSON.parse(payload))
    },
  )

  it('refuses a payload that is not UTF-8', async () => {
    const jwt = await signCompact(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), key)
    await expect(verifyJwt(jwt, key)).rejects.toMatchObject(notClaims)
  })

  it('looks at the signature before the claims', async () => {
    const jwt = await signJwt({ exp: 1 }, await Key.generate('HS256'))
    await expect(verifyJwt(jwt, key)).rejects.toMatchObject({ code: 'signature_invalid' })
  })
})

describe('RFC 8725 §3.11, RFC 7515 §4.1.9 types', () => {
  const typed = (typ: string | undefined, options: VerifyJwtOptions): Promise<unknown> =>
    signCompact('{}', key, typ === undefined ? {} : { typ }).then((jwt) => verifyJwt(jwt, key, options))
  const expected = (names: string): object =>
    refusal('type_mismatch', `"typ" (Type) header parameter mismatch: expected ${names}`)

  it.each(['JWT', 'jwt', 'application/jwt', undefined])('by default takes %s', async (typ) => {
    await typed(typ, {})
  })

  it.each(['at+jwt', 'dpop+jwt', 'JOSE', ''])('by default refuses "%s"', async (typ) => {
    await expect(typed(typ, {})).rejects.toMatchObject(expected('"JWT"'))
  })

  it.each(['at+jwt', 'AT+JWT', 'application/at+jwt'])('takes %s where at+jwt is asked for', async (typ) => {
    await typed(typ, { typ: 'at+jwt' })
  })

  it.each(['JWT', 'text/at+jwt', undefined])('refuses %s where at+jwt is asked for', async (typ) => {
    await expect(typed(typ, { typ: 'at+jwt' })).rejects.toMatchObject(expected('"at+jwt"'))
  })

  it('takes one of a list, or any', async () => {
    await typed('b', { typ: ['a', 'b'] })
    await expect(typed('c', { typ: ['a', 'b'] })).rejects.toMatchObject(expected('"a" or "b"'))
    await typed('c', { typ: false })
    await typed(undefined, { typ: false })
  })
})

describe('RFC 7519 §4.1, §4.1.4, §4.1.5 registered claims', () => {
  const cases: [string, unknown, VerifyJwtOptions, string, string][] = [
    ['iss that is no string', { iss: 5 }, {}, 'claim_invalid', '"iss" (Issuer) claim invalid: expected a string'],
    ['sub that is no string', { sub: null }, {}, 'claim_invalid', '"sub" (Subject) claim invalid: expected a string'],
    ['jti that is no string', { jti: {} }, {}, 'claim_invalid', '"jti" (JWT ID) claim invalid: expected a string'],
    [
      'aud that is a number',
      { aud: 5 },
      {},
      'claim_invalid',
      '"aud" (Audience) claim invalid: expected a string or a list of strings',
    ],
    [
      'aud with a number in it',
      { aud: ['app', 5] },
      { audience: 'app' },
      'claim_invalid',
      '"aud" (Audience) claim invalid: expected a string or a list of strings',
    ],
    [
      'exp that is a string',
      { exp: '9999999999' },
      {},
      'claim_invalid',
      '"exp" (Expiration Time) claim invalid: expected a number of seconds',
    ],
    [
      'exp that is true',
      { exp: true },
      {},
      'claim_invalid',
      '"exp" (Expiration Time) claim invalid: expected a number of seconds',
    ],
    [
      'exp beyond all numbers',
      '{"exp":1e999}',
      {},
      'claim_invalid',
      '"exp" (Expiration Time) claim invalid: expected a number of seconds',
    ],
    [
      'exp that is null',
      { exp: null },
      {},
      'claim_invalid',
      '"exp" (Expiration Time) claim invalid: expected a number of seconds',
    ],
    [
      'nbf that is a string',
      { nbf: '1' },
      {},
      'claim_invalid',
      '"nbf" (Not Before) claim invalid: expected a number of seconds',
    ],
    [
      'iat that is a string',
      { iat: '1' },
      {},
      'claim_invalid',
      '"iat" (Issued At) claim invalid: expected a number of seconds',
    ],
    [
      'another iss',
      { iss: 'https://evil.example' },
      { issuer: 'https://op.example' },
      'claim_mismatch',
      '"iss" (Issuer) claim mismatch: expected "https://op.example"',
    ],
    [
      'none of the issuers',
      { iss: 'c' },
      { issuer: ['a', 'b'] },
      'claim_mismatch',
      '"iss" (Issuer) claim mismatch: expected "a" or "b"',
    ],
    ['no iss', {}, { issuer: 'a' }, 'claim_missing', '"iss" (Issuer) claim missing'],
    ['another sub', { sub: 'b' }, { subject: 'a' }, 'claim_mismatch', '"sub" (Subject) claim mismatch: expected "a"'],
    [
      'another aud',
      { aud: 'other' },
      { audience: 'app' },
      'claim_mismatch',
      '"aud" (Audience) claim mismatch: expected "app"',
    ],
    [
      'aud with others only',
      { aud: ['x', 'y'] },
      { audience: 'app' },
      'claim_mismatch',
      '"aud" (Audience) claim mismatch: expected "app"',
    ],
    [
      'an empty aud list',
      { aud: [] },
      { audience: 'app' },
      'claim_mismatch',
      '"aud" (Audience) claim mismatch: expected "app"',
    ],
    [
      'aud that only contains it',
      { aud: 'app2' },
      { audience: 'app' },
      'claim_mismatch',
      '"aud" (Audience) claim mismatch: expected "app"',
    ],
    ['no aud', {}, { audience: 'app' }, 'claim_missing', '"aud" (Audience) claim missing'],
    ['no required claim', {}, { required: ['nonce'] }, 'claim_missing', '"nonce" claim missing'],
    [
      'a required claim that is empty',
      { nonce: '' },
      { required: ['nonce'] },
      'claim_missing',
      '"nonce" claim missing',
    ],
    [
      'a required claim that is null',
      { nonce: null },
      { required: ['nonce'] },
      'claim_missing',
      '"nonce" claim missing',
    ],
    [
      'a required claim that only the prototype has',
      {},
      { required: ['toString'] },
      'claim_missing',
      '"toString" claim missing',
    ],
    [
      'exp in the past',
      { exp: now - 1 },
      {},
      'token_expired',
      '"exp" (Expiration Time) claim is past: the token has expired',
    ],
    ['exp now', { exp: now }, {}, 'token_expired', '"exp" (Expiration Time) claim is past: the token has expired'],
    [
      'exp as far back as the leeway',
      { exp: now - 30 },
      { leeway: 30 },
      'token_expired',
      '"exp" (Expiration Time) claim is past: the token has expired',
    ],
    ['exp of 0', { exp: 0 }, {}, 'token_expired', '"exp" (Expiration Time) claim is past: the token has expired'],
    [
      'nbf in the future',
      { nbf: now + 1 },
      {},
      'token_not_yet_valid',
      '"nbf" (Not Before) claim is in the future: the token is not valid yet',
    ],
    [
      'nbf beyond the leeway',
      { nbf: now + 31 },
      { leeway: '30s' },
      'token_not_yet_valid',
      '"nbf" (Not Before) claim is in the future: the token is not valid yet',
    ],
    [
      'iat in the future',
      { iat: now + 1 },
      {},
      'token_not_yet_valid',
      '"iat" (Issued At) claim is in the future: the token is not valid yet',
    ],
    [
      'iat longer ago than allowed',
      { iat: now - 61 },
      { maxAge: '1m' },
      'token_too_old',
      '"iat" (Issued At) claim is too long ago: the token is older than it may be',
    ],
    ['no iat where the age counts', {}, { maxAge: 60 }, 'claim_missing', '"iat" (Issued At) claim missing'],
  ]

  it.each(cases)('refuses %s', async (_, claims, options, code, message) => {
    await expect(check(claims, options)).rejects.toMatchObject(refusal(code, message))
  })

  it.each([
    ['exp one second ahead', { exp: now + 1 }, {}],
    ['exp within the leeway', { exp: now - 29 }, { leeway: 30 }],
    ['a fraction of a second ahead', { exp: now + 0.5 }, {}],
    ['nbf and iat now', { nbf: now, iat: now }, {}],
    ['nbf and iat as far ahead as the leeway', { nbf: now + 30, iat: now + 30 }, { leeway: 30 }],
    ['an age as long as allowed', { iat: now - 60 }, { maxAge: 60 }],
    ['aud in a list', { aud: ['x', 'app'] }, { audience: 'app' }],
    ['one of our names in aud', { aud: 'b' }, { audience: ['a', 'b'] }],
    ['any aud where none is expected', { aud: 'x' }, {}],
    ['required claims that are falsy', { a: 0, b: false }, { required: ['a', 'b'] }],
    ['a kid among the claims, as some providers have it', { kid: 5 }, {}],
  ])('takes %s', async (_, claims, options) => {
    expect(await check(claims, options)).toEqual(claims)
  })

  it('RFC 7519 §2 compares fractions of a second', async () => {
    const at = (seconds: number): VerifyJwtOptions => ({ clock: () => seconds * 1000 })
    await check({ iat: now + 0.5, nbf: now + 0.5 }, at(now + 0.75))
    await expect(check({ nbf: now + 0.5 }, at(now + 0.25))).rejects.toMatchObject({ code: 'token_not_yet_valid' })
    await check({ exp: now + 0.5 }, at(now + 0.25))
    await expect(check({ exp: now + 0.5 }, at(now + 0.5))).rejects.toMatchObject({ code: 'token_expired' })
  })

  it.each([
    [{ exp: now + 60 }, 'token_expired'],
    [{ nbf: now - 60 }, 'token_not_yet_valid'],
    [{ iat: now - 60 }, 'token_not_yet_valid'],
  ])('passes no %o by a broken clock', async (claims, code) => {
    await expect(check(claims, { clock: () => Number.NaN })).rejects.toMatchObject({ code })
  })

  it('names the claim in the error', async () => {
    await expect(check({}, { audience: 'app' })).rejects.toMatchObject({ claim: 'aud' })
  })

  it.each(['issuer', 'audience', 'subject'])(
    'takes an %s option without a value for a slip, not for consent',
    async (name) => {
      const options = { [name]: undefined } as VerifyJwtOptions
      await expect(check({}, options)).rejects.toThrow(
        new TypeError(`"${name}" option is undefined: leave it out, or give it a value`),
      )
    },
  )

  it('accepts nothing where the list of expected values is empty', async () => {
    await expect(check({ aud: 'x' }, { audience: [] })).rejects.toMatchObject({ code: 'claim_mismatch' })
  })
})

describe('decodeUnverifiedJwt', () => {
  it('reads what anybody may have written', async () => {
    const forged = `${(await token({ sub: 'u' })).split('.').slice(0, 2).join('.')}.AAAA`
    expect(decodeUnverifiedJwt(forged).claims).toEqual({ sub: 'u' })
  })

  it('refuses claims that are nested more deeply than any are', () => {
    const nested = (depth: number): string => {
      const payload = `{"x":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`
      return ['{"alg":"HS256"}', payload, ''].map((part) => Buffer.from(part).toString('base64url')).join('.')
    }
    expect(Object.keys(decodeUnverifiedJwt(nested(64)).claims)).toEqual(['x'])
    for (const depth of [65, 40_000]) {
      expect(() => decodeUnverifiedJwt(nested(depth))).toThrow(
        expect.objectContaining(refusal('payload_invalid', 'payload invalid: it is nested too deeply')),
      )
    }
  })

  it('refuses what is no JWT, and what is too long', async () => {
    expect(() => decodeUnverifiedJwt('a.b')).toThrow(expect.objectContaining({ code: 'token_malformed' }))
    const jwt = await token({ sub: 'u' })
    expect(() => decodeUnverifiedJwt(jwt, { limits: { payload: 1 } })).toThrow(
      expect.objectContaining({ code: 'token_too_large' }),
    )
  })
})
