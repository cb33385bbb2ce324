import type { CryptoBackend, KeyMaterial, KeyMembers } from '../../crypto/backend.ts'
import type { SignatureRegistry } from '../algorithms/signature-registry.ts'
import type { ExternalSigner } from './external.ts'
import type { CertificateParameters } from './formats/certificate.ts'
import type { KeyFacts } from './usage.ts'

/** A key once it has been read: checked facts, the material, and what it may show. */
export interface KeyRecord extends KeyFacts {
  readonly kid: string | undefined
  readonly material: KeyMaterial
  /** Absent for secrets, and for a native key whose public half the platform keeps to itself. */
  readonly publicMembers: KeyMembers | undefined
  readonly certificates: CertificateParameters | undefined
  /** Signs in place of the material, which is a handle that no platform knows. */
  readonly external?: ExternalSigner
  readonly backend: CryptoBackend
  /** The signature algorithms that it may serve. */
  readonly registry: SignatureRegistry
}
