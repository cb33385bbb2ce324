import { describe, expect, it } from 'vitest'
import { encodeUtf8 } from '../../util/bytes.ts'
import { createSignatureRegistry, hs256, rs256, standardSignatureRegistry } from '../algorithms/signatures.ts'
import { signJwt, verifyJwt } from '../jwt/index.ts'
import { Key } from './key.ts'
import { importSecretKey } from './secret-key.ts'

const registry = standardSignatureRegistry()
const secret = encodeUtf8('s'.repeat(64))

describe('RFC 7518 §3.2 a secret that only verifies', () => {
  it.each(['HS256', 'HS384', 'HS512'])('verifies %s', async (alg) => {
    const signing = await Key.import(secret, { alg })
    const key = importSecretKey(secret, registry)
    const token = await signJwt({ sub: 'u' }, signing)
    expect((await verifyJwt(token, key, { algorithms: [alg] })).claims.sub).toBe('u')
    const other = importSecretKey(encodeUtf8('t'.repeat(64)), registry)
    await expect(verifyJwt(token, other, { algorithms: [alg] })).rejects.toMatchObject({ code: 'signature_invalid' })
    await expect(verifyJwt(token, key)).rejects.toMatchObject({ code: 'algorithms_required' })
  })

  it('is as long as the hash, and of its own type', () => {
    const key = importSecretKey(encodeUtf8('s'.repeat(31)), registry)
    expect(() => key.verifier(hs256)).toThrow(expect.objectContaining({ code: 'key_too_weak' }))
    expect(() => key.verifier(rs256)).toThrow(expect.objectContaining({ code: 'key_type_mismatch' }))
    const odd = { ...rs256, name: 'odd', kty: 'oct', minimumBits: 0 } as const
    expect(() => importSecretKey(secret, createSignatureRegistry(odd)).verifier(odd)).toThrow(
      expect.objectContaining({ code: 'key_algorithm_mismatch' }),
    )
  })

  it('CVE-2022-29217 is never the text of a public key', async () => {
    const pem = await (await Key.generate('ES256')).toPublicPem()
    expect(() => importSecretKey(encodeUtf8(pem), registry)).toThrow(
      expect.objectContaining({
        code: 'key_invalid',
        message: 'HMAC secret invalid: expected random bytes, not the text of a PEM, SSH or JWK key',
      }),
    )
  })
})
