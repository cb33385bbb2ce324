import { constants, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { KeyMembers, SignatureScheme } from '../../src/crypto/primitives.ts'
import { backendPairs, backends, keyPairSchemes } from './crypto-backend.ts'

const message = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ1MSJ9'
const fromText = (signature: string): Uint8Array => new Uint8Array(Buffer.from(signature, 'base64url'))
const nameOf = (scheme: SignatureScheme): string => Object.values(scheme).join(' ')

const agreementSchemes = (['X25519', 'X448'] as const).map((curve) => ({ family: 'xdh', curve }) as const)
const oaep = (hash: string): RsaHashedKeyGenParams => ({
  name: 'RSA-OAEP',
  hash,
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
})

/** One pair for each kind of key; RSA keys are slow to make. */
const keys: Map<string, KeyMembers> = new Map()
const kindOf = (scheme: SignatureScheme): string => ('curve' in scheme ? scheme.curve : 'RSA')
const keyFor = (scheme: SignatureScheme): KeyMembers => keys.get(kindOf(scheme)) ?? { kty: 'missing' }
const publicHalf = ({ kty, crv, x, y, n, e }: KeyMembers): KeyMembers =>
  JSON.parse(JSON.stringify({ kty, crv, x, y, n, e }))

function generatedOrRefused(generate: () => unknown): boolean {
  try {
    generate()
    return true
  } catch {
    return false
  }
}

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
    ['ed448', {}, 'Ed448'],
    ['x25519', {}, 'X25519'],
    ['x448', {}, 'X448'],
  ])('reads SPKI and PKCS #8 of %s %o', async (type, options, kind) => {
    const pair = generateKeyPairSync(type as 'ec', options as { namedCurve: string })
    const spki = await backend.importDer('spki', pair.publicKey.export({ format: 'der', type: 'spki' }))
    const pkcs8 = await backend.importDer('pkcs8', pair.privateKey.export({ format: 'der', type: 'pkcs8' }))
    expect(spki).toEqual(pair.publicKey.export({ format: 'jwk' }))
    expect(pkcs8).toEqual(pair.privateKey.export({ format: 'jwk' }))
    expect(spki.crv ?? spki.kty).toBe(kind)
  })

  it('fails on DER that is something else', async () => {
    const { publicKey } = generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 })
    const other = publicKey.export({ format: 'der', type: 'spki' })
    await expect((async () => backend.importDer('spki', other))()).rejects.toThrow()
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

  it.each([
    [{ name: 'AES-KW', length: 192 }, ['wrapKey'], { kty: 'oct', alg: 'A192KW', bits: 192 }],
    [{ name: 'AES-GCM', length: 256 }, ['encrypt'], { kty: 'oct', keyOps: ['encrypt'], bits: 256 }],
    [{ name: 'ECDH', namedCurve: 'P-384' }, ['deriveBits'], { kty: 'EC', crv: 'P-384' }],
    [{ name: 'X25519' }, ['deriveBits'], { kty: 'OKP', crv: 'X25519' }],
    [oaep('SHA-1'), ['decrypt'], { kty: 'RSA', alg: 'RSA-OAEP' }],
    [oaep('SHA-384'), ['decrypt'], { kty: 'RSA', alg: 'RSA-OAEP-384' }],
  ])('describes a CryptoKey for encryption: %o', async (algorithm, usages, expected) => {
    const made = await crypto.subtle.generateKey(algorithm, true, usages as KeyUsage[])
    const key = 'privateKey' in made ? made.privateKey : made
    expect(await backend.importNative(key)).toMatchObject({ ...expected, isPrivate: true })
  })

  it('builds a key pair of every kind, and refuses what is none', async () => {
    for (const scheme of [...keyPairSchemes, ...agreementSchemes]) {
      const members = await backend.generateKeyPair(scheme, 2048)
      await backend.checkKey(members)
      await backend.checkKey(publicHalf(members))
      const { kty, crv } = members
      await expect((async () => backend.checkKey({ kty, ...(crv && { crv }), x: 'AA', y: 'AA' }))()).rejects.toThrow()
    }
  })

  it('does not know keys for other purposes, or other objects', async () => {
    const password = await crypto.subtle.importKey('raw', new Uint8Array(16), 'PBKDF2', false, ['deriveBits'])
    expect(await backend.importNative(password)).toBeUndefined()
    expect(await backend.importNative({})).toBeUndefined()
  })
})

