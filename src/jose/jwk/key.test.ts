import { createSecretKey, generateKeyPairSync } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { getBackend } from '../../crypto/backend.ts'
import { createWebBackend } from '../../crypto/web.ts'
import { signatureAlgorithm, signatureAlgorithms } from '../algorithms/registry.ts'
import { signCompact, verifyCompact } from '../jws/index.ts'
import { Key } from './key.ts'
import type { Jwk, PrivateJwk } from './types.ts'

/** ML-DSA has its own tests: not every runtime has it. */
const names = Object.keys(signatureAlgorithms).filter((name) => !name.startsWith('ML-DSA'))
let rsa: PrivateJwk
let ec: PrivateJwk

beforeAll(async () => {
  rsa = (await Key.generate('RS256', { kid: 'r' })).toPrivateJwk()
  ec = (await Key.generate('ES256', { kid: 'e' })).toPrivateJwk()
})

const refusal = (code: string, message: string): object => ({ name: 'JoseError', code, message })

describe('RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864 §2.2 Key.generate', () => {
  it.each(names)('makes a private key for %s that signs and verifies', async (alg) => {
    const key = await Key.generate(alg)
    const jws = await signCompact('hello', key)
    const { header, key: used } = await verifyCompact(jws, key)
    expect(header).toEqual({ alg, kid: await key.thumbprint() })
    expect(used).toBe(key)
    expect(key).toMatchObject({ alg, use: 'sig', isPrivate: true, kty: signatureAlgorithm(alg).kty })
  })

  it('takes a kid and an RSA size', async () => {
    const key = await Key.generate('PS256', { kid: 'a', modulusLength: 3072 })
    expect(key).toMatchObject({ kid: 'a', bits: 3072 })
  })

  it('RFC 7518 §3.3 refuses RSA below 2048 bits', async () => {
    await expect(Key.generate('RS256', { modulusLength: 1024 })).rejects.toMatchObject(
      refusal('key_too_weak', '"modulusLength" is too small: RS256 expects at least 2048 bits'),
    )
  })

  it.each(['none', 'RSA-OAEP', '__proto__', 'constructor', 'toString', ''])(
    'RFC 8725 §3.2 knows no algorithm "%s"',
    async (alg) => {
      await expect(Key.generate(alg)).rejects.toMatchObject(
        refusal('algorithm_unsupported', '"alg" (Algorithm) unsupported: expected a registered signature algorithm'),
      )
    },
  )
})

