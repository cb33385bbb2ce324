import { OAuth2Error } from '../../errors.ts'
import type { TokenContext } from '../context.ts'
import { findRequestedResources, limitScope } from '../requested-resource.ts'
import type { ResourceServer } from '../resources.ts'
import type { ExchangeApproval } from './policy.ts'

/** The services that a token is asked for, each once. */
export interface ExchangeTargets {
  readonly resource: readonly string[]
  readonly audience: readonly string[]
  /** What the server knows of them. */
  readonly known: readonly ResourceServer[]
}

/**
 * Reads the services that a token is asked for. Those that are named by address are known to the server; a name may also be
 * one that only the policy knows.
 *
 * @throws OAuth2Error `invalid_target`
 * @spec RFC 8693 §2.1
 */
export async function readTargets({ params, server, client }: TokenContext): Promise<ExchangeTargets> {
  const known = [...(await findRequestedResources(params, client, server))]
  const resource = known.map((one) => one.resource)
  const audience = [...new Set(params.all('audience'))]
  if (audience.length > MOST_NAMES) {
    throw new OAuth2Error('invalid_target', 'audience must not name more than 20', { reason: 'resource_too_many' })
  }
  for (const name of audience) {
    const found = await server.findResource(name, client)
    if (found !== undefined) known.push(found)
  }
  return { resource, audience, known }
}

/** Each is looked for, maybe in a database. */
const MOST_NAMES = 20

/**
 * Who may accept the new token, and what of the scope means something there.
 *
 * @throws OAuth2Error `invalid_target` for a name that neither the server nor the policy vouches for.
 * @spec RFC 8693 §2.2.2
 */
export function approveTargets(
  { resource, audience, known }: ExchangeTargets,
  approval: ExchangeApproval,
  scope: string,
): { readonly audience?: readonly string[]; readonly scope: string } {
  if (approval.audience !== undefined) return { audience: approval.audience, scope }
  const names = [...new Set([...resource, ...audience])]
  if (names.every((name) => known.some((one) => one.resource === name))) {
    return { ...(names.length === 0 ? {} : { audience: names }), scope: limitScope(scope, known) }
  }
  throw new OAuth2Error('invalid_target', 'audience is not one that this server issues tokens for', {
    reason: 'exchange_audience_unknown',
  })
}
