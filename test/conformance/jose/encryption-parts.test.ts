import { rsa15 } from 'authwright/jose/algorithms/rsa1-5'
import { createJweRegistry, encryptGeneral } from 'authwright/jose/jwe'
import { Key } from 'authwright/jose/jwk'
import { describe, expect, it } from 'vitest'
import type { CryptoBackend } from '../../../src/crypto/backend.ts'
import { type EncryptionBackend, encryptionBackend } from '../../../src/crypto/encryption.ts'
import type { KeyMembers } from '../../../src/crypto/primitives.ts'
import type { ContentEncryption } from '../../../src/jose/algorithms/content-encryption.ts'
import { contentEncryptionOf, keyManagementOf } from '../../../src/jose/algorithms/jwe-registry.ts'
import type { KeyHandle, KeyManagement } from '../../../src/jose/algorithms/key-management.ts'
import { keyHandle } from '../../../src/jose/jwe/prepared.ts'
import type { Jwk } from '../../../src/jose/jwk/types.ts'
import { backends } from '../../contracts/crypto-backend.ts'
import { ephemeralKeys } from './encryption-ephemeral.ts'
import { type EncryptionVector, encryptionVectors } from './encryption-vectors.ts'

/*
 * Each printed JWE, part by part and in the direction of the sender: with what was drawn at random given, the same
 * encrypted key, ciphertext and tag come out. Only the padding of RSA cannot be given.
 */

const registry = createJweRegistry(rsa15)
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const encode = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
const decode = (text: unknown): Uint8Array => new Uint8Array(Buffer.from(String(text), 'base64url'))

/** A JWE for one of its recipients, whatever its form. */
interface Parts {
  readonly header: Readonly<Record<string, unknown>>
  readonly encryptedKey: string
  readonly iv: string
  readonly ciphertext: string
  readonly tag: string
  /** What is authenticated besides: the protected header, and the additional data where there is some. */
  readonly authenticated: string
}

function partsFor({ compact, flattened, general }: EncryptionVector, { kid }: Jwk): Parts {
  if (flattened === undefined && general === undefined) return partsOfCompact(compact ?? '')
  const recipient = flattened ?? general?.recipients.find(({ header }) => header?.['kid'] === kid)
  const { protected: encoded = '', unprotected, iv = '', ciphertext = '', tag = '', aad } = flattened ?? general ?? {}
  return {
    header: {
      ...(encoded && JSON.parse(Buffer.from(encoded, 'base64url').toString())),
      ...unprotected,
      ...recipient?.header,
    },
    encryptedKey: recipient?.encrypted_key ?? '',
    ...{ iv, ciphertext, tag },
    authenticated: aad === undefined ? encoded : `${encoded}.${aad}`,
  }
}

function partsOfCompact(compact: string): Parts {
  const [authenticated = '', encryptedKey = '', iv = '', ciphertext = '', tag = ''] = compact.split('.')
  const header = JSON.parse(Buffer.from(authenticated, 'base64url').toString())
  return { header, encryptedKey, iv, ciphertext, tag, authenticated }
}

interface Case {
  readonly spec: string
  readonly name: string
  readonly alg: string
  readonly jwk: Jwk
  readonly parts: Parts
  readonly backend: CryptoBackend
  readonly vector: EncryptionVector
}

const cases = backends
  .flatMap((backend) =>
    encryptionVectors.flatMap((vector) =>
      vector.keys.map((jwk): Case => {
        const parts = partsFor(vector, jwk)
        const alg = String(parts.header['alg'])
        return { spec: vector.spec, name: backend.name, alg, jwk, parts, backend, vector }
      }),
    ),
  )
  // RSA1_5 is beyond WebCrypto.
  .filter(({ name, alg }) => name === 'node' || alg !== 'RSA1_5')

interface Opened {
  readonly handle: KeyHandle
  readonly algorithm: KeyManagement
  readonly enc: ContentEncryption
  readonly cek: Uint8Array
}

async function openKey({ backend, jwk, parts }: Case): Promise<Opened> {
  const handle = keyHandle(await Key.import(jwk, { backend, use: 'enc' }))
  const algorithm = keyManagementOf(registry, String(parts.header['alg']))
  const enc = contentEncryptionOf(registry, String(parts.header['enc']))
  const receive = await algorithm.receiver(handle)
  const [encryptedKey, tag] = [decode(parts.encryptedKey), decode(parts.tag)]
  const iterations = { minimum: 1000, maximum: 10_000 }
  const cek = await receive({ enc, header: parts.header, encryptedKey, tag, iterations })
  if (!(cek instanceof Uint8Array)) throw new Error('no content encryption key')
  return { handle, algorithm, enc, cek }
}

