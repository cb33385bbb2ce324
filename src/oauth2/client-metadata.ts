import type { JsonObject } from '../util/json.ts'

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
  jwks_uri?: string
  jwks?: { keys: readonly JsonObject[] }
  software_id?: string
  software_version?: string
  /** `native` clients may use loopback and private-use redirect URIs. Defaults to `web`. @spec OIDC Registration §2 */
  application_type?: 'web' | 'native'
  id_token_signed_response_alg?: string
  default_max_age?: number
  require_auth_time?: boolean
  /** @spec OIDC RP-Initiated Logout §3.1 */
  post_logout_redirect_uris?: readonly string[]
}
