import { createHmac } from 'node:crypto'
import { decryptCompact, encryptCompact, generateEncryptionKey } from 'authwright/jose/jwe'
import { Key, type KeyInput } from 'authwright/jose/jwk'
import { KeySet } from 'authwright/jose/jwks'
import { type GeneralJws, verifyCompact, verifyFlattened, verifyGeneral } from 'authwright/jose/jws'
import { signJwt, type VerifyJwtOptions, verifyJwt } from 'authwright/jose/jwt'
import { describe, expect, it } from 'vitest'
import { decryptionFailed, encode, refusal, withHeader, withPart } from '../../support/jwe.ts'

/*
 * What libraries of this kind got wrong, or could: each rule by its name, in one table. Where a rule has finer points
 * they are tested beside the source.
 */

const secret = Buffer.alloc(32, 7)
const key = await Key.import(new Uint8Array(secret), { alg: 'HS256' })
const mac = (input: string, by: Buffer = secret): string => createHmac('sha256', by).update(input).digest('base64url')

/** A token that is truly signed, whatever is in it. */
function sign(header: unknown, payload: string | object = {}, by?: Buffer): string {
  const input = `${encode(header)}.${encode(typeof payload === 'string' ? payload : JSON.stringify(payload))}`
  return `${input}.${mac(input, by)}`
}

const hs256 = { alg: 'HS256' }
const jwk = (members: object): Promise<Key> => Key.import(members as KeyInput)

describe('rule 1: each fault of "alg" is its own error, before any work with a key', () => {
  // A key that would fail if it were used: it has no private half, and is of another type.
  const unfit = Key.generate('ES256').then((pair) => Key.import(pair.toPublicJwk()))
  const unsupported = refusal(
    'algorithm_unsupported',
    '"alg" (Algorithm) unsupported: expected a registered signature algorithm',
  )
  const missing = refusal(
    'algorithm_missing',
    '"alg" (Algorithm) header parameter missing or invalid: expected a string',
  )

  it.each([
    [
      'RFC 8725 §3.1 not accepted',
      hs256,
      refusal('algorithm_not_allowed', '"alg" (Algorithm) header parameter not allowed: expected "ES256"'),
    ],
    ['RFC 8725 §3.2 none', { alg: 'none' }, unsupported],
    ['RFC 7515 §4.1.1 missing', {}, missing],
    ['RFC 7515 §4.1.1 no string', { alg: ['HS256'] }, missing],
    ['RFC 7518 §3.1 unknown', { alg: 'HS1' }, unsupported],
    ['RFC 7518 §3.1 a name of the prototype', { alg: 'constructor' }, unsupported],
  ])('%s', async (_, header, expected) => {
    await expect(verifyCompact(sign(header), await unfit, { algorithms: ['ES256'] })).rejects.toMatchObject(expected)
  })
})

describe('rule 2: what a key is for is looked at before it is used', () => {
  const oct = { kty: 'oct', k: secret.toString('base64url') }
  const algorithms = ['HS256', 'ES256', 'ES384']

  it.each<[string, () => Promise<Key>, string, string, string]>([
    [
      'RFC 7517 §4.1 type',
      () => Key.generate('RS256').then((pair) => jwk({ ...pair.toPublicJwk(), alg: undefined })),
      'HS256',
      'key_type_mismatch',
      '"kty" (Key Type) mismatch: HS256 expects a key of type "oct"',
    ],
    [
      'RFC 7517 §4.2 use',
      () => jwk({ ...oct, use: 'enc' }),
      'HS256',
      'key_use_mismatch',
      '"use" (Public Key Use) of the key mismatch: expected "sig"',
    ],
    [
      'RFC 7517 §4.3 operations',
      () => jwk({ ...oct, key_ops: ['encrypt', 'decrypt'] }),
      'HS256',
      'key_operation_mismatch',
      '"key_ops" (Key Operations) mismatch: expected "verify"',
    ],
    [
      'RFC 7517 §4.4 algorithm',
      () => jwk({ ...oct, alg: 'HS384', k: Buffer.alloc(48).toString('base64url') }),
      'HS256',
      'key_algorithm_mismatch',
      '"alg" (Algorithm) of the key mismatch: it is not for HS256',
    ],
    [
      'RFC 7518 §3.4 curve',
      () => Key.generate('ES256').then((pair) => jwk({ ...pair.toPublicJwk(), alg: undefined })),
      'ES384',
      'key_curve_mismatch',
      '"crv" (Curve) mismatch: ES384 expects a key on curve "P-384"',
    ],
  ])('%s', async (_, make, alg, code, message) => {
    await expect(verifyCompact(sign({ alg }), await make(), { algorithms })).rejects.toMatchObject(
      refusal(code, message),
    )
  })
})

