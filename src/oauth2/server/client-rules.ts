import type { Client } from './records.ts'
import type { Registry } from './registry.ts'

/** Whether a client may use a grant type. @spec RFC 7591 §2 */
export function allowsGrantType(client: Client, grantType: string): boolean {
  return client.grant_types === undefined ? grantType === 'authorization_code' : client.grant_types.includes(grantType)
}

/** Whether a client can do something with a refresh token, here. */
export function mayRefresh(client: Client, registry: Pick<Registry<never>, 'tokenGrants'>): boolean {
  return registry.tokenGrants.has('refresh_token') && allowsGrantType(client, 'refresh_token')
}

/** Whether a client proves who it is when it calls. @spec RFC 6749 §2.1 */
export function isConfidential(client: Client): boolean {
  return client.token_endpoint_auth_method !== 'none'
}
