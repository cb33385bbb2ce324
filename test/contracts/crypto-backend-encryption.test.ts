import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Aead,
  type AgreementCurve,
  agreementCurves,
  type EncryptionBackend,
  encryptionBackend,
  type SealingInput,
} from '../../src/crypto/encryption.ts'
import type { HashName, KeyMembers } from '../../src/crypto/primitives.ts'
import { backends, toHex } from './crypto-backend.ts'

const both: readonly EncryptionBackend[] = backends.map((backend) => encryptionBackend(backend))
const pairs = both.flatMap((writer) => both.map((reader) => ({ writer, reader })))
const [node] = backends
if (node === undefined) throw new Error('no backend')

const curves = Object.keys(agreementCurves) as AgreementCurve[]
const random = (length: number): Uint8Array => new Uint8Array(node.randomBytes(length))
const publicHalf = ({ kty, crv, x, y }: KeyMembers): KeyMembers => JSON.parse(JSON.stringify({ kty, crv, x, y }))
const flipped = (bytes: Uint8Array, bit = 0): Uint8Array =>
  bytes.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))

async function keyOn(curve: AgreementCurve): Promise<KeyMembers> {
  if (node === undefined) throw new Error('no backend')
  const isNist = curve !== 'X25519' && curve !== 'X448'
  const scheme = isNist ? ({ family: 'ecdsa', hash: 'sha-256', curve } as const) : ({ family: 'xdh', curve } as const)
  return node.generateKeyPair(scheme, 0)
}

const rsa = await node.generateKeyPair({ family: 'rsa-pkcs1', hash: 'sha-256' }, 2048)
const hashes: readonly HashName[] = ['sha-1', 'sha-256', 'sha-384', 'sha-512']

describe.each(pairs)('$writer.name encrypts, $reader.name decrypts', ({ writer, reader }) => {
  it.each([16, 24, 32])('AES-GCM with %i bytes, of any text', async (length) => {
    const text = fc.uint8Array({ maxLength: 200 })
    await fc.assert(
      fc.asyncProperty(text, fc.uint8Array({ maxLength: 40 }), async (plaintext, additionalData) => {
        const input = { key: random(length), iv: random(12), additionalData }
        const sealed = await writer.aesGcm.seal(input, plaintext)
        expect(sealed.ciphertext).toHaveLength(plaintext.length)
        expect(sealed.tag).toHaveLength(16)
        expect(toHex(await reader.aesGcm.open(input, sealed))).toBe(toHex(plaintext))
      }),
      { numRuns: 20 },
    )
  })

  it.each([16, 24, 32])('AES-CBC with %i bytes, of any text', async (length) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 70 }), async (plaintext) => {
        const [key, iv] = [random(length), random(16)]
        const ciphertext = await writer.aesCbcEncrypt(key, iv, plaintext)
        expect(toHex(await reader.aesCbcDecrypt(key, iv, ciphertext))).toBe(toHex(plaintext))
      }),
      { numRuns: 20 },
    )
  })

  it.each([
    [16, 16],
    [24, 32],
    [32, 64],
  ])('AES Key Wrap with %i bytes, of %i', async (length, size) => {
    const [key, cek] = [random(length), random(size)]
    const wrapped = await writer.aesKeyWrap(key, cek)
    expect(wrapped).toHaveLength(size + 8)
    expect(toHex(await reader.aesKeyUnwrap(key, wrapped))).toBe(toHex(cek))
  })

  it.each(hashes)('RSA-OAEP with %s', async (hash) => {
    const encrypt = await writer.rsaOaepEncrypter(rsa, hash)
    const decrypt = await reader.rsaOaepDecrypter(rsa, hash)
    const cek = random(64)
    const encrypted = await encrypt(cek)
    expect(toHex(await decrypt(encrypted))).toBe(toHex(cek))
    expect(toHex(encrypted)).not.toBe(toHex(await encrypt(cek)))
  })

  it.each(curves)('agreement on %s', async (curve) => {
    const own = await keyOn(curve)
    const ephemeral = await writer.ephemeralAgreement(publicHalf(own), curve)
    const { publicKey, secret } = await ephemeral()
    expect(publicKey.d).toBeUndefined()
    expect(secret).toHaveLength(agreementCurves[curve].width)
    expect(toHex(await (await reader.agreement(own, curve))(publicKey))).toBe(toHex(secret))
    expect((await ephemeral()).publicKey).not.toEqual(publicKey)
  })
})