/** What the algorithm draws, in its order. */
function randomFor(alg: string, { header }: Parts, cek: Uint8Array): readonly Uint8Array[] {
  if (alg.startsWith('PBES2')) return [decode(header['p2s']), cek]
  return alg.endsWith('GCMKW') ? [cek, decode(header['iv'])] : [cek]
}

/** The key as it was for the sender of the example: with his random bytes, and his ephemeral key. */
function senderOf({ handle, cek }: Opened, { alg, parts, spec }: Case): KeyHandle {
  const left = [...randomFor(alg, parts, cek)]
  const crypto = { ...handle.crypto, randomBytes: () => left.shift() ?? expect.fail('more was drawn than is printed') }
  const ephemeral = ephemeralKeys[spec]
  const encryption = ephemeral === undefined ? handle.encryption : withEphemeral(handle.encryption, ephemeral)
  return { ...handle, crypto, encryption }
}

function withEphemeral(encryption: EncryptionBackend, own: KeyMembers): EncryptionBackend {
  const { d: _, ...publicKey } = own
  return {
    ...encryption,
    ephemeralAgreement: (peer, curve) => async () => {
      const secret = await (await encryption.agreement(own, curve))(peer)
      return { publicKey, secret: secret ?? expect.fail('no agreement') }
    },
  }
}

describe.each(cases)(
  'the text of RFC 7516 §A.1 §A.2 §A.3 §A.4 §A.5, RFC 7517 §C, RFC 7520 §5.1 §5.2 §5.9 §5.13: $spec $alg on $name',
  (example) => {
    it('is encrypted to the same', async () => {
      const { parts, backend, vector } = example
      const { enc, cek } = await openKey(example)
      const handles = { crypto: backend, encryption: encryptionBackend(backend) }
      const input = { key: cek, iv: decode(parts.iv), additionalData: utf8(parts.authenticated) }
      const sealed = { ciphertext: decode(parts.ciphertext), tag: decode(parts.tag) }
      const opened = (await enc.open(handles, input, sealed)) ?? expect.fail('does not open')
      // RFC 7520 §5.9: DEFLATE may be written in many ways, so that the one of the example is taken.
      const plaintext = vector.zip === undefined ? utf8(vector.plaintext) : opened
      const { ciphertext, tag } = await enc.seal(handles, input, plaintext)
      expect([encode(ciphertext), encode(tag)]).toEqual([parts.ciphertext, parts.tag])
    })
  },
)

describe.each(cases.filter(({ alg }) => !alg.startsWith('RSA')))(
  'the key of RFC 7516 §A.3 §A.4 §A.5, RFC 7517 §C, RFC 7520 §5.3 §5.4 §5.5 §5.6 §5.7 §5.8 §5.10 §5.11 §5.12 §5.13: $spec $alg on $name',
  (example) => {
    it('is encrypted to the same, or agreed on', async () => {
      const { parts } = example
      const opened = await openKey(example)
      const send = await opened.algorithm.sender(senderOf(opened, example))
      const iterations = typeof parts.header['p2c'] === 'number' ? parts.header['p2c'] : undefined
      const { cek, encryptedKey, header } = await send({ enc: opened.enc, iterations })
      expect(encode(cek as Uint8Array)).toBe(encode(opened.cek))
      expect(encode(encryptedKey as Uint8Array)).toBe(parts.encryptedKey)
      expect(parts.header).toMatchObject(JSON.parse(JSON.stringify(header ?? {})))
    })
  },
)

describe.each(backends)('RFC 7516 §A.4, §A.5 on $name', (backend) => {
  it('the general form comes out with the recipient of the example that has a secret', async () => {
    const vector = encryptionVectors.find(({ spec }) => spec === 'RFC 7516 §A.4')
    const { recipients = [], ...shared } = vector?.general ?? {}
    const [, jwk = { kty: '' }] = vector?.keys ?? []
    const drawn = ['BNMfxVSd_P4LZJ36P6pqzmt81C1vawnbyLEA8I-cLM8', 'AxY8DCtDaGlsbGljb3RoZQ'].map(decode)
    const scripted = { ...backend, randomBytes: () => drawn.shift() ?? expect.fail('more was drawn than is printed') }
    const key = await Key.import(jwk, { backend: scripted, alg: 'A128KW', use: 'enc' })
    const { unprotected = {} } = vector?.general ?? {}
    const made = await encryptGeneral('Live long and prosper.', [{ key }], { enc: 'A128CBC-HS256', unprotected })
    expect(made).toEqual({ ...shared, recipients: recipients.slice(1) })
  })
})