// Rule 3, the vectors: see the other files of this folder, and ../wycheproof.

describe('rule 4: base64url has one spelling', () => {
  const token = sign(hs256, '"?~"')
  const [header = '', payload = '', signature = ''] = token.split('.')
  const respelled = signature.slice(0, -1) + String.fromCharCode(signature.charCodeAt(signature.length - 1) + 1)

  it.each([
    ['RFC 4648 §5 the alphabet of base64', `${header}.+/+/.${signature}`, 'signature_invalid'],
    ['RFC 7515 §2 padding', `${header}=.${payload}.${signature}`, 'encoding_invalid'],
    ['RFC 7515 §2 padding of the signature', `${token}=`, 'encoding_invalid'],
    ['RFC 4648 §3.5 spare bits', `${header}.${payload}.${respelled}`, 'encoding_invalid'],
    ['an impossible length', `${header.slice(0, -1)}.${payload}.${signature}`, 'encoding_invalid'],
    ['white space', `${header} .${payload}.${signature}`, 'encoding_invalid'],
  ])('%s', async (_, changed, code) => {
    expect((await verifyCompact(token, key)).key).toBe(key)
    await expect(verifyCompact(changed, key)).rejects.toMatchObject({ name: 'JoseError', code })
  })

  it.each(['+A', '/A', 'AA=', 'A', 'AB', ' AA'])(
    'RFC 7515 §2 a payload of %j that was truly signed',
    async (encoded) => {
      const input = `${encode(hs256)}.${encoded}`
      await expect(verifyCompact(`${input}.${mac(input)}`, key)).rejects.toMatchObject(
        refusal('encoding_invalid', 'payload invalid: expected base64url without padding'),
      )
    },
  )
})

describe('rule 5: nothing empty, nothing without bounds', () => {
  it('RFC 7515 §7.2.1 an empty list of signatures proves nothing', async () => {
    const jws: GeneralJws = { payload: 'e30', signatures: [] }
    for (const require of ['all', 'one'] as const) {
      await expect(verifyGeneral(jws, key, { require })).rejects.toMatchObject(
        refusal('token_malformed', '"signatures" invalid: expected one signature at least'),
      )
    }
  })

  it('RFC 7518 §3.2 an empty secret is none, nor is one shorter than the hash', async () => {
    await expect(jwk({ kty: 'oct', k: '' })).rejects.toMatchObject({ name: 'JoseError' })
    await expect(Key.import(new Uint8Array(), { alg: 'HS256' })).rejects.toMatchObject({ name: 'JoseError' })
    await expect(Key.import(new Uint8Array(31), { alg: 'HS256' })).rejects.toMatchObject(
      refusal('key_too_weak', 'key is too short: HS256 expects at least 256 bits'),
    )
  })

  it.each([
    ['header', `${'A'.repeat(8193)}.A.A`],
    ['payload', `A.${'A'.repeat(131_073)}.A`],
    ['signature', `A.A.${'A'.repeat(8193)}`],
  ])('a %s that is too long is not decoded', async (_, token) => {
    await expect(verifyCompact(token, key)).rejects.toMatchObject(
      refusal('token_too_large', 'token too large: a segment is longer than the limits allow'),
    )
  })

  it('CVE-2024-28176 what unpacks without end is cut, if it may be packed at all', async () => {
    const wrapper = await generateEncryptionKey('A256KW')
    const bomb = await encryptCompact(new Uint8Array(1_000_000), wrapper, { zip: 'DEF' })
    expect(bomb.length).toBeLessThan(2500)
    await expect(decryptCompact(bomb, wrapper)).rejects.toMatchObject({ code: 'compression_not_allowed' })
    await expect(decryptCompact(bomb, wrapper, { allowCompression: true })).rejects.toMatchObject(
      refusal('plaintext_too_large', 'plaintext too large: expected 262144 bytes at most'),
    )
  })

  it('CVE-2023-50967 a password is not hashed for ever', async () => {
    const password = await Key.import(new TextEncoder().encode('password'), { alg: 'PBES2-HS256+A128KW' })
    const header = { alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2s: 'AAAAAAAAAAAAAAAAAAAAAA', p2c: 2 ** 31 - 1 }
    await expect(decryptCompact(`${encode(header)}.AAAA.AAAA.AAAA.AAAA`, password)).rejects.toMatchObject({
      name: 'JoseError',
      code: 'header_parameter_invalid',
    })
  })

  it('RFC 7516 §11.5 a key of the wrong length fails as a wrong tag does', async () => {
    const wrapper = await generateEncryptionKey('A128KW', { kid: 'w' })
    const token = await encryptCompact('x', wrapper, { enc: 'A128GCM' })
    const wrongLength = withHeader(token, { alg: 'A128KW', kid: 'w', enc: 'A256CBC-HS512' })
    for (const wrong of [wrongLength, withPart(token, 4, 'A'.repeat(22))]) {
      await expect(decryptCompact(wrong, wrapper)).rejects.toMatchObject(decryptionFailed)
    }
  })
})

