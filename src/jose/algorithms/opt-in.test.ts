import { describe, expect, it } from 'vitest'
import { backends } from '../../../test/contracts/crypto-backend.ts'
import { decryptionFailed, refusal, text, withHeader, withPart } from '../../../test/support/jwe.ts'
import { decryptCompact } from '../jwe/compact.ts'
import { encryptCompact } from '../jwe/encrypt.ts'
import { encryptGeneral } from '../jwe/encrypt-json.ts'
import { generateEncryptionKey } from '../jwe/generate.ts'
import { decryptJson } from '../jwe/json.ts'
import { keyHandle } from '../jwe/prepared.ts'
import { Key } from '../jwk/key.ts'
import { KeySet } from '../jwks/key-set.ts'
import { ecdh1pu } from './ecdh-1pu.ts'
import { contentEncryptionOf, createJweRegistry, keyManagementOf } from './jwe-registry.ts'
import { rsa15 } from './rsa1-5.ts'
import { chacha } from './xc20p.ts'

const registry = createJweRegistry(rsa15, ecdh1pu, chacha)
const web = backends.find(({ name }) => name === 'web')
if (web === undefined) throw new Error('no backend')

describe('RFC 7518 §4.2 RSA1_5', async () => {
  const key = await generateEncryptionKey('RSA1_5', { registry, kid: 'r' })
  const options = { registry, algorithms: ['RSA1_5'] }
  const token = await encryptCompact('hello', key, { registry })

  it('has to be asked for by name', async () => {
    await expect(decryptCompact(token, key)).rejects.toMatchObject({ code: 'algorithm_unsupported' })
    expect(text((await decryptCompact(token, key, options)).plaintext)).toBe('hello')
  })

  it('RFC 7516 §11.5, RFC 8017 §7.2.2 refuses in one way whatever the padding is', async () => {
    const { publicEncrypt, constants, createPublicKey } = await import('node:crypto')
    const publicKey = createPublicKey({ key: { ...key.toPublicJwk() }, format: 'jwk' })
    const raw = (block: Buffer): string =>
      publicEncrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, block).toString('base64url')
    const block = (change: (bytes: Buffer) => void): Buffer => {
      const bytes = Buffer.alloc(256, 0x55)
      bytes.set([0, 2])
      bytes[256 - 33] = 0
      change(bytes)
      return bytes
    }
    const wrong = [
      block(() => undefined),
      block((bytes) => bytes.set([0, 1])),
      block((bytes) => bytes.set([1, 2])),
      block((bytes) => bytes.set([0], 5)),
      block((bytes) => bytes.set([0x55], 256 - 33)),
      block((bytes) => bytes.set([0], 256 - 40)),
      Buffer.alloc(256),
    ]
    const keys = [...wrong.map(raw), 'AAAA', '', Buffer.alloc(256, 255).toString('base64url')]
    for (const encryptedKey of keys) {
      await expect(decryptCompact(withPart(token, 1, encryptedKey), key, options)).rejects.toMatchObject(
        decryptionFailed,
      )
    }
  })

  it('RFC 8017 §7.2.2 takes an encrypted key at its full length only', async () => {
    const encryptedKey = (jwe: string): Buffer => Buffer.from(jwe.split('.')[1] ?? '', 'base64url')
    let jwe = token
    while (encryptedKey(jwe)[0] !== 0) jwe = await encryptCompact('hello', key, { registry })
    expect(text((await decryptCompact(jwe, key, options)).plaintext)).toBe('hello')
    const short = encryptedKey(jwe).subarray(1).toString('base64url')
    await expect(decryptCompact(withPart(jwe, 1, short), key, options)).rejects.toMatchObject(decryptionFailed)
  })

  it('receives a key whatever comes, and the one that was sent where that is one', async () => {
    const enc = contentEncryptionOf(registry, 'A128CBC-HS256')
    const row = keyManagementOf(registry, 'RSA1_5')
    const [send, receive] = [await row.sender(keyHandle(key)), await row.receiver(keyHandle(key))]
    const { cek, encryptedKey } = await send({ enc })
    if (!(encryptedKey instanceof Uint8Array)) throw new Error('no encrypted key')
    const request = { enc, header: {}, tag: new Uint8Array(), iterations: { minimum: 0, maximum: 0 } }
    expect(Buffer.from((await receive({ ...request, encryptedKey })) as Uint8Array)).toEqual(
      Buffer.from(cek as Uint8Array),
    )
    const broken = encryptedKey.map((byte, index) => (index === 200 ? byte ^ 1 : byte))
    const [one, other] = [
      await receive({ ...request, encryptedKey: broken }),
      await receive({ ...request, encryptedKey: broken }),
    ]
    expect(one).toHaveLength(32)
    expect(one).not.toEqual(other)
  })

  it('says which runtime can, where WebCrypto cannot', async () => {
    const there = await Key.import(key.toPrivateJwk(), { backend: web })
    await expect(decryptCompact(token, there, options)).rejects.toMatchObject(
      refusal(
        'algorithm_unsupported',
        '"alg" (Algorithm) unsupported: WebCrypto has no RSA1_5, expected a runtime with node:crypto, such as Node',
      ),
    )
  })
})