describe('formats that Key.import reads', () => {
  const pem = (type: 'spki' | 'pkcs8', kind: 'ec' | 'rsa' | 'ed25519'): string => {
    const options = { namedCurve: 'P-384', modulusLength: 2048 }
    const pair = generateKeyPairSync(kind as 'ec', options)
    return (type === 'spki' ? pair.publicKey : pair.privateKey)
      .export({ type: type as 'pkcs8', format: 'pem' })
      .toString()
  }

  it.each(['ec', 'rsa', 'ed25519'] as const)('RFC 7468 §10, §13 PEM of %s: PKCS #8 and SPKI', async (kind) => {
    expect((await Key.import(pem('spki', kind))).isPrivate).toBe(false)
    expect(await Key.import(`\n${pem('pkcs8', kind)}\n`, { kid: 'p' })).toMatchObject({ isPrivate: true, kid: 'p' })
  })

  it('KeyObject, private and secret', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    expect(await Key.import(privateKey)).toMatchObject({ kty: 'EC', crv: 'P-256', isPrivate: true })
    expect(await Key.import(createSecretKey(new Uint8Array(32)))).toMatchObject({ kty: 'oct', bits: 256 })
  })

  it('bytes as an HMAC secret', async () => {
    const key = await Key.import(new Uint8Array(64), { alg: 'HS512' })
    expect(key).toMatchObject({ kty: 'oct', bits: 512, isPrivate: true, alg: 'HS512' })
  })

  it('CryptoKey: bound to its algorithm and operations', async () => {
    const secret = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, true, ['sign', 'verify'])
    expect(await Key.import(secret)).toMatchObject({ kty: 'oct', alg: 'HS256', keyOps: ['sign', 'verify'], bits: 512 })
  })

  it.each([getBackend(), createWebBackend()])(
    'CryptoKey that is not extractable signs and shows nothing ($name)',
    async (backend) => {
      const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
      const key = await Key.import(pair.privateKey, { backend, kid: 'k' })
      const jws = await signCompact('x', key)
      await verifyCompact(jws, await Key.import(pair.publicKey, { backend }), { algorithms: ['ES256'] })
      const kept = refusal('key_not_extractable', 'key cannot be shown: the platform keeps it (not extractable)')
      await expect(verifyCompact(jws, key, { algorithms: ['ES256'] })).rejects.toMatchObject(kept)
      await expect(key.thumbprint()).rejects.toMatchObject(kept)
      expect(() => key.toPublicJwk()).toThrow(expect.objectContaining(kept))
      expect(() => key.toPrivateJwk()).toThrow(expect.objectContaining(kept))
    },
  )

  it.each([getBackend(), createWebBackend()])(
    'CryptoKey for HMAC that is not extractable signs and verifies ($name)',
    async (backend) => {
      const secret = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])
      const key = await Key.import(secret, { backend })
      expect(key).toMatchObject({ alg: 'HS256', bits: 512, isPrivate: true })
      expect((await verifyCompact(await signCompact('x', key), key)).header.alg).toBe('HS256')
    },
  )

  it.each([
    [
      'text that is no PEM',
      'secret',
      'key text is not PEM: expected one "PUBLIC KEY" (SPKI) or unencrypted "PRIVATE KEY" (PKCS #8) block; HMAC secrets are given as bytes',
    ],
    [
      'another PEM label',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      'PEM block unsupported: expected one "PUBLIC KEY" (SPKI) or unencrypted "PRIVATE KEY" (PKCS #8) block',
    ],
    [
      'PEM around garbage',
      '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----',
      'PEM "PUBLIC KEY" invalid: expected an RSA, EC or Ed25519 key',
    ],
    [
      'an object of another kind',
      new Date() as unknown as Jwk,
      'key unreadable: expected a JWK, PEM text, a CryptoKey, a KeyObject or bytes',
    ],
    [
      'nothing',
      undefined as unknown as string,
      'key unreadable: expected a JWK, PEM text, a CryptoKey, a KeyObject or bytes',
    ],
  ])('refuses %s', async (_, input, message) => {
    await expect(Key.import(input)).rejects.toMatchObject(refusal('key_invalid', message))
  })

  it('refuses a KeyObject of a kind that no JWK can say', async () => {
    const { privateKey } = generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 })
    await expect(Key.import(privateKey)).rejects.toMatchObject({ code: 'key_unsupported' })
  })
})

