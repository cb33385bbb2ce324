import type { AuthorizationDetail } from '../authorization-details.ts'
import type { ClientSettings } from './options.ts'
import type { TokenParameters } from './token-request.ts'
import type { WireParameters } from './wire-parameters.ts'

export interface ClientCredentialsOptions {
  /** Defaults to the client's `scope`. */
  readonly scope?: string
  /** Defaults to the client's. @spec RFC 8707 §2.2 */
  readonly resource?: string | readonly string[]
  /** Defaults to the client's. @spec RFC 9396 §6 */
  readonly authorizationDetails?: readonly AuthorizationDetail[]
  /** Further parameters, spelled as on the wire (`audience`). */
  readonly parameters?: WireParameters
}

/** What a client asks for in its own name. @spec RFC 6749 §4.4.2 */
export function toClientCredentialsParameters(
  client: ClientSettings,
  options: ClientCredentialsOptions,
): TokenParameters {
  const details = options.authorizationDetails ?? client.authorizationDetails
  return {
    scope: (options.scope ?? client.scope.join(' ')) || undefined,
    resource: options.resource ?? client.resource,
    authorization_details: details && JSON.stringify(details),
    ...options.parameters,
    grant_type: 'client_credentials',
  }
}
