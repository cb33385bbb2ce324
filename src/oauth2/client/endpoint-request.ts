import { fetchJson, type OutgoingRequest, type Transport } from '../../http/fetch.ts'
import type { Header } from '../../http/header.ts'
import { isStringArray } from '../../util/assert.ts'
import type { ServerMetadata } from '../server-metadata.ts'
import { chooseAuthentication } from './auth/choose.ts'
import type { ClientAuthentication } from './auth/client-auth.ts'
import type { WireMoment } from './compliance.ts'
import type { EndpointAnswer, EndpointCall } from './endpoint-call.ts'
import { ClientError } from './errors.ts'
import { exchange } from './exchange.ts'
import { toClientError } from './fetch-failure.ts'
import type { ClientSettings } from './options.ts'
import { type FormParameters, toForm } from './wire-parameters.ts'

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

/** A form for an endpoint at which the client proves who it is. */
export interface EndpointForm {
  readonly endpoint: string
  readonly parameters: FormParameters
  readonly moment: WireMoment
  /** The methods of client authentication that the server lists for this endpoint. */
  readonly supported: readonly string[] | undefined
  /** The method, where it is another than at the token endpoint. */
  readonly authentication?: ClientAuthentication | undefined
}

/**
 * A way for this form and nothing else: whoever sends over it adds headers, and reads the answer.
 *
 * @spec RFC 6749 §2.3
 */
export function formTransport(client: ClientSettings, server: KnownServer, form: EndpointForm): Transport {
  return ({ headers = [] }) =>
    exchange(client, { moment: form.moment, build: () => buildRequest(client, server, form, headers) })
}

/** Posts a form, and reads the JSON that comes back whatever its status is. @throws ClientError */
export async function callEndpoint(
  client: ClientSettings,
  server: KnownServer & Readonly<Record<string, unknown>>,
  name: `${string}_endpoint`,
  parameters: FormParameters,
  { stage, moment, invalid = 'request_failed', fetch = fetchJson }: EndpointCall,
): Promise<EndpointAnswer> {
  const endpoint = getEndpoint(server as Partial<Record<typeof name, string>>, name)
  const listed = server[`${name}_auth_methods_supported`] ?? server.token_endpoint_auth_methods_supported
  const supported = isStringArray(listed) ? listed : undefined
  const transport = formTransport(client, server, { endpoint, parameters, moment, supported })
  try {
    return { endpoint, ...(await fetch(transport, { method: 'POST', url: endpoint })) }
  } catch (error) {
    throw toClientError(error, { stage, endpoint, invalid })
  }
}

async function buildRequest(
  client: ClientSettings,
  { issuer }: KnownServer,
  { endpoint, parameters, supported, authentication }: EndpointForm,
  headers: readonly Header[],
): Promise<OutgoingRequest> {
  const { clientId, clientSecret, clientAuthMethods, clock } = client
  const method =
    authentication ?? client.authentication ?? chooseAuthentication(clientSecret, supported, clientAuthMethods)
  const credentials = await method.authenticate({ clientId, endpoint, clock, ...(issuer !== undefined && { issuer }) })
  return {
    method: 'POST',
    url: endpoint,
    headers: [
      ...headers,
      ['content-type', 'application/x-www-form-urlencoded'],
      ...Object.entries(credentials.headers ?? {}),
    ],
    body: toForm({
      ...(typeof parameters === 'function' ? await parameters() : parameters),
      ...credentials.parameters,
    }),
  }
}
