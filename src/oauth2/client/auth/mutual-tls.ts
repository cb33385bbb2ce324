import type { ServerMetadata } from '../../server-metadata.ts'
import type { ClientAuthentication, ClientAuthenticationContext, ClientCredentials } from './client-auth.ts'

/**
 * The client says who it is, and its certificate, which the transport shows, proves it. Servers may have endpoints of
 * their own for that, where a browser would otherwise ask people for a certificate.
 *
 * @spec RFC 8705 §2
 */
abstract class MutualTls implements ClientAuthentication {
  abstract readonly method: string

  /** The request must name the client: a certificate need not say whose it is. */
  authenticate({ clientId }: ClientAuthenticationContext): ClientCredentials {
    return { parameters: { client_id: clientId } }
  }

  /** Endpoints alone: who the server is stays where it is. @spec RFC 8705 §5 */
  endpoints({ mtls_endpoint_aliases: aliases = {} }: Partial<ServerMetadata>): Partial<ServerMetadata> {
    return Object.fromEntries(Object.entries(aliases).filter(([name]) => name.endsWith('_endpoint')))
  }
}

/**
 * `tls_client_auth`: a certificate of an authority that the server trusts.
 *
 * @example
 * const transport = nodeTransport({ clientCertificate: { cert, key } })
 * const client = new OAuth2Client({ clientId, issuer, tokenEndpointAuthMethod: new TlsClientAuth(), transport })
 * @spec RFC 8705 §2.1
 */
export class TlsClientAuth extends MutualTls {
  readonly method: string = 'tls_client_auth'
}

/** `self_signed_tls_client_auth`: a certificate of the client's own making, registered at the server. @spec RFC 8705 §2.2 */
export class SelfSignedTlsClientAuth extends MutualTls {
  readonly method: string = 'self_signed_tls_client_auth'
}
