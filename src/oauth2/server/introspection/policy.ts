import { formatScope, parseScope } from '../../scope.ts'
import type { RequestContext } from '../context.ts'
import type { ResourceServer } from '../resources.ts'
import type { IntrospectionCaller } from './caller.ts'
import type { IntrospectedToken } from './token.ts'

/** Whether this is the client that the token was issued to. */
export function isOwner({ client }: IntrospectionCaller, token: IntrospectedToken): boolean {
  return client !== undefined && client.client_id === token.client.client_id
}

/**
 * The resources in the token's audience that the caller is: by its own name, by the names it came with, or because the
 * server knows a resource to ask as this client. A refresh token is for no resource.
 *
 * @spec RFC 7662 §4
 */
export async function findSharedResources(
  { server }: Pick<RequestContext, 'server'>,
  { id, client, resources = [] }: IntrospectionCaller,
  token: IntrospectedToken,
): Promise<readonly ResourceServer[]> {
  if (token.kind === 'refresh_token') return []
  const shared: ResourceServer[] = []
  for (const resource of token.record.audience ?? []) {
    const known = await server.findResource(resource, token.client)
    const isCaller = resource === id || resources.includes(resource)
    if (isCaller || (client !== undefined && known?.clientId === client.client_id)) shared.push(known ?? { resource })
  }
  return shared
}

/**
 * What of a token's scope means something to the caller: a resource with scopes of its own learns of no others.
 *
 * @spec RFC 9701 §5
 */
export function narrowScope(scope: string, resources: readonly ResourceServer[]): string {
  if (resources.length === 0 || resources.some(({ scopes }) => scopes === undefined)) return scope
  const meaningful = new Set(resources.flatMap(({ scopes }) => scopes ?? []))
  return formatScope(parseScope(scope).filter((token) => meaningful.has(token)))
}
