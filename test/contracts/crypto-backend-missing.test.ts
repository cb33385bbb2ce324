import { generateKeyPairSync } from 'node:crypto'
import { Key, type KeyInput } from 'authwright/jose/jwk'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { encryptionBackend } from '../../src/crypto/encryption.ts'
import { createNodeBackend } from '../../src/crypto/node.ts'
import type { KeyMembers, KeyPairScheme, SignatureScheme } from '../../src/crypto/primitives.ts'
import { createWebBackend } from '../../src/crypto/web.ts'
import { backends } from './crypto-backend.ts'

/*
 * What not every runtime has. Node's WebCrypto has nearly all of it, so that one that lacks a curve is played here: it
 * says NotSupportedError, as the specification has it.
 */

interface Missing {
  readonly kind: string
  readonly scheme: KeyPairScheme
  readonly members: KeyMembers
  readonly expected: string
}

const publicKeyOn = (curve: string): KeyMembers =>
  generateKeyPairSync(curve.toLowerCase() as 'ed25519').publicKey.export({ format: 'jwk' }) as KeyMembers
/** As long as one; the platform is never asked whether it is one. */
const parameters = (length: number): string => Buffer.alloc(length, 1).toString('base64url')
const elsewhere = 'a runtime whose node:crypto has this curve, such as Node'
const recent = 'a runtime of 2025 or later'
const lattice = 'Node 24.7 or later, or another runtime with ML-DSA'

const missing: readonly Missing[] = [
  ...(['Ed25519', 'Ed448'] as const).map((curve) => ({
    kind: curve,
    scheme: { family: 'eddsa', curve } as const,
    members: publicKeyOn(curve),
    expected: curve === 'Ed25519' ? recent : elsewhere,
  })),
  ...(['X25519', 'X448'] as const).map((curve) => ({
    kind: curve,
    scheme: { family: 'xdh', curve } as const,
    members: publicKeyOn(curve),
    expected: curve === 'X25519' ? recent : elsewhere,
  })),
  ...[['ML-DSA-44', 1312] as const, ['ML-DSA-65', 1952] as const, ['ML-DSA-87', 2592] as const].map(
    ([parameterSet, length]) => ({
      kind: parameterSet,
      scheme: { family: 'ml-dsa', parameterSet } as const,
      members: { kty: 'AKP', alg: parameterSet, pub: parameters(length) },
      expected: lattice,
    }),
  ),
]

const isSigning = (scheme: KeyPairScheme): scheme is SignatureScheme => scheme.family !== 'xdh'
const web = createWebBackend()

describe.each(missing)('a WebCrypto without $kind', ({ kind, scheme, members, expected }) => {
  const message = `"${kind}" is not available in this runtime: expected ${expected}`
  const refused = { name: 'PlatformUnsupportedError', kind, message }

  beforeEach(() => {
    const unsupported = new DOMException('Unrecognized name.', 'NotSupportedError')
    vi.spyOn(crypto.subtle, 'importKey').mockRejectedValue(unsupported)
    vi.spyOn(crypto.subtle, 'generateKey').mockRejectedValue(unsupported)
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it('says which runtime has it', async () => {
    await expect(web.generateKeyPair(scheme, 0)).rejects.toMatchObject(refused)
    await expect(web.checkKey(members)).rejects.toMatchObject(refused)
    if (!isSigning(scheme)) return
    await expect(web.signer(members, scheme)).rejects.toMatchObject(refused)
    await expect(web.verifier(members, scheme)).rejects.toMatchObject(refused)
  })

  it('and so does the key that was to be read', async () => {
    await expect(Key.import(members as KeyInput, { backend: web })).rejects.toMatchObject({
      name: 'JoseError',
      code: 'key_unsupported',
      message: `key unsupported: ${message}`,
    })
  })
})

describe('what WebCrypto has on no runtime', () => {
  it('is optional in the contract, and there on node:crypto', () => {
    const parts = backends.map((backend) => {
      const { legacyRsa, chaCha20 } = encryptionBackend(backend)
      return [backend.name, [backend.scrypt, legacyRsa, chaCha20].map((part) => part !== undefined)]
    })
    expect(parts).toEqual([
      ['node', [true, true, true]],
      ['web', [false, false, false]],
    ])
  })

  it('a failure that is no fault of the platform is none of these', async () => {
    const backend = createNodeBackend() ?? web
    for (const each of [backend, web]) {
      const broken = { kty: 'OKP', crv: 'Ed25519', x: 'AA' }
      const error = await (async () => each.checkKey(broken))().catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(Error)
      expect(error).not.toMatchObject({ name: 'PlatformUnsupportedError' })
    }
  })
})
