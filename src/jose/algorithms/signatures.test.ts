import { beforeAll, describe, expect, it } from 'vitest'
import { Key } from '../jwk/key.ts'
import type { PrivateJwk } from '../jwk/types.ts'
import { KeySet } from '../jwks/key-set.ts'
import { RotatingKeys } from '../jwks/rotation/rotating-keys.ts'
import { signJwt, verifyJwt } from '../jwt/index.ts'
import { parseUnverifiedJwt } from '../jwt/unverified.ts'
import { signatureAlgorithm } from './signature-registry.ts'
import {
  createSignatureRegistry,
  es256,
  hs256,
  ps256,
  rs256,
  type SignatureAlgorithm,
  signatureAlgorithms,
  standardSignatureRegistry,
} from './signatures.ts'

const unsupported = {
  name: 'JoseError',
  code: 'algorithm_unsupported',
  message: '"alg" (Algorithm) unsupported: expected a registered signature algorithm',
}

/** An algorithm of one's own, with a scheme that the backends have: ECDSA on P-384 with another hash. */
const es384Short: SignatureAlgorithm = {
  name: 'example-ES384-SHA256',
  kty: 'EC',
  crv: ['P-384'],
  minimumBits: 0,
  scheme: { family: 'ecdsa', curve: 'P-384', hash: 'sha-256' },
}

describe('RFC 7518 §3.1 the registry of signature algorithms', () => {
  it('is the sum of its rows, and none of them can be changed', () => {
    const registry = createSignatureRegistry(es256, hs256)
    expect(Object.keys(registry.algorithms)).toEqual(['ES256', 'HS256'])
    expect([registry, registry.algorithms, es256].every(Object.isFrozen)).toBe(true)
    expect(registry.algorithms['ES256']).toBe(standardSignatureRegistry().algorithms['ES256'])
  })

  it('has all standard algorithms when nobody says otherwise, each under its own name', () => {
    expect(Object.values(standardSignatureRegistry().algorithms)).toEqual(signatureAlgorithms)
    expect(standardSignatureRegistry()).toBe(standardSignatureRegistry())
  })

  it.each(['__proto__', 'constructor', 'toString', 'none', ''])('finds nothing under "%s"', (name) => {
    const registry = standardSignatureRegistry()
    expect(() => signatureAlgorithm(registry, name)).toThrow(expect.objectContaining(unsupported))
  })

  it.each(['none', 'None', 'NONE'])('RFC 8725 §3.2 takes no "%s"', (name) => {
    expect(() => createSignatureRegistry({ ...hs256, name })).toThrow(
      new TypeError('algorithms must have different names, none of them "none"'),
    )
  })

  it('takes no second algorithm under a name', () => {
    expect(() => createSignatureRegistry(...signatureAlgorithms, { ...hs256, name: 'ES256' })).toThrow(
      new TypeError('algorithms must have different names, none of them "none"'),
    )
  })
})

