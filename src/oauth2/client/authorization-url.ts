import type { Seconds } from '../../util/clock.ts'
import type { KeptAttempt } from './authorization-parameters.ts'
import type { ComplianceHooks } from './compliance.ts'
import type { KnownServer } from './endpoint-request.ts'
import type { ClientSettings } from './options.ts'
import { setParameters, type WireParameters } from './wire-parameters.ts'

/** The URL to send the browser to, and what has to be kept until it comes back. */
export interface AuthorizationUrl extends KeptAttempt {
  readonly url: string
  /** Until when the browser has to arrive, where the request was pushed. @spec RFC 9126 §2.2 */
  readonly expiresAt?: Seconds
}

/**
 * The parameters as a signed request object, where the client has a signer: then nothing but the client's name stands
 * outside.
 *
 * @spec RFC 9101 §5
 */
export async function signParameters(
  client: ClientSettings,
  { issuer }: KnownServer,
  parameters: WireParameters,
): Promise<WireParameters> {
  const { clientId, clock, requestObjects } = client
  if (requestObjects === undefined) return parameters
  return { client_id: clientId, request: await requestObjects.sign(parameters, { clientId, issuer, clock }) }
}

/** The URL as the hooks leave it. A query that the endpoint already has is kept. @spec RFC 6749 §3.1 */
export async function toAuthorizationUrl(
  endpoint: string,
  parameters: WireParameters,
  compliance: readonly ComplianceHooks[],
): Promise<string> {
  let url = new URL(endpoint)
  setParameters(url, parameters)
  for (const { authorizationUrl } of compliance) url = (await authorizationUrl?.(url)) ?? url
  return url.href
}
