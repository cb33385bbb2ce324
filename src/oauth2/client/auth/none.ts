import type { ClientAuthentication, ClientAuthenticationContext, ClientCredentials } from './client-auth.ts'

/** `none`: a public client only says who it is. PKCE is what protects its code. @spec RFC 6749 §3.2.1 */
export class PublicClient implements ClientAuthentication {
  readonly method: string = 'none'

  authenticate({ clientId }: ClientAuthenticationContext): ClientCredentials {
    return { parameters: { client_id: clientId } }
  }
}