describe('rule 6: "crit"', () => {
  const invalid = refusal(
    'critical_invalid',
    '"crit" (Critical) header parameter invalid: expected a list of extension parameters of this header, once each',
  )

  it.each([
    ['RFC 7515 §4.1.11 empty', { ...hs256, crit: [] }, invalid],
    ['RFC 7515 §4.1.11 a registered name', { ...hs256, crit: ['alg'] }, invalid],
    ['RFC 7515 §4.1.11 what is not in the header', { ...hs256, crit: ['x'] }, invalid],
    ['RFC 7515 §4.1.11 twice', { ...hs256, x: 1, crit: ['x', 'x'] }, invalid],
    ['RFC 7515 §4.1.11 no list', { ...hs256, x: 1, crit: 'x' }, invalid],
    [
      'RFC 7515 §4.1.11 unknown',
      { ...hs256, y: 1, crit: ['y'] },
      refusal('critical_unsupported', '"crit" (Critical) header parameter names an extension that is not understood'),
    ],
  ])('%s', async (_, header, expected) => {
    await expect(verifyCompact(sign(header), key, { critical: ['x'] })).rejects.toMatchObject(expected)
  })

  it('RFC 7515 §4.1.11 in a header that is not protected', async () => {
    const [encoded = '', payload = '', signature = ''] = sign(hs256).split('.')
    const jws = { protected: encoded, payload, signature, header: { x: 1, crit: ['x'] } }
    await expect(verifyFlattened(jws, key, { critical: ['x'] })).rejects.toMatchObject(
      refusal('header_parameter_invalid', '"crit" header parameter invalid: expected it to be protected'),
    )
  })
})

describe('rule 7: "kid" chooses, and never decides', () => {
  const other = Buffer.alloc(32, 9)
  const secretOf = (bytes: Buffer, kid?: string): Promise<Key> =>
    Key.import(new Uint8Array(bytes), { alg: 'HS256', ...(kid !== undefined && { kid }) })
  const notFound = refusal('key_not_found', 'no key for this token: expected one with its "kid", for its "alg"')

  it('RFC 7515 §4.1.4 unknown: there is no key', async () => {
    const keys = new KeySet([await secretOf(secret, 'a'), await secretOf(other, 'b')])
    await expect(verifyCompact(sign({ ...hs256, kid: 'c' }), keys)).rejects.toMatchObject(notFound)
  })

  it('RFC 7515 §4.1.4 of another key: that one is asked, and refuses', async () => {
    const keys = new KeySet([await secretOf(secret, 'a'), await secretOf(other, 'b')])
    await expect(verifyCompact(sign({ ...hs256, kid: 'b' }), keys)).rejects.toMatchObject({ code: 'signature_invalid' })
  })

  it('RFC 7515 §4.1.4 absent: the one key, or each that fits', async () => {
    const [mine, yours] = [await secretOf(secret, 'a'), await secretOf(other, 'b')]
    const signing = await Key.generate('ES256')
    expect((await verifyCompact(sign(hs256), new KeySet([mine]))).key).toBe(mine)
    expect((await verifyCompact(sign(hs256), new KeySet([signing, yours, mine]))).key).toBe(mine)
    await expect(verifyCompact(sign(hs256), new KeySet([signing, yours]))).rejects.toMatchObject({
      code: 'signature_invalid',
    })
    await expect(verifyCompact(sign(hs256), new KeySet([signing]), { algorithms: ['HS256'] })).rejects.toMatchObject(
      notFound,
    )
  })

  it('RFC 7517 §4.5 of keys of several types: the one that fits', async () => {
    const [pair, mine] = [await Key.generate('ES256', { kid: 'same' }), await secretOf(secret, 'same')]
    const keys = new KeySet([pair, mine])
    expect((await verifyCompact(sign({ ...hs256, kid: 'same' }), keys)).key).toBe(mine)
    const jwt = await signJwt({ sub: 'u' }, pair)
    expect((await verifyJwt(jwt, keys)).key).toBe(pair)
  })
})

