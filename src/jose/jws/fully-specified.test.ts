import { describe, expect, it } from 'vitest'
import { Key } from '../jwk/key.ts'
import { signCompact, verifyCompact } from './compact.ts'

describe('RFC 9864 §2.2 names that leave no choice', () => {
  const without = async (alg: string): Promise<Key> => {
    const { alg: _, ...jwk } = (await Key.generate(alg)).toPrivateJwk()
    return Key.import(jwk)
  }

  it.each(['Ed25519', 'Ed448'])('%s works on its own curve only', async (alg) => {
    const [key, other] = [await without(alg), await without(alg === 'Ed448' ? 'Ed25519' : 'Ed448')]
    const jws = await signCompact('x', key, { alg })
    expect((await verifyCompact(jws, key, { algorithms: [alg] })).header.alg).toBe(alg)
    await expect(signCompact('x', other, { alg })).rejects.toMatchObject({ code: 'key_curve_mismatch' })
    await expect(verifyCompact(jws, other, { algorithms: [alg] })).rejects.toMatchObject({ code: 'key_curve_mismatch' })
  })

  it.each(['Ed25519', 'Ed448'])('EdDSA still is either: here %s', async (alg) => {
    const key = await without(alg)
    const jws = await signCompact('x', key, { alg: 'EdDSA' })
    expect((await verifyCompact(jws, key, { algorithms: ['EdDSA'] })).header.alg).toBe('EdDSA')
  })

  it('the old and the new name are two algorithms to whoever lists them, and to a key that has one', async () => {
    const key = await without('Ed25519')
    const jws = await signCompact('x', key, { alg: 'EdDSA' })
    await expect(verifyCompact(jws, key, { algorithms: ['Ed25519'] })).rejects.toMatchObject({
      code: 'algorithm_not_allowed',
    })
    const named = await Key.import(key.toPrivateJwk(), { alg: 'Ed25519' })
    await expect(verifyCompact(jws, named, { algorithms: ['EdDSA', 'Ed25519'] })).rejects.toMatchObject({
      code: 'key_algorithm_mismatch',
    })
  })

  it.each(['ESP256', 'ESP384', 'ESP512', 'ESB256'])('§2.1 %s is a name of COSE, not of JOSE', async (alg) => {
    await expect(signCompact('x', await Key.generate('ES256'), { alg })).rejects.toMatchObject({
      code: 'algorithm_unsupported',
    })
  })
})
