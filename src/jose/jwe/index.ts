export {
  type ContentEncryptionName,
  createJweRegistry,
  type JweAlgorithms,
  type JweRegistry,
  type KeyManagementName,
} from '../algorithms/jwe-registry.ts'
export { JoseError, type JoseErrorCode } from '../errors.ts'
export type { KeyCriteria, KeySource } from '../jwks/source.ts'
export { type DecryptedJwt, type DecryptJwtOptions, decryptJwt } from '../jwt/decrypt.ts'
export { type EncryptJwtOptions, encryptJwt } from '../jwt/encrypt.ts'
export {
  type DecryptAndVerifyJwtOptions,
  type DecryptedAndVerifiedJwt,
  decryptAndVerifyJwt,
  type SignAndEncryptJwtOptions,
  signAndEncryptJwt,
} from '../jwt/nested.ts'
export { type DecryptedCompact, decryptCompact } from './compact.ts'
export type { DecryptOptions } from './decrypt-options.ts'
export { type EncryptOptions, encryptCompact } from './encrypt.ts'
export {
  type EncryptFlattenedOptions,
  type EncryptGeneralOptions,
  encryptFlattened,
  encryptGeneral,
  type JweRecipient,
} from './encrypt-json.ts'
export { type GenerateEncryptionKeyOptions, generateEncryptionKey } from './generate.ts'
export type { JweHeader } from './header.ts'
export { type DecryptedJson, decryptJson } from './json.ts'
export type { FlattenedJwe, GeneralJwe } from './json-types.ts'
export type { JweLimits } from './limits.ts'
