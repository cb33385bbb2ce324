import { isHttpsOrLoopback, parseUrl } from '../http/url.ts'
import type { JsonObject } from '../util/json.ts'
import { findRedirectUriProblem } from './redirect-uri.ts'
import { isScope } from './scope.ts'

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
  id_token_signed_response_alg?: string
  default_max_age?: number
  require_auth_time?: boolean
  /** @spec OIDC RP-Initiated Logout §3.1 */
  post_logout_redirect_uris?: readonly string[]
}

/** Links that people may follow from a page of the server. */
const LINKS = ['client_uri', 'logo_uri', 'tos_uri', 'policy_uri'] as const

/**
 * What is wrong with a client's metadata, a sentence each. The one rule for static clients, registration and
 * administration alike: a URL that runs (`javascript:`) or is fetched from afar must not come in by any door.
 *
 * @spec RFC 7591 §2
 */
export function findClientMetadataProblems(metadata: ClientMetadata): string[] {
  return [
    ...redirectProblems(metadata),
    ...urlProblems(metadata),
    ...grantProblems(metadata),
    ...(isScope(metadata.scope ?? '') ? [] : ['"scope" must be scope tokens separated by spaces']),
    ...(metadata.jwks !== undefined && metadata.jwks_uri !== undefined
      ? ['"jwks" and "jwks_uri" must not be given together']
      : []),
  ]
}

/** @spec RFC 6749 §3.1.2.2 */
function redirectProblems(metadata: ClientMetadata): string[] {
  const { application_type: type, redirect_uris = [], post_logout_redirect_uris = [] } = metadata
  const problems: string[] = []
  for (const [name, uris] of Object.entries({ redirect_uris, post_logout_redirect_uris })) {
    for (const uri of uris) {
      const problem = findRedirectUriProblem(uri, type)
      if (problem !== undefined) problems.push(`each of "${name}" ${problem}`)
    }
  }
  if (redirect_uris.length === 0 && grantTypesOf(metadata).includes('authorization_code')) {
    problems.push('"redirect_uris" must name at least one for the authorization code grant')
  }
  return problems
}

function urlProblems(metadata: ClientMetadata): string[] {
  const problems: string[] = []
  for (const name of LINKS) {
    const url = metadata[name]
    if (url !== undefined && !/^https?:$/.test(parseUrl(url)?.protocol ?? '')) {
      problems.push(`"${name}" must be an absolute http or https URL`)
    }
  }
  const keys = metadata.jwks_uri === undefined ? undefined : parseUrl(metadata.jwks_uri)
  if (metadata.jwks_uri !== undefined && (keys === undefined || !isHttpsOrLoopback(keys))) {
    problems.push('"jwks_uri" must be https, or http on a loopback address')
  }
  return problems
}

/** Grant types and response types go together, and a client that is nobody in particular acts for nobody. */
function grantProblems(metadata: ClientMetadata): string[] {
  const grantTypes = grantTypesOf(metadata)
  const problems: string[] = []
  if (
    metadata.response_types?.some((type) => type.split(' ').includes('code')) &&
    !grantTypes.includes('authorization_code')
  ) {
    problems.push('"response_types" with "code" needs "authorization_code" among "grant_types"')
  }
  if (metadata.token_endpoint_auth_method === 'none' && grantTypes.includes('client_credentials')) {
    problems.push('"grant_types" must not include "client_credentials" for a client that has no credentials')
  }
  return problems
}

/** @spec RFC 7591 §2 */
function grantTypesOf({ grant_types }: ClientMetadata): readonly string[] {
  return grant_types ?? ['authorization_code']
}
