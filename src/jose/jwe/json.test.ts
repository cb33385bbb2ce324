import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  keyManagement as algorithms,
  decryptionFailed,
  encode,
  makeEncryptionKeys,
  refusal,
  text,
} from '../../../test/support/jwe.ts'
import { JoseError } from '../errors.ts'
import { Key } from '../jwk/key.ts'
import { KeySet } from '../jwks/key-set.ts'
import { encryptFlattened, encryptGeneral } from './encrypt-json.ts'
import { generateEncryptionKey } from './generate.ts'
import { decryptJson } from './json.ts'

const { secret, wrapper, agreed, rsa } = await makeEncryptionKeys()
const agreedWrap = await generateEncryptionKey('ECDH-ES+A128KW', { kid: 'e2' })
const flattened = await encryptFlattened('hello', wrapper)
const general = await encryptGeneral('hello', [{ key: wrapper }, { key: rsa }, { key: agreedWrap, apu: 'Alice' }])

describe('RFC 7516 §7.2.2 flattened', () => {
  it('has all parameters protected, and comes back as an object or as text', async () => {
    expect(Object.keys(flattened)).toEqual(['protected', 'iv', 'ciphertext', 'tag', 'encrypted_key'])
    for (const form of [flattened, JSON.stringify(flattened)]) {
      const { plaintext, header, protectedHeader, aad, key } = await decryptJson(form, wrapper)
      expect([text(plaintext), header, aad, key]).toEqual(['hello', protectedHeader, undefined, wrapper])
      expect(header).toEqual({ alg: 'A256KW', kid: 'w1', enc: 'A256GCM' })
    }
  })

  it('leaves out the encrypted key where there is none', async () => {
    expect(await encryptFlattened('x', secret)).not.toHaveProperty('encrypted_key')
  })

  it('authenticates additional data, and tells which parameters are protected', async () => {
    const jwe = await encryptFlattened('x', wrapper, { aad: 'for you', unprotected: { hint: 1 }, typ: 't' })
    const { aad, header, protectedHeader } = await decryptJson(jwe, wrapper)
    expect(text(aad ?? new Uint8Array())).toBe('for you')
    expect([header['hint'], protectedHeader['hint'], protectedHeader['typ']]).toEqual([1, undefined, 't'])
    const { aad: _, ...without } = jwe
    await expect(decryptJson(without, wrapper)).rejects.toMatchObject(decryptionFailed)
    await expect(decryptJson({ ...jwe, aad: encode('for me') }, wrapper)).rejects.toMatchObject(decryptionFailed)
  })

  it('packs', async () => {
    const jwe = await encryptFlattened('x'.repeat(1000), wrapper, { zip: 'DEF' })
    await expect(decryptJson(jwe, wrapper)).rejects.toMatchObject({ code: 'compression_not_allowed' })
    expect((await decryptJson(jwe, wrapper, { allowCompression: true })).plaintext).toHaveLength(1000)
  })

  it('the AAD is the header as it came, however it was written', async () => {
    const { createCipheriv } = await import('node:crypto')
    const header = encode('{ "alg" : "dir", "enc" : "A256GCM" }')
    const jwk = secret.toPrivateJwk()
    const key = Buffer.from('k' in jwk ? String(jwk.k) : '', 'base64url')
    const cipher = createCipheriv('aes-256-gcm', key, Buffer.alloc(12)).setAAD(Buffer.from(header))
    const ciphertext = Buffer.concat([cipher.update('hello'), cipher.final()]).toString('base64url')
    const parts = { iv: encode(Buffer.alloc(12).toString('latin1')), ciphertext }
    const jwe = { protected: header, ...parts, tag: cipher.getAuthTag().toString('base64url') }
    expect(text((await decryptJson(jwe, secret)).plaintext)).toBe('hello')
  })
})

