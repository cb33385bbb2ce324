import { describe, expect, it } from 'vitest'
import { standardSignatureRegistry } from '../algorithms/signatures.ts'
import { Key } from '../jwk/key.ts'
import { KeySet } from '../jwks/key-set.ts'
import { signCompact } from './compact.ts'
import {
  type FlattenedJws,
  type GeneralJws,
  signFlattened,
  signGeneral,
  verifyFlattened,
  verifyGeneral,
} from './index.ts'
import { parseUnverifiedCompact, parseUnverifiedJson } from './unverified.ts'

const refusal = (code: string, message: string): object => ({ name: 'JoseError', code, message })
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes)

const hmac = await Key.generate('HS256', { kid: 'h' })
const ec = await Key.generate('ES256', { kid: 'e' })
const stranger = await Key.generate('ES256', { kid: 's' })
const keys = new KeySet([hmac, ec])

describe('RFC 7515 §7.2.2 the flattened form', () => {
  it('brings payload and headers back, those that are covered apart from those that are not', async () => {
    const jws = await signFlattened('hello', hmac, { typ: 't', unprotectedHeader: { note: 1 } })
    expect(Object.keys(jws)).toEqual(['payload', 'protected', 'header', 'signature'])
    const { payload, ...rest } = await verifyFlattened(jws, hmac)
    expect(text(payload)).toBe('hello')
    expect(rest).toEqual({
      algorithm: 'HS256',
      header: { alg: 'HS256', kid: 'h', typ: 't' },
      unprotectedHeader: { note: 1 },
      key: hmac,
    })
    expect(text((await verifyFlattened(JSON.stringify(jws), hmac)).payload)).toBe('hello')
  })

  it('ignores members that it does not know', async () => {
    const jws = { ...(await signFlattened('hello', hmac)), more: 'of it' }
    expect(text((await verifyFlattened(jws, hmac)).payload)).toBe('hello')
  })

  it('puts parameters into one of the two headers', async () => {
    const jws = await signFlattened('x', hmac, { unprotectedHeader: { kid: 'h', alg: 'HS256' } })
    expect(jws).toEqual({ payload: 'eA', header: { kid: 'h', alg: 'HS256' }, signature: jws.signature })
    expect((await verifyFlattened(jws, keys)).header).toEqual({})
  })

  it('finds the key by a kid that is not covered', async () => {
    const jws = await signFlattened('x', ec, { unprotectedHeader: { kid: 'e' } })
    expect((await verifyFlattened(jws, keys)).key).toBe(ec)
  })

  it.each([
    ['crit', '"crit" header parameter is not given in "unprotectedHeader"'],
    ['b64', '"b64" header parameter is not given in "unprotectedHeader"'],
    ['alg', '"alg" header parameter in "unprotectedHeader" invalid: expected the algorithm that is signed with'],
  ])('takes no contradicting "%s"', async (name, message) => {
    await expect(signFlattened('x', hmac, { unprotectedHeader: { [name]: 'x' } })).rejects.toMatchObject(
      refusal('header_parameter_invalid', message),
    )
  })

  it('RFC 7515 §4.1.3 publishes no private key', async () => {
    const unprotectedHeader = { jwk: ec.toPrivateJwk() }
    await expect(signFlattened('x', ec, { unprotectedHeader })).rejects.toMatchObject({
      code: 'header_parameter_invalid',
    })
  })
})

