export type { DpopNonceOptions } from '../dpop-nonce.ts'
export type { ResourceMetadata } from '../resource-metadata.ts'
export type { AccessToken } from './access-token.ts'
export { DpopValidator, type DpopValidatorOptions } from './dpop-validator.ts'
export {
  bearerToken,
  clientSecretBasic,
  clientSecretPost,
  type IntrospectionAuthentication,
  type IntrospectionCredentials,
  type IntrospectionTarget,
  type PrivateKeyJwtOptions,
  privateKeyJwt,
} from './introspection-auth.ts'
export type { IntrospectionValidatorOptions, SignedAnswerOptions } from './introspection-options.ts'
export { IntrospectionValidator } from './introspection-validator.ts'
export type { IssuerKeyOptions } from './issuer-keys.ts'
export { JwtValidator, type JwtValidatorOptions } from './jwt-validator.ts'
export { type Protection, ResourceProtector, type TokenFor } from './protector.ts'
export type { ResourceProtectorOptions } from './protector-options.ts'
export type { Alternatives, Requirement, Requirements } from './requirement.ts'
export { StoreValidator, type StoreValidatorOptions } from './store-validator.ts'
export type { TokenCacheOptions } from './token-cache.ts'
export type { TokenValidator } from './token-validator.ts'
