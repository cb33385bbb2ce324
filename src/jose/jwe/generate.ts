import type { CryptoBackend } from '../../crypto/backend.ts'
import type { AgreementCurve } from '../../crypto/encryption.ts'
import type { ContentEncryption } from '../algorithms/content-encryption.ts'
import {
  type ContentEncryptionName,
  contentEncryptionOf,
  type JweRegistry,
  type KeyManagementName,
  keyManagementOf,
  standardJweRegistry,
} from '../algorithms/jwe-registry.ts'
import type { KeyManagement } from '../algorithms/key-management.ts'
import type { KeyKind } from '../jwk/generate.ts'
import { type GenerateKeyOptions, Key } from '../jwk/key.ts'

export interface GenerateEncryptionKeyOptions extends Pick<GenerateKeyOptions, 'kid' | 'modulusLength'> {
  /** The curve to agree on keys, `P-256` by default. */
  readonly crv?: AgreementCurve
  /** What a key for `dir` encrypts with, `A256GCM` by default. */
  readonly enc?: ContentEncryptionName
  readonly registry?: JweRegistry
  readonly backend?: CryptoBackend
}

/** The size of a secret where the algorithm takes any. */
const anySize = 256

/**
 * Makes a private key, or a secret, for one key management algorithm.
 *
 * @example
 * const key = await generateEncryptionKey('ECDH-ES+A256KW', { crv: 'X25519' })
 * @throws JoseError `algorithm_unsupported`
 */
export async function generateEncryptionKey(
  alg: KeyManagementName,
  { crv = 'P-256', enc = 'A256GCM', registry = standardJweRegistry(), ...options }: GenerateEncryptionKeyOptions = {},
): Promise<Key> {
  const algorithm = keyManagementOf(registry, alg)
  const content = contentEncryptionOf(registry, enc)
  // A key that encrypts content itself says with which "enc" it does (RFC 7520 §5.6).
  const name = algorithm.exactBits === 'as enc' ? content.name : algorithm.name
  return Key.generate(kindOf(algorithm, content, crv), { ...options, alg: name, use: 'enc' })
}

function kindOf({ kty, exactBits }: KeyManagement, { keyLength }: ContentEncryption, crv: AgreementCurve): KeyKind {
  if (kty === 'RSA') return { kty }
  if (kty === 'oct') return { kty, bits: exactBits === 'as enc' ? keyLength * 8 : (exactBits ?? anySize) }
  return curveKind(crv)
}

function curveKind(crv: AgreementCurve): KeyKind {
  return crv === 'X25519' || crv === 'X448' ? { kty: 'OKP', crv } : { kty: 'EC', crv }
}
