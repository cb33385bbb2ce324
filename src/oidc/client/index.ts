/** Logging people in: OpenID Connect's side of the client, and the registry of providers. */
export {
  ClientError,
  type ClientErrorCode,
  type ClientErrorOptions,
  type ClientStage,
  type ProviderRefusal,
} from '../../oauth2/client/errors.ts'
export { type Explanation, explain } from '../../oauth2/client/explain.ts'
export type { IssuerContext, IssuerMatcher } from '../../oauth2/client/issuer-matcher.ts'
export { type IssuerTemplateOptions, issuerTemplate } from '../../oauth2/client/issuer-template.ts'
export type { UserClaims } from '../claims.ts'
export type { OpenIdProviderMetadata } from '../discovery.ts'
export type { IdTokenClaims } from '../id-token.ts'
export { checkReturnTo } from './app-url.ts'
export { BackChannelLogout, type BackChannelLogoutOptions } from './back-channel-logout.ts'
export {
  type Login,
  type LoginExchange,
  type LoginExpectations,
  OpenIdClient,
  type OpenIdTokenSet,
} from './client.ts'
export type { DecryptedToken, Decryption } from './decryption.ts'
export { defineOAuth, type OAuthConstructor } from './define-oauth.ts'
export { clientsFromEnvironment, type Environment } from './environment.ts'
export { FrontChannelLogout, type FrontChannelLogoutOptions } from './front-channel-logout.ts'
export {
  type CheckResult,
  type IdTokenExpectations,
  type IdTokenReport,
  type ValidatedIdToken,
  validateIdToken,
} from './id-token.ts'
export { LoginClient, type LoginClientOptions, type LoginProvider, type LoginStart } from './login-client.ts'
export type {
  AuthorizeData,
  AuthorizeRedirectOptions,
  CompletedLogin,
  CompletedLogout,
  Failure,
  LoginCompletion,
  LogoutCompletion,
  LogoutRedirectOptions,
  Luggage,
  Registration,
} from './login-types.ts'
export type { LoginHints, LoginUrl, LoginUrlOptions } from './login-url.ts'
export type { LogoutUrl, LogoutUrlOptions } from './logout.ts'
export type { LogoutNotice, OnLogout } from './logout-notice.ts'
export { OAuth, PlainClient } from './oauth.ts'
export type { Framework, OAuthEvents, OAuthOptions, RegisterOptions } from './oauth-options.ts'
export type { KnownProvider, OpenIdClientOptions } from './options.ts'
export type {
  ClientBehaviour,
  OAuth1Engine,
  OAuth1ProviderOptions,
  OAuth1Registration,
  ProviderOptions,
  ProviderSettings,
} from './provider-options.ts'
export { RegisteredClient, type RequestOfApp } from './registered-client.ts'
export { OAuthRegistry } from './registry.ts'
export type { ReplayStore } from './replay-store.ts'
export { fromSettings } from './settings.ts'
export type { ResolveContext, ResolvedProvider, ResolveProvider } from './tenants.ts'
export type { Userinfo } from './userinfo.ts'
