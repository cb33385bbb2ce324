import { afterEach, describe, expect, it, vi } from 'vitest'
import { backends } from '../../../test/contracts/crypto-backend.ts'
import {
  keyManagement as algorithms,
  decryptionFailed,
  makeEncryptionKeys,
  refusal,
  text,
  withHeader,
} from '../../../test/support/jwe.ts'
import { JoseError } from '../errors.ts'
import { Key } from '../jwk/key.ts'
import { KeySet } from '../jwks/key-set.ts'
import { decryptCompact } from './compact.ts'
import { encryptCompact } from './encrypt.ts'
import { generateEncryptionKey } from './generate.ts'

const { secret, wrapper, agreed, rsa } = await makeEncryptionKeys()
const jwe = await encryptCompact('hello', secret)

describe('RFC 8725 §3.1 what the caller accepts', () => {
  it('is what the key names, or what the options list', async () => {
    const bare = await Key.import(
      wrapper.toPrivateJwk().kty === 'oct' ? { ...wrapper.toPrivateJwk(), alg: undefined } : '',
    )
    const token = await encryptCompact('x', wrapper)
    const required = refusal(
      'algorithms_required',
      '"algorithms" missing: expected a list, since the key names no algorithm',
    )
    await expect(decryptCompact(token, bare)).rejects.toMatchObject(required)
    await expect(decryptCompact(token, new KeySet([bare]))).rejects.toMatchObject({ code: 'algorithms_required' })
    await expect(decryptCompact(token, bare, { algorithms: [] })).rejects.toMatchObject(required)
    expect(text((await decryptCompact(token, bare, { algorithms: ['A256KW'] })).plaintext)).toBe('x')
  })

  it('comes before all key work', async () => {
    await expect(decryptCompact(jwe, rsa, { algorithms: ['RSA-OAEP', 'A256KW'] })).rejects.toMatchObject(
      refusal('algorithm_not_allowed', '"alg" (Algorithm) header parameter not allowed: expected "RSA-OAEP", "A256KW"'),
    )
    await expect(decryptCompact(jwe, rsa, { algorithms: ['dir'], encryptions: ['A128GCM'] })).rejects.toMatchObject(
      refusal(
        'encryption_not_allowed',
        '"enc" (Encryption Algorithm) header parameter not allowed: expected "A128GCM"',
      ),
    )
  })
})