describe('RFC 7516 §7.2.1 general', () => {
  it('is for each of its recipients', async () => {
    for (const key of [wrapper, rsa, agreedWrap]) {
      const { plaintext, header, protectedHeader } = await decryptJson(general, key)
      expect([text(plaintext), header.kid, protectedHeader]).toEqual(['hello', key.kid, { enc: 'A256GCM' }])
    }
    const { key } = await decryptJson(general, new KeySet([agreedWrap]))
    expect(key).toBe(agreedWrap)
  })

  it('has what is the recipient’s own beside the encrypted key, without a trace of what is not there', async () => {
    expect(general.recipients.map(({ header = {} }) => Object.keys(header))).toEqual([
      ['alg', 'kid'],
      ['alg', 'kid'],
      ['alg', 'kid', 'epk', 'apu'],
    ])
    const nameless = await Key.import({ ...wrapper.toPrivateJwk(), kid: undefined } as never)
    const [recipient] = (await encryptGeneral('x', [{ key: nameless, unprotected: { hint: 1 } }])).recipients
    expect(recipient?.header).toStrictEqual({ alg: 'A256KW', hint: 1 })
  })

  it('passes over recipients that can do what we cannot', async () => {
    const [first, ...others] = general.recipients
    const stranger = { header: { alg: 'HPKE-7', kid: 'other' }, encrypted_key: 'AAAA' }
    const jwe = { ...general, recipients: [stranger, ...others, { ...first }] }
    expect((await decryptJson(jwe, wrapper, { algorithms: ['A256KW'] })).header.kid).toBe('w1')
    await expect(decryptJson({ ...general, recipients: [stranger] }, wrapper)).rejects.toMatchObject({
      code: 'algorithm_unsupported',
    })
  })

  it('fails in one way where no recipient opens', async () => {
    const changed = { ...general, tag: `${general.tag.slice(0, -2)}AA` }
    for (const key of [wrapper, rsa, agreedWrap]) {
      await expect(decryptJson(changed, key)).rejects.toMatchObject(decryptionFailed)
    }
    await expect(decryptJson(general, secret)).rejects.toMatchObject(
      refusal('key_not_found', 'no key for this token: expected one with its "kid", for its "alg"'),
    )
    await expect(decryptJson(general, wrapper, { algorithms: ['A128KW'] })).rejects.toMatchObject(
      refusal('algorithm_not_allowed', '"alg" (Algorithm) header parameter not allowed: expected "A128KW"'),
    )
  })

  it.each([
    ['nobody', []],
    ['direct encryption', [{ key: secret }]],
    ['direct agreement', [{ key: wrapper }, { key: agreed }]],
  ])('RFC 7518 §4.5 §4.6 is not made for %s', async (_, recipients) => {
    await expect(encryptGeneral('x', recipients)).rejects.toMatchObject(
      refusal(
        'recipients_invalid',
        'recipients invalid: expected some with one "enc", and none with direct encryption or direct key agreement',
      ),
    )
  })
})

