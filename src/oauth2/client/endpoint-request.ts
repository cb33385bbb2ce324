import type { OutgoingRequest } from '../../http/fetch.ts'
import { RequestParameters } from '../../http/form.ts'
import type { ServerMetadata } from '../server-metadata.ts'
import { chooseAuthentication } from './auth/choose.ts'
import { ClientError } from './errors.ts'
import type { ClientSettings } from './options.ts'

/** Parameters of a request to the authorization server, spelled as on the wire; a list repeats the parameter. */
export type WireParameters = Readonly<Record<string, string | readonly string[] | undefined>>

/** What the client knows about the authorization server: discovered, given, or both. */
export type KnownServer = Partial<ServerMetadata>

/** @throws ClientError `endpoint_missing` */
export function getEndpoint<N extends `${string}_endpoint`>(server: { readonly [K in N]?: string }, name: N): string {
  const endpoint = server[name]
  if (endpoint !== undefined) return endpoint
  throw new ClientError(
    'endpoint_missing',
    `"${name}" is not known: the server's metadata or the client's options must name it`,
    {
      parameter: name,
    },
  )
}

/**
 * A form for an endpoint at which the client proves who it is.
 *
 * @param supported the methods of client authentication that the server lists for this endpoint.
 * @spec RFC 6749 §2.3
 */
export async function buildEndpointRequest(
  client: ClientSettings,
  server: KnownServer,
  endpoint: string,
  parameters: WireParameters,
  supported: readonly string[] | undefined,
): Promise<OutgoingRequest> {
  const authentication = client.authentication ?? chooseAuthentication(client.clientSecret, supported)
  const credentials = await authentication.authenticate({
    clientId: client.clientId,
    endpoint,
    clock: client.clock,
    ...(server.issuer !== undefined && { issuer: server.issuer }),
  })
  return {
    method: 'POST',
    url: endpoint,
    headers: [['content-type', 'application/x-www-form-urlencoded'], ...Object.entries(credentials.headers ?? {})],
    body: toForm({ ...parameters, ...credentials.parameters }),
  }
}

/** The form of some parameters; those without a value are left out. */
export function toForm(parameters: WireParameters): string {
  const entries = Object.entries(parameters).flatMap(([name, value]): [string, string][] => {
    if (value === undefined) return []
    return typeof value === 'string' ? [[name, value]] : value.map((item) => [name, item])
  })
  return RequestParameters.fromEntries(entries).toString()
}