describe.each(backends)('RFC 8017 §8.1.2, §8.2.2 RSA signatures on $name', (backend) => {
  it.each(['rsa-pkcs1', 'rsa-pss'] as const)('%s: one without its leading zero is not the same one', async (family) => {
    const scheme: SignatureScheme = { family, hash: 'sha-256' }
    const sign = await backend.signer(keyFor(scheme), scheme)
    const verify = await backend.verifier(publicHalf(keyFor(scheme)), scheme)
    let count = 0
    let signature = fromText(await sign(`${count}`))
    while (signature[0] !== 0) signature = fromText(await sign(`${++count}`))
    expect(await verify(`${count}`, signature)).toBe(true)
    expect(await verify(`${count}`, signature.subarray(1))).toBe(false)
    expect(await verify(`${count}`, new Uint8Array([0, ...signature]))).toBe(false)
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

describe('RFC 8812 §3.1, §3.2 secp256k1', () => {
  const scheme: SignatureScheme = { family: 'ecdsa', hash: 'sha-256', curve: 'secp256k1' }
  const [node, web] = backends
  if (node === undefined || web === undefined) throw new Error('no backends')

  it('is of node:crypto', async () => {
    const members = await node.generateKeyPair(scheme, 0)
    expect(members).toMatchObject({ kty: 'EC', crv: 'secp256k1' })
    const signature = fromText(await (await node.signer(members, scheme))(message))
    expect(signature).toHaveLength(64)
    expect(await (await node.verifier(publicHalf(members), scheme))(message, signature)).toBe(true)
  })

  it('is not of WebCrypto, which says so', async () => {
    const members = await node.generateKeyPair(scheme, 0)
    const refused = {
      name: 'PlatformUnsupportedError',
      message:
        '"secp256k1" is not available in this runtime: expected a runtime whose node:crypto has this curve, such as Node or Deno',
    }
    await expect(web.generateKeyPair(scheme, 0)).rejects.toMatchObject(refused)
    await expect(web.checkKey(members)).rejects.toMatchObject(refused)
    await expect(web.signer(members, scheme)).rejects.toMatchObject(refused)
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
    const der = publicKey.export({ format: 'der', type: 'spki' })
    await expect(web.importDer('spki', der)).rejects.toMatchObject(refused)
  })
})

describe.each(backends)('ML-DSA on $name', (backend) => {
  const scheme: SignatureScheme = { family: 'ml-dsa', parameterSet: 'ML-DSA-44' }
  const hasMlDsa = generatedOrRefused(() => generateKeyPairSync('ml-dsa-44' as 'ed25519'))

  it.runIf(hasMlDsa)('signs and verifies', async () => {
    const members = await backend.generateKeyPair(scheme, 0)
    expect(members).toMatchObject({ kty: 'AKP', alg: 'ML-DSA-44' })
    await backend.checkKey(members)
    const signature = fromText(await (await backend.signer(members, scheme))(message))
    expect(signature).toHaveLength(2420)
    const { kty, alg = '', pub = '' } = members
    const verify = await backend.verifier({ kty, alg, pub }, scheme)
    expect(await verify(message, signature)).toBe(true)
    expect(await verify(`${message}x`, signature)).toBe(false)
    expect(await verify(message, signature.subarray(1))).toBe(false)
  })

  it.skipIf(hasMlDsa)('is said to be missing where it is', async () => {
    const refused = {
      name: 'PlatformUnsupportedError',
      message:
        '"ML-DSA-44" is not available in this runtime: expected Node 24.7 or later, or another runtime with ML-DSA',
    }
    await expect((async () => backend.generateKeyPair(scheme, 0))()).rejects.toMatchObject(refused)
    const members = { kty: 'AKP', alg: 'ML-DSA-44', pub: Buffer.alloc(1312).toString('base64url') }
    await expect((async () => backend.checkKey(members))()).rejects.toMatchObject(refused)
    await expect((async () => backend.verifier(members, scheme))()).rejects.toMatchObject(refused)
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
