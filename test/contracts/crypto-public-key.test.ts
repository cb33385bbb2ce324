import { constants, generateKeyPairSync, sign } from 'node:crypto'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { findNodePlatform } from '../../src/crypto/node-platform.ts'
import { readNodePublicKey } from '../../src/crypto/node-public-key.ts'
import type { KeyMembers, SignatureScheme } from '../../src/crypto/primitives.ts'
import { readPublicKey } from '../../src/crypto/public-key.ts'
import { publicHalf } from '../../src/crypto/schemes.ts'
import { readWebPublicKey } from '../../src/crypto/web-public-key.ts'
import { backends, keyPairSchemes } from './crypto-backend.ts'

const platform = findNodePlatform() ?? expect.fail('the contract is tested on a runtime that has node:crypto')

const readers = [
  { name: 'node', read: async (members: KeyMembers) => readNodePublicKey(platform, members) },
  { name: 'web', read: readWebPublicKey },
]

const message = 'eyJhbGciOiJ0ZXN0In0.cGF5bG9hZA'
const keys: Map<SignatureScheme, { readonly publicKey: KeyMembers; readonly signature: Uint8Array }> = new Map()

const privateRsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const publicRsa = publicHalf(privateRsa.export({ format: 'jwk' }) as KeyMembers)

beforeAll(async () => {
  const [node] = backends
  for (const scheme of keyPairSchemes) {
    const privateKey = await node?.generateKeyPair(scheme, 2048)
    if (node === undefined || privateKey === undefined) throw new Error('no backend')
    const text = await (await node.signer(privateKey, scheme))(message)
    keys.set(scheme, { publicKey: publicHalf(privateKey), signature: new Uint8Array(Buffer.from(text, 'base64url')) })
  }
})

const caseOf = (scheme: SignatureScheme): { readonly publicKey: KeyMembers; readonly signature: Uint8Array } =>
  keys.get(scheme) ?? expect.fail('no key of this scheme')

describe.each(readers)('public keys on $name', ({ read }) => {
  it.each(keyPairSchemes)('verify texts and bytes, and nothing else: %o', async (scheme) => {
    const { publicKey, signature } = caseOf(scheme)
    const verify = await (await read(publicKey))(scheme)
    expect(await verify(message, signature)).toBe(true)
    expect(await verify(new TextEncoder().encode(message), signature)).toBe(true)
    expect(await verify(`${message}x`, signature)).toBe(false)
  })

  it.each(keyPairSchemes)('take a signature that is cut, longer, empty or zero for none: %o', async (scheme) => {
    const { publicKey, signature } = caseOf(scheme)
    const verify = await (await read(publicKey))(scheme)
    const longer = new Uint8Array([...signature, 0])
    for (const wrong of [signature.subarray(1), longer, new Uint8Array(), new Uint8Array(signature.length)]) {
      expect(await verify(message, wrong)).toBe(false)
    }
  })

  it('RFC 7518 §3.4 take DER for no signature', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const make = await read(publicKey.export({ format: 'jwk' }) as KeyMembers)
    const verify = await make({ family: 'ecdsa', hash: 'sha-256', curve: 'P-256' })
    expect(await verify(message, sign('sha256', Buffer.from(message), privateKey))).toBe(false)
  })

  it('RFC 7518 §3.5 take a salt as long as the digest, and no other', async () => {
    const verify = await (await read(publicRsa))({ family: 'rsa-pss', hash: 'sha-256' })
    const padding = constants.RSA_PKCS1_PSS_PADDING
    const salted = (saltLength: number): Uint8Array =>
      sign('sha256', Buffer.from(message), { key: privateRsa, padding, saltLength })
    expect(await verify(message, salted(32))).toBe(true)
    expect(await verify(message, salted(20))).toBe(false)
    expect(await verify(message, salted(0))).toBe(false)
  })

  it.each(['rsa-pkcs1', 'rsa-pss'] as const)('RFC 8017 §8.1.2 %s: mind a leading zero', async (family) => {
    const verify = await (await read(publicRsa))({ family, hash: 'sha-256' })
    const padding = family === 'rsa-pss' ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING
    const key = { key: privateRsa, padding, saltLength: 32 }
    let count = 0
    let signature = sign('sha256', Buffer.from(`${count}`), key)
    while (signature[0] !== 0) signature = sign('sha256', Buffer.from(`${++count}`), key)
    expect(await verify(`${count}`, signature)).toBe(true)
    expect(await verify(`${count}`, signature.subarray(1))).toBe(false)
    expect(await verify(`${count}`, new Uint8Array([0, ...signature]))).toBe(false)
  })

  it('refuse a point that is not on its curve, and members that are missing', async () => {
    const { x = '' } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })
    await expect(read({ kty: 'EC', crv: 'P-256', x, y: x })).rejects.toThrow()
    await expect(read({ kty: 'EC', crv: 'P-256', x })).rejects.toThrow()
    await expect(read({ kty: 'RSA' })).rejects.toThrow()
  })
})

it('public keys are read by node:crypto where there is one, else by WebCrypto', async () => {
  expect(typeof readPublicKey(publicRsa)).toBe('function')
  vi.stubGlobal('process', undefined)
  const later = readPublicKey(publicRsa)
  vi.unstubAllGlobals()
  expect(later).toBeInstanceOf(Promise)
  expect(typeof (await later)).toBe('function')
})
