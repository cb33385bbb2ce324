import { describe, expect, it } from 'vitest'
import { signatureAlgorithms } from '../jose/algorithms/signatures.ts'
import { tokenHash } from './id-token.ts'

describe('OIDC Core §3.1.3.6 at_hash', () => {
  it('matches the example of OIDC Core A.3 (RS256)', async () => {
    expect(await tokenHash('jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y', 'RS256')).toBe('77QmUPtjPfzWtF2AnpK9RQ')
  })

  it('OIDC Core §3.3.2.11: c_hash matches the example of OIDC Core A.4 (RS256)', async () => {
    expect(await tokenHash('Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk', 'RS256')).toBe(
      'LDktKdoQak3Pk0cnXxCltA',
    )
  })

  it.each([
    ['HS256', 22],
    ['RS384', 32],
    ['PS512', 43],
    ['ES256', 22],
    ['ES384', 32],
    ['ES512', 43],
    ['EdDSA', 43],
    ['Ed25519', 43],
  ])('is half a digest under %s', async (alg, length) => {
    expect(await tokenHash('token', alg)).toHaveLength(length)
  })

  it('differs between tokens and between hashes', async () => {
    const hashes = await Promise.all([tokenHash('a', 'ES256'), tokenHash('b', 'ES256'), tokenHash('a', 'ES384')])
    expect(new Set(hashes).size).toBe(3)
  })
})

describe('CVE-2026-28498: an unknown algorithm fails closed', () => {
  const shake = ['Ed448', 'ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87']

  it.each(signatureAlgorithms.map(({ name }) => name).filter((alg) => !shake.includes(alg)))(
    'and %s, which is implemented, is none',
    async (alg) => {
      await expect(tokenHash('token', alg)).resolves.toMatch(/^[\w-]+$/)
    },
  )

  it.each(['none', '', ...shake, 'rs256', '__proto__', 'RS256 '])('refuses "%s"', async (alg) => {
    await expect(tokenHash('token', alg)).rejects.toThrow(
      new TypeError('"alg" (Algorithm) of the ID token has no hash known for "at_hash" and "c_hash"'),
    )
  })
})
