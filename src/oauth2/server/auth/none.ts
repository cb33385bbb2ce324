import type { ClientAuthContext, ClientAuthMethod } from '../client-auth.ts'
import type { Client } from '../records.ts'

const CREDENTIALS = ['client_secret', 'client_assertion', 'client_assertion_type'] as const

/**
 * A public client says who it is and proves nothing: what it presents has to be bound to it by other means.
 *
 * @spec RFC 6749 §3.2.1
 */
export class NoClientAuthentication implements ClientAuthMethod {
  readonly name = 'none'

  /** Credentials of a kind that nobody here reads are not the same as none. */
  identify({ request, params }: ClientAuthContext): string | undefined {
    const hasCredentials = request.header('authorization') !== undefined || CREDENTIALS.some((name) => params.has(name))
    return hasCredentials ? undefined : params.get('client_id')
  }

  verify(client: Client): boolean {
    return client.token_endpoint_auth_method === 'none'
  }
}
