/** The client's side of OAuth 2. */
export type { KeyValueStore } from '../../util/key-value-store.ts'
export type { AuthorizationDetail } from '../authorization-details.ts'
export type { IntrospectionResponse } from '../introspection.ts'
export type { ResourceMetadata } from '../resource-metadata.ts'
export type { TokenEndpointAuthMethod } from './auth/choose.ts'
export type { ClientAssertionOptions } from './auth/client-assertion.ts'
export type { ClientAuthentication, ClientAuthenticationContext, ClientCredentials } from './auth/client-auth.ts'
export { ClientSecretBasic, type ClientSecretBasicOptions } from './auth/client-secret-basic.ts'
export { ClientSecretJwt, type ClientSecretJwtOptions } from './auth/client-secret-jwt.ts'
export { ClientSecretPost } from './auth/client-secret-post.ts'
export { SelfSignedTlsClientAuth, TlsClientAuth } from './auth/mutual-tls.ts'
export { PublicClient } from './auth/none.ts'
export { PrivateKeyJwt } from './auth/private-key-jwt.ts'
export type { AuthorizationUrlOptions } from './authorization-parameters.ts'
export type { AuthorizationUrl } from './authorization-url.ts'
export { type AuthorizedFetchOptions, authorizedFetch, type Fetch } from './authorized-fetch.ts'
export { AutonomousClient, type AutonomousRequestOptions } from './autonomous-client.ts'
export type { AuthorizationCallback, CallbackState } from './callback.ts'
export { type AccessChallenge, ChallengeError, readChallenge, throwOnChallenge } from './challenges.ts'
export { OAuth2Client } from './client.ts'
export type { ClientCredentialsOptions } from './client-credentials.ts'
export type { CodeExchange } from './code-exchange.ts'
export type { ComplianceHooks, WireMoment } from './compliance.ts'
export { Dpop, type DpopOptions } from './dpop.ts'
export type { EndpointAnswer, EndpointCall } from './endpoint-call.ts'
export type { KnownServer } from './endpoint-request.ts'
export {
  ClientError,
  type ClientErrorCode,
  type ClientErrorOptions,
  type ClientStage,
  type ProviderRefusal,
} from './errors.ts'
export { type Explanation, explain } from './explain.ts'
export type { Entry } from './explanations/entry.ts'
export {
  type AuthorizeDeviceOptions,
  authorizeDevice,
  type DeviceAuthorization,
  type DeviceClient,
  type PollOptions,
} from './grants/device.ts'
export { type ExchangeAssertionOptions, exchangeAssertion } from './grants/jwt-bearer.ts'
export { ServiceAccount, type ServiceAccountOptions } from './grants/service-account.ts'
export {
  type ExchangedTokenSet,
  type ExchangeTokenOptions,
  exchangeToken,
  TOKEN_TYPES,
} from './grants/token-exchange.ts'
export { type IntrospectTokenOptions, introspectToken } from './introspection.ts'
export type { IssuerContext, IssuerMatcher } from './issuer-matcher.ts'
export { type IssuerTemplateOptions, issuerTemplate } from './issuer-template.ts'
export type { KeptDocument, MetadataStore } from './metadata-store.ts'
export type { AuthMethodChoice, CustomAuthentication, OAuth2ClientOptions, TokenPlacement } from './options.ts'
export type { ProofOfPossession, ProvenCall } from './proof-of-possession.ts'
export type { ProtectedRequestOptions } from './protected-fetch.ts'
export { type RefreshLock, type StoreLockOptions, storeLock } from './refresh-lock.ts'
export type { RegistrationCallOptions } from './registration/call.ts'
export { type RegisteredClientOptions, toClientOptions } from './registration/client-options.ts'
export type { ClientRegistration } from './registration/information.ts'
export { deleteRegistration, readRegistration, updateRegistration } from './registration/manage.ts'
export {
  type RegisterClientOptions,
  type RegistrationMetadata,
  type RegistrationServer,
  registerClient,
} from './registration/register.ts'
export type { RenewalOptions } from './renewal-options.ts'
export { type RequestEncryption, RequestObjects, type RequestObjectsOptions } from './request-objects.ts'
export type { RequestSigner, RequestSigningContext } from './request-signer.ts'
export { fetchResourceMetadata, type ResourceMetadataOptions } from './resource-metadata.ts'
export type { RevocationOptions } from './revocation.ts'
export {
  type IntrospectionParties,
  SignedIntrospection,
  type SignedIntrospectionOptions,
} from './signed-introspection.ts'
export { type StepUp, type StepUpOptions, stepUp } from './step-up.ts'
export { type StoredMetadataOptions, storedMetadata } from './stored-metadata.ts'
export type { TokenParameters } from './token-request.ts'
export { type ExpiryOptions, isExpired, type TokenSet } from './token-set.ts'
export { type TokenStore, type TokenStoreOptions, tokenStore } from './token-store.ts'
export type { FormParameters, WireParameters } from './wire-parameters.ts'