describe('RFC 7515 §7.2.1 the general form', () => {
  it('holds several signatures over one payload', async () => {
    const jws = await signGeneral('hello', [{ key: hmac }, { key: ec, unprotectedHeader: { x: 1 } }])
    const { payload, signatures } = await verifyGeneral(jws, keys)
    expect(text(payload)).toBe('hello')
    expect(signatures).toEqual([
      { algorithm: 'HS256', header: { alg: 'HS256', kid: 'h' }, unprotectedHeader: undefined, key: hmac },
      { algorithm: 'ES256', header: { alg: 'ES256', kid: 'e' }, unprotectedHeader: { x: 1 }, key: ec },
    ])
  })

  it('by default wants all of them to be valid', async () => {
    const jws = await signGeneral('hello', [{ key: hmac }, { key: stranger }])
    await expect(verifyGeneral(jws, keys)).rejects.toMatchObject({ code: 'key_not_found' })
    const { signatures } = await verifyGeneral(jws, keys, { require: 'one' })
    expect(signatures.map(({ key }) => key)).toEqual([hmac])
  })

  it.each([
    ['an unknown algorithm', { alg: 'XS1' }],
    ['an algorithm that is not accepted', { alg: 'HS512' }],
    ['an extension that is not understood', { alg: 'HS256', x: 1, crit: ['x'] }],
    ['a wrong value', { alg: 'HS256', kid: 'h' }],
  ])('passes over %s where one signature is enough', async (_, header) => {
    const jws = await signGeneral('hello', [{ key: hmac }])
    const signatures = [{ protected: encode(header), signature: 'AAAA' }, ...jws.signatures]
    const options = { algorithms: ['HS256'] }
    await expect(verifyGeneral({ ...jws, signatures }, keys, options)).rejects.toMatchObject({ name: 'JoseError' })
    expect((await verifyGeneral({ ...jws, signatures }, keys, { ...options, require: 'one' })).signatures).toHaveLength(
      1,
    )
  })

  it('passes over nothing that makes the token itself unsound', async () => {
    const jws = await signGeneral('hello', [{ key: hmac }])
    const signatures = [{ protected: 'e30=', signature: 'AAAA' }, ...jws.signatures]
    await expect(verifyGeneral({ ...jws, signatures }, keys, { require: 'one' })).rejects.toMatchObject({
      code: 'encoding_invalid',
    })
  })

  it('says why where not one is valid', async () => {
    const jws = await signGeneral('hello', [{ key: stranger }, { key: stranger }])
    await expect(verifyGeneral(jws, keys, { require: 'one' })).rejects.toMatchObject({ code: 'key_not_found' })
  })

  it('wants someone to sign', async () => {
    await expect(signGeneral('x', [])).rejects.toThrow(new TypeError('signers missing: expected one at least'))
  })
})

