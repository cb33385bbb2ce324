export type { SignatureAlgorithmName } from '../algorithms/registry.ts'
export { JoseError, type JoseErrorCode } from '../errors.ts'
export type { KeyKind } from './generate.ts'
export type { KeyInput, KeyObjectLike } from './import.ts'
export { type GenerateKeyOptions, Key, type KeyOptions, type PreparedSigner } from './key.ts'
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