describe('rule 8: times, audiences, blank claims', () => {
  const now = 1_700_000_000
  const clock = (): number => now * 1000
  const check = (claims: object, options: VerifyJwtOptions = {}): Promise<unknown> =>
    verifyJwt(sign(hs256, claims), key, { clock, ...options })

  it.each<[string, object, VerifyJwtOptions]>([
    ['RFC 7519 §4.1.4 exp in a second', { exp: now + 1 }, {}],
    ['RFC 7519 §4.1.4 exp past, within the leeway', { exp: now - 9 }, { leeway: 10 }],
    ['RFC 7519 §4.1.5 nbf now', { nbf: now }, {}],
    ['RFC 7519 §4.1.6 iat ahead, within the leeway', { iat: now + 10 }, { leeway: 10 }],
    ['RFC 7519 §4.1.3 aud as text', { aud: 'app' }, { audience: 'app' }],
    ['RFC 7519 §4.1.3 aud as a list', { aud: ['api', 'app'] }, { audience: ['app', 'web'] }],
  ])('%s is accepted', async (_, claims, options) => {
    expect(await check(claims, options)).toMatchObject({ claims })
  })

  it.each<[string, object, VerifyJwtOptions, string, string]>([
    ['RFC 7519 §4.1.4 exp now', { exp: now }, {}, 'token_expired', 'exp'],
    ['RFC 7519 §4.1.4 exp past by the leeway', { exp: now - 10 }, { leeway: 10 }, 'token_expired', 'exp'],
    ['RFC 7519 §4.1.4 exp true', { exp: true }, {}, 'claim_invalid', 'exp'],
    ['RFC 7519 §4.1.5 nbf ahead', { nbf: now + 1 }, {}, 'token_not_yet_valid', 'nbf'],
    ['RFC 7519 §4.1.6 iat ahead of the leeway', { iat: now + 11 }, { leeway: 10 }, 'token_not_yet_valid', 'iat'],
    ['RFC 7519 §4.1.3 aud of another', { aud: ['api'] }, { audience: 'app' }, 'claim_mismatch', 'aud'],
    ['RFC 7519 §4.1.3 aud of nobody', { aud: [] }, { audience: 'app' }, 'claim_mismatch', 'aud'],
    ['RFC 7519 §4.1.3 aud missing', {}, { audience: 'app' }, 'claim_missing', 'aud'],
    ['RFC 7519 §4.1.2 sub blank', { sub: '' }, { required: ['sub'] }, 'claim_missing', 'sub'],
  ])('%s is refused', async (_, claims, options, code, claim) => {
    await expect(check(claims, options)).rejects.toMatchObject({ name: 'JoseError', code, claim })
  })

  it.each(['Infinity', 'NaN', '1e999'])('RFC 8259 §6 exp %s is no number, and never one without end', async (text) => {
    await expect(verifyJwt(sign(hs256, `{"exp":${text}}`), key)).rejects.toMatchObject({
      name: 'JoseError',
      code: expect.stringMatching(/^(payload|claim)_invalid$/),
    })
  })
})

describe('rule 9: no key comes out of a header', () => {
  it.each(['jwk', 'jku', 'x5u', 'x5c'])('RFC 7515 §4.1 "%s" is data', async (name) => {
    const stranger = Buffer.alloc(32, 1)
    const values = {
      jwk: { kty: 'oct', k: stranger.toString('base64url') },
      jku: 'https://evil.example/keys',
      x5u: 'https://evil.example/certificate',
      x5c: ['MIIB'],
    }
    const header = { ...hs256, [name]: values[name as keyof typeof values] }
    for (const keys of [key, new KeySet([key])]) {
      await expect(verifyCompact(sign(header, {}, stranger), keys)).rejects.toMatchObject({ code: 'signature_invalid' })
    }
    expect((await verifyCompact(sign(header), key)).key).toBe(key)
  })
})

describe('rule 10: claims are one JSON object, in which nothing comes twice', () => {
  it.each([
    ['a list', '[]'],
    ['text', '"sub"'],
    ['a number', '5'],
    ['null', 'null'],
    ['no JSON', '{sub:1}'],
    ['nothing', ''],
    ['a claim that comes twice', '{"sub":"a","sub":"b"}'],
    ['one that comes twice further down', '{"a":{"b":1,"b":2}}'],
    ['a claim that comes twice, once escaped', '{"sub":"a","s\\u0075b":"b"}'],
    ['a prototype', '{"__proto__":{"sub":"a"}}'],
    ['two objects', '{}{}'],
  ])('RFC 7519 §7.2 %s is none', async (_, payload) => {
    await expect(verifyJwt(sign(hs256, payload), key)).rejects.toMatchObject(
      refusal('payload_invalid', 'payload invalid: expected a JSON object without duplicate members'),
    )
  })

  it('RFC 7515 §4 nor may a parameter of the header', async () => {
    await expect(verifyJwt(sign('{"alg":"HS256","alg":"HS256"}'), key)).rejects.toMatchObject(
      refusal('header_invalid', 'protected header invalid: expected a JSON object without duplicate members'),
    )
  })
})
