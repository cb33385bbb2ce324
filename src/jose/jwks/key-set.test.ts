import { beforeAll, describe, expect, it } from 'vitest'
import { Key } from '../jwk/key.ts'
import type { Jwk } from '../jwk/types.ts'
import { KeySet } from './key-set.ts'

let es: Key
let rs: Key
let hs: Key
let set: KeySet

beforeAll(async () => {
  es = await Key.generate('ES256', { kid: 'es' })
  rs = await Key.generate('RS256', { kid: 'rs' })
  hs = await Key.generate('HS256', { kid: 'hs' })
  set = await KeySet.import([hs, es, rs])
})

describe('RFC 7517 §5 JWK Set', () => {
  it('generates one key for each algorithm, each with its own kid', async () => {
    const { keys } = await KeySet.generate(['ES256', 'ES256', 'EdDSA'])
    expect(keys.map(({ alg }) => alg)).toEqual(['ES256', 'ES256', 'EdDSA'])
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(3)
  })

  it('publishes public keys only, and no secret at all (joserfc#oct export)', () => {
    const { keys } = set.toPublicJwks()
    expect(keys.map(({ kid }) => kid)).toEqual(['es', 'rs'])
    for (const jwk of keys) expect(Object.keys(jwk)).not.toEqual(expect.arrayContaining(['d']))
  })

  it('comes back from its private form', async () => {
    const again = await KeySet.import(JSON.parse(JSON.stringify(set.toPrivateJwks())))
    expect(again.toPrivateJwks()).toEqual(set.toPrivateJwks())
    expect(again.keys.map(({ kid }) => kid)).toEqual(['hs', 'es', 'rs'])
  })

  it('keeps public keys out of the private form', async () => {
    const publicOnly = await KeySet.import(set.toPublicJwks())
    expect(publicOnly.toPrivateJwks()).toEqual({ keys: [] })
  })

  it('passes over kinds of keys that are of no use, not over broken ones', async () => {
    const foreign = { kty: 'EC', crv: 'brainpoolP256r1', x: 'AA', y: 'AA' }
    const { keys } = await KeySet.import({ keys: [foreign, { kty: 'future' }, { ...es.toPublicJwk() }] })
    expect(keys).toHaveLength(1)
    await expect(KeySet.import({ keys: [{ kty: 'EC', crv: 'P-256' }] })).rejects.toMatchObject({ code: 'key_invalid' })
    await expect(KeySet.import([foreign])).rejects.toMatchObject({ code: 'key_unsupported' })
  })

  it.each([undefined, null, {}, { keys: {} }, { keys: [null] }, { keys: [{}] }, 'text'])('refuses %o', async (jwks) => {
    await expect(KeySet.import(jwks as { keys: Jwk[] })).rejects.toMatchObject({
      code: 'jwks_invalid',
      message: 'JWK Set invalid: expected an object whose "keys" is a list of JWKs',
    })
  })

  it('takes keys in any format', async () => {
    const { keys } = await KeySet.import([es, { ...rs.toPublicJwk() }, new Uint8Array(32)])
    expect(keys.map(({ kty }) => kty)).toEqual(['EC', 'RSA', 'oct'])
  })
})

describe('RFC 7517 §4.5 KeySet.select', () => {
  const kids = (keys: readonly Key[]): (string | undefined)[] => keys.map(({ kid }) => kid)

  it('by algorithm, key type and operation', async () => {
    expect(kids(set.select({ alg: 'ES256' }))).toEqual(['es'])
    expect(kids(set.select({ alg: 'PS256' }))).toEqual([])
    expect(kids(set.select({ alg: 'none' }))).toEqual([])
    expect(kids(set.select({ alg: '__proto__' }))).toEqual([])
    expect(kids(set.select({ use: 'enc' }))).toEqual([])
    expect(kids(set.select({}))).toEqual(['hs', 'es', 'rs'])
    const published = await KeySet.import(set.toPublicJwks())
    expect(kids(published.select({ operation: 'sign' }))).toEqual([])
    expect(kids(published.select({ operation: 'verify' }))).toEqual(['es', 'rs'])
  })

  it('by key_ops', async () => {
    const signs = await Key.import({ ...es.toPrivateJwk(), key_ops: ['sign'] })
    const verifies = await Key.import({ ...es.toPublicJwk(), key_ops: ['verify'] })
    const both = await KeySet.import([signs, verifies])
    expect(both.select({ operation: 'sign' })).toEqual([signs])
    expect(both.select({ operation: 'verify' })).toEqual([signs, verifies])
  })

  it('by kid: one that has it goes before those that have none, others never', async () => {
    const { kid: _, ...anonymous } = es.toPublicJwk()
    const nameless = await Key.import({ ...anonymous })
    const mixed = await KeySet.import([nameless, es, rs])
    expect(mixed.select({ kid: 'es' })).toEqual([es])
    expect(mixed.select({ kid: 'new' })).toEqual([nameless])
    expect(set.select({ kid: 'new' })).toEqual([])
  })

  it('by what an algorithm asks for that is none of the signature algorithms', async () => {
    const agreement = await Key.generate({ kty: 'OKP', crv: 'X25519' }, { kid: 'x' })
    const mixed = new KeySet([es, agreement])
    const algorithm = {
      name: 'ECDH-ES',
      kty: ['EC', 'OKP'],
      crv: ['P-256', 'X25519'],
      minimumBits: 0,
      use: 'enc',
    } as const
    expect(kids(mixed.select({ alg: 'ECDH-ES', algorithm, operation: 'wrapKey' }))).toEqual(['x'])
    expect(kids(mixed.select({ alg: 'ECDH-ES' }))).toEqual([])
    const named = await Key.import(agreement.toPrivateJwk(), { alg: 'ECDH-ES', use: 'enc' })
    expect(new KeySet([es, named]).select({ alg: 'ECDH-ES', operation: 'unwrapKey' })).toEqual([named])
    expect(new KeySet([await Key.import(named.toPublicJwk())]).select({ operation: 'unwrapKey' })).toEqual([])
  })

  it('finds the fitting one of two keys with one kid', async () => {
    const twin = await Key.import({ ...rs.toPublicJwk(), kid: 'es' })
    expect((await KeySet.import([twin, es])).select({ kid: 'es', alg: 'ES256' })).toEqual([es])
  })
})

describe('KeySet.signingKey', () => {
  it('is the first private key, or the first for the algorithm', () => {
    expect(set.signingKey()).toBe(hs)
    expect(set.signingKey('RS256')).toBe(rs)
  })

  it('passes over a key whose algorithm nobody knows', async () => {
    const { alg: _, ...bare } = rs.toPrivateJwk()
    const nameless = await Key.import(bare)
    const mixed = await KeySet.import([nameless, es])
    expect(mixed.signingKey()).toBe(es)
    expect(mixed.signingKey('PS256')).toBe(nameless)
  })

  it('refuses where there is none', async () => {
    const refused = {
      code: 'key_not_found',
      message: 'no signing key: expected a private key for the "alg" (Algorithm) in the key set',
    }
    const published = await KeySet.import(set.toPublicJwks())
    expect(() => published.signingKey()).toThrow(expect.objectContaining(refused))
    expect(() => set.signingKey('ES384')).toThrow(expect.objectContaining(refused))
  })
})
