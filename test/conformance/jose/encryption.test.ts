import { rsa15 } from 'authwright/jose/algorithms/rsa1-5'
import {
  createJweRegistry,
  decryptAndVerifyJwt,
  decryptCompact,
  decryptJson,
  encryptCompact,
  encryptFlattened,
  type FlattenedJwe,
  type GeneralJwe,
} from 'authwright/jose/jwe'
import { Key } from 'authwright/jose/jwk'
import { describe, expect, it } from 'vitest'
import type { CryptoBackend } from '../../../src/crypto/backend.ts'
import { encryptionBackend } from '../../../src/crypto/encryption.ts'
import { contentEncryptionOf, standardJweRegistry } from '../../../src/jose/algorithms/jwe-registry.ts'
import { sealContent } from '../../../src/jose/jwe/seal.ts'
import { backends } from '../../contracts/crypto-backend.ts'
import { type EncryptionVector, encryptionVectors, nestedVector } from './encryption-vectors.ts'

const registry = createJweRegistry(rsa15)
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
const fromText = (encoded: string): Uint8Array => new Uint8Array(Buffer.from(encoded, 'base64url'))

/** A backend that draws what it is told to. */
function scripted(backend: CryptoBackend, random: readonly string[]): CryptoBackend {
  const left = random.map(fromText)
  return { ...backend, randomBytes: (length) => left.shift() ?? backend.randomBytes(length) }
}

/** RSA1_5 is beyond WebCrypto; everything else is decrypted by both. */
const usesLegacyRsa = ({ alg }: EncryptionVector): boolean => alg === 'RSA1_5'
const cases = backends.flatMap((backend) =>
  encryptionVectors
    .filter((vector) => backend.name === 'node' || !usesLegacyRsa(vector))
    .map((vector) => ({ spec: vector.spec, backend, name: backend.name, vector })),
)

/** A key whose algorithm the set has no row for (RSA1_5 on WebCrypto) is not tried. */
function usable(vector: EncryptionVector, backend: CryptoBackend): EncryptionVector['keys'] {
  return vector.keys.filter(({ kty }) => backend.name === 'node' || vector.keys.length === 1 || kty !== 'RSA')
}

describe.each(cases)(
  'printed in RFC 7516 §A.1 §A.2 §A.3 §A.4 §A.5, RFC 7517 §C, RFC 7520 §5.1 §5.2 §5.3 §5.4 §5.5 §5.6 §5.7 §5.8 §5.9 §5.10 §5.11 §5.12 §5.13: $spec on $name',
  ({ vector, backend }) => {
    const { compact, flattened, general, plaintext, zip } = vector
    const algorithms = Object.keys(registry.keyManagement)
    const options = { algorithms, registry, allowCompression: zip !== undefined }

    it('decrypts with each key, in each form', async () => {
      for (const jwk of usable(vector, backend)) {
        const key = await Key.import(jwk, { backend, use: 'enc' })
        const opened = [
          compact === undefined ? undefined : await decryptCompact(compact, key, options),
          flattened === undefined ? undefined : await decryptJson(flattened, key, options),
          general === undefined ? undefined : await decryptJson(JSON.stringify(general), key, options),
        ].filter((result) => result !== undefined)
        expect(opened.length).toBeGreaterThan(0)
        for (const result of opened) expect(text(result.plaintext)).toBe(plaintext)
      }
    })

    it.runIf(vector.random !== undefined && vector.alg !== 'RSA1_5')('encrypts to the same', async () => {
      const { random = [], enc, alg, cty, iterations, aad } = vector
      const [jwk = { kty: '' }] = vector.keys
      const freshKey = (): Promise<Key> => Key.import(jwk, { backend: scripted(backend, random), use: 'enc' })
      const how = {
        ...{ alg, enc },
        ...(cty !== undefined && { cty }),
        ...(zip !== undefined && { zip }),
        ...(iterations !== undefined && { iterations }),
      }
      if (compact !== undefined && zip === undefined) {
        expect(await encryptCompact(plaintext, await freshKey(), how)).toBe(compact)
      }
      if (flattened !== undefined && zip === undefined) {
        const made = await encryptFlattened(plaintext, await freshKey(), { ...how, ...(aad !== undefined && { aad }) })
        expect(made).toEqual(flattened)
      }
      // RFC 7520 §5.9: DEFLATE may be written in many ways; ours must only come back.
      const made = await encryptCompact(plaintext, await freshKey(), how)
      expect(text((await decryptCompact(made, await freshKey(), options)).plaintext)).toBe(plaintext)
    })
  },
)

/** What the public functions do not write: headers that are not protected (RFC 7520 §5.11 and §5.12). */
describe.each(backends)('RFC 7520 §5.11 §5.12 on $name: the parts are the same', (backend) => {
  const parts: readonly [spec: string, cek: string, jwe: FlattenedJwe | GeneralJwe | undefined][] = [
    ['RFC 7520 §5.11', 'WDgEptBmQs9ouUvArz6x6g', flattenedOf('RFC 7520 §5.11')],
    ['RFC 7520 §5.12', 'KBooAFl30QPV3vkcZlXnzQ', flattenedOf('RFC 7520 §5.12')],
  ]

  it.each(parts)('%s', async (spec, cek, jwe) => {
    if (jwe === undefined) throw new Error('vector missing')
    const encryption = encryptionBackend(backend)
    const [jwk] = vectorOf(spec)?.keys ?? []
    const wrapped = await encryption.aesKeyWrap(fromText(String(jwk?.['k'])), fromText(cek))
    expect({ ...jwe }).toHaveProperty('encrypted_key', Buffer.from(wrapped).toString('base64url'))
    const handles = { crypto: scripted(backend, [jwe.iv]), encryption }
    const enc = contentEncryptionOf(standardJweRegistry(), 'A128GCM')
    const additionalData = new TextEncoder().encode(jwe.protected ?? '')
    const plaintext = new TextEncoder().encode(vectorOf(spec)?.plaintext)
    const sealed = await sealContent(handles, enc, fromText(cek), additionalData, plaintext)
    expect(Buffer.from(sealed.ciphertext).toString('base64url')).toBe(jwe.ciphertext)
    expect(Buffer.from(sealed.tag).toString('base64url')).toBe(jwe.tag)
  })
})

function vectorOf(spec: string): EncryptionVector | undefined {
  return encryptionVectors.find((vector) => vector.spec === spec)
}

function flattenedOf(spec: string): FlattenedJwe | undefined {
  return vectorOf(spec)?.flattened
}

describe('RFC 7520 §6 nesting signatures and encryption', () => {
  it('decrypts, then verifies', async () => {
    const decryption = { algorithms: ['RSA-OAEP'] }
    const { claims, encryption, header } = await decryptAndVerifyJwt(
      nestedVector.compact,
      await Key.import(nestedVector.encryptionKey),
      await Key.import(nestedVector.signingKey),
      { algorithms: ['PS256'], issuer: 'hobbiton.example', clock: () => 1_300_000_000_000, decryption },
    )
    expect(claims).toEqual(JSON.parse(nestedVector.claims))
    expect(header).toEqual({ alg: 'PS256', typ: 'JWT' })
    expect(encryption.header).toEqual({ alg: 'RSA-OAEP', cty: 'JWT', enc: 'A128GCM' })
  })

  it('has the signed JWT of the example within', async () => {
    const key = await Key.import(nestedVector.encryptionKey)
    const { plaintext } = await decryptCompact(nestedVector.compact, key, { algorithms: ['RSA-OAEP'] })
    expect(text(plaintext)).toBe(nestedVector.signed)
  })
})
