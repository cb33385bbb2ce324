import { describe, expect, it } from 'vitest'
import type { HashName } from '../../src/crypto/primitives.ts'
import { backends, fromHex, toHex } from './crypto-backend.ts'

const text = new TextEncoder()

describe.each(backends)('crypto backend $name: primitives', (backend) => {
  const digests: [HashName, string][] = [
    ['sha-1', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    ['sha-256', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['sha-384', 'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7'],
    [
      'sha-512',
      'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
    ],
  ]

  it.each(digests)('hashes "abc" with %s', async (name, expected) => {
    expect(toHex(await backend.hash(name, 'abc'))).toBe(expected)
    expect(toHex(await backend.hash(name, text.encode('abc')))).toBe(expected)
    expect(await backend.hashBase64url(name, 'abc')).toBe(Buffer.from(expected, 'hex').toString('base64url'))
  })

  it('takes text as UTF-8', async () => {
    expect(toHex(await backend.hash('sha-256', 'é€😀'))).toBe(toHex(await backend.hash('sha-256', text.encode('é€😀'))))
  })

  it('RFC 4231 §4.3 HMAC', async () => {
    const data = 'what do ya want for nothing?'
    expect(toHex(await backend.hmac('sha-256', text.encode('Jefe'), data))).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    )
    expect(toHex(await backend.hmac('sha-512', text.encode('Jefe'), text.encode(data)))).toBe(
      '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737',
    )
  })

  it('RFC 5869 §A.1 HKDF', async () => {
    const key = await backend.hkdf(
      'sha-256',
      fromHex('0b'.repeat(22)),
      fromHex('000102030405060708090a0b0c'),
      fromHex('f0f1f2f3f4f5f6f7f8f9'),
      42,
    )
    expect(toHex(key)).toBe('3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865')
  })

  it('RFC 7914 §11 PBKDF2', async () => {
    expect(toHex(await backend.pbkdf2('sha-256', 'passwd', text.encode('salt'), 1, 64))).toBe(
      '55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc' +
        '49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783',
    )
  })

  it('fills as many random bytes as asked for, other ones each time', () => {
    const [a, b] = [backend.randomBytes(32), backend.randomBytes(32)]
    expect(a).toHaveLength(32)
    expect(toHex(a)).not.toBe(toHex(b))
  })

  it('compares bytes', () => {
    expect(backend.timingSafeEqual(fromHex('0102'), fromHex('0102'))).toBe(true)
    expect(backend.timingSafeEqual(fromHex('0102'), fromHex('0103'))).toBe(false)
    expect(backend.timingSafeEqual(fromHex('0102'), fromHex('010200'))).toBe(false)
    expect(backend.timingSafeEqual(new Uint8Array(), new Uint8Array())).toBe(true)
  })
})

describe.each(backends)('crypto backend $name: AES-GCM', (backend) => {
  // Test case 16 of the GCM specification (McGrew and Viega).
  const input = {
    key: fromHex('feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308'),
    iv: fromHex('cafebabefacedbaddecaf888'),
    additionalData: fromHex('feedfacedeadbeeffeedfacedeadbeefabaddad2'),
  }
  const plain = fromHex(
    'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
  )
  const sealed = fromHex(
    '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662' +
      '76fc6ece0f4e1768cddf8853bb2d551b',
  )

  it('encrypts to ciphertext and tag', async () => {
    expect(toHex(await backend.aesGcmEncrypt({ ...input, data: plain }))).toBe(toHex(sealed))
  })

  it('decrypts', async () => {
    expect(toHex(await backend.aesGcmDecrypt({ ...input, data: sealed }))).toBe(toHex(plain))
  })

  it.each([0, 30, 59, 60, 75])('answers undefined where byte %i was changed', async (index) => {
    const changed = sealed.slice()
    changed[index] = (changed[index] ?? 0) ^ 1
    expect(await backend.aesGcmDecrypt({ ...input, data: changed })).toBeUndefined()
  })

  it('answers undefined for other additional data, another key, another IV', async () => {
    const other = fromHex('00'.repeat(12))
    expect(await backend.aesGcmDecrypt({ ...input, data: sealed, additionalData: other })).toBeUndefined()
    expect(await backend.aesGcmDecrypt({ ...input, data: sealed, iv: other })).toBeUndefined()
    expect(await backend.aesGcmDecrypt({ ...input, data: sealed, key: fromHex('00'.repeat(32)) })).toBeUndefined()
  })

  it('answers undefined for less than a tag', async () => {
    expect(await backend.aesGcmDecrypt({ ...input, data: sealed.subarray(0, 15) })).toBeUndefined()
    expect(await backend.aesGcmDecrypt({ ...input, data: new Uint8Array() })).toBeUndefined()
  })

  it('works without additional data, on an empty message', async () => {
    const { additionalData: _, ...bare } = input
    const tagOnly = await backend.aesGcmEncrypt({ ...bare, data: new Uint8Array() })
    expect(tagOnly).toHaveLength(16)
    expect(await backend.aesGcmDecrypt({ ...bare, data: tagOnly })).toHaveLength(0)
  })
})

describe('RFC 7914 §12 scrypt', () => {
  it('is there on node:crypto, and only there', async () => {
    expect(backends.map(({ name, scrypt }) => [name, scrypt !== undefined])).toEqual([
      ['node', true],
      ['web', false],
    ])
  })

  it('derives the printed key', async () => {
    const key = await backends[0]?.scrypt?.(
      'password',
      text.encode('NaCl'),
      { cost: 1024, blockSize: 8, parallelization: 16 },
      64,
    )
    expect(toHex(key)).toBe(
      'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162' +
        '2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640',
    )
  })
})