describe('RFC 7515 §7.2 the shape of a JSON token, before any key work', () => {
  const shape = 'token malformed: expected an object with a "signature", or with "signatures" (a list of objects)'
  const header = encode({ alg: 'HS256' })
  const good = { payload: 'eA', protected: header, signature: 'AAAA' }
  const source = { registry: standardSignatureRegistry(), select: () => expect.fail('a key was looked for') }
  const either = (jws: unknown): Promise<unknown> =>
    parseUnverifiedPromise(jws).then((unverified) => unverified.verify(source))
  const parseUnverifiedPromise = async (jws: unknown): Promise<ReturnType<typeof parseUnverifiedJson>> =>
    parseUnverifiedJson(jws)

  it.each([
    ['nothing', undefined, 'token_malformed', shape],
    ['a list', [good], 'token_malformed', shape],
    ['a number', 5, 'token_malformed', shape],
    ['no signature', { payload: 'eA', protected: header }, 'token_malformed', shape],
    ['both forms at once', { ...good, signatures: [good] }, 'token_malformed', shape],
    ['signatures that are no list', { payload: 'eA', signatures: {} }, 'token_malformed', shape],
    ['signatures that are no objects', { payload: 'eA', signatures: ['x'] }, 'token_malformed', shape],
    [
      'an empty list of signatures',
      { payload: 'eA', signatures: [] },
      'token_malformed',
      '"signatures" invalid: expected one signature at least',
    ],
    [
      'more signatures than anybody needs',
      { payload: 'eA', signatures: Array.from({ length: 17 }, () => good) },
      'token_too_large',
      '"signatures" too many: expected 16 at most',
    ],
    ['a payload that is no string', { ...good, payload: 5 }, 'token_malformed', '"payload" invalid: expected a string'],
    [
      'a header that is no string',
      { ...good, protected: {} },
      'token_malformed',
      '"protected" invalid: expected a string',
    ],
    [
      'a signature that is no string',
      { ...good, signature: 1 },
      'token_malformed',
      '"signature" invalid: expected a string',
    ],
    [
      'an unprotected header that is no object',
      { ...good, header: 'x' },
      'header_invalid',
      'unprotected header invalid: expected a JSON object',
    ],
    [
      'a parameter in both headers',
      { ...good, header: { alg: 'HS256' } },
      'header_invalid',
      'header invalid: expected each parameter in the protected or in the unprotected header, not in both',
    ],
    [
      'crit that is not protected',
      { ...good, header: { crit: ['x'], x: 1 } },
      'header_parameter_invalid',
      '"crit" header parameter invalid: expected it to be protected',
    ],
    [
      'b64 that is not protected',
      { ...good, header: { b64: false } },
      'header_parameter_invalid',
      '"b64" header parameter invalid: expected it to be protected',
    ],
    [
      'no algorithm at all',
      { ...good, protected: encode({}) },
      'algorithm_missing',
      '"alg" (Algorithm) header parameter missing or invalid: expected a string',
    ],
    [
      'text with a member twice',
      `{"payload":"eA","payload":"eQ","protected":"${header}","signature":"AAAA"}`,
      'token_malformed',
      'token malformed: expected a JSON object without duplicate members',
    ],
    [
      'text that is no JSON',
      'x',
      'token_malformed',
      'token malformed: expected a JSON object without duplicate members',
    ],
    [
      'signatures that disagree about the encoding',
      {
        payload: 'eA',
        signatures: [good, { protected: encode({ alg: 'HS256', b64: false, crit: ['b64'] }), signature: 'AAAA' }],
      },
      'header_parameter_invalid',
      '"b64" (Base64url-Encode Payload) header parameter invalid: expected one value in all signatures',
    ],
    [
      'no payload',
      { protected: header, signature: 'AAAA' },
      'payload_invalid',
      'payload missing: expected it in the token, or as "detachedPayload"',
    ],
  ])('%s', async (_, jws, code, message) => {
    await expect(either(jws)).rejects.toMatchObject(refusal(code, message))
  })

  it.each(['payload', 'protected', 'signature'])('limits the length of "%s"', async (name) => {
    const tooLong = refusal('token_too_large', 'token too large: a segment is longer than the limits allow')
    await expect(either({ ...good, [name]: '!'.repeat(200_000) })).rejects.toMatchObject(tooLong)
    await expect(either(`{"x":"${'!'.repeat(600_000)}"}`)).rejects.toMatchObject(tooLong)
  })

  it('takes each form by its own name', async () => {
    const flattened = await signFlattened('x', hmac)
    const general = await signGeneral('x', [{ key: hmac }])
    await expect(verifyFlattened(general as unknown as FlattenedJws, hmac)).rejects.toMatchObject(
      refusal('token_malformed', 'token malformed: expected one "signature", not "signatures"'),
    )
    await expect(verifyGeneral(flattened as unknown as GeneralJws, hmac)).rejects.toMatchObject(
      refusal('token_malformed', 'token malformed: expected "signatures", not one "signature"'),
    )
  })
})

describe('RFC 7797 §4.2, §5.3 payloads in JSON that are not encoded', () => {
  it.each(['$.02', 'ünï\u0000cöde', ''])('%j stays as it is', async (payload) => {
    const jws = await signFlattened(payload, hmac, { unencoded: true })
    expect(jws.payload).toBe(payload)
    expect(text((await verifyFlattened(JSON.stringify(jws), hmac)).payload)).toBe(payload)
  })

  it('bytes that are no text must be detached', async () => {
    const bytes = new Uint8Array([0xff, 0xfe])
    await expect(signFlattened(bytes, hmac, { unencoded: true })).rejects.toMatchObject(
      refusal('payload_invalid', 'unencoded payload invalid: expected UTF-8 text, unless it is detached'),
    )
    const jws = await signFlattened(bytes, hmac, { unencoded: true, detached: true })
    expect(jws.payload).toBeUndefined()
    expect((await verifyFlattened(jws, hmac, { detachedPayload: bytes })).payload).toBeUndefined()
  })
})

