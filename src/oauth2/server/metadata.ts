import type { ServerMetadata } from '../server-metadata.ts'
import type { ServerCore } from './core.ts'

/**
 * The server's description of itself: what grants, endpoints and extensions say about themselves, and the names under
 * which they are registered. There is no other source, so it cannot lie.
 *
 * @spec RFC 8414 §2
 */
export function buildMetadata<S>(core: ServerCore<S>): ServerMetadata {
  const { settings, registry, server } = core
  const metadata: ServerMetadata = { issuer: settings.issuer }
  const authorizationEndpoint = server.endpointUrl('authorization')
  if (authorizationEndpoint !== undefined) metadata.authorization_endpoint = authorizationEndpoint
  for (const endpoint of registry.endpoints.values()) {
    const url = server.endpointUrl(endpoint.name)
    if (url !== undefined) Object.assign(metadata, endpoint.metadata?.(url, server))
  }
  Object.assign(metadata, describeNames(core), describeAuthMethods(core, metadata))
  for (const grant of new Set([...registry.authorizationGrants.values(), ...registry.tokenGrants.values()])) {
    Object.assign(metadata, grant.metadata)
  }
  for (const extension of registry.extensions) extension.onMetadata?.(metadata, server)
  return metadata
}

function describeNames<S>(core: ServerCore<S>): Partial<ServerMetadata> {
  const { registry, server, settings } = core
  const hasAuthorization = registry.authorizationGrants.size > 0
  const { scopes } = server
  return {
    // RFC 8414 §3.2: a list of nothing is left out.
    ...(scopes === undefined || scopes.length === 0 ? {} : { scopes_supported: scopes }),
    response_types_supported: [...registry.authorizationGrants.keys()],
    ...(hasAuthorization ? { response_modes_supported: [...registry.responseModes.keys()] } : {}),
    grant_types_supported: [...new Set([...registry.tokenGrants.keys(), ...frontChannelGrantTypes(core)])],
    ...(settings.resourceNames.length === 0 ? {} : { protected_resources: settings.resourceNames }),
  }
}

/** What clients are registered for that never comes to the token endpoint: `implicit`. @spec RFC 7591 §2.1 */
function frontChannelGrantTypes<S>({ registry }: ServerCore<S>): string[] {
  return [...registry.authorizationGrants.values()].flatMap(({ grantType }) => grantType ?? [])
}

/** Every endpoint that asks for a client's credentials takes the same methods, if it takes clients without any. */
function describeAuthMethods<S>({ registry }: ServerCore<S>, metadata: ServerMetadata): Partial<ServerMetadata> {
  const methods = [...registry.clientAuthMethods.keys()]
  return {
    token_endpoint_auth_methods_supported: methods,
    ...(metadata.revocation_endpoint === undefined ? {} : { revocation_endpoint_auth_methods_supported: methods }),
    ...(metadata.introspection_endpoint === undefined
      ? {}
      : { introspection_endpoint_auth_methods_supported: introspectionMethods(methods, metadata) }),
    ...describeAssertions(registry, metadata),
  }
}

/** What signed credentials may be signed with; left out where no method has any. @spec RFC 8414 §2 */
function describeAssertions<S>(
  { clientAuthMethods }: ServerCore<S>['registry'],
  metadata: ServerMetadata,
): Partial<ServerMetadata> {
  const algorithms = [...new Set([...clientAuthMethods.values()].flatMap((method) => method.signingAlgorithms ?? []))]
  if (algorithms.length === 0) return {}
  return {
    token_endpoint_auth_signing_alg_values_supported: algorithms,
    ...(metadata.revocation_endpoint === undefined
      ? {}
      : { revocation_endpoint_auth_signing_alg_values_supported: algorithms }),
    ...(metadata.introspection_endpoint === undefined
      ? {}
      : { introspection_endpoint_auth_signing_alg_values_supported: algorithms }),
  }
}

/** Who cannot prove who it is may not ask about tokens; what else the endpoint takes, it says itself. @spec RFC 8414 §2 */
function introspectionMethods(methods: readonly string[], metadata: ServerMetadata): readonly string[] {
  const others = metadata.introspection_endpoint_auth_methods_supported ?? []
  return [...methods.filter((name) => name !== 'none'), ...others]
}
