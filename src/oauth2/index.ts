/** The words of OAuth 2.0 that clients, servers and resources share. Nothing here does I/O. */
export { type ClientMetadata, findClientMetadataProblems, type ServerDocument } from './client-metadata.ts'
export { isOAuth2ErrorCode, OAuth2Error, type OAuth2ErrorCode, type OAuth2ErrorOptions } from './errors.ts'
export { codeChallengeOf, createCodeVerifier, isCodeChallenge, isCodeVerifier } from './pkce.ts'
export { type ApplicationType, findRedirectUriProblem, matchesRedirectUri } from './redirect-uri.ts'
export { normalizeResponseType } from './response-type.ts'
export { formatScope, isScope, isScopeSubset, parseScope } from './scope.ts'
export type { ServerMetadata } from './server-metadata.ts'
export type { TokenResponse } from './token-response.ts'