describe('RFC 7517 §4, §4.3 and RFC 7518 §6 members of a JWK', () => {
  const secret = { kty: 'oct', k: Buffer.alloc(32).toString('base64url') }
  const cases: [string, () => Jwk, string, string][] = [
    [
      'an unknown type',
      () => ({ kty: 'constructor' }),
      'key_unsupported',
      '"kty" (Key Type) unsupported: expected "oct", "RSA", "EC", "OKP", "AKP"',
    ],
    [
      'an unknown curve',
      () => ({ ...ec, crv: 'P-224' }),
      'key_unsupported',
      '"crv" (Curve) unsupported: expected "P-256", "P-384", "P-521", "secp256k1"',
    ],
    [
      'a curve of another type',
      () => ({ ...ec, crv: 'Ed25519' }),
      'key_unsupported',
      '"crv" (Curve) unsupported: expected "P-256", "P-384", "P-521", "secp256k1"',
    ],
    [
      'a curve that reaches for the prototype',
      () => ({ kty: 'OKP', crv: 'constructor', x: 'AA' }),
      'key_unsupported',
      '"crv" (Curve) unsupported: expected "Ed25519", "Ed448", "X25519", "X448"',
    ],
    [
      'a parameter set that nobody knows',
      () => ({ kty: 'AKP', alg: 'ML-DSA-1', pub: 'AA' }),
      'key_unsupported',
      '"alg" (Algorithm) unsupported: expected "ML-DSA-44", "ML-DSA-65", "ML-DSA-87"',
    ],
    [
      'an ML-DSA key of another length',
      () => ({ kty: 'AKP', alg: 'ML-DSA-44', pub: 'AA' }),
      'key_invalid',
      'JWK "pub" invalid: expected 1312 bytes',
    ],
    [
      'a key for agreement that is said to sign',
      () => ({ kty: 'OKP', crv: 'X25519', x: 'A'.repeat(43), use: 'sig' }),
      'key_unsupported',
      'key unsupported: no signature algorithm fits its "kty", "crv" and "alg"',
    ],
    [
      'an algorithm of another type',
      () => ({ ...ec, alg: 'RS256' }),
      'key_unsupported',
      'key unsupported: no signature algorithm fits its "kty", "crv" and "alg"',
    ],
    [
      'a missing member',
      () => ({ kty: 'EC', crv: 'P-256', x: 'AA' }),
      'key_invalid',
      'JWK "y" missing: the key type requires it',
    ],
    ['a missing secret', () => ({ kty: 'oct' }), 'key_invalid', 'JWK "k" missing: the key type requires it'],
    [
      'an RSA key that has only some of its numbers',
      () => ({ kty: 'RSA', n: 'AQAB', e: 'AQAB', d: 'AQAB', q: 'AQAB' }),
      'key_invalid',
      'JWK "p" missing: the key type requires it',
    ],
    ['a member that is no string', () => ({ ...secret, k: 5 }), 'key_invalid', 'JWK "k" invalid: expected a string'],
    [
      'a member that is padded',
      () => ({ ...secret, k: 'AA==' }),
      'key_invalid',
      'JWK "k" invalid: expected base64url without padding',
    ],
    [
      'spare bits in a member',
      () => ({ ...secret, k: 'AB' }),
      'key_invalid',
      'JWK "k" invalid: expected base64url without padding',
    ],
    [
      'a coordinate that lost its zeros',
      () => ({ ...ec, x: 'AQAB' }),
      'key_invalid',
      'JWK "x" invalid: expected 32 bytes',
    ],
    [
      'a point off its curve',
      () => ({ ...ec, y: Buffer.alloc(32, 1).toString('base64url') }),
      'key_invalid',
      'JWK invalid: its members are no key of type "EC"',
    ],
    [
      'more than two primes',
      () => ({ ...rsa, oth: [] }),
      'key_unsupported',
      'JWK "oth" (Other Primes Info) unsupported: expected an RSA key of two primes',
    ],
    [
      'an RSA key of 1024 bits',
      () => ({ kty: 'RSA', n: Buffer.alloc(128, 255).toString('base64url'), e: 'AQAB' }),
      'key_too_weak',
      'key is too short: expected at least 2048 bits',
    ],
    [
      'an RSA key of 2047 bits',
      () => ({ kty: 'RSA', n: Buffer.alloc(256, 127).toString('base64url'), e: 'AQAB' }),
      'key_too_weak',
      'key is too short: expected at least 2048 bits',
    ],
    [
      'an empty HMAC secret',
      () => ({ kty: 'oct', k: '' }),
      'key_too_weak',
      'key is too short: expected at least 128 bits',
    ],
    ['a kid that is no string', () => ({ ...ec, kid: 5 }), 'key_invalid', 'JWK "kid" invalid: expected a string'],
    [
      'key_ops that is no list',
      () => ({ ...ec, key_ops: 'sign' }),
      'key_invalid',
      'JWK "key_ops" invalid: expected a list of different strings',
    ],
    [
      'key_ops with duplicates',
      () => ({ ...ec, key_ops: ['sign', 'sign'] }),
      'key_invalid',
      'JWK "key_ops" invalid: expected a list of different strings',
    ],
    [
      'use against key_ops',
      () => ({ ...ec, use: 'enc', key_ops: ['sign'] }),
      'key_invalid',
      'JWK "use" and "key_ops" invalid: expected values that mean the same',
    ],
  ]

  it.each(cases)('refuses %s', async (_, jwk, code, message) => {
    await expect(Key.import(jwk())).rejects.toMatchObject(refusal(code, message))
  })

  it.each(['AQ', 'AA', 'AQAC', '', 'AQAAAAAAAAAB'])('RFC 8017 §3.1 refuses an RSA exponent of %s', async (e) => {
    await expect(Key.import({ kty: 'RSA', n: (rsa as { n: string }).n, e })).rejects.toMatchObject(
      refusal('key_invalid', 'JWK "e" (Exponent) invalid: expected an odd number from 3, of 64 bits at most'),
    )
  })

  it.each([
    ['HS256', 32],
    ['HS384', 48],
    ['HS512', 64],
  ])('RFC 7518 §3.2 takes a secret for %s from %i bytes on', async (alg, size) => {
    await Key.import(new Uint8Array(size).fill(1), { alg })
    await expect(Key.import(new Uint8Array(size - 1).fill(1), { alg })).rejects.toMatchObject(
      refusal('key_too_weak', `key is too short: ${alg} expects at least ${size * 8} bits`),
    )
  })

  it('takes an RSA modulus of 16384 bits, and no longer one', async () => {
    const modulus = (size: number): string => Buffer.alloc(size, 255).toString('base64url')
    await Key.import({ kty: 'RSA', n: modulus(2048), e: 'AQAB' })
    await expect(Key.import({ kty: 'RSA', n: modulus(2049), e: 'AQAB' })).rejects.toMatchObject(
      refusal('key_unsupported', 'JWK "n" (Modulus) unsupported: expected 16384 bits at most'),
    )
  })

  it('refuses an option that contradicts the key', async () => {
    await expect(Key.import({ ...ec }, { alg: 'ES384' })).rejects.toMatchObject(
      refusal('key_invalid', '"alg" option and "alg" of the key differ: expected one value'),
    )
  })

  it('reads an encryption key, which then signs nothing', async () => {
    const { kid: _, alg: __, use: ___, ...members } = rsa
    const key = await Key.import({ ...members, use: 'enc', alg: 'RSA-OAEP' } as Jwk)
    await expect(signCompact('x', key, { alg: 'RS256' })).rejects.toMatchObject({ code: 'key_algorithm_mismatch' })
  })
})

