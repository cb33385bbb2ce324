import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { hs256, standardSignatureRegistry } from '../algorithms/signatures.ts'
import { Key } from '../jwk/key.ts'
import { KeySet } from '../jwks/key-set.ts'
import { signCompact, verifyCompact } from './compact.ts'

const refusal = (code: string, message: string): object => ({ name: 'JoseError', code, message })
const encode = (text: string): string => Buffer.from(text).toString('base64url')
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

const registry = standardSignatureRegistry()
let key: Key
let jws: string

beforeAll(async () => {
  key = await Key.generate('HS256', { kid: 'k1' })
  jws = await signCompact('hello', key)
})

/** A token with this header, truly signed. */
async function signedWith(header: string): Promise<string> {
  const { createHmac } = await import('node:crypto')
  const jwk = key.toPrivateJwk() as { k: string }
  const input = `${encode(header)}.${encode('hello')}`
  return `${input}.${createHmac('sha256', Buffer.from(jwk.k, 'base64url')).update(input).digest('base64url')}`
}

describe('RFC 7515 §5.1, §5.2 signing and verifying', () => {
  it('brings text and bytes back', async () => {
    const { payload, header, key: used } = await verifyCompact(jws, key)
    expect([text(payload), header, used]).toEqual(['hello', { alg: 'HS256', kid: 'k1' }, key])
    const bytes = new Uint8Array([0, 255, 128])
    expect(Array.from((await verifyCompact(await signCompact(bytes, key), key)).payload)).toEqual([0, 255, 128])
  })

  it('writes typ and further parameters', async () => {
    const { header } = await verifyCompact(await signCompact('x', key, { typ: 'at+jwt', header: { cty: 'text' } }), key)
    expect(header).toEqual({ alg: 'HS256', typ: 'at+jwt', kid: 'k1', cty: 'text' })
  })

  it('keeps headers of different types apart', async () => {
    const types = Array.from({ length: 40 }, (_, index) => `t${index % 20}`)
    for (const typ of types)
      expect((await verifyCompact(await signCompact('x', key, { typ }), key)).header.typ).toBe(typ)
    expect((await verifyCompact(await signCompact('x', key), key)).header.typ).toBeUndefined()
  })

  it('hands out frozen headers, since one may serve many tokens', async () => {
    const { header } = await verifyCompact(jws, key)
    expect(Object.isFrozen(header)).toBe(true)
    const nested = await signCompact('x', key, { header: { x: { y: 1 } } })
    const first = (await verifyCompact(nested, key)).header
    expect((await verifyCompact(nested, key)).header['x']).not.toBe(first['x'])
  })

  it('works on after more headers than are remembered', async () => {
    for (let index = 0; index < 300; index++) {
      const { header } = await verifyCompact(await signCompact('x', key, { header: { n: index } }), key)
      expect(header['n']).toBe(index)
    }
  })

  it.each(['alg', 'typ', 'crit', 'b64'])('takes no "%s" among the further parameters', async (name) => {
    await expect(signCompact('x', key, { header: { [name]: 'x' } })).rejects.toMatchObject(
      refusal('header_parameter_invalid', `"${name}" header parameter is not given in "header"`),
    )
  })

  it('RFC 7515 §4.1.3 publishes no private key', async () => {
    const own = await Key.generate('ES256')
    await signCompact('x', own, { header: { jwk: own.toPublicJwk() } })
    await expect(signCompact('x', own, { header: { jwk: own.toPrivateJwk() } })).rejects.toMatchObject(
      refusal('header_parameter_invalid', '"jwk" (JSON Web Key) header parameter invalid: expected a public key'),
    )
  })

  it('asks for the algorithm where the key leaves a choice', async () => {
    const { alg: _, ...jwk } = key.toPrivateJwk()
    const bare = await Key.import(jwk)
    await expect(signCompact('x', bare)).rejects.toMatchObject(
      refusal('algorithms_required', '"alg" (Algorithm) missing: expected as an option, since the key names none'),
    )
    expect((await verifyCompact(await signCompact('x', bare, { alg: 'HS256' }), key)).header.alg).toBe('HS256')
  })
})