describe('RFC 8725 §3.2 what a key may do', () => {
  const importAs = (key: Key, members: object): Promise<Key> =>
    Key.import({ ...key.toPrivateJwk(), ...members } as never)
  const cases: [why: string, make: () => Promise<Key>, alg: string, code: string, message: string][] = [
    [
      'type',
      async () => rsa,
      'A256KW',
      'key_type_mismatch',
      '"kty" (Key Type) mismatch: A256KW expects a key of type "oct"',
    ],
    [
      'algorithm',
      async () => wrapper,
      'A256GCMKW',
      'key_algorithm_mismatch',
      '"alg" (Algorithm) of the key mismatch: it is not for A256GCMKW',
    ],
    [
      'content key',
      async () => secret,
      'A256KW',
      'key_algorithm_mismatch',
      '"alg" (Algorithm) of the key mismatch: it is not for A256KW',
    ],
    [
      'use',
      () => importAs(agreed, { alg: undefined, use: 'sig' }),
      'ECDH-ES',
      'key_use_mismatch',
      '"use" (Public Key Use) of the key mismatch: expected "enc"',
    ],
    [
      'operations',
      () => importAs(wrapper, { use: undefined, key_ops: ['deriveBits'] }),
      'A256KW',
      'key_operation_mismatch',
      '"key_ops" (Key Operations) mismatch: expected "wrapKey"',
    ],
    [
      'curve',
      () => Key.generate({ kty: 'EC', crv: 'secp256k1' }, { use: 'enc' }),
      'ECDH-ES',
      'key_curve_mismatch',
      '"crv" (Curve) mismatch: ECDH-ES expects a key on curve "P-256" or "P-384" or "P-521" or "X25519" or "X448"',
    ],
    [
      'size',
      () => importAs(wrapper, { alg: undefined }),
      'A128KW',
      'key_invalid',
      'key is of the wrong size: A128KW expects 128 bits',
    ],
  ]

  it.each(cases)('%s', async (_, make, alg, code, message) => {
    await expect(encryptCompact('x', await make(), { alg })).rejects.toMatchObject(refusal(code, message))
  })

  it('size of a content encryption key', async () => {
    await expect(
      encryptCompact('x', await importAs(secret, { alg: undefined }), { alg: 'dir', enc: 'A128GCM' }),
    ).rejects.toMatchObject(refusal('key_invalid', 'key is of the wrong size: A128GCM expects 128 bits'))
  })

  it('RFC 7520 §5.6 a key that names an "enc" is for no other', async () => {
    const twin = await Key.generate({ kty: 'oct', bits: 256 }, { alg: 'A128CBC-HS256', use: 'enc' })
    expect((await decryptCompact(await encryptCompact('x', twin), twin)).header.enc).toBe('A128CBC-HS256')
    await expect(encryptCompact('x', twin, { enc: 'A256GCM' })).rejects.toMatchObject({
      code: 'key_algorithm_mismatch',
    })
  })

  it('a public key does not decrypt', async () => {
    for (const [key, message] of [
      [agreed, 'key cannot decrypt: expected a private key or a secret'],
      [rsa, 'key cannot unwrap keys: expected a private key or a secret'],
    ] as const) {
      const publicKey = await Key.import(key.toPublicJwk())
      const token = await encryptCompact('x', publicKey)
      await expect(decryptCompact(token, publicKey)).rejects.toMatchObject(refusal('key_not_private', message))
    }
  })
})

describe('sets of keys', () => {
  it('encrypt to the first key that fits, such as one that a client published', async () => {
    const signing = await Key.generate('ES256')
    const published = await KeySet.import(new KeySet([signing, agreed, rsa]).toPublicJwks())
    const chosen = async (options: object): Promise<unknown> => {
      const token = await encryptCompact('x', published, options)
      return (await decryptCompact(token, new KeySet([agreed, rsa]))).key.kid
    }
    expect(await chosen({})).toBe('e1')
    expect(await chosen({ alg: 'RSA-OAEP-256' })).toBe('r1')
    for (const alg of ['RSA-OAEP', 'A128KW']) {
      await expect(encryptCompact('x', published, { alg })).rejects.toMatchObject(
        refusal('key_not_found', 'no encryption key: expected one for the "alg" (Algorithm) in the key set'),
      )
    }
  })

  it('decrypt with the key of the "kid", or try those that fit', async () => {
    const others = await Promise.all([1, 2, 3].map(() => generateEncryptionKey('A256KW')))
    const nameless = await Key.import({ ...(others[1]?.toPrivateJwk() ?? { kty: 'oct', k: '' }), kid: undefined })
    const set = new KeySet([...others, wrapper, secret])
    const { key } = await decryptCompact(await encryptCompact('x', wrapper), set)
    expect(key).toBe(wrapper)
    expect((await decryptCompact(await encryptCompact('x', nameless), set)).key).toBe(others[1])
    await expect(decryptCompact(await encryptCompact('x', agreed), set)).rejects.toMatchObject(
      refusal('key_not_found', 'no key for this token: expected one with its "kid", for its "alg"'),
    )
    const stranger = await encryptCompact('x', await Key.import({ ...nameless.toPrivateJwk(), k: 'A'.repeat(43) }))
    await expect(decryptCompact(stranger, set)).rejects.toMatchObject(decryptionFailed)
  })

  it('pass over keys on another curve than the ephemeral one', async () => {
    const other = await Key.import({
      ...(await generateEncryptionKey('ECDH-ES', { crv: 'P-384' })).toPrivateJwk(),
      kid: undefined,
    })
    const own = await Key.import({ ...(await generateEncryptionKey('ECDH-ES')).toPrivateJwk(), kid: undefined })
    const token = await encryptCompact('x', own)
    expect((await decryptCompact(token, new KeySet([other, own]))).key).toBe(own)
    await expect(decryptCompact(token, new KeySet([other]))).rejects.toMatchObject({ code: 'header_parameter_invalid' })
  })

  it('CVE-2026-27962 never take a key from the header', async () => {
    const { k } = wrapper.toPrivateJwk() as { k: string }
    const token = await encryptCompact('x', wrapper)
    const header = { alg: 'A256KW', enc: 'A256GCM', jwk: { kty: 'oct', k } }
    await expect(decryptCompact(withHeader(token, header), new KeySet([]), { algorithms })).rejects.toMatchObject({
      code: 'key_not_found',
    })
  })
})

