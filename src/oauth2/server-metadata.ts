/**
 * The authorization server's description of itself, spelled as on the wire. OpenID Connect adds its members through
 * `OpenIdProviderMetadata`.
 *
 * @spec RFC 8414 §2
 */
export interface ServerMetadata {
  issuer: string
  authorization_endpoint?: string
  token_endpoint?: string
  jwks_uri?: string
  registration_endpoint?: string
  scopes_supported?: readonly string[]
  response_types_supported?: readonly string[]
  response_modes_supported?: readonly string[]
  grant_types_supported?: readonly string[]
  token_endpoint_auth_methods_supported?: readonly string[]
  token_endpoint_auth_signing_alg_values_supported?: readonly string[]
  service_documentation?: string
  ui_locales_supported?: readonly string[]
  op_policy_uri?: string
  op_tos_uri?: string
  revocation_endpoint?: string
  revocation_endpoint_auth_methods_supported?: readonly string[]
  introspection_endpoint?: string
  introspection_endpoint_auth_methods_supported?: readonly string[]
  code_challenge_methods_supported?: readonly string[]
  /** @spec RFC 9207 §3 */
  authorization_response_iss_parameter_supported?: boolean
  /** For pushed requests (RFC 9126), which nothing here sends or takes; an extension may. */
  pushed_authorization_request_endpoint?: string
}
