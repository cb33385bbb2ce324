/** The OAuth 2.0 authorization server and everything to extend it with. */
export type { ClientMetadata } from '../client-metadata.ts'
export { OAuth2Error, type OAuth2ErrorCode, type OAuth2ErrorOptions } from '../errors.ts'
export type { ServerMetadata } from '../server-metadata.ts'
export type { TokenResponse } from '../token-response.ts'
export type { Attempt, AttemptKind, RateLimit, RateLimitRefusal } from './attempt.ts'
export type { ClientAssertionOptions } from './auth/assertion-verifier.ts'
export { ClientSecretBasic } from './auth/client-secret-basic.ts'
export { ClientSecretJwt } from './auth/client-secret-jwt.ts'
export { ClientSecretPost } from './auth/client-secret-post.ts'
export { NoClientAuthentication } from './auth/none.ts'
export { PrivateKeyJwt, type PrivateKeyJwtOptions } from './auth/private-key-jwt.ts'
export { SecretVerifier } from './auth/secret-verifier.ts'
export { type DevelopmentHint, findDevelopmentHint } from './authorization/development-hint.ts'
export { type ErrorPage, plainErrorPage } from './authorization/error-page.ts'
export { AuthorizationRefusal } from './authorization/refusal.ts'
export type {
  AuthorizationRequest,
  ProvenRequest,
  RedirectTarget,
  RequestSource,
  ResolvedRequest,
  ResumedRequest,
} from './authorization/request.ts'
export { AuthorizationServer } from './authorization-server.ts'
export type { ClientAuthContext, ClientAuthMethod } from './client-auth.ts'
export { ClientKeys, type ClientKeysOptions } from './client-keys.ts'
export { type RotatedSecret, rotateClientSecret, type SecretRotation } from './client-secret.ts'
export type {
  AuthenticatedClient,
  Hook,
  RequestContext,
  RequestOrigin,
  ServerHandle,
  TokenContext,
  TokenResponseContext,
} from './context.ts'
export type {
  Approval,
  AuthorizationDecision,
  AuthorizationParameters,
  Denial,
  GrantDecision,
  RepeatedAnswer,
} from './decisions.ts'
export { type ClientDefinition, defineClient } from './define-client.ts'
export type { UserCodeKind } from './device/user-code.ts'
export type { EventMessage, RequestTrace } from './diagnostics.ts'
export type { Endpoint } from './endpoint.ts'
export { AuthorizationEndpoint, type AuthorizationEndpointOptions } from './endpoints/authorization.ts'
export { DeviceAuthorizationEndpoint, type DeviceAuthorizationOptions } from './endpoints/device-authorization.ts'
export {
  type DeviceOutcome,
  DeviceVerification,
  type DeviceVerificationOptions,
  type DeviceVerificationStore,
  type DeviceViewer,
  type PendingDevice,
} from './endpoints/device-verification.ts'
export { IntrospectionEndpoint, type IntrospectionOptions, type IntrospectionStore } from './endpoints/introspection.ts'
export { RevocationEndpoint } from './endpoints/revocation.ts'
export { logRefusal } from './error-response.ts'
export type { EventOrigin, ServerEvent, ServerEvents } from './events.ts'
export type {
  ApprovalContext,
  AuthorizationContext,
  AuthorizationResponseContext,
  EndpointResponseContext,
  Extension,
  PresentedTokenContext,
  ResolutionContext,
  ServerRegistry,
} from './extension.ts'
export { ClientRegistration } from './extensions/client-registration.ts'
export { Dpop, type DpopOptions } from './extensions/dpop.ts'
export { PushedAuthorization, type PushedAuthorizationOptions } from './extensions/pushed-authorization.ts'
export { RequestObjects, type RequestObjectsOptions } from './extensions/request-objects.ts'
export { findClient } from './find-client.ts'
export type { AuthorizationGrant, TokenGrant } from './grant.ts'
export { AuthorizationCodeGrant } from './grants/authorization-code.ts'
export { ClientCredentialsGrant } from './grants/client-credentials.ts'
export { DeviceCodeGrant } from './grants/device-code.ts'
export { type AssertionIssuer, JwtBearerGrant, type JwtBearerOptions } from './grants/jwt-bearer.ts'
export { RefreshTokenGrant, type RefreshTokenOptions } from './grants/refresh-token.ts'
export { TokenExchangeGrant, type TokenExchangeOptions } from './grants/token-exchange.ts'
export type { IntrospectionCaller } from './introspection/caller.ts'
export type { IntrospectedToken } from './introspection/token.ts'
export type { LifetimeContext, LifetimeRule, Lifetimes, RuledLifetime } from './lifetimes.ts'
export type { AuthorizationServerOptions, CurrentKeys } from './options.ts'
export { attemptOf } from './rate-limit.ts'
export {
  createRateLimiter,
  DEFAULT_RATE_LIMITS,
  type RateLimiterOptions,
  type RateLimitKey,
  type RateLimitRule,
} from './rate-limiter.ts'
export type {
  AccessTokenRecord,
  Actor,
  Authentication,
  AuthorizationCodeRecord,
  Client,
  Confirmation,
  ConsentRecord,
  DeviceCodeRecord,
  GrantRecord,
  PushedRequestRecord,
  RefreshTokenRecord,
  SessionRecord,
  StoredSecret,
} from './records.ts'
export type {
  ClientRegistrationOptions,
  InitialAccess,
  InitialAccessRule,
  RegistrationRequest,
  RegistrationStore,
  StatementIssuer,
} from './registration/options.ts'
export { chooseTarget, narrowTarget, type TokenTarget } from './requested-resource.ts'
export type { AccessTokenFormat, ResourceServer } from './resources.ts'
export type { ResponseMode } from './response-mode.ts'
export { FormPost } from './response-modes/form-post.ts'
export { Fragment } from './response-modes/fragment.ts'
export { Query } from './response-modes/query.ts'
export type {
  AuthorizationCodeStore,
  BulkRevocationStore,
  ClientRegistrationStore,
  ClientStore,
  ConsentStore,
  CounterStore,
  DeviceCodeStore,
  GrantStore,
  PushedRequestStore,
  RefreshTokenStore,
  ReplayStore,
  SessionStore,
  Store,
  SweepableStore,
  TokenCommit,
  TokenStore,
  Transition,
} from './store.ts'
export type { ExchangedToken } from './token-exchange/exchanged-token.ts'
export type { ExchangeApproval, ExchangePolicy, ExchangeRequest } from './token-exchange/policy.ts'
export type { AccessTokenClaims, AccessTokenClaimsContext } from './tokens/claims.ts'
export { findAccessToken } from './tokens/find-access-token.ts'
export type { TokenKind } from './tokens/token-format.ts'
export type { TrustedIssuer } from './trusted-issuers.ts'