describe('what a key shows', () => {
  it('RFC 7518 §6.2.1, §6.2.2, §6.3.1, §6.3.2, §6.4 and RFC 8037 §2 has the members of its type', async () => {
    const members = async (alg: string, form: 'toPublicJwk' | 'toPrivateJwk'): Promise<string> => {
      const { kid, alg: _, use, ...material } = (await Key.generate(alg))[form]()
      return Object.keys(material).sort().join(' ')
    }
    expect(await members('ES256', 'toPublicJwk')).toBe('crv kty x y')
    expect(await members('ES256', 'toPrivateJwk')).toBe('crv d kty x y')
    expect(await members('RS256', 'toPublicJwk')).toBe('e kty n')
    expect(await members('RS256', 'toPrivateJwk')).toBe('d dp dq e kty n p q qi')
    expect(await members('HS256', 'toPrivateJwk')).toBe('k kty')
    expect(await members('EdDSA', 'toPublicJwk')).toBe('crv kty x')
    expect(await members('EdDSA', 'toPrivateJwk')).toBe('crv d kty x')
  })

  it('keeps secrets out of the public form', async () => {
    const key = await Key.import({ ...ec, key_ops: ['sign', 'verify'] })
    expect(Object.keys(key.toPublicJwk()).sort()).toEqual(['alg', 'crv', 'key_ops', 'kid', 'kty', 'use', 'x', 'y'])
    expect(key.toPublicJwk().key_ops).toEqual(['verify'])
    expect(key.toPrivateJwk()).toEqual({ ...ec, key_ops: ['sign', 'verify'] })
    expect(Object.keys((await Key.import(rsa)).toPublicJwk()).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use'])
  })

  it('has no public form of a secret and no private form of a public key', async () => {
    const secret = await Key.generate('HS256')
    expect(() => secret.toPublicJwk()).toThrow(
      expect.objectContaining(refusal('key_symmetric', 'a secret has no public form: expected a key pair')),
    )
    const publicKey = await Key.import((await Key.import(ec)).toPublicJwk())
    expect(() => publicKey.toPrivateJwk()).toThrow(
      expect.objectContaining(refusal('key_not_private', 'key has no private form: it is a public key')),
    )
  })

  it('does not give its secret to a logger', async () => {
    const key = await Key.import(ec)
    expect(JSON.stringify(key)).not.toContain((ec as { d: string }).d)
  })
})

describe('RFC 8725 §3.1, RFC 7517 §4.1, §4.2, §4.3, §4.4 the key pins the algorithm, before any cryptography', () => {
  const prepare =
    (jwk: Jwk | PrivateJwk, alg: string, operation: 'signer' | 'verifier') => async (): Promise<unknown> =>
      (await Key.import(jwk))[operation](signatureAlgorithm(alg))
  const bare = ({ alg: _, ...jwk }: PrivateJwk): PrivateJwk => jwk as PrivateJwk
  const publicEc = (): Jwk => {
    const { d: _, ...jwk } = ec as { d: string }
    return jwk as unknown as Jwk
  }

  it.each([
    [
      'the type',
      () => prepare(ec, 'HS256', 'verifier'),
      'key_type_mismatch',
      '"kty" (Key Type) mismatch: HS256 expects a key of type "oct"',
    ],
    [
      'the curve',
      () => prepare(bare(ec), 'ES384', 'verifier'),
      'key_curve_mismatch',
      '"crv" (Curve) mismatch: ES384 expects a key on curve "P-384"',
    ],
    [
      'its own alg',
      () => prepare(rsa, 'PS256', 'verifier'),
      'key_algorithm_mismatch',
      '"alg" (Algorithm) of the key mismatch: it is not for PS256',
    ],
    [
      'its use',
      () => prepare({ ...bare(rsa), use: 'enc' }, 'RS256', 'verifier'),
      'key_use_mismatch',
      '"use" (Public Key Use) of the key mismatch: expected "sig"',
    ],
    [
      'its key_ops',
      () => prepare({ ...ec, key_ops: ['verify'] }, 'ES256', 'signer'),
      'key_operation_mismatch',
      '"key_ops" (Key Operations) mismatch: expected "sign"',
    ],
    [
      'that it is public',
      () => prepare(publicEc(), 'ES256', 'signer'),
      'key_not_private',
      'key cannot sign: expected a private key or a secret',
    ],
    [
      'its size',
      () => prepare({ kty: 'oct', k: 'A'.repeat(43) }, 'HS384', 'signer'),
      'key_too_weak',
      'key is too short: HS384 expects at least 384 bits',
    ],
  ])('by %s', async (_, make, code, message) => {
    await expect(make()()).rejects.toMatchObject(refusal(code, message))
  })

  it('prepares once for each algorithm, and again after a failure', async () => {
    const key = await Key.import(ec)
    expect(key.signer(signatureAlgorithm('ES256'))).toBe(key.signer(signatureAlgorithm('ES256')))
    const web = await Key.import(ec, { backend: createWebBackend() })
    const [first, second] = [web.verifier(signatureAlgorithm('ES256')), web.verifier(signatureAlgorithm('ES256'))]
    expect(await first).toBe(await second)
    expect(web.verifier(signatureAlgorithm('ES256'))).toBe(await first)
  })
})

describe('RFC 7638 §3 thumbprints', () => {
  it.each([
    ['sha256', 43],
    ['sha384', 64],
    ['sha512', 86],
  ] as const)('with %s', async (hash, length) => {
    expect(await (await Key.import(ec)).thumbprint(hash)).toHaveLength(length)
  })
})
