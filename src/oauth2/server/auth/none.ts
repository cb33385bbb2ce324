import type { ClientAuthContext, ClientAuthMethod } from '../client-auth.ts'
import type { Client } from '../records.ts'

/**
 * A public client says who it is and proves nothing: what it presents has to be bound to it by other means.
 *
 * @spec RFC 6749 §3.2.1
 */
export class NoClientAuthentication implements ClientAuthMethod {
  readonly name = 'none'

  identify({ request, params }: ClientAuthContext): string | undefined {
    return request.header('authorization') === undefined ? params.get('client_id') : undefined
  }

  verify(client: Client): boolean {
    return client.token_endpoint_auth_method === 'none'
  }
}
