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
  revocation_endpoint_auth_signing_alg_values_supported?: readonly string[]
  introspection_endpoint?: string
  introspection_endpoint_auth_methods_supported?: readonly string[]
  introspection_endpoint_auth_signing_alg_values_supported?: readonly string[]
  code_challenge_methods_supported?: readonly string[]
  /** @spec RFC 9207 §3 */
  authorization_response_iss_parameter_supported?: boolean
  /** @spec RFC 8628 §4 */
  device_authorization_endpoint?: string
  /** @spec RFC 9126 §5 */
  pushed_authorization_request_endpoint?: string
  require_pushed_authorization_requests?: boolean
  /** @spec RFC 9101 §10.5 */
  require_signed_request_object?: boolean
  request_object_signing_alg_values_supported?: readonly string[]
  request_object_encryption_alg_values_supported?: readonly string[]
  request_object_encryption_enc_values_supported?: readonly string[]
  request_parameter_supported?: boolean
  request_uri_parameter_supported?: boolean
  require_request_uri_registration?: boolean
  /** @spec RFC 9449 §5.1 */
  dpop_signing_alg_values_supported?: readonly string[]
  /** @spec RFC 9701 §7 */
  introspection_signing_alg_values_supported?: readonly string[]
  introspection_encryption_alg_values_supported?: readonly string[]
  introspection_encryption_enc_values_supported?: readonly string[]
  /** Endpoints for clients that show a certificate. @spec RFC 8705 §5 */
  mtls_endpoint_aliases?: Readonly<Record<string, string>>
  /** @spec RFC 9728 §4 */
  protected_resources?: readonly string[]
}
