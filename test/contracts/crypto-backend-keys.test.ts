import { constants, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { KeyMembers, SignatureScheme } from '../../src/crypto/primitives.ts'
import { backendPairs, backends, keyPairSchemes } from './crypto-backend.ts'

const message = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ1MSJ9'
const fromText = (signature: string): Uint8Array => new Uint8Array(Buffer.from(signature, 'base64url'))
const nameOf = (scheme: SignatureScheme): string => Object.values(scheme).join(' ')

/** One pair for each kind of key; RSA keys are slow to make. */
const keys: Map<string, KeyMembers> = new Map()
const kindOf = (scheme: SignatureScheme): string => ('curve' in scheme ? scheme.curve : 'RSA')
const keyFor = (scheme: SignatureScheme): KeyMembers => keys.get(kindOf(scheme)) ?? { kty: 'missing' }
const publicHalf = ({ kty, crv, x, y, n, e }: KeyMembers): KeyMembers =>
  JSON.parse(JSON.stringify({ kty, crv, x, y, n, e }))

beforeAll(async () => {
  for (const [index, scheme] of keyPairSchemes.entries()) {
    const backend = backends[index % 2]
    if (backend && !keys.has(kindOf(scheme))) keys.set(kindOf(scheme), await backend.generateKeyPair(scheme, 2048))
  }
})

describe.each(backendPairs)('$writer.name signs, $reader.name verifies', ({ writer, reader }) => {
  it.each(keyPairSchemes)('%o', async (scheme) => {
    const sign = await writer.signer(keyFor(scheme), scheme)
    const verify = await reader.verifier(publicHalf(keyFor(scheme)), scheme)
    const signature = fromText(await sign(message))
    expect(await verify(message, signature)).toBe(true)
    expect(await verify(new TextEncoder().encode(message), signature)).toBe(true)
    expect(await verify(`${message}x`, signature)).toBe(false)
  })

  it('HMAC', async () => {
    const scheme: SignatureScheme = { family: 'hmac', hash: 'sha-384' }
    const secret = { kty: 'oct', k: 'A'.repeat(64) }
    const signature = fromText(await (await writer.signer(secret, scheme))(message))
    const verify = await reader.verifier(secret, scheme)
    expect(signature).toHaveLength(48)
    expect(await verify(message, signature)).toBe(true)
    expect(await verify(message, signature.subarray(0, 47))).toBe(false)
    expect(await verify(message, new Uint8Array())).toBe(false)
  })
})

describe.each(backends)('crypto backend $name: keys', (backend) => {
  it.each(keyPairSchemes)('a private key verifies what it signed: %o', async (scheme) => {
    const signature = fromText(await (await backend.signer(keyFor(scheme), scheme))(message))
    expect(await (await backend.verifier(keyFor(scheme), scheme))(message, signature)).toBe(true)
  })

  it.each(keyPairSchemes)(
    'a signature that is cut, longer, empty or zero is false, not an exception: %o',
    async (scheme) => {
      const signature = fromText(await (await backend.signer(keyFor(scheme), scheme))(message))
      const verify = await backend.verifier(publicHalf(keyFor(scheme)), scheme)
      const wrong = [
        signature.subarray(1),
        new Uint8Array([...signature, 0]),
        new Uint8Array(),
        new Uint8Array(signature.length),
      ]
      for (const candidate of wrong) expect(await verify(message, candidate)).toBe(false)
    },
  )

  it.each(keyPairSchemes.filter(({ family }) => family === 'ecdsa'))(
    'RFC 7518 §3.4 DER is no JOSE signature: %o',
    async (scheme) => {
      const verify = await backend.verifier(publicHalf(keyFor(scheme)), scheme)
      const privateKey = createPrivateKey({ key: { ...keyFor(scheme) }, format: 'jwk' })
      const hash = 'hash' in scheme ? scheme.hash.replace('-', '') : null
      expect(await verify(message, sign(hash, Buffer.from(message), privateKey))).toBe(false)
    },
  )

  it.each(keyPairSchemes)('refuses members that are no such key: %o', async (scheme) => {
    const { kty } = keyFor(scheme)
    await expect((async () => backend.signer({ kty }, scheme))()).rejects.toThrow()
    await expect((async () => backend.verifier({ kty }, scheme))()).rejects.toThrow()
  })

  it('refuses a point that is not on its curve', async () => {
    const scheme: SignatureScheme = { family: 'ecdsa', hash: 'sha-256', curve: 'P-256' }
    const { x } = keyFor(scheme)
    const off = { kty: 'EC', crv: 'P-256', ...(x && { x, y: x }) }
    await expect((async () => backend.verifier(off, scheme))()).rejects.toThrow()
  })

  it.each([
    ['rsa', { modulusLength: 2048 }, 'RSA'],
    ['ec', { namedCurve: 'P-256' }, 'P-256'],
    ['ec', { namedCurve: 'P-384' }, 'P-384'],
    ['ec', { namedCurve: 'P-521' }, 'P-521'],
    ['ed25519', {}, 'Ed25519'],
  ])('reads SPKI and PKCS #8 of %s %o', async (type, options, kind) => {
    const pair = generateKeyPairSync(type as 'ec', options as { namedCurve: string })
    const spki = await backend.importDer('spki', pair.publicKey.export({ format: 'der', type: 'spki' }))
    const pkcs8 = await backend.importDer('pkcs8', pair.privateKey.export({ format: 'der', type: 'pkcs8' }))
    expect(spki).toEqual(pair.publicKey.export({ format: 'jwk' }))
    expect(pkcs8).toEqual(pair.privateKey.export({ format: 'jwk' }))
    expect(spki.crv ?? spki.kty).toBe(kind)
  })

  it('fails on DER that is something else', async () => {
    const { publicKey } = generateKeyPairSync('x25519')
    const other = publicKey.export({ format: 'der', type: 'spki' })
    const cut = other.subarray(0, 10)
    for (const der of [cut, new Uint8Array(), new Uint8Array([0x30, 0x84, 1, 2, 3, 4, 5])]) {
      await expect((async () => backend.importDer('spki', der))()).rejects.toThrow()
    }
  })

  it('describes a CryptoKey: algorithm, operations, public half', async () => {
    const parameters = {
      name: 'RSA-PSS',
      hash: 'SHA-384',
      modulusLength: 2048,
      publicExponent: new Uint8Array([1, 0, 1]),
    }
    const pair = await crypto.subtle.generateKey(parameters, true, ['sign', 'verify'])
    const description = await backend.importNative(pair.privateKey)
    expect(description).toMatchObject({ kty: 'RSA', alg: 'PS384', keyOps: ['sign'], isPrivate: true, bits: 2048 })
    expect(Object.keys(description?.publicMembers ?? {}).sort()).toEqual(['e', 'kty', 'n'])
    expect(await backend.importNative(pair.publicKey)).toMatchObject({ isPrivate: false, keyOps: ['verify'] })
  })

  it('signs with a CryptoKey that is not extractable, and does not extract it', async () => {
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
    const scheme: SignatureScheme = { family: 'ecdsa', hash: 'sha-256', curve: 'P-256' }
    const description = await backend.importNative(pair.privateKey)
    expect(description).toMatchObject({ kty: 'EC', crv: 'P-256', isPrivate: true })
    expect(description?.material).toHaveProperty('native')
    const sign = await backend.signer(description?.material ?? { kty: '' }, scheme)
    const publicKey = await backend.importNative(pair.publicKey)
    const verify = await backend.verifier(publicKey?.material ?? { kty: '' }, scheme)
    expect(await verify(message, fromText(await sign(message)))).toBe(true)
  })

  it('does not know keys for other purposes, or other objects', async () => {
    const aes = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, ['encrypt'])
    expect(await backend.importNative(aes)).toBeUndefined()
    expect(await backend.importNative({})).toBeUndefined()
  })
})

