import { beforeAll, describe, expect, it, vi } from 'vitest'
import {
  createSignatureRegistry,
  es256,
  ps256,
  rs256,
  signatureAlgorithms,
  standardSignatureRegistry,
} from '../algorithms/signatures.ts'
import { signJwt, verifyJwt } from '../jwt/index.ts'
import { Key } from './key.ts'
import { importPublicKey, type PublicKey } from './public-key.ts'
import type { Jwk, PublicJwk } from './types.ts'

const registry = standardSignatureRegistry()
const read = (jwk: Jwk | PublicJwk): Promise<PublicKey> => importPublicKey(jwk, registry)

const kinds = ['ES256', 'RS256', 'Ed25519'] as const
const keys: Map<string, Key> = new Map()

beforeAll(async () => {
  for (const alg of kinds) keys.set(alg, await Key.generate(alg, { kid: alg }))
})

function keyFor(alg: string): Key {
  return keys.get(alg) ?? expect.fail('no such key')
}

/** The public key with other members. */
function publicJwk(alg: (typeof kinds)[number], members: object = {}): Jwk {
  return { ...keyFor(alg).toPublicJwk(), ...members } as Jwk
}

describe('RFC 7517 §4 a public key that only verifies', () => {
  const asymmetric = signatureAlgorithms.filter(({ kty }) => kty === 'RSA' || kty === 'EC' || kty === 'OKP')

  it.each(asymmetric.map(({ name }) => name))('verifies %s', async (alg) => {
    const signing = await Key.generate(alg)
    const key = await read(signing.toPublicJwk())
    const { claims } = await verifyJwt(await signJwt({ sub: 'u' }, signing), key)
    expect(claims.sub).toBe('u')
    const other = await signJwt({ sub: 'u' }, await Key.generate(alg))
    await expect(verifyJwt(other, key)).rejects.toMatchObject({ code: 'signature_invalid' })
  })

  it('prepares one verifier for each algorithm', async () => {
    const key = await read(publicJwk('RS256', { alg: undefined }))
    expect(await key.verifier(rs256)).toBe(await key.verifier(rs256))
    expect(key.supports(rs256)).toBe(true)
    expect(key.supports(es256)).toBe(false)
  })

  it('serves no algorithm of another registry, whatever its name', async () => {
    const key = await read(publicJwk('RS256'))
    const stranger = { ...rs256 }
    expect(key.supports(stranger)).toBe(false)
    expect(() => key.verifier(stranger)).toThrow(
      expect.objectContaining({
        code: 'key_algorithm_mismatch',
        message: '"alg" (Algorithm) mismatch: the key is not for RS256',
      }),
    )
  })

  it('serves the one algorithm that it names, else all that it fits', async () => {
    const named = await read(publicJwk('RS256'))
    expect([named.kid, named.alg, named.supports(rs256), named.supports(ps256)]).toEqual([
      'RS256',
      'RS256',
      true,
      false,
    ])
    const open = await read(publicJwk('RS256', { alg: undefined, kid: undefined, use: undefined }))
    expect([open.kid, open.alg, open.supports(rs256), open.supports(ps256)]).toEqual([undefined, undefined, true, true])
  })

  it('takes nothing but the public half of a private key', async () => {
    const d = JSON.parse(JSON.stringify(keyFor('ES256').toPrivateJwk())).d
    const key = await read(publicJwk('ES256', { d }))
    expect(JSON.stringify(key)).not.toContain(d)
    expect((await verifyJwt(await signJwt({ sub: 'u' }, keyFor('ES256')), key)).claims.sub).toBe('u')
  })

  const noneFits = {
    code: 'key_unsupported',
    message: 'key unsupported: no signature algorithm fits what it is and is for',
  }

  it.each([
    ['that says it is for encryption', { use: 'enc' }],
    ['for an algorithm of encryption', { use: undefined, alg: 'RSA-OAEP' }],
    ['with operations of encryption', { use: undefined, alg: undefined, key_ops: ['encrypt', 'wrapKey'] }],
    ['without any operation', { key_ops: [] }],
  ])('is none %s', async (_, members) => {
    await expect(read(publicJwk('RS256', members))).rejects.toMatchObject(noneFits)
  })

  it('is none of a kind that signs nothing, or not here', async () => {
    const unsupported = {
      code: 'key_unsupported',
      message: 'JWK unsupported: expected the "kty" and "crv" of a signature algorithm',
    }
    const agreement = await Key.generate({ kty: 'OKP', crv: 'X25519' })
    await expect(read(agreement.toPublicJwk())).rejects.toMatchObject(unsupported)
    await expect(read({ kty: 'oct', k: 'A'.repeat(43) })).rejects.toMatchObject(unsupported)
    const onlyRsa = createSignatureRegistry(rs256)
    await expect(importPublicKey(publicJwk('ES256'), onlyRsa)).rejects.toMatchObject(noneFits)
  })
})