describe('RFC 7515 §F payloads that travel apart, in JSON', () => {
  it.each([true, false])('unencoded: %s', async (unencoded) => {
    const options = { unencoded, detached: true }
    const general = await signGeneral('hello', [{ key: hmac }, { key: ec }], options)
    expect(general.payload).toBeUndefined()
    const stream = new Blob(['hel', 'lo']).stream()
    expect((await verifyGeneral(general, keys, { detachedPayload: stream })).signatures).toHaveLength(2)
    await expect(verifyGeneral(general, keys, { detachedPayload: 'hell0' })).rejects.toMatchObject({
      code: 'signature_invalid',
    })
  })

  it('are not accepted beside one that is in the token', async () => {
    const jws = await signFlattened('hello', hmac)
    await expect(verifyFlattened(jws, hmac, { detachedPayload: 'hello' })).rejects.toMatchObject(
      refusal('payload_invalid', 'payload given twice: expected it in the token, or as "detachedPayload"'),
    )
  })
})

describe('RFC 7515 §5.2 two steps: look, choose a key, verify', () => {
  it('shows nothing under the names of what was verified', async () => {
    const unverified = parseUnverifiedCompact(await signCompact('hello', hmac))
    expect(Object.keys(unverified)).toEqual(['unverifiedHeader', 'readUnverifiedPayload', 'verify'])
    expect(unverified.unverifiedHeader).toEqual({ alg: 'HS256', kid: 'h' })
    expect(text(unverified.readUnverifiedPayload())).toBe('hello')
    expect(text((await unverified.verify(hmac)).payload)).toBe('hello')
    const json = parseUnverifiedJson(await signFlattened('hello', ec))
    expect(Object.keys(json)).toEqual(['unverifiedHeaders', 'verify'])
    expect(json.unverifiedHeaders).toEqual([{ alg: 'ES256', kid: 'e' }])
    expect((await json.verify(ec)).signatures).toHaveLength(1)
  })

  it('refuses in the second step what one step refuses', async () => {
    const unverified = parseUnverifiedCompact(await signCompact('hello', stranger))
    await expect(unverified.verify(ec)).rejects.toMatchObject({ code: 'signature_invalid' })
    await expect(unverified.verify(ec, { algorithms: ['RS256'] })).rejects.toMatchObject({
      code: 'algorithm_not_allowed',
    })
    const critical = await signCompact('x', hmac, { header: { x: 1 }, critical: ['x'] })
    await expect(parseUnverifiedCompact(critical).verify(hmac)).rejects.toMatchObject({ code: 'critical_unsupported' })
    await parseUnverifiedCompact(critical).verify(hmac, { critical: ['x'] })
  })

  it('leaves it to the second step how many signatures must be valid', async () => {
    const { payload = '', signatures } = await signGeneral('hello', [{ key: ec }])
    const unknown = { protected: Buffer.from('{"alg":"XX99"}').toString('base64url'), signature: 'AA' }
    const unverified = parseUnverifiedJson({ payload, signatures: [unknown, ...signatures] })
    expect((await unverified.verify(ec, { require: 'one' })).signatures).toHaveLength(1)
    await expect(unverified.verify(ec)).rejects.toMatchObject({ code: 'algorithm_unsupported' })
    expect(() => parseUnverifiedJson({ payload, signatures: [unknown, unknown] })).toThrow(
      expect.objectContaining({ code: 'algorithm_unsupported' }),
    )
  })

  it('keeps to its limits', async () => {
    const jws = await signCompact('hello', hmac)
    expect(() => parseUnverifiedCompact(jws, { limits: { payload: 1 } })).toThrow(
      expect.objectContaining({ code: 'token_too_large' }),
    )
  })
})
