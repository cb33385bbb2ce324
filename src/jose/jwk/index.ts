export type { SignatureAlgorithm, SignatureAlgorithmName, SignatureRegistry } from '../algorithms/signatures.ts'
export { JoseError, type JoseErrorCode } from '../errors.ts'
export type { DerivationOptions } from './derive.ts'
export type { ExternalSigner, SigningRequest } from './external.ts'
export type { CertificateParameters } from './formats/certificate.ts'
export type { PrivateForm, PublicForm } from './formats/export.ts'
export type { WebKeyParameters } from './formats/platform.ts'
export type { KeyKind } from './generate.ts'
export type { KeyInput, KeyObjectLike } from './import.ts'
export {
  type CryptoKeyOptions,
  type DeriveKeyOptions,
  type ExternalKeyOptions,
  type GenerateKeyOptions,
  Key,
  type KeyOptions,
  type KeyPlaceOptions,
  type PreparedSigner,
  type PrivateExportOptions,
  type PublicExportOptions,
} from './key.ts'
export type { ThumbprintHash } from './thumbprint.ts'
export type {
  AkpPrivateJwk,
  AkpPublicJwk,
  AlgorithmName,
  EcPrivateJwk,
  EcPublicJwk,
  Jwk,
  JwkParameters,
  Jwks,
  KeyOperation,
  OctJwk,
  OkpPrivateJwk,
  OkpPublicJwk,
  PrivateJwk,
  PrivateJwks,
  PublicJwk,
  PublicJwks,
  RsaPrivateJwk,
  RsaPublicJwk,
} from './types.ts'
export type { KeyRequirement } from './usage.ts'
export type { VerificationKey } from './verification-key.ts'
