/** Logging people in: OpenID Connect's side of the client, and the registry of providers. */
export {
  ClientError,
  type ClientErrorCode,
  type ClientErrorOptions,
  type ClientStage,
  type ProviderRefusal,
} from '../../oauth2/client/errors.ts'
export type { UserClaims } from '../claims.ts'
export type { OpenIdProviderMetadata } from '../discovery.ts'
export type { IdTokenClaims } from '../id-token.ts'
export {
  type Login,
  type LoginExchange,
  type LoginExpectations,
  OpenIdClient,
  type OpenIdTokenSet,
} from './client.ts'
export {
  type CheckResult,
  type IdTokenExpectations,
  type IdTokenReport,
  type ValidatedIdToken,
  validateIdToken,
} from './id-token.ts'
export type { LoginHints, LoginUrl, LoginUrlOptions } from './login-url.ts'
export type { LogoutUrl, LogoutUrlOptions } from './logout.ts'
export { OAuth, PlainClient } from './oauth.ts'
export type { KnownProvider, OpenIdClientOptions } from './options.ts'
export {
  type AuthorizeRedirectOptions,
  type CompletedLogin,
  type CompletedLogout,
  type Failure,
  type LoginCompletion,
  type LogoutCompletion,
  type LogoutRedirectOptions,
  RegisteredClient,
  type Registration,
} from './registered-client.ts'
export {
  defineOAuth,
  type OAuthConstructor,
  type OAuthEvents,
  type OAuthOptions,
  OAuthRegistry,
} from './registry.ts'
export type { Userinfo } from './userinfo.ts'