describe('platforms that lack an algorithm', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it('say so, and say which one has it', async () => {
    const web = backends.find(({ name }) => name === 'web')
    const key = await generateEncryptionKey('dir', { enc: 'A192GCM', ...(web && { backend: web }) })
    const token = await encryptCompact('x', key)
    vi.spyOn(crypto.subtle, 'importKey').mockRejectedValue(new DOMException('no', 'OperationError'))
    const error = refusal(
      'algorithm_unsupported',
      'algorithm unsupported: "AES-192" is not available in this runtime: expected one other than a Chromium browser',
    )
    await expect(encryptCompact('x', key)).rejects.toMatchObject(error)
    await expect(decryptCompact(token, key)).rejects.toMatchObject(error)
  })
})

describe('platform keys', () => {
  it('a CryptoKey that is not extractable decrypts, and is not shown', async () => {
    const parameters = {
      name: 'RSA-OAEP',
      hash: 'SHA-256',
      modulusLength: 2048,
      publicExponent: new Uint8Array([1, 0, 1]),
    }
    const pair = await crypto.subtle.generateKey(parameters, false, ['encrypt', 'decrypt'])
    const [publicKey, privateKey] = await Promise.all([Key.import(pair.publicKey), Key.import(pair.privateKey)])
    expect(text((await decryptCompact(await encryptCompact('x', publicKey), privateKey)).plaintext)).toBe('x')
    expect(() => privateKey.toPrivateJwk()).toThrow(JoseError)
  })

  it('agreement with one', async () => {
    const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveBits'])
    const [publicKey, privateKey] = await Promise.all([Key.import(pair.publicKey), Key.import(pair.privateKey)])
    const token = await encryptCompact('x', publicKey, { alg: 'ECDH-ES+A128KW' })
    expect(text((await decryptCompact(token, privateKey, { algorithms })).plaintext)).toBe('x')
    await expect(encryptCompact('x', privateKey, { alg: 'ECDH-ES' })).rejects.toMatchObject(
      refusal('key_not_extractable', 'key cannot be shown: the platform keeps its public half'),
    )
  })

  it('secrets: AES Key Wrap and AES-GCM', async () => {
    const kw = await crypto.subtle.generateKey({ name: 'AES-KW', length: 256 }, false, ['wrapKey', 'unwrapKey'])
    const wrapKey = await Key.import(kw)
    expect(text((await decryptCompact(await encryptCompact('x', wrapKey), wrapKey)).plaintext)).toBe('x')
    const gcm = await Key.import(
      await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']),
    )
    const token = await encryptCompact('x', gcm, { alg: 'dir' })
    expect(text((await decryptCompact(token, gcm, { algorithms: ['dir'] })).plaintext)).toBe('x')
    await expect(encryptCompact('x', gcm, { alg: 'dir', enc: 'A128CBC-HS256' })).rejects.toMatchObject(
      refusal('key_not_extractable', 'key cannot be shown: this "enc" takes its bytes, not a CryptoKey'),
    )
  })
})