describe.each(backends)('RFC 7518 §3.5 PSS on $name', (backend) => {
  it('takes a salt as long as the digest, and no other', async () => {
    const scheme: SignatureScheme = { family: 'rsa-pss', hash: 'sha-256' }
    const privateKey = createPrivateKey({ key: { ...keyFor(scheme) }, format: 'jwk' })
    const verify = await backend.verifier(publicHalf(keyFor(scheme)), scheme)
    const padding = constants.RSA_PKCS1_PSS_PADDING
    const salted = (saltLength: number): Uint8Array =>
      sign('sha256', Buffer.from(message), { key: privateKey, padding, saltLength })
    expect(await verify(message, salted(32))).toBe(true)
    expect(await verify(message, salted(20))).toBe(false)
    expect(await verify(message, salted(0))).toBe(false)
  })
})

describe('node:crypto KeyObject', () => {
  it('is described by the node backend', async () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    expect(await backends[0]?.importNative(privateKey)).toMatchObject({ kty: 'OKP', crv: 'Ed25519', isPrivate: true })
  })
})

describe('every flipped bit is refused', () => {
  it.each(keyPairSchemes.map((scheme) => [nameOf(scheme), scheme] as const))('%s', async (_, scheme) => {
    const [node] = backends
    if (node === undefined) throw new Error('no backend')
    const signature = fromText(await (await node.signer(keyFor(scheme), scheme))(message))
    const verify = await node.verifier(publicHalf(keyFor(scheme)), scheme)
    await fc.assert(
      fc.asyncProperty(fc.nat(signature.length * 8 - 1), async (bit) => {
        const flipped = signature.slice()
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        expect(await verify(message, flipped)).toBe(false)
      }),
      { numRuns: 50 },
    )
  })
})