describe('RFC 7515 §4, §7.1 the form of a token', () => {
  it.each(['', 'a', 'a.b', 'a.b.c.d', 'a.b.c.d.e'])('refuses "%s"', async (token) => {
    await expect(verifyCompact(token, key)).rejects.toMatchObject(
      refusal('token_malformed', 'token malformed: expected three segments separated by "."'),
    )
  })

  it.each([undefined, null, 5, {}, []])('refuses %o', async (token) => {
    await expect(verifyCompact(token as unknown as string, key)).rejects.toMatchObject({ code: 'token_malformed' })
  })

  it.each([undefined, null])('refuses a missing key (%s) with a plain word', async (missing) => {
    await expect(signCompact('x', missing as unknown as Key)).rejects.toThrow(
      new TypeError('key missing: expected a Key or a KeySet'),
    )
    await expect(verifyCompact(jws, missing as unknown as Key)).rejects.toThrow(
      new TypeError('keys missing: expected a Key, a KeySet or another source of keys'),
    )
  })

  const header = encode('{"alg":"HS256"}')
  it.each([
    ['padding', `${header}=.${encode('x')}.AAAA`],
    ['standard base64', `${encode('{"alg":"HS256","x":"??>"}').replace(/[-_]/g, '+')}.${encode('x')}.AAAA`],
    ['spare bits', `${encode('{"alg":"HS256"} ')}`.replace(/.$/, 'B').concat(`.${encode('x')}.AAAA`)],
    ['a length that nothing has', `${header}A.${encode('x')}.AAAA`],
    ['white space', `${header} .${encode('x')}.AAAA`],
  ])('refuses %s in the header', async (_, token) => {
    await expect(verifyCompact(token, key)).rejects.toMatchObject(
      refusal('encoding_invalid', 'protected header invalid: expected base64url without padding'),
    )
  })

  it('refuses a signature that is spelled differently', async () => {
    const last = jws.at(-1) ?? ''
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const respelled = jws.slice(0, -1) + alphabet.charAt(alphabet.indexOf(last) ^ 1)
    for (const token of [respelled, `${jws}=`, `${jws}\n`]) {
      await expect(verifyCompact(token, key)).rejects.toMatchObject(
        refusal('encoding_invalid', 'signature invalid: expected base64url without padding'),
      )
    }
  })

  it('refuses a payload that is no base64url, although it was signed', async () => {
    const { sign } = await key.signer(hs256)
    const input = `${header}.a=`
    await expect(verifyCompact(`${input}.${await sign(input)}`, key)).rejects.toMatchObject(
      refusal('encoding_invalid', 'payload invalid: expected base64url without padding'),
    )
  })

  it.each([
    ['text', 'hello'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a duplicate', '{"alg":"HS256","alg":"HS256"}'],
    ['an escaped duplicate', '{"alg":"HS256","\\u0061lg":"HS256"}'],
    ['a prototype', '{"alg":"HS256","__proto__":{}}'],
  ])('refuses a header that is %s', async (_, json) => {
    await expect(signedWith(json).then((token) => verifyCompact(token, key))).rejects.toMatchObject(
      refusal('header_invalid', 'protected header invalid: expected a JSON object without duplicate members'),
    )
  })

  it('refuses a header that is not UTF-8', async () => {
    const token = `${Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url')}.${encode('x')}.AAAA`
    await expect(verifyCompact(token, key)).rejects.toMatchObject({ code: 'header_invalid' })
  })

  it('takes a header with white space: what is signed are its bytes', async () => {
    expect(text((await verifyCompact(await signedWith('{ "alg" : "HS256" }\r\n'), key)).payload)).toBe('hello')
  })
})

describe('RFC 7515 §4.1, §4.1.11 and RFC 7797 §6 header parameters', () => {
  const critInvalid =
    '"crit" (Critical) header parameter invalid: expected a list of extension parameters of this header, once each'
  const algMissing = '"alg" (Algorithm) header parameter missing or invalid: expected a string'
  const unsupported = '"alg" (Algorithm) unsupported: expected a registered signature algorithm'
  it.each([
    ['{}', 'algorithm_missing', algMissing],
    ['{"alg":5}', 'algorithm_missing', algMissing],
    ['{"alg":""}', 'algorithm_missing', algMissing],
    ['{"alg":["HS256"]}', 'algorithm_missing', algMissing],
    ['{"alg":"none"}', 'algorithm_unsupported', unsupported],
    ['{"alg":"hs256"}', 'algorithm_unsupported', unsupported],
    ['{"alg":"constructor"}', 'algorithm_unsupported', unsupported],
    ['{"alg":"HS256","crit":[]}', 'critical_invalid', critInvalid],
    ['{"alg":"HS256","crit":"exp","exp":1}', 'critical_invalid', critInvalid],
    ['{"alg":"HS256","crit":[5]}', 'critical_invalid', critInvalid],
    ['{"alg":"HS256","crit":["alg"]}', 'critical_invalid', critInvalid],
    ['{"alg":"HS256","enc":"x","crit":["enc"]}', 'critical_invalid', critInvalid],
    ['{"alg":"HS256","crit":["exp"]}', 'critical_invalid', critInvalid],
    ['{"alg":"HS256","exp":1,"crit":["exp","exp"]}', 'critical_invalid', critInvalid],
    ['{"alg":"HS256","crit":["toString"]}', 'critical_invalid', critInvalid],
    [
      '{"alg":"HS256","exp":1,"crit":["exp"]}',
      'critical_unsupported',
      '"crit" (Critical) header parameter names an extension that is not understood',
    ],
    [
      '{"alg":"HS256","b64":false}',
      'critical_invalid',
      '"crit" (Critical) header parameter invalid: expected it to name "b64"',
    ],
    [
      '{"alg":"HS256","b64":0,"crit":["b64"]}',
      'header_parameter_invalid',
      '"b64" (Base64url-Encode Payload) header parameter invalid: expected true or false',
    ],
    [
      '{"alg":"HS256","kid":5}',
      'header_parameter_invalid',
      '"kid" (Key ID) header parameter invalid: expected a string',
    ],
    ['{"alg":"HS256","typ":5}', 'header_parameter_invalid', '"typ" (Type) header parameter invalid: expected a string'],
    [
      '{"alg":"HS256","cty":5}',
      'header_parameter_invalid',
      '"cty" (Content Type) header parameter invalid: expected a string',
    ],
  ])('refuses %s', async (header, code, message) => {
    const token = await signedWith(header)
    await expect(verifyCompact(token, key)).rejects.toMatchObject(refusal(code, message))
    await expect(verifyCompact(token, key), 'a second time').rejects.toMatchObject(refusal(code, message))
  })
})

describe('RFC 7515 §4.1.11 extensions that the caller understands', () => {
  it('pass, and only those', async () => {
    const token = await signCompact('x', key, { header: { exp: 1 }, critical: ['exp'] })
    const { header } = await verifyCompact(token, key, { critical: ['exp', 'other'] })
    expect(header).toEqual({ alg: 'HS256', kid: 'k1', exp: 1, crit: ['exp'] })
    await expect(verifyCompact(token, key, { critical: ['other'] })).rejects.toMatchObject({
      code: 'critical_unsupported',
    })
  })

  it.each([[['exp']], [['alg']], [['x', 'x']]])(
    'cannot be announced where they are not there: %o',
    async (critical) => {
      await expect(signCompact('x', key, { header: { x: 1 }, critical })).rejects.toMatchObject({
        code: 'critical_invalid',
      })
    },
  )
})

describe('RFC 7797 §3, §5.2 a payload that is not encoded', () => {
  it('is in the token as it is, and comes back', async () => {
    const token = await signCompact('$-_ 02', key, { unencoded: true })
    expect(token.split('.')[1]).toBe('$-_ 02')
    const { payload, header } = await verifyCompact(token, key)
    expect([text(payload), header]).toEqual(['$-_ 02', { alg: 'HS256', kid: 'k1', b64: false, crit: ['b64'] }])
  })

  it.each(['a.b', 'ü', 'a\nb', new Uint8Array([65])])('cannot be %o', async (payload) => {
    await expect(signCompact(payload, key, { unencoded: true })).rejects.toMatchObject(
      refusal('payload_invalid', 'unencoded payload invalid: expected printable ASCII text without "."'),
    )
  })

  it('is refused where it could not have been written', async () => {
    const [header, , signature] = (await signCompact('x', key, { unencoded: true })).split('.')
    await expect(verifyCompact(`${header}.x\n.${signature}`, key)).rejects.toMatchObject({ code: 'payload_invalid' })
  })

  it('is not mistaken for the other kind', async () => {
    const [header, , signature] = (await signCompact('aGVsbG8', key, { unencoded: true })).split('.')
    await expect(verifyCompact(`${header}.hello.${signature}`, key)).rejects.toMatchObject({
      code: 'signature_invalid',
    })
  })
})

describe('RFC 8725 §3.1 the caller chooses the algorithms', () => {
  const required = '"algorithms" missing: expected a list, since the key names no algorithm'

  it('refuses one that is not on the list, before looking at the key', async () => {
    const source = { registry, select: () => expect.fail('the key was looked for') }
    await expect(verifyCompact(jws, source, { algorithms: ['ES256', 'RS256'] })).rejects.toMatchObject(
      refusal('algorithm_not_allowed', '"alg" (Algorithm) header parameter not allowed: expected "ES256", "RS256"'),
    )
  })

  it('wants a list where the key names no algorithm', async () => {
    const { alg: _, ...jwk } = key.toPrivateJwk()
    const bare = await Key.import(jwk)
    const set = await KeySet.import([bare])
    for (const keys of [bare, set]) {
      await expect(verifyCompact(jws, keys)).rejects.toMatchObject(refusal('algorithms_required', required))
      await expect(verifyCompact(jws, keys, { algorithms: [] })).rejects.toMatchObject({ code: 'algorithms_required' })
      const untyped = 'XHS256X' as unknown as ['HS256']
      await expect(verifyCompact(jws, keys, { algorithms: untyped })).rejects.toMatchObject({
        code: 'algorithms_required',
      })
      expect(text((await verifyCompact(jws, keys, { algorithms: ['HS256'] })).payload)).toBe('hello')
    }
  })

  it('ignores names on the list that it does not know', async () => {
    await verifyCompact(jws, key, { algorithms: ['none', 'HS256'] })
    const none = `${encode('{"alg":"none"}')}.${encode('x')}.`
    await expect(verifyCompact(none, key, { algorithms: ['none'] })).rejects.toMatchObject({
      code: 'algorithm_unsupported',
    })
  })
})

describe('verification with a set of keys', () => {
  it('takes the key with the kid, and no other one', async () => {
    const other = await Key.generate('HS256', { kid: 'k2' })
    const set = await KeySet.import([other, key])
    expect((await verifyCompact(jws, set)).key).toBe(key)
    await expect(verifyCompact(jws, await KeySet.import([other]))).rejects.toMatchObject(
      refusal('key_not_found', 'no key for this token: expected one with its "kid", for its "alg"'),
    )
  })

  it('tries all that fit where the token names none', async () => {
    const token = await signedWith('{"alg":"HS256"}')
    const others = await KeySet.generate(['HS256', 'HS256'])
    expect((await verifyCompact(token, await KeySet.import([...others.keys, key]))).key).toBe(key)
    await expect(verifyCompact(token, others)).rejects.toMatchObject(
      refusal('signature_invalid', 'signature invalid: it was not made over this token with an accepted key'),
    )
  })

  it('tries no more than 16', async () => {
    const token = await signedWith('{"alg":"HS256"}')
    const others = await KeySet.generate(Array.from({ length: 16 }, () => 'HS256' as const))
    await expect(verifyCompact(token, await KeySet.import([...others.keys, key]))).rejects.toMatchObject({
      code: 'signature_invalid',
    })
  })

  it('accepts a promise of keys', async () => {
    const source = { registry, select: async () => [key] }
    expect((await verifyCompact(jws, source)).key).toBe(key)
  })
})

describe('limits, before anything is decoded', () => {
  const refused = refusal('token_too_large', 'token too large: a segment is longer than the limits allow')
  it.each([
    ['header', 0],
    ['payload', 1],
    ['signature', 2],
  ] as const)('bound the %s, and can be raised', async (segment, index) => {
    const length = jws.split('.')[index]?.length ?? 0
    await expect(verifyCompact(jws, key, { limits: { [segment]: length - 1 } })).rejects.toMatchObject(refused)
    await verifyCompact(jws, key, { limits: { [segment]: length } })
  })

  it('hold by default', async () => {
    const long = await signCompact('x'.repeat(100_000), key)
    await expect(verifyCompact(long, key)).rejects.toMatchObject(refused)
    await verifyCompact(long, key, { limits: { payload: 200_000 } })
    await expect(verifyCompact(`${'A'.repeat(8193)}.A.A`, key)).rejects.toMatchObject(refused)
    await expect(verifyCompact(`A.A.${'A'.repeat(8193)}`, key)).rejects.toMatchObject(refused)
  })
})

describe('every flipped bit of a token is refused', () => {
  it.each(['HS256', 'ES256', 'EdDSA'])('%s', async (alg) => {
    const own = await Key.generate(alg)
    const token = await signCompact('{"sub":"u1"}', own)
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), fc.nat(6), async (index, bit) => {
        const flipped = String.fromCharCode(token.charCodeAt(index) ^ (1 << bit))
        const changed = token.slice(0, index) + flipped + token.slice(index + 1)
        await expect(verifyCompact(changed, own, { algorithms: [alg] })).rejects.toMatchObject({ name: 'JoseError' })
      }),
    )
  })
})
