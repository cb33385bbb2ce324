import { NO_STORE } from '../../../http/cache-control.ts'
import { type HttpResponse, json } from '../../../http/response.ts'
import { pickMembers } from '../../client-metadata/members.ts'
import type { RequestContext } from '../context.ts'
import type { Client } from '../records.ts'

/** What goes out in the clear once, or was presented just now. */
export interface PresentableCredentials {
  readonly secret?: string | undefined
  readonly registrationToken: string
}

/** The endpoint under whose URL registered clients manage themselves. */
export const CONFIGURATION = 'client_configuration'

/**
 * All that is registered about a client, for itself. A secret is told once, when it is made: after that only its hash is
 * known.
 *
 * @spec RFC 7591 §3.2.1
 * @spec RFC 7592 §3
 */
export function respondWithClient(
  { server }: RequestContext,
  status: 200 | 201,
  client: Client,
  { secret, registrationToken }: PresentableCredentials,
): HttpResponse {
  const { client_id, client_id_issued_at, client_secrets = [], software_statement } = client
  const manager = server.endpointUrl(CONFIGURATION)
  const information = {
    client_id,
    client_id_issued_at,
    client_secret: secret,
    // 0: it does not expire. Clients insist on the member where there is a secret.
    client_secret_expires_at: client_secrets[0] && (client_secrets[0].expires_at ?? 0),
    ...pickMembers({ ...client }),
    software_statement,
    ...(manager === undefined
      ? {}
      : {
          registration_access_token: registrationToken,
          registration_client_uri: `${manager}/${encodeURIComponent(client_id)}`,
        }),
  }
  return json(status, information, NO_STORE)
}