describe('a key knows the algorithms of its registry and no others', () => {
  const narrow = createSignatureRegistry(es256)
  let token: string
  let other: string
  let key: Key

  beforeAll(async () => {
    const signing = await Key.generate('ES256', { kid: 'k' })
    token = await signJwt({ sub: 'u' }, signing)
    other = await signJwt({ sub: 'u' }, await Key.generate('ES384', { kid: 'k' }))
    key = await Key.import(signing.toPublicJwk(), { registry: narrow })
  })

  it('verifies with it, alone and in sets', async () => {
    const set = await KeySet.import({ keys: [key.toPublicJwk()] }, { registry: narrow })
    for (const keys of [key, set, new KeySet([key])]) {
      expect((await verifyJwt(token, keys)).claims.sub).toBe('u')
      await expect(verifyJwt(other, keys)).rejects.toMatchObject(unsupported)
      await expect(verifyJwt(other, keys, { algorithms: ['ES384'] })).rejects.toMatchObject(unsupported)
      await expect(parseUnverifiedJwt(other).verify(keys)).rejects.toMatchObject(unsupported)
    }
  })

  it('looks for no key on behalf of another one', async () => {
    const source = { registry: narrow, select: () => expect.fail('a key was looked for') }
    await expect(verifyJwt(other, source, { algorithms: ['ES384'] })).rejects.toMatchObject(unsupported)
    const remote = KeySet.remote('https://op.example/jwks', {
      registry: narrow,
      transport: () => expect.fail('keys were fetched'),
    })
    await expect(verifyJwt(other, remote, { algorithms: ['ES384'] })).rejects.toMatchObject(unsupported)
  })

  it('wants to know the algorithms of every source', async () => {
    const source = { select: () => [key] } as unknown as KeySet
    await expect(verifyJwt(token, source)).rejects.toThrow(
      new TypeError('keys missing: expected a Key, a KeySet or another source of keys'),
    )
  })

  it('signs with no other, and makes none for another', async () => {
    const signing = await Key.generate({ kty: 'EC', crv: 'P-256' }, { registry: narrow })
    await expect(signJwt({}, signing, { alg: 'ES384' })).rejects.toMatchObject(unsupported)
    await expect(Key.generate('ES384', { registry: narrow })).rejects.toMatchObject(unsupported)
    await expect(Key.derive('ES384', new Uint8Array(32), { registry: narrow })).rejects.toMatchObject(unsupported)
  })

  it('verifies with no other in a set that knows more', async () => {
    const wide = await Key.generate({ kty: 'RSA' })
    const jwt = await signJwt({ sub: 'u' }, wide, { alg: 'RS256' })
    const rsa = await Key.import(wide.toPrivateJwk(), { registry: createSignatureRegistry(ps256) })
    const sets = [new KeySet([await Key.generate('ES256'), rsa]), new KeySet([rsa], { registry: wide.registry })]
    for (const keys of sets) {
      await expect(verifyJwt(jwt, keys, { algorithms: ['RS256', 'PS256'] })).rejects.toMatchObject({
        code: 'key_not_found',
      })
    }
    const source = { registry: wide.registry, select: () => [rsa] }
    await expect(verifyJwt(jwt, source, { algorithms: ['RS256'] })).rejects.toMatchObject({
      code: 'key_algorithm_mismatch',
      message: '"alg" (Algorithm) of the key mismatch: it is not for RS256',
    })
    expect([rsa.supports(rs256, 'verify'), rsa.supports(ps256, 'verify')]).toEqual([false, true])
  })

  it('signs with no other in a set that knows fewer', async () => {
    const keys = new KeySet([await Key.generate('ES384'), await Key.generate('ES256')], { registry: narrow })
    expect(keys.signingKey().alg).toBe('ES256')
    expect(() => keys.signingKey('ES384')).toThrow(expect.objectContaining({ code: 'key_not_found' }))
  })

  it('reads no signing key that none of them fits', async () => {
    const jwk = (await Key.generate('ES384')).toPublicJwk()
    await expect(Key.import(jwk, { use: 'sig', registry: narrow })).rejects.toMatchObject({ code: 'key_unsupported' })
  })

  it('is tried with another one, where its halves may not belong together', async () => {
    const [one, two] = await Promise.all([1, 2].map(() => Key.generate({ kty: 'EC', crv: 'P-384' })))
    const mixed = { ...two?.toPrivateJwk(), ...one?.toPublicJwk() } as PrivateJwk
    await expect(Key.import(mixed, { use: 'enc', registry: narrow })).rejects.toMatchObject({ code: 'key_invalid' })
  })

  it('is refused before the first step of two, where the registry is given there', () => {
    expect(() => parseUnverifiedJwt(other, { registry: narrow })).toThrow(expect.objectContaining(unsupported))
  })
})

describe('an algorithm of one’s own', () => {
  const registry = createSignatureRegistry(...signatureAlgorithms, es384Short)

  it('signs and verifies where it is registered', async () => {
    const key = await Key.generate(es384Short.name, { registry })
    const jwt = await signJwt({ sub: 'u' }, key)
    expect((await verifyJwt(jwt, key)).header.alg).toBe(es384Short.name)
    expect((await verifyJwt(jwt, await KeySet.import([key]))).claims.sub).toBe('u')
    await expect(Key.import(key.toPublicJwk())).rejects.toMatchObject({ code: 'key_unsupported' })
  })

  it('rotates', async () => {
    const keys = await RotatingKeys.open({ algorithms: [es384Short.name], registry })
    const jwt = await signJwt({ sub: 'u' }, keys)
    expect((await verifyJwt(jwt, keys)).claims.sub).toBe('u')
    await expect(RotatingKeys.open({ algorithms: [es384Short.name] })).rejects.toThrow(
      '"algorithms" must name registered signature algorithms',
    )
  })

  it('is another one under the same name elsewhere: what a key has prepared is not mixed up', async () => {
    const renamed: SignatureAlgorithm = { ...es384Short, name: 'ES384' }
    const key = await Key.generate('ES384')
    const other = createSignatureRegistry(renamed)
    const jwt = await signJwt({ sub: 'u' }, key)
    expect((await verifyJwt(jwt, new KeySet([key]))).claims.sub).toBe('u')
    await expect(verifyJwt(jwt, new KeySet([key], { registry: other }))).rejects.toMatchObject({
      code: 'key_not_found',
    })
    const again = await Key.import(key.toPublicJwk(), { registry: other })
    await expect(verifyJwt(jwt, again)).rejects.toMatchObject({ code: 'signature_invalid' })
  })
})