describe('draft-amringer-jose-chacha-02', () => {
  it.each(['C20P', 'XC20P'])('%s encrypts content', async (enc) => {
    const key = await generateEncryptionKey('dir', { enc, registry })
    const token = await encryptCompact('hello', key, { registry })
    const { plaintext, header } = await decryptCompact(token, key, { registry })
    expect([text(plaintext), header.enc]).toEqual(['hello', enc])
    for (const [index, part] of [
      [2, 'AAAAAAAAAAAAAAAA'],
      [3, 'AAAA'],
      [4, 'AAAA'],
    ] as const) {
      await expect(decryptCompact(withPart(token, index, part), key, { registry })).rejects.toMatchObject(
        decryptionFailed,
      )
    }
    const there = await Key.import(key.toPrivateJwk(), { backend: web })
    await expect(encryptCompact('x', there, { registry })).rejects.toMatchObject(
      refusal(
        'encryption_unsupported',
        '"enc" (Encryption Algorithm) unsupported: expected a runtime whose node:crypto has ChaCha20, such as Node',
      ),
    )
  })
})

describe.each(backends)('draft-madden-jose-ecdh-1pu-04 on $name', async (backend) => {
  const make = (kid: string, crv: 'P-256' | 'X25519' = 'P-256'): Promise<Key> =>
    generateEncryptionKey('ECDH-1PU', { crv, kid, registry, backend }).then((key) =>
      Key.import({ ...key.toPrivateJwk(), alg: undefined } as never, { backend }),
    )
  const [alice, bob, mallory] = await Promise.all(['alice', 'bob', 'mallory'].map((kid) => make(kid)))
  if (alice === undefined || bob === undefined || mallory === undefined) throw new Error('no keys')
  const published = new KeySet([mallory, alice])

  it.each([
    ['ECDH-1PU', 'A256GCM'],
    ['ECDH-1PU+A128KW', 'A128CBC-HS256'],
    ['ECDH-1PU+A192KW', 'A192CBC-HS384'],
    ['ECDH-1PU+A256KW', 'A256CBC-HS512'],
  ])('%s proves who sent', async (alg, enc) => {
    const token = await encryptCompact('hello', bob, { alg, enc, sender: alice, apu: 'Alice', registry })
    const options = { algorithms: [alg], registry }
    for (const sender of [alice, published]) {
      const { plaintext, header } = await decryptCompact(token, bob, { ...options, sender })
      expect([text(plaintext), header['skid']]).toEqual(['hello', 'alice'])
    }
    await expect(decryptCompact(token, bob, { ...options, sender: mallory })).rejects.toMatchObject(decryptionFailed)
    await expect(decryptCompact(token, bob, options)).rejects.toThrow(
      new TypeError(`"sender" option missing: ${alg} expects the sender's public key`),
    )
    const strangers = new KeySet([await make('other', 'X25519')])
    await expect(decryptCompact(token, bob, { ...options, sender: strangers })).rejects.toMatchObject(
      refusal('key_not_found', 'no key of the sender: expected one on the curve of the recipient'),
    )
  })

  it('§2.1 wraps keys for a committing "enc" only, and binds them to the text', async () => {
    const how = { alg: 'ECDH-1PU+A128KW', sender: alice, registry }
    await expect(encryptCompact('x', bob, { ...how, enc: 'A256GCM' })).rejects.toMatchObject(
      refusal(
        'encryption_not_allowed',
        '"enc" (Encryption Algorithm) not allowed: ECDH-1PU+A128KW expects a CBC-HMAC one',
      ),
    )
    await expect(encryptCompact('x', bob, { alg: 'ECDH-1PU', registry })).rejects.toThrow(
      new TypeError('"sender" option missing: ECDH-1PU expects the sender\'s private key'),
    )
    const options = { algorithms: [how.alg], sender: alice, registry }
    const jwe = await encryptGeneral(
      'to both',
      [
        { key: bob, ...how },
        { key: mallory, ...how },
      ],
      { enc: 'A128CBC-HS256', registry },
    )
    for (const key of [bob, mallory]) expect(text((await decryptJson(jwe, key, options)).plaintext)).toBe('to both')
    // Mallory knows the key, and still cannot put another text in its place for Bob.
    const other = await encryptGeneral('forged', [{ key: mallory, ...how }], { enc: 'A128CBC-HS256', registry })
    const { iv, ciphertext, tag } = other
    await expect(decryptJson({ ...jwe, iv, ciphertext, tag }, bob, options)).rejects.toMatchObject(decryptionFailed)
  })

  it.each<[string, object, string]>([
    ['is for signatures', { use: 'sig' }, 'key_use_mismatch'],
    ['does something else', { key_ops: ['sign', 'verify'] }, 'key_operation_mismatch'],
    ['is for another algorithm', { alg: 'ECDH-ES' }, 'key_algorithm_mismatch'],
  ])('RFC 8725 §3.1 refuses a key of the sender that %s', async (_, members, code) => {
    const how = { alg: 'ECDH-1PU', registry }
    const sender = await Key.import({ ...alice.toPrivateJwk(), use: undefined, ...members } as never, { backend })
    await expect(encryptCompact('x', bob, { ...how, sender })).rejects.toMatchObject({ name: 'JoseError', code })
    const token = await encryptCompact('x', bob, { ...how, sender: alice })
    const options = { algorithms: ['ECDH-1PU'], registry, sender }
    await expect(decryptCompact(token, bob, options)).rejects.toMatchObject({ name: 'JoseError', code })
  })

  it('sends with a private key', async () => {
    const sender = await Key.import(alice.toPublicJwk(), { backend })
    await expect(encryptCompact('x', bob, { alg: 'ECDH-1PU', registry, sender })).rejects.toMatchObject(
      refusal('key_not_private', "key cannot send: expected the sender's private key"),
    )
  })

  it('refuses keys on different curves', async () => {
    const other = await make('other', 'X25519')
    await expect(encryptCompact('x', bob, { alg: 'ECDH-1PU', sender: other, registry })).rejects.toMatchObject(
      refusal('key_curve_mismatch', '"crv" (Curve) mismatch: expected keys of sender and recipient on one curve'),
    )
  })
})

describe('RFC 8725 §3.2 a registry is a value', () => {
  it('what one has, another does not', async () => {
    const key = await Key.generate({ kty: 'oct', bits: 256 }, { use: 'enc' })
    const token = await encryptCompact('x', key, { alg: 'dir', enc: 'C20P', registry })
    await expect(decryptCompact(token, key, { algorithms: ['dir'] })).rejects.toMatchObject({
      code: 'encryption_unsupported',
    })
    const header = { alg: 'ECDH-1PU', enc: 'A256GCM' }
    await expect(decryptCompact(withHeader(token, header), key, { algorithms: ['ECDH-1PU'] })).rejects.toMatchObject({
      code: 'algorithm_unsupported',
    })
  })
})
