import type { EncryptionBackend } from './encryption-primitives.ts'
import { createNodeEncryption } from './node-encryption.ts'
import type { CryptoBackend, KeyMaterial } from './primitives.ts'
import { createWebEncryption } from './web-encryption.ts'

export type {
  Aead,
  Agreement,
  AgreementCurve,
  ChaCha20,
  EncryptionBackend,
  EphemeralAgreement,
  LegacyRsa,
  Sealed,
  SealingInput,
  SecretKey,
} from './encryption-primitives.ts'
export { agreementCurves } from './encryption-primitives.ts'

const made: Partial<Record<CryptoBackend['name'], EncryptionBackend>> = {}

/** Where a key of a backend encrypts: in the same place, except that a `CryptoKey` stays with WebCrypto. */
export function encryptionBackend(backend: CryptoBackend, material?: KeyMaterial): EncryptionBackend {
  const name = material !== undefined && 'native' in material ? 'web' : backend.name
  made[name] ??= (name === 'node' ? createNodeEncryption() : undefined) ?? createWebEncryption()
  return made[name]
}
