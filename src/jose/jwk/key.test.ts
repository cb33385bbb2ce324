import { createHash, createSecretKey, generateKeyPairSync, hkdfSync, sign } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { signatureVectors } from '../../../test/conformance/jose/vectors.ts'
import { getBackend } from '../../crypto/backend.ts'
import { createWebBackend } from '../../crypto/web.ts'
import { type SignatureAlgorithm, signatureAlgorithm } from '../algorithms/signature-registry.ts'
import { signatureAlgorithms, standardSignatureRegistry } from '../algorithms/signatures.ts'
import { KeySet } from '../jwks/key-set.ts'
import { signCompact, verifyCompact } from '../jws/index.ts'
import type { SigningRequest } from './external.ts'
import { Key } from './key.ts'
import type { Jwk, PrivateJwk } from './types.ts'

/** ML-DSA has its own tests: not every runtime has it. */
const row = (alg: string): SignatureAlgorithm => signatureAlgorithm(standardSignatureRegistry(), alg)
const names = signatureAlgorithms.map(({ name }) => name).filter((name) => !name.startsWith('ML-DSA'))
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
    expect(key).toMatchObject({ alg, use: 'sig', isPrivate: true, kty: row(alg).kty })
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

describe('RFC 7517 §4, §4.3 and RFC 7518 §6, §6.1, §6.3.2.7 members of a JWK', () => {
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
      () => ({ kty: 'OKP', crv: 'X25519', x: 'hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo', use: 'sig' }),
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

  it.each(['d', 'p', 'q', 'dp', 'dq', 'qi'])('refuses an RSA "%s" longer than the modulus, unused', async (name) => {
    const long = { ...rsa, [name]: Buffer.alloc(257, 255).toString('base64url') } as Jwk
    await expect(Key.import(long)).rejects.toMatchObject(
      refusal('key_invalid', `JWK "${name}" invalid: expected a number no longer than the modulus "n"`),
    )
  })

  it('takes an RSA modulus of 16384 bits, and no longer one', async () => {
    const modulus = (size: number): string => Buffer.alloc(size, 255).toString('base64url')
    await Key.import({ kty: 'RSA', n: modulus(2048), e: 'AQAB' })
    await expect(Key.import({ kty: 'RSA', n: modulus(2049), e: 'AQAB' })).rejects.toMatchObject(
      refusal('key_unsupported', 'JWK "n" (Modulus) unsupported: expected 16384 bits at most'),
    )
  })

  it.each([getBackend(), createWebBackend()])('refuses halves of two keys ($name)', async (backend) => {
    for (const [alg, half] of [
      ['ES256', 'd'],
      ['Ed25519', 'd'],
      ['RS256', 'n'],
    ] as const) {
      const [one, other] = await Promise.all([Key.generate(alg), Key.generate(alg)])
      const mixed: Jwk = { ...one.toPrivateJwk(), [half]: ({ ...other.toPrivateJwk() } as Jwk)[half] }
      const message = `JWK invalid: its members are no key of type "${one.kty}"`
      await expect(Key.import(mixed, { backend })).rejects.toMatchObject(refusal('key_invalid', message))
    }
  })

  it.each([getBackend(), createWebBackend()])('refuses halves of two keys for agreement ($name)', async (backend) => {
    const [one, other] = await Promise.all([1, 2].map(() => Key.generate({ kty: 'OKP', crv: 'X25519' })))
    const mixed = { ...one?.toPrivateJwk(), x: ({ ...other?.toPublicJwk() } as Jwk)['x'] } as Jwk
    await expect(Key.import(mixed, { backend })).rejects.toMatchObject(
      refusal('key_invalid', 'JWK invalid: its members are no key of type "OKP"'),
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
      (await Key.import(jwk))[operation](row(alg))
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
    expect(key.signer(row('ES256'))).toBe(key.signer(row('ES256')))
    const web = await Key.import(ec, { backend: createWebBackend() })
    const [first, second] = [web.verifier(row('ES256')), web.verifier(row('ES256'))]
    expect(await first).toBe(await second)
    expect(web.verifier(row('ES256'))).toBe(await first)
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

describe('RFC 9278 §3 thumbprint URIs', () => {
  it.each([
    ['sha256', 'sha-256'],
    ['sha384', 'sha-384'],
    ['sha512', 'sha-512'],
  ] as const)('with %s', async (hash, name) => {
    const key = await Key.import(ec)
    expect(await key.thumbprintUri(hash)).toBe(
      `urn:ietf:params:oauth:jwk-thumbprint:${name}:${await key.thumbprint(hash)}`,
    )
  })
})

describe('Key.generate by kind', () => {
  it.each([
    [
      { kty: 'oct', bits: 512 },
      { bits: 512, isPrivate: true },
    ],
    [{ kty: 'RSA' }, { bits: 2048, isPrivate: true }],
    [
      { kty: 'EC', crv: 'P-384' },
      { crv: 'P-384', defaultAlgorithm: 'ES384' },
    ],
    [
      { kty: 'OKP', crv: 'X448' },
      { crv: 'X448', defaultAlgorithm: undefined },
    ],
    [
      { kty: 'OKP', crv: 'Ed448' },
      { crv: 'Ed448', defaultAlgorithm: 'EdDSA' },
    ],
  ] as const)('%o', async (kind, expected) => {
    const key = await Key.generate(kind, { use: kind.kty === 'OKP' && kind.crv === 'X448' ? 'enc' : 'sig' })
    expect(key).toMatchObject({ kty: kind.kty, ...expected })
    expect(key.kid).toBe(await key.thumbprint())
  })

  it('for an algorithm that is none of the signature algorithms', async () => {
    const key = await Key.generate({ kty: 'EC', crv: 'P-256' }, { alg: 'ECDH-ES', use: 'enc', kid: 'a' })
    expect(key).toMatchObject({ alg: 'ECDH-ES', use: 'enc', kid: 'a', defaultAlgorithm: undefined })
    await expect(signCompact('x', key)).rejects.toMatchObject({ code: 'algorithms_required' })
  })

  it('RFC 8037 §3.1 EdDSA on the curve that is asked for', async () => {
    expect(await Key.generate('EdDSA', { crv: 'Ed448' })).toMatchObject({ crv: 'Ed448', alg: 'EdDSA' })
    await expect(Key.generate('Ed25519', { crv: 'Ed448' })).rejects.toMatchObject(
      refusal('key_curve_mismatch', '"crv" (Curve) mismatch: Ed25519 does not work on this curve'),
    )
  })

  it.each([
    [{ kty: 'oct', bits: 64 }, 'key_too_weak', '"bits" invalid: expected a multiple of 8 from 128 to 65536'],
    [{ kty: 'oct', bits: 129 }, 'key_too_weak', '"bits" invalid: expected a multiple of 8 from 128 to 65536'],
    [
      { kty: 'EC', crv: 'P-224' },
      'key_unsupported',
      '"crv" (Curve) unsupported: expected "P-256", "P-384", "P-521", "secp256k1"',
    ],
    [
      { kty: 'OKP', crv: 'P-256' },
      'key_unsupported',
      '"crv" (Curve) unsupported: expected "Ed25519", "Ed448", "X25519", "X448"',
    ],
  ])('refuses %o', async (kind, code, message) => {
    await expect(Key.generate(kind as { kty: 'oct'; bits: number })).rejects.toMatchObject(refusal(code, message))
  })

  it('refuses a short RSA modulus', async () => {
    await expect(Key.generate({ kty: 'RSA' }, { modulusLength: 1024 })).rejects.toMatchObject(
      refusal('key_too_weak', '"modulusLength" is too small: RSA expects at least 2048 bits'),
    )
  })

  it('RFC 8812 §3.1 says which runtime has secp256k1', async () => {
    const message =
      '"secp256k1" is not available in this runtime: expected a runtime whose node:crypto has this curve, such as Node or Deno'
    const backend = createWebBackend()
    await expect(Key.generate('ES256K', { backend })).rejects.toMatchObject(
      refusal('algorithm_unsupported', `"alg" (Algorithm) unsupported: ${message}`),
    )
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
    await expect(Key.import(publicKey.export({ format: 'jwk' }) as Jwk, { backend })).rejects.toMatchObject(
      refusal('key_unsupported', `key unsupported: ${message}`),
    )
    const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString()
    await expect(Key.import(pem, { backend })).rejects.toMatchObject(
      refusal('key_unsupported', `PEM "PUBLIC KEY" unsupported: ${message}`),
    )
  })
})

describe('RFC 7518 §2, §6.3.2 RSA keys without their primes', () => {
  const exponents = ({ kty, n, e, d }: Record<string, unknown>): Jwk => ({ kty: String(kty), n, e, d })

  it('are completed, whatever modulus the exponent was computed with', async () => {
    const members = rsa as unknown as Record<string, string>
    const { p, q, dp, dq, qi } = (await Key.import(exponents(members))).toPrivateJwk() as unknown as typeof members
    expect([[p, q], dp, dq, qi]).toEqual(
      p === members['p']
        ? [[members['p'], members['q']], members['dp'], members['dq'], members['qi']]
        : [[members['q'], members['p']], members['dq'], members['dp'], qi],
    )
    const key = await Key.import({ ...exponents(members), alg: 'RS256' })
    await verifyCompact(await signCompact('x', key), key)
  })

  it('the printed one of RFC 7515 §A.2', async () => {
    const vector = signatureVectors.find(({ spec }) => spec === 'RFC 7515 §A.2')?.jwk ?? { kty: '' }
    expect((await Key.import(exponents(vector))).toPrivateJwk()).toEqual(vector)
  })

  it.each([
    ['of another key', { d: 'AQAB' }],
    ['as long as the modulus', { d: Buffer.alloc(256, 255).toString('base64url') }],
    ['of no key at all', { n: Buffer.alloc(256, 255).toString('base64url') }],
  ])('are refused with an exponent %s', async (_, change) => {
    await expect(Key.import({ ...exponents({ ...rsa }), ...change })).rejects.toMatchObject(
      refusal('key_invalid', 'JWK invalid: "n", "e" and "d" are not of one RSA key of two primes'),
    )
  })

  it.each(['p', 'q', 'dp', 'dq', 'qi', 'd', 'n'])(
    'RFC 8017 §3.2 a key whose "%s" is of another is refused',
    async (name) => {
      const other = (await Key.generate('RS256')).toPrivateJwk() as unknown as Record<string, string>
      await expect(Key.import({ ...rsa, [name]: other[name] } as Jwk)).rejects.toMatchObject(
        refusal('key_invalid', 'JWK invalid: its members are no key of type "RSA"'),
      )
    },
  )
})

describe('RFC 8725 §3.5 weak keys', () => {
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey

  it('are taken by name, and work', async () => {
    const key = await Key.import(weak, { alg: 'RS256', allowWeakKey: true })
    await verifyCompact(await signCompact('x', key), key)
    const secret = await Key.import(new Uint8Array(8).fill(1), { alg: 'HS512', allowWeakKey: true })
    await verifyCompact(await signCompact('x', secret), secret)
  })

  it('are refused otherwise', async () => {
    await expect(Key.import(weak)).rejects.toMatchObject(
      refusal('key_too_weak', 'key is too short: expected at least 2048 bits'),
    )
    await expect(Key.import(weak, { use: 'enc' })).rejects.toMatchObject({ code: 'key_too_weak' })
  })

  it.each([
    ['an RSA key of 512 bits', () => generateKeyPairSync('rsa', { modulusLength: 512 }).privateKey, 1024],
    ['an empty secret', () => new Uint8Array(), 8],
  ])('%s is refused even by name', async (_, make, bits) => {
    await expect(Key.import(make(), { allowWeakKey: true })).rejects.toMatchObject(
      refusal('key_too_weak', `key is too short: expected at least ${bits} bits`),
    )
  })

  it('RFC 7518 §4.8 a password is as long as it is, an empty one is none', async () => {
    expect(await Key.import(new Uint8Array(4).fill(1), { alg: 'PBES2-HS256+A128KW' })).toMatchObject({ bits: 32 })
    await expect(Key.import(new Uint8Array(), { use: 'enc' })).rejects.toMatchObject({ code: 'key_too_weak' })
  })
})

describe('Key.derive', () => {
  const secret = new Uint8Array(32).map((_, index) => index)
  const algorithms = ['HS256', 'HS512', 'ES256', 'ES384', 'ES512', 'ES256K', 'EdDSA', 'Ed25519', 'Ed448']

  it.each(algorithms)('makes the same key for %s each time, and another for another purpose', async (alg) => {
    const [first, again] = [await Key.derive(alg, secret), await Key.derive(alg, secret)]
    expect(first.toPrivateJwk()).toEqual(again.toPrivateJwk())
    await verifyCompact(await signCompact('x', first), again)
    const others = [
      await Key.derive(alg, secret, { info: 'another purpose' }),
      await Key.derive(alg, secret, { salt: secret }),
      await Key.derive(alg, secret, { hash: 'sha-512' }),
      await Key.derive(alg, secret.slice().reverse()),
    ]
    expect(new Set([first, ...others].map(({ kid }) => kid)).size).toBe(5)
  })

  it.each(['ES256', 'ES384', 'ES512', 'Ed25519', 'HS256'])(
    'makes the same key for %s on both backends',
    async (alg) => {
      const options = { info: 'purpose', kid: 'k' }
      const web = await Key.derive(alg, secret, { ...options, backend: createWebBackend() })
      expect(web.toPrivateJwk()).toEqual((await Key.derive(alg, secret, options)).toPrivateJwk())
    },
  )

  it('RFC 5869 §2 by HKDF: the seed of an Ed25519 key is what the hash yields', async () => {
    const salt = new TextEncoder().encode('salt')
    const key = await Key.derive('Ed25519', secret, { salt, info: 'purpose' })
    const seed = Buffer.from(hkdfSync('sha256', secret, salt, 'purpose', 32)).toString('base64url')
    expect(key.toPrivateJwk()).toMatchObject({ d: seed })
  })

  it.each([
    ['ES256', 40, 'ffffffff 00000000 ffffffff ffffffff bce6faad a7179e84 f3b9cac2 fc632551'],
    ['ES384', 56, `${'ffffffff'.repeat(6)} c7634d81f4372ddf 581a0db248b0a77a ecec196accc52973`],
    ['ES512', 74, `01 ${'ffffffff'.repeat(8)} fa51868783bf2f96 6b7fcc0148f709a5 d03bb5c9b8899c47 aebb6fb71e913864 09`],
    ['ES256K', 40, 'ffffffff ffffffff ffffffff fffffffe baaedce6 af48a03b bfd25e8c d0364141'],
  ])(
    'FIPS 186-5 §A.2.1 reduces what the hash yields to a number below the order of the curve: %s',
    async (alg, length, order) => {
      const yielded = Buffer.from(hkdfSync('sha256', secret, '', 'purpose', length)).toString('hex')
      const expected = (BigInt(`0x${yielded}`) % (BigInt(`0x${order.replaceAll(' ', '')}`) - 1n)) + 1n
      const { d = '' } = (await Key.derive(alg, secret, { info: 'purpose' })).toPrivateJwk() as { d?: string }
      expect(BigInt(`0x${Buffer.from(d, 'base64url').toString('hex')}`)).toBe(expected)
    },
  )

  it.each([
    ['RS256', secret, 'key_unsupported', 'key cannot be derived: expected an algorithm whose keys are not RSA keys'],
    ['ES256', secret.subarray(17), 'key_too_weak', 'secret is too short: expected at least 16 random bytes'],
    [
      'none',
      secret,
      'algorithm_unsupported',
      '"alg" (Algorithm) unsupported: expected a registered signature algorithm',
    ],
  ])('refuses %s', async (alg, input, code, message) => {
    await expect(Key.derive(alg, input)).rejects.toMatchObject(refusal(code, message))
  })

  it('says where a curve is to be found', async () => {
    await expect(Key.derive('ES256K', secret, { backend: createWebBackend() })).rejects.toMatchObject({
      code: 'algorithm_unsupported',
    })
  })
})

describe('Key.external: keys in a key management service', () => {
  const service = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const publicKey = service.publicKey.export({ format: 'pem', type: 'spki' }).toString()
  const raw = (data: Uint8Array): Uint8Array =>
    sign('sha256', data, { key: service.privateKey, dsaEncoding: 'ieee-p1363' })

  it('sign by asking, and verify here', async () => {
    const requests: SigningRequest[] = []
    const key = await Key.external({
      publicKey,
      alg: 'ES256',
      kid: 'kms',
      sign: (request) => {
        requests.push(request)
        return raw(request.data)
      },
    })
    expect(key).toMatchObject({ isPrivate: true, alg: 'ES256', use: 'sig', keyOps: ['sign', 'verify'] })
    const jws = await signCompact('hello', key)
    expect((await verifyCompact(jws, key)).header).toEqual({ alg: 'ES256', kid: 'kms' })
    expect(requests).toMatchObject([{ alg: 'ES256', kid: 'kms' }])
    const digest = createHash('sha256')
      .update(jws.slice(0, jws.lastIndexOf('.')))
      .digest()
    expect(Buffer.from((await requests[0]?.digest()) ?? [])).toEqual(digest)
  })

  it('RFC 3279 §2.2.3 take the DER of most services', async () => {
    const key = await Key.external({
      publicKey,
      signatureFormat: 'der',
      sign: async ({ data }) => sign('sha256', data, service.privateKey),
    })
    for (let round = 0; round < 20; round++)
      await verifyCompact(await signCompact(`${round}`, key), key, { algorithms: ['ES256'] })
  })

  it.each([
    ['ed25519', {}, 'EdDSA', null],
    ['ed448', {}, 'Ed448', null],
    ['rsa', { modulusLength: 2048 }, 'RS384', 'sha384'],
  ])('of %s', async (type, options, alg, hash) => {
    const pair = generateKeyPairSync(type as 'rsa', options as { modulusLength: number })
    const key = await Key.external({
      publicKey: pair.publicKey,
      alg,
      sign: ({ data }) => sign(hash, data, pair.privateKey),
    })
    await verifyCompact(await signCompact('x', key), key)
  })

  it('show their public half only', async () => {
    const key = await Key.external({ publicKey, sign: ({ data }) => raw(data) })
    expect(key.toPublicJwk()).toMatchObject({ kty: 'EC', crv: 'P-256', key_ops: ['verify'] })
    expect(await key.toPublicPem()).toBe(publicKey)
    expect(await key.thumbprint()).toBe(await (await Key.import(publicKey)).thumbprint())
    const kept = refusal('key_not_extractable', 'key cannot be shown: the platform keeps it (not extractable)')
    expect(() => key.toPrivateJwk()).toThrow(expect.objectContaining(kept))
    await expect(key.toPrivatePem()).rejects.toMatchObject(kept)
    await expect(key.toKeyObject()).rejects.toMatchObject(kept)
    expect(new KeySet([key]).signingKey('ES256')).toBe(key)
  })

  it('do nothing but sign and verify', async () => {
    const key = await Key.external({ publicKey, sign: ({ data }) => raw(data) })
    const row = { name: 'ECDH-ES', kty: 'EC', minimumBits: 0, use: 'enc' } as const
    for (const operation of ['unwrapKey', 'deriveBits'] as const) expect(key.supports(row, operation)).toBe(false)
  })

  it.each<[string, () => unknown, string]>([
    ['too few bytes', () => new Uint8Array(63), 'external signer answered with no signature: expected 64 bytes'],
    ['text', () => 'signature', 'external signer answered with no signature: expected 64 bytes'],
    ['an exception', () => Promise.reject(new Error('denied')), 'external signer failed'],
  ])('that answer with %s have failed', async (_, answer, message) => {
    const key = await Key.external({ publicKey, sign: answer as () => Uint8Array })
    await expect(signCompact('x', key)).rejects.toMatchObject(refusal('signer_failed', message))
  })

  it.each([
    ['nothing', new Uint8Array()],
    ['no numbers', Uint8Array.of(0x30, 0)],
    ['a number that is too long', Buffer.from(`3026${'0221'}${'01'.repeat(33)}020101`, 'hex')],
  ])('that answer with DER of %s have failed', async (_, answer) => {
    const key = await Key.external({ publicKey, signatureFormat: 'der', sign: () => answer })
    await expect(signCompact('x', key)).rejects.toMatchObject(
      refusal('signer_failed', 'external signer answered with no signature: expected 64 bytes'),
    )
  })

  it('have no digest where the algorithm signs the data itself', async () => {
    const pair = generateKeyPairSync('ed25519')
    const key = await Key.external({ publicKey: pair.publicKey, sign: ({ digest }) => digest() })
    await expect(signCompact('x', key)).rejects.toMatchObject({ code: 'signer_failed', cause: expect.any(TypeError) })
  })

  it('are given a public key', async () => {
    await expect(Key.external({ publicKey: service.privateKey, sign: () => new Uint8Array() })).rejects.toMatchObject(
      refusal('key_invalid', '"publicKey" invalid: expected a public key'),
    )
  })
})