describe('RFC 7516 §7.2 what is refused', () => {
  const malformed = refusal(
    'token_malformed',
    'token malformed: expected an object with "iv", "ciphertext" and "tag", for one recipient or with "recipients"',
  )
  const recipientsInvalid = refusal(
    'recipients_invalid',
    '"recipients" invalid: expected a list of objects that is not empty, in place of "header" and "encrypted_key"',
  )
  const disjoint = refusal('header_invalid', 'headers invalid: expected each parameter in one of the headers only')
  const several = refusal(
    'recipients_invalid',
    '"recipients" invalid: expected one "enc" for all, and none with direct encryption or direct key agreement',
  )
  const { protected: _, encrypted_key: _key, ...bare } = flattened
  const [first] = general.recipients

  const cases: [what: string, jwe: unknown, error: object][] = [
    ['a list', [], malformed],
    ['null', null, malformed],
    ['no tag', { ...flattened, tag: undefined }, malformed],
    ['no ciphertext', { protected: flattened.protected, iv: 'x', tag: 'x' }, malformed],
    [
      'an IV that is no text',
      { ...flattened, iv: 5 },
      refusal('token_malformed', '"iv" invalid: expected base64url text'),
    ],
    [
      'a header that is a list',
      { ...flattened, header: [] },
      refusal('token_malformed', '"header" invalid: expected an object'),
    ],
    ['no recipients', { ...general, recipients: [] }, recipientsInvalid],
    ['recipients that are none', { ...general, recipients: ['x'] }, recipientsInvalid],
    ['recipients and one besides', { ...general, encrypted_key: 'AAAA' }, recipientsInvalid],
    ['a parameter in two headers', { ...flattened, unprotected: { enc: 'A128GCM' } }, disjoint],
    ['the same one in two headers', { ...flattened, header: { kid: 'w1' } }, disjoint],
    [
      'a prototype',
      '{"__proto__":{"tag":"x"}}',
      refusal('token_malformed', 'token malformed: expected a JSON object without duplicate members'),
    ],
    [
      'a member twice',
      '{"tag":"x","tag":"y"}',
      refusal('token_malformed', 'token malformed: expected a JSON object without duplicate members'),
    ],
    ['no JSON', 'x', refusal('token_malformed', 'token malformed: expected a JSON object without duplicate members')],
    ['direct encryption for several', { ...general, recipients: [first, { header: { alg: 'dir' } }] }, several],
    [
      'several encs',
      {
        ...bare,
        recipients: [{ header: { alg: 'A256KW', enc: 'A256GCM' } }, { header: { alg: 'A256KW', enc: 'A128GCM' } }],
      },
      several,
    ],
    [
      '"crit" that is not protected',
      { ...flattened, unprotected: { crit: ['x'], x: 1 } },
      refusal('critical_invalid', '"crit" (Critical) header parameter invalid: expected it in the protected header'),
    ],
    [
      '"zip" that is not protected',
      { ...flattened, unprotected: { zip: 'DEF' } },
      refusal(
        'header_parameter_invalid',
        '"zip" (Compression Algorithm) header parameter invalid: expected "DEF", protected',
      ),
    ],
    [
      'additional data that is no base64url',
      { ...flattened, aad: 'A=' },
      refusal('encoding_invalid', 'additional data invalid: expected base64url without padding'),
    ],
  ]

  it.each(cases)('%s', async (_, jwe, error) => {
    await expect(decryptJson(jwe as string, wrapper)).rejects.toMatchObject(error)
  })

  it.each([
    ['header', { header: 10 }, flattened],
    ['encrypted key', { encryptedKey: 10 }, flattened],
    ['ciphertext', { ciphertext: 2 }, flattened],
    ['aad', { aad: 2 }, { ...flattened, aad: 'AAAA' }],
    ['recipients', { recipients: 2 }, general],
    ['text', { ciphertext: 10, recipients: 0, header: 10, encryptedKey: 10, aad: 0 }, JSON.stringify(flattened)],
  ])('more than the limits allow: %s', async (_, limits, jwe) => {
    await expect(decryptJson(jwe, wrapper, { limits })).rejects.toMatchObject(
      refusal('token_too_large', 'token too large: a part is longer than the limits allow'),
    )
  })

  it('headers that contradict each other are not written either', async () => {
    await expect(encryptFlattened('x', wrapper, { unprotected: { kid: 'x' } })).rejects.toMatchObject(disjoint)
    await expect(encryptFlattened('x', wrapper, { unprotected: { alg: 'x' } })).rejects.toMatchObject(
      refusal('header_parameter_invalid', '"alg" header parameter is not given in "header"'),
    )
    const twice = [{ key: wrapper, unprotected: { x: 1 } }]
    await expect(encryptGeneral('x', twice, { unprotected: { x: 1 } })).rejects.toMatchObject(disjoint)
  })

  it('whatever comes, only a JoseError goes', async () => {
    const member = fc.oneof(fc.jsonValue(), fc.constantFrom('AAAA', flattened.iv, flattened.tag, flattened.protected))
    const names = [
      'protected',
      'unprotected',
      'header',
      'encrypted_key',
      'aad',
      'iv',
      'ciphertext',
      'tag',
      'recipients',
    ]
    const jwes = fc.record(Object.fromEntries(names.map((name) => [name, member])), { requiredKeys: [] })
    await fc.assert(
      fc.asyncProperty(fc.oneof(jwes, fc.jsonValue()), fc.boolean(), async (jwe, isText) => {
        const input = isText ? JSON.stringify(jwe) : jwe
        await expect(decryptJson(input as string, wrapper, { algorithms })).rejects.toBeInstanceOf(JoseError)
      }),
      { numRuns: 300 },
    )
  })
})
