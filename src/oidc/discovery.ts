import type { ServerMetadata } from '../oauth2/server-metadata.ts'

/** The OpenID Provider's description of itself. @spec OIDC Discovery §3 */
export interface OpenIdProviderMetadata extends ServerMetadata {
  userinfo_endpoint?: string
  acr_values_supported?: readonly string[]
  subject_types_supported?: readonly string[]
  id_token_signing_alg_values_supported?: readonly string[]
  userinfo_signing_alg_values_supported?: readonly string[]
  display_values_supported?: readonly string[]
  claim_types_supported?: readonly string[]
  claims_supported?: readonly string[]
  claims_locales_supported?: readonly string[]
  claims_parameter_supported?: boolean
  request_parameter_supported?: boolean
  request_uri_parameter_supported?: boolean
  require_request_uri_registration?: boolean
  prompt_values_supported?: readonly string[]
  /** @spec OIDC RP-Initiated Logout §2.1 */
  end_session_endpoint?: string
}
