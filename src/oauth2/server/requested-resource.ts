import type { RequestParameters } from '../../http/form.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import { OAuth2Error } from '../errors.ts'
import { isResourceIndicator } from '../resource-indicator.ts'
import { formatScope, parseScope } from '../scope.ts'
import type { TokenContext } from './context.ts'
import type { GrantDecision } from './decisions.ts'
import type { Client, GrantRecord } from './records.ts'
import type { ResourceServer } from './resources.ts'

/** Each is looked for, maybe in a database. */
const MOST_RESOURCES = 20

const NO_RESOURCES: readonly ResourceServer[] = []

/** Who knows the resources: the server. */
interface ResourceDirectory {
  findResource(resource: string, client: Client): Awaitable<ResourceServer | undefined>
}

/** Who asks for a token, and with what. */
type Asking = Pick<TokenContext, 'params' | 'client' | 'server'>

/** What an access token is for, and what may be done with it there. */
export type TokenTarget = Pick<GrantDecision, 'audience' | 'resource' | 'scope' | 'askedScope'>

/**
 * The resources that a request names, each once and by the name that the server has for it.
 *
 * @throws OAuth2Error `invalid_target` for one that is malformed, or that the server does not know or not for this client.
 * @spec RFC 8707 §2
 */
export async function findRequestedResources(
  params: RequestParameters,
  client: Client,
  directory: ResourceDirectory,
): Promise<readonly ResourceServer[]> {
  const asked = params.all('resource')
  return asked.length === 0 ? NO_RESOURCES : findAll([...new Set(asked)], client, directory)
}

/**
 * The target of a token that no grant limits: the resources that are asked for, and of the scope what means something
 * there.
 *
 * @throws OAuth2Error `invalid_target`, `invalid_scope`
 * @spec RFC 8707 §2.2
 */
export async function chooseTarget({ params, client, server }: Asking, scope: string): Promise<TokenTarget> {
  return params.has('resource') ? toTarget(await findRequestedResources(params, client, server), scope) : { scope }
}

/**
 * The target of a token from a grant: of the resources that were granted those that are asked for, or all of them. What was
 * not named when the grant was made cannot be had from it (GHSA-p2fr-6hmx-4528).
 *
 * @param scope what is asked for of what was granted.
 * @throws OAuth2Error `invalid_target`, `invalid_scope`
 * @spec RFC 8707 §2.2
 */
export async function narrowTarget(
  { params, client, server }: Asking,
  { resource: granted = [] }: Pick<GrantRecord, 'resource'>,
  scope: string,
): Promise<TokenTarget> {
  if (granted.length === 0 && !params.has('resource')) return { scope }
  const asked = await findRequestedResources(params, client, server)
  if (!asked.every(({ resource }) => granted.includes(resource))) {
    throw new OAuth2Error('invalid_target', 'resource must be one of those that were granted', {
      reason: 'resource_not_granted',
    })
  }
  return toTarget(asked.length > 0 ? asked : await findAll(granted, client, server), scope)
}

/**
 * What of a scope means something to the resources. Nothing at all is an error: a token without scope would be answered as
 * if it had all that was asked for.
 *
 * @throws OAuth2Error `invalid_scope`
 */
export function limitScope(scope: string, resources: readonly ResourceServer[]): string {
  if (scope === '' || resources.length === 0 || resources.some(({ scopes }) => scopes === undefined)) return scope
  const meaningful = new Set(resources.flatMap(({ scopes }) => scopes ?? []))
  const limited = formatScope(parseScope(scope).filter((one) => meaningful.has(one)))
  if (limited !== '') return limited
  throw new OAuth2Error('invalid_scope', 'scope names nothing that the resource knows', {
    reason: 'resource_scope_unknown',
  })
}

function toTarget(resources: readonly ResourceServer[], scope: string): TokenTarget {
  if (resources.length === 0) return { scope }
  const names = resources.map(({ resource }) => resource)
  return { audience: names, resource: names, scope: limitScope(scope, resources), askedScope: scope }
}

async function findAll(
  names: readonly string[],
  client: Client,
  directory: ResourceDirectory,
): Promise<readonly ResourceServer[]> {
  if (names.length > MOST_RESOURCES) {
    throw new OAuth2Error('invalid_target', 'resource must not name more than 20', { reason: 'resource_too_many' })
  }
  const found = new Map<string, ResourceServer>()
  for (const name of names) {
    const known = await findOne(name, client, directory)
    found.set(known.resource, known)
  }
  return [...found.values()]
}

async function findOne(name: string, client: Client, directory: ResourceDirectory): Promise<ResourceServer> {
  if (!isResourceIndicator(name)) {
    throw new OAuth2Error('invalid_target', 'resource must be an absolute URI without fragment', {
      reason: 'resource_malformed',
    })
  }
  const resource = await directory.findResource(name, client)
  if (resource !== undefined) return resource
  throw new OAuth2Error('invalid_target', 'resource is not one that this server issues tokens for', {
    reason: 'resource_unknown',
  })
}
