import type { ServerMetadata } from '../../server-metadata.ts'
import type { AuthorizationResponseContext, Extension } from '../extension.ts'

/**
 * Says in every authorization response, errors included, which server it is from, so that a client that talks to several
 * cannot be made to take one for another. Registered with every server.
 *
 * @spec RFC 9207 §2
 */
export class IssuerParameter implements Extension {
  readonly name = 'issuer-parameter'

  onAuthorizationResponse({ server, parameters }: AuthorizationResponseContext): void {
    parameters['iss'] = server.issuer
  }

  /** @spec RFC 9207 §3 */
  onMetadata(metadata: ServerMetadata): void {
    metadata.authorization_response_iss_parameter_supported = true
  }
}
