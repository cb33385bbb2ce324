/**
 * What a protected resource says about itself, spelled as on the wire.
 *
 * @spec RFC 9728 §2
 */
export interface ResourceMetadata {
  /** The name of the resource, an https URL. Clients hold the document to it. */
  resource: string
  /** The issuers whose tokens it accepts. */
  authorization_servers?: readonly string[]
  jwks_uri?: string
  scopes_supported?: readonly string[]
  bearer_methods_supported?: readonly ('header' | 'body' | 'query')[]
  resource_signing_alg_values_supported?: readonly string[]
  resource_name?: string
  resource_documentation?: string
  resource_policy_uri?: string
  resource_tos_uri?: string
  tls_client_certificate_bound_access_tokens?: boolean
  authorization_details_types_supported?: readonly string[]
  dpop_signing_alg_values_supported?: readonly string[]
  dpop_bound_access_tokens_required?: boolean
  signed_metadata?: string
  /** Further members, and the ones for people in other languages (`resource_name#de`). */
  [member: string]: unknown
}

/** Where the document about a resource is: its path and query behind the well-known path. @spec RFC 9728 §3.1 */
export function resourceMetadataUrl(resource: string): string {
  const { origin, pathname, search } = new URL(resource)
  return `${origin}/.well-known/oauth-protected-resource${pathname === '/' ? '' : pathname}${search}`
}
