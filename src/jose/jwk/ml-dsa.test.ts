import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { backends } from '../../../test/contracts/crypto-backend.ts'
import { signCompact, verifyCompact } from '../jws/compact.ts'
import { Key } from './key.ts'
import type { Jwk } from './types.ts'

const names = ['ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87']

function makePair(name: string): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync(name.toLowerCase() as 'ed25519')
}

function isThere(): boolean {
  try {
    return makePair('ML-DSA-44') !== undefined
  } catch {
    return false
  }
}

const cases = backends.flatMap((backend) => names.map((name) => ({ name, backend, on: backend.name })))

describe.runIf(isThere()).each(cases)('draft-ietf-cose-dilithium $name on $on', ({ name, backend }) => {
  it('signs, verifies, and is for nothing else', async () => {
    const key = await Key.generate(name, { backend })
    expect(key).toMatchObject({ kty: 'AKP', alg: name, defaultAlgorithm: name })
    const jws = await signCompact('hello', key)
    const verifier = await Key.import(key.toPublicJwk(), { backend })
    expect((await verifyCompact(jws, verifier)).header).toEqual({ alg: name, kid: key.kid })
    const other = names.find((candidate) => candidate !== name)
    await expect(signCompact('hello', key, { alg: other ?? '' })).rejects.toMatchObject({
      code: 'key_algorithm_mismatch',
    })
  })

  it('has the members of its type, and names its algorithm in the thumbprint', async () => {
    const key = await Key.generate(name, { backend })
    const { pub } = key.toPublicJwk() as { pub: string }
    expect(Object.keys(key.toPrivateJwk()).sort()).toEqual(['alg', 'kid', 'kty', 'priv', 'pub', 'use'])
    expect(Object.keys(key.toPublicJwk()).sort()).toEqual(['alg', 'kid', 'kty', 'pub', 'use'])
    expect(await key.thumbprint()).toBe(
      await backend.hashBase64url('sha-256', JSON.stringify({ alg: name, kty: 'AKP', pub })),
    )
  })

  it('RFC 9881 §2, §6 comes and goes as OpenSSL writes it', async () => {
    const { publicKey, privateKey } = makePair(name)
    const jwk = privateKey.export({ format: 'jwk' }) as unknown as Jwk
    const key = await Key.import(privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), { backend })
    expect(key.toPrivateJwk()).toEqual(jwk)
    expect(Buffer.from(await key.toPublicDer())).toEqual(publicKey.export({ format: 'der', type: 'spki' }))
    expect((await Key.import(await key.toPrivateDer(), { format: 'der', backend })).toPrivateJwk()).toEqual(jwk)
  })

  it('is derived from a secret', async () => {
    const secret = new Uint8Array(32).fill(7)
    const [first, again] = [await Key.derive(name, secret, { backend }), await Key.derive(name, secret)]
    expect(first.toPrivateJwk()).toEqual(again.toPrivateJwk())
  })
})

describe.skipIf(isThere()).each(backends)('ML-DSA where the runtime has none, on $name', (backend) => {
  const message =
    '"ML-DSA-44" is not available in this runtime: expected Node 24.7 or later, or another runtime with ML-DSA'

  it('is said to be missing', async () => {
    await expect(Key.generate('ML-DSA-44', { backend })).rejects.toMatchObject({
      code: 'algorithm_unsupported',
      message: `"alg" (Algorithm) unsupported: ${message}`,
    })
    const jwk = { kty: 'AKP', alg: 'ML-DSA-44', pub: Buffer.alloc(1312).toString('base64url') }
    await expect(Key.import(jwk, { backend })).rejects.toMatchObject({
      code: 'key_unsupported',
      message: `key unsupported: ${message}`,
    })
    await expect(Key.derive('ML-DSA-44', new Uint8Array(32), { backend })).rejects.toMatchObject({
      code: 'algorithm_unsupported',
      message: `"ML-DSA-44" cannot be derived: ${message}`,
    })
  })
})
