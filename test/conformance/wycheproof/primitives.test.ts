import { Key } from 'authwright/jose/jwk'
import { describe, expect, it } from 'vitest'
import { type AgreementCurve, encryptionBackend } from '../../../src/crypto/encryption.ts'
import type { CryptoBackend, HashName, KeyMembers, SignatureScheme } from '../../../src/crypto/primitives.ts'
import { contentEncryptionOf, standardJweRegistry } from '../../../src/jose/algorithms/jwe-registry.ts'
import { backends, fromHex, toHex } from '../../contracts/crypto-backend.ts'
import { hasWycheproof, readGroups, type Vector, type VectorGroup } from './vectors.ts'

/** Whether we take what a vector has. */
type Judge<T> = (test: T) => Promise<boolean>

/** Compares what we make of vectors with what they are, by number and comment. */
async function compare<T extends Vector>(tests: readonly T[], judge: Judge<T>): Promise<void> {
  expect(tests.length).toBeGreaterThan(0)
  // "acceptable" is what implementations may differ in.
  const decided = tests.filter(({ result }) => result !== 'acceptable')
  const ours = await Promise.all(decided.map(async (test) => [test.tcId, test.comment, await judge(test)]))
  expect(ours).toEqual(decided.map(({ tcId, comment, result }) => [tcId, comment, result === 'valid']))
}

/** A key that cannot be imported, or an agreement that throws, is a refusal. */
async function quietly(operation: () => Promise<boolean>): Promise<boolean> {
  try {
    return await operation()
  } catch {
    return false
  }
}

interface SignatureVector extends Vector {
  readonly msg: string
  readonly sig: string
}
interface SignatureGroup extends VectorGroup<SignatureVector> {
  readonly publicKeyDer: string
}

const rsaFiles = [2048, 3072, 4096].flatMap((bits) =>
  (['sha-256', 'sha-384', 'sha-512'] as const).map((hash): [string, SignatureScheme] => [
    `rsa_signature_${bits}_${hash.replace('-', '')}`,
    { family: 'rsa-pkcs1', hash },
  ]),
)

const signatureFiles: readonly [file: string, scheme: SignatureScheme][] = [
  ...rsaFiles,
  ['rsa_pss_2048_sha256_mgf1_32', { family: 'rsa-pss', hash: 'sha-256' }],
  ['rsa_pss_2048_sha384_mgf1_48', { family: 'rsa-pss', hash: 'sha-384' }],
  ['rsa_pss_3072_sha256_mgf1_32', { family: 'rsa-pss', hash: 'sha-256' }],
  ['rsa_pss_4096_sha512_mgf1_64', { family: 'rsa-pss', hash: 'sha-512' }],
  ['ecdsa_secp256r1_sha256_p1363', { family: 'ecdsa', hash: 'sha-256', curve: 'P-256' }],
  ['ecdsa_secp384r1_sha384_p1363', { family: 'ecdsa', hash: 'sha-384', curve: 'P-384' }],
  ['ecdsa_secp521r1_sha512_p1363', { family: 'ecdsa', hash: 'sha-512', curve: 'P-521' }],
  ['ecdsa_secp256k1_sha256_p1363', { family: 'ecdsa', hash: 'sha-256', curve: 'secp256k1' }],
  ['ed25519', { family: 'eddsa', curve: 'Ed25519' }],
  ['ed448', { family: 'eddsa', curve: 'Ed448' }],
]

const hasMlDsa = await Key.generate('ML-DSA-44').then(
  () => true,
  () => false,
)

/** WebCrypto has no secp256k1. */
const hasScheme = (backend: CryptoBackend, scheme: SignatureScheme): boolean =>
  backend.name === 'node' || !('curve' in scheme) || scheme.curve !== 'secp256k1'

describe.runIf(hasWycheproof).each(backends)('Wycheproof signatures on $name', (backend) => {
  it.each(signatureFiles.filter(([, scheme]) => hasScheme(backend, scheme)))('%s', async (file, scheme) => {
    for (const group of readGroups<SignatureGroup>(`${file}_test.json`)) {
      const key = await backend.importDer('spki', fromHex(group.publicKeyDer))
      const verify = await backend.verifier(key, scheme)
      await compare(group.tests, async ({ msg, sig }) => verify(fromHex(msg), fromHex(sig)))
    }
  })

  it.runIf(hasMlDsa).each(['ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87'] as const)('%s', async (parameterSet) => {
    interface LatticeVector extends SignatureVector {
      /** JOSE signs in the empty context. */
      readonly ctx?: string
    }
    interface LatticeGroup extends VectorGroup<LatticeVector> {
      readonly publicKey: string
    }
    const file = `${parameterSet.toLowerCase().replace('-', '').replace('-', '_')}_verify_test.json`
    for (const group of readGroups<LatticeGroup>(file)) {
      const pub = Buffer.from(group.publicKey, 'hex').toString('base64url')
      const tests = group.tests.filter(({ ctx = '' }) => ctx === '')
      if (tests.length === 0) continue
      await compare(tests, ({ msg, sig }) =>
        quietly(async () => {
          const verify = await backend.verifier(
            { kty: 'AKP', alg: parameterSet, pub },
            { family: 'ml-dsa', parameterSet },
          )
          return verify(fromHex(msg), fromHex(sig))
        }),
      )
    }
  })

  it.each(['sha-256', 'sha-384', 'sha-512'] as const)('HMAC with %s', async (hash) => {
    interface MacVector extends Vector {
      readonly key: string
      readonly msg: string
      readonly tag: string
    }
    const groups = readGroups<VectorGroup<MacVector>>(`hmac_${hash.replace('-', '')}_test.json`)
    // JOSE cuts no tags.
    const bits = { 'sha-256': 256, 'sha-384': 384, 'sha-512': 512 }[hash]
    const tests = groups.flatMap((group) => group.tests).filter(({ tag }) => tag.length * 4 === bits)
    await compare(tests, async ({ key, msg, tag }) => {
      const k = Buffer.from(key, 'hex').toString('base64url')
      return (await backend.verifier({ kty: 'oct', k }, { family: 'hmac', hash }))(fromHex(msg), fromHex(tag))
    })
  })
})

