export type { SignatureAlgorithmName } from '../algorithms/registry.ts'
export { JoseError, type JoseErrorCode } from '../errors.ts'
export type { KeyCriteria, KeySource, SigningKeySource } from '../jwks/source.ts'
export type { JoseHeader } from './header.ts'
export { type SignOptions, signCompact } from './sign.ts'
export {
  type TokenLimits,
  type VerifiedCompact,
  type VerifyOptions,
  verifyCompact,
} from './verify.ts'
