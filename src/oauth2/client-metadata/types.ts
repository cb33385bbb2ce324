import type { Seconds } from '../../util/clock.ts'
import type { JsonObject } from '../../util/json.ts'

/** Members for people, which may come in several languages: `client_name#ja`. @spec RFC 7591 §2.2 */
export type LocalizedMember = 'client_name' | 'client_uri' | 'logo_uri' | 'tos_uri' | 'policy_uri'

/**
 * What is registered about a client, spelled as on the wire. Static clients, registration bodies and the store's JSON
 * column all have this one shape.
 *
 * @spec RFC 7591 §2
 */
export interface ClientMetadata {
  redirect_uris?: readonly string[]
  /** Defaults to `client_secret_basic`. */
  token_endpoint_auth_method?: string
  /** Defaults to `['authorization_code']`. */
  grant_types?: readonly string[]
  /** Defaults to `['code']`. */
  response_types?: readonly string[]
  client_name?: string
  client_uri?: string
  logo_uri?: string
  /** Space-separated scopes that the client may ask for; absent: every scope that the server supports. */
  scope?: string
  contacts?: readonly string[]
  tos_uri?: string
  policy_uri?: string
  [localized: `${LocalizedMember}#${string}`]: string
  jwks_uri?: string
  jwks?: { keys: readonly JsonObject[] }
  software_id?: string
  software_version?: string
  /**
   * `native` clients may use private-use schemes and any port of a loopback host. Defaults to `web`.
   *
   * @spec OIDC Registration §2
   */
  application_type?: 'web' | 'native'
  /** What the client signs its assertions with; absent: any that the server takes. @spec OIDC Registration §2 */
  token_endpoint_auth_signing_alg?: string
  /** @spec RFC 9101 §10.5 */
  request_object_signing_alg?: string
  request_object_encryption_alg?: string
  request_object_encryption_enc?: string
  /** Authorization requests must come as signed request objects. @spec RFC 9101 §10.5 */
  require_signed_request_object?: boolean
  /** Whence request objects may be fetched. @spec OIDC Registration §2 */
  request_uris?: readonly string[]
  /** @spec RFC 9126 §6 */
  require_pushed_authorization_requests?: boolean
  /** @spec RFC 9449 §5.2 */
  dpop_bound_access_tokens?: boolean
  /** @spec RFC 9701 §6 */
  introspection_signed_response_alg?: string
  introspection_encrypted_response_alg?: string
  introspection_encrypted_response_enc?: string
  /** @spec OIDC Registration §2 */
  id_token_signed_response_alg?: string
  id_token_encrypted_response_alg?: string
  id_token_encrypted_response_enc?: string
  userinfo_signed_response_alg?: string
  userinfo_encrypted_response_alg?: string
  userinfo_encrypted_response_enc?: string
  /** `pairwise`: each sector sees another `sub`. Defaults to `public`. @spec OIDC Registration §2 */
  subject_type?: 'public' | 'pairwise'
  /** Names the redirect URIs of all clients of a sector. @spec OIDC Registration §5 */
  sector_identifier_uri?: string
  default_max_age?: Seconds
  require_auth_time?: boolean
  default_acr_values?: readonly string[]
  initiate_login_uri?: string
  /** @spec OIDC RP-Initiated Logout §3.1 */
  post_logout_redirect_uris?: readonly string[]
}