interface AeadVector extends Vector {
  readonly key: string
  readonly iv: string
  readonly aad: string
  readonly msg: string
  readonly ct: string
  readonly tag: string
}

describe.runIf(hasWycheproof).each(backends)('Wycheproof encryption on $name', (crypto) => {
  const encryption = encryptionBackend(crypto)

  it.each([
    ['aes_gcm', 'A128GCM'],
    ['aes_gcm', 'A192GCM'],
    ['aes_gcm', 'A256GCM'],
    ['a128cbc_hs256', 'A128CBC-HS256'],
    ['a192cbc_hs384', 'A192CBC-HS384'],
    ['a256cbc_hs512', 'A256CBC-HS512'],
  ])('%s: %s', async (file, name) => {
    const enc = contentEncryptionOf(standardJweRegistry(), name)
    const tests = readGroups<VectorGroup<AeadVector>>(`${file}_test.json`).flatMap((group) => group.tests)
    const fitting = tests.filter(({ key, iv }) => key.length / 2 === enc.keyLength && iv.length / 2 === enc.ivLength)
    await compare(fitting, async ({ key, iv, aad, msg, ct, tag }) => {
      const input = { key: fromHex(key), iv: fromHex(iv), additionalData: fromHex(aad) }
      const sealed = { ciphertext: fromHex(ct), tag: fromHex(tag) }
      const opened = await enc.open({ crypto, encryption }, input, sealed)
      return toHex(opened) === msg
    })
  })

  it('aes_wrap', async () => {
    interface WrapVector extends Vector {
      readonly key: string
      readonly msg: string
      readonly ct: string
    }
    const tests = readGroups<VectorGroup<WrapVector>>('aes_wrap_test.json').flatMap((group) => group.tests)
    await compare(tests, async ({ key, msg, ct }) =>
      quietly(async () => toHex(await encryption.aesKeyUnwrap(fromHex(key), fromHex(ct))) === msg),
    )
  })

  it.each<[file: string, hash: HashName]>([
    ['rsa_oaep_2048_sha1_mgf1sha1', 'sha-1'],
    ['rsa_oaep_2048_sha256_mgf1sha256', 'sha-256'],
    ['rsa_oaep_2048_sha384_mgf1sha384', 'sha-384'],
    ['rsa_oaep_4096_sha512_mgf1sha512', 'sha-512'],
  ])('%s', async (file, hash) => {
    interface OaepVector extends Vector {
      readonly msg: string
      readonly ct: string
      readonly label: string
    }
    interface OaepGroup extends VectorGroup<OaepVector> {
      readonly privateKeyPkcs8: string
    }
    for (const group of readGroups<OaepGroup>(`${file}_test.json`)) {
      const key = await crypto.importDer('pkcs8', fromHex(group.privateKeyPkcs8))
      const decrypt = await encryption.rsaOaepDecrypter(key, hash)
      // JOSE uses no labels.
      const tests = group.tests.filter(({ label }) => label === '')
      await compare(tests, async ({ msg, ct }) => toHex(await decrypt(fromHex(ct))) === msg)
    }
  })

  it.each<[file: string, curve: AgreementCurve]>([
    ['ecdh_secp256r1_webcrypto', 'P-256'],
    ['ecdh_secp384r1_webcrypto', 'P-384'],
    ['ecdh_secp521r1_webcrypto', 'P-521'],
    ['x25519_jwk', 'X25519'],
    ['x448_jwk', 'X448'],
  ])('%s', async (file, curve) => {
    interface AgreementVector extends Vector {
      readonly public: KeyMembers
      readonly private: KeyMembers
      readonly shared: string
    }
    const tests = readGroups<VectorGroup<AgreementVector>>(`${file}_test.json`).flatMap((group) => group.tests)
    await compare(tests, (test) =>
      quietly(async () => {
        const agree = await encryption.agreement(test.private, curve)
        return toHex(await agree(test.public)) === test.shared
      }),
    )
  })
})
