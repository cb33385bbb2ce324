import { fetchJson, type Transport } from '../../http/fetch.ts'
import { nowInSeconds } from '../../util/clock.ts'
import type { WireMoment } from './compliance.ts'
import { formTransport, getEndpoint, type KnownServer } from './endpoint-request.ts'
import { ClientError, type ClientStage } from './errors.ts'
import { toClientError } from './fetch-failure.ts'
import type { ClientSettings } from './options.ts'
import { type TokenAnswer, validateTokenResponse } from './token-response.ts'
import type { TokenSet } from './token-set.ts'
import { type WireParameters, withDefaults } from './wire-parameters.ts'

/** The parameters of a token request: the grant and what it needs. */
export type TokenParameters = WireParameters & { readonly grant_type: string }

/**
 * Asks for a token. What the options say of such requests stands below what the call says.
 *
 * @throws ClientError `token_refused`, `token_response_invalid`, `token_type_downgraded`, `request_failed` …
 * @spec RFC 6749 §3.2
 */
export async function requestToken(
  client: ClientSettings,
  server: KnownServer,
  parameters: TokenParameters,
  stage: 'token' | 'refresh' = 'token',
): Promise<TokenSet> {
  const { endpoint, moment, defaults } = stage === 'token' ? forTokens(client, server) : forRefreshing(client, server)
  const supported = server.token_endpoint_auth_methods_supported
  const form = { endpoint, parameters: withDefaults(defaults, parameters), moment, supported }
  const answer = await fetchTokenResponse(formTransport(client, server, form), endpoint, stage)
  const token = validateTokenResponse(answer, { stage, endpoint, now: nowInSeconds(client.clock) })
  requireBinding(client, token, { stage, endpoint })
  return token
}

interface TokenDestination {
  readonly endpoint: string
  readonly moment: WireMoment
  readonly defaults: WireParameters
}

function forTokens({ accessTokenParams: defaults }: ClientSettings, server: KnownServer): TokenDestination {
  return { endpoint: getEndpoint(server, 'token_endpoint'), moment: 'accessToken', defaults }
}

function forRefreshing(client: ClientSettings, server: KnownServer): TokenDestination {
  const { refreshTokenUrl, resource, refreshTokenParams } = client
  const endpoint = refreshTokenUrl ?? getEndpoint(server, 'token_endpoint')
  return { endpoint, moment: 'refreshToken', defaults: { resource, ...refreshTokenParams } }
}

async function fetchTokenResponse(transport: Transport, endpoint: string, stage: ClientStage): Promise<TokenAnswer> {
  try {
    return await fetchJson(transport, { method: 'POST', url: endpoint })
  } catch (error) {
    throw toClientError(error, { stage, endpoint, invalid: 'token_response_invalid' })
  }
}

/**
 * A server that knows nothing of DPoP, or was made to forget it, answers with a token that anybody can use. Who asked for
 * a bound one because that matters must not go on with it.
 *
 * @spec RFC 9449 §5
 */
function requireBinding(
  { dpop }: ClientSettings,
  { token_type: type }: TokenSet,
  { stage, endpoint }: { stage: ClientStage; endpoint: string },
): void {
  if (dpop === undefined || dpop.acceptsBearer || type.toLowerCase() !== 'bearer') return
  const message =
    '"token_type" in the token response is Bearer: expected DPoP, a token that is bound to the key of the client'
  throw new ClientError('token_type_downgraded', message, { stage, endpoint, parameter: 'token_type' })
}