/** A key of 1024 bits, which `Key` reads only where it is told to. */
async function shortRsa(): Promise<object> {
  const { publicKey } = await crypto.subtle.generateKey(
    { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]) },
    true,
    ['sign', 'verify'],
  )
  const { n } = await crypto.subtle.exportKey('jwk', publicKey)
  return { n }
}

describe('RFC 7517 §4 a public key is held to the rules of Key', () => {
  const zeros = (bytes: number): string => Buffer.alloc(bytes).toString('base64url')
  const broken: [string, (typeof kinds)[number], object | (() => Promise<object>)][] = [
    ['an unknown type', 'ES256', { kty: 'constructor' }],
    ['an unknown curve', 'ES256', { crv: '__proto__' }],
    ['a curve of another type', 'ES256', { crv: 'Ed25519' }],
    ['a point that is not on its curve', 'ES256', { y: zeros(32) }],
    ['a coordinate without its leading zeros', 'ES256', { x: zeros(31) }],
    ['a coordinate with padding', 'ES256', { x: `${zeros(32)}=` }],
    ['a coordinate that is a number', 'ES256', { x: 1 }],
    ['no coordinate', 'ES256', { y: undefined }],
    ['a point of small order', 'Ed25519', { x: zeros(32) }],
    ['a modulus of 1024 bits', 'RS256', shortRsa],
    ['a modulus without end', 'RS256', { n: Buffer.alloc(2049, 255).toString('base64url') }],
    ['the exponent 1', 'RS256', { e: 'AQ' }],
    ['an even exponent', 'RS256', { e: 'AAQ' }],
    ['an exponent without end', 'RS256', { e: Buffer.alloc(9, 255).toString('base64url') }],
    ['a use and operations that contradict each other', 'ES256', { key_ops: ['encrypt'] }],
    ['operations that are a text', 'ES256', { key_ops: 'verify' }],
    ['operations that come twice', 'ES256', { key_ops: ['verify', 'verify'] }],
    ['a kid that is a number', 'ES256', { kid: 1 }],
    ['an alg that is a list', 'ES256', { alg: ['ES256'] }],
    ['an alg of another type', 'ES256', { alg: 'RS256' }],
  ]

  it.each(broken)('refuses %s', async (_, alg, members) => {
    const jwk = publicJwk(alg, typeof members === 'function' ? await members() : members)
    await expect(Key.import(jwk)).rejects.toMatchObject({ name: 'JoseError' })
    await expect(read(jwk)).rejects.toMatchObject({
      name: 'JoseError',
      code: expect.stringMatching(/^key_(?:invalid|unsupported|too_weak)$/),
    })
  })

  it('says what is wrong with it', async () => {
    const invalid = 'JWK invalid: its members are no public key of its "kty" and "crv"'
    await expect(read(publicJwk('ES256', { x: zeros(31) }))).rejects.toMatchObject({ message: invalid })
    await expect(read(publicJwk('Ed25519', { x: zeros(32) }))).rejects.toMatchObject({ message: invalid })
    await expect(read(publicJwk('RS256', await shortRsa()))).rejects.toMatchObject({
      code: 'key_too_weak',
      message: 'key is too short for the algorithms that it fits',
    })
    await expect(read(publicJwk('ES256', { y: zeros(32) }))).rejects.toMatchObject({
      code: 'key_invalid',
      message: 'JWK invalid: its members are no key of type "EC", or not on this runtime',
    })
  })

  it('refuses what WebCrypto cannot read, or says that another runtime may', async () => {
    const k256 = (await Key.generate('ES256K')).toPublicJwk()
    vi.stubGlobal('process', undefined)
    const refusals = [read(publicJwk('ES256', { y: zeros(32) })), read(k256)].map((key) => key.catch((it) => it))
    vi.unstubAllGlobals()
    const [broken, unsupported] = await Promise.all(refusals)
    expect(broken).toMatchObject({ code: 'key_invalid' })
    expect(unsupported).toMatchObject({
      code: 'key_unsupported',
      message: 'JWK invalid: its members are no key of type "EC", or not on this runtime',
    })
  })
})
