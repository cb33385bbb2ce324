export type { SignatureAlgorithmName } from '../algorithms/signatures.ts'
export { JoseError, type JoseErrorCode } from '../errors.ts'
export type { VerificationKey } from '../jwk/verification-key.ts'
export type { KeyCriteria, KeySource, SigningKeySource } from '../jwks/source.ts'
export { type SignCompactOptions, signCompact, type VerifiedCompact, verifyCompact } from './compact.ts'
export { type SignDetachedOptions, signDetached, type VerifiedDetached, verifyDetached } from './detached.ts'
export type { JoseHeader } from './header.ts'
export type { HeaderParameters } from './header-writer.ts'
export type { FlattenedJws, GeneralJws, JwsSignature } from './json.ts'
export type { TokenLimits } from './limits.ts'
export type { DetachedPayload } from './payload-stream.ts'
export type { SignOptions } from './sign.ts'
export {
  type JwsSigner,
  type PayloadOptions,
  type SignatureOptions,
  type SignFlattenedOptions,
  signFlattened,
  signGeneral,
} from './sign-json.ts'
export {
  parseUnverifiedCompact,
  parseUnverifiedJson,
  type UnverifiedCompact,
  type UnverifiedJson,
} from './unverified.ts'
export type { UnverifiedOptions } from './unverified-options.ts'
export type { VerifyOptions } from './verify.ts'
export {
  type VerifiedFlattened,
  type VerifiedGeneral,
  type VerifiedSignature,
  type VerifyFlattenedOptions,
  type VerifyGeneralOptions,
  verifyFlattened,
  verifyGeneral,
} from './verify-json.ts'