describe.each(both)('what does not fit is undefined on $name, never an exception', (backend) => {
  const input: SealingInput = { key: random(32), iv: random(12), additionalData: random(5) }

  it('AES-GCM: text, tag, IV, key, additional data', async () => {
    const sealed = await backend.aesGcm.seal(input, random(20))
    const wrong: readonly Parameters<Aead['open']>[] = [
      [input, { ...sealed, ciphertext: flipped(sealed.ciphertext) }],
      [input, { ...sealed, ciphertext: sealed.ciphertext.subarray(1) }],
      [input, { ...sealed, tag: flipped(sealed.tag, 127) }],
      [{ ...input, iv: random(12) }, sealed],
      [{ ...input, key: random(32) }, sealed],
      [{ ...input, additionalData: new Uint8Array() }, sealed],
    ]
    for (const attempt of wrong) expect(await backend.aesGcm.open(...attempt)).toBeUndefined()
  })

  it.each([0, 4, 12, 15, 17, 32])('AES-GCM: a tag of %i bytes is too easy to guess', async (length) => {
    const { ciphertext, tag } = await backend.aesGcm.seal(input, random(20))
    const other = new Uint8Array([...tag, ...random(16)]).subarray(0, length)
    expect(await backend.aesGcm.open(input, { ciphertext, tag: other })).toBeUndefined()
  })

  it('AES-CBC: padding, length', async () => {
    const [key, iv] = [random(16), random(16)]
    const ciphertext = await backend.aesCbcEncrypt(key, iv, new Uint8Array(16))
    const wrong = [ciphertext.subarray(0, 16), ciphertext.subarray(0, 31), new Uint8Array()]
    for (const candidate of wrong) expect(await backend.aesCbcDecrypt(key, iv, candidate)).toBeUndefined()
  })

  it('RFC 3394 §2.2.2 AES Key Wrap: key, text, length', async () => {
    const key = random(16)
    const wrapped = await backend.aesKeyWrap(key, random(32))
    const wrong = [flipped(wrapped), wrapped.subarray(8), wrapped.subarray(1), new Uint8Array(), random(8)]
    for (const candidate of wrong) expect(await backend.aesKeyUnwrap(key, candidate)).toBeUndefined()
    expect(await backend.aesKeyUnwrap(random(16), wrapped)).toBeUndefined()
  })

  it('RSA-OAEP: text, length, hash', async () => {
    const encrypted = await (await backend.rsaOaepEncrypter(rsa, 'sha-256'))(random(32))
    const decrypt = await backend.rsaOaepDecrypter(rsa, 'sha-256')
    const wrong = [flipped(encrypted, 77), encrypted.subarray(1), new Uint8Array(), new Uint8Array(256).fill(255)]
    for (const candidate of wrong) expect(await decrypt(candidate)).toBeUndefined()
    expect(await (await backend.rsaOaepDecrypter(rsa, 'sha-1'))(encrypted)).toBeUndefined()
  })

  it('RFC 8017 §7.1.2 RSA-OAEP: a ciphertext without its leading zero', async () => {
    const encrypt = await backend.rsaOaepEncrypter(rsa, 'sha-256')
    const decrypt = await backend.rsaOaepDecrypter(rsa, 'sha-256')
    let encrypted = await encrypt(random(32))
    while (encrypted[0] !== 0) encrypted = await encrypt(random(32))
    expect(await decrypt(encrypted)).toHaveLength(32)
    expect(await decrypt(encrypted.subarray(1))).toBeUndefined()
  })

  it.each(curves)('RFC 7518 §6.2.1.2 agreement on %s with what is no key on it (CVE-2017-16007)', async (curve) => {
    const own = await keyOn(curve)
    const agree = await backend.agreement(own, curve)
    const other = publicHalf(await keyOn(curve))
    const { width } = agreementCurves[curve]
    const zero = Buffer.alloc(width).toString('base64url')
    const wrong: KeyMembers[] = [
      { ...other, x: zero, ...(other.y !== undefined && { y: zero }) },
      { ...other, x: 'AAAA' },
      { ...other, crv: curve === 'P-256' ? 'P-384' : 'P-256' },
      { kty: other.kty, crv: curve },
    ]
    if (other.y !== undefined) wrong.push({ ...other, y: Buffer.alloc(width, 1).toString('base64url') })
    for (const candidate of wrong) expect(await agree(candidate)).toBeUndefined()
    await expect((async () => backend.ephemeralAgreement({ ...other, x: 'AAAA' }, curve))()).rejects.toThrow()
  })

  it('RFC 7748 §6.1 X25519 with points of small order', async () => {
    const agree = await backend.agreement(await keyOn('X25519'), 'X25519')
    const smallOrder = [
      '0100000000000000000000000000000000000000000000000000000000000000',
      'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
      'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    ]
    for (const hex of smallOrder) {
      const x = Buffer.from(hex, 'hex').toString('base64url')
      expect(await agree({ kty: 'OKP', crv: 'X25519', x })).toBeUndefined()
    }
  })
})

describe('RSA keys that would keep the event loop for long', () => {
  it('go to the thread pool', async () => {
    const [backend] = both
    const long = await node.generateKeyPair({ family: 'rsa-pkcs1', hash: 'sha-256' }, 4096)
    const decrypted = (await backend?.rsaOaepDecrypter(long, 'sha-256'))?.(
      (await (await backend?.rsaOaepEncrypter(long, 'sha-256'))?.(random(32))) ?? new Uint8Array(),
    )
    expect(decrypted).toBeInstanceOf(Promise)
    expect(await decrypted).toHaveLength(32)
  })
})
