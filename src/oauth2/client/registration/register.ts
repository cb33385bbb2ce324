import { isHttpsOrLoopback, parseUrl } from '../../../http/url.ts'
import { ConfigurationError } from '../../../util/configuration-error.ts'
import { createLogger } from '../../../util/logger.ts'
import type { ClientMetadata } from '../../client-metadata.ts'
import { ServerMetadataSource } from '../discovery.ts'
import { findDiscovery } from '../discovery-urls.ts'
import { getEndpoint } from '../endpoint-request.ts'
import { fetchInformation, type RegistrationCallOptions, transportFor } from './call.ts'
import type { ClientRegistration } from './information.ts'

/** Where to register: one of the three. */
export interface RegistrationServer {
  /** Where the server describes itself, */
  serverMetadataUrl?: string
  /** or its identifier, from which that follows, */
  issuer?: string
  /** or the endpoint itself. */
  registrationEndpoint?: string
}

export interface RegisterClientOptions extends RegistrationCallOptions {
  /** What opens the endpoint at servers that do not register everybody. @spec RFC 7591 §3 */
  initialAccessToken?: string
}

/** What a client says of itself, spelled as on the wire. Others may vouch for it. @spec RFC 7591 §2 */
export type RegistrationMetadata = ClientMetadata & {
  /** @spec RFC 7591 §2.3 */
  readonly software_statement?: string
}

/**
 * Registers a client at a server. What comes back may be something else than what was asked for: what counts is the answer.
 *
 * @example
 * const registration = await registerClient({ issuer: 'https://op.example' }, {
 *   client_name: 'Photo print', redirect_uris: ['https://app.example/callback'],
 * })
 * const client = new OAuth2Client({ issuer: 'https://op.example', ...toClientOptions(registration) })
 * @throws ClientError `registration_refused`, `registration_response_invalid`, `endpoint_missing` …
 * @spec RFC 7591 §3.1
 */
export async function registerClient(
  server: RegistrationServer,
  metadata: RegistrationMetadata,
  options: RegisterClientOptions = {},
): Promise<ClientRegistration> {
  if (options.initialAccessToken === '') {
    throw misconfigured('"initialAccessToken" is there but empty: expected the token, or nothing at all')
  }
  const endpoint = await findEndpoint(server, options)
  return fetchInformation({ method: 'POST', endpoint, accessToken: options.initialAccessToken, metadata }, options)
}

async function findEndpoint(server: RegistrationServer, options: RegisterClientOptions): Promise<string> {
  const { registrationEndpoint: endpoint } = server
  if (endpoint === undefined) return discoverEndpoint(server, options)
  const url = parseUrl(endpoint)
  if (url !== undefined && isHttpsOrLoopback(url)) return endpoint
  throw misconfigured('"registrationEndpoint" must be an absolute URL with https, or http on a loopback host')
}

async function discoverEndpoint(server: RegistrationServer, options: RegisterClientOptions): Promise<string> {
  const discovery = findDiscovery(server, ['oauth-authorization-server', 'openid-configuration'])
  if (typeof discovery === 'string') throw misconfigured(discovery)
  if (discovery === undefined) {
    throw misconfigured('the server is not named: expected "serverMetadataUrl", "issuer" or "registrationEndpoint"')
  }
  const transport = transportFor('discovery', options)
  const source = new ServerMetadataSource({ discovery, transport, clock: Date.now, logger: createLogger() })
  return getEndpoint(await source.get(), 'registration_endpoint')
}

function misconfigured(problem: string): ConfigurationError {
  return new ConfigurationError('registerClient', [problem])
}
