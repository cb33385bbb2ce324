import { fetchJson, type OutgoingRequest, type Transport } from '../../http/fetch.ts'
import { nowInSeconds } from '../../util/clock.ts'
import { type WireMoment, withCompliance } from './compliance.ts'
import { buildEndpointRequest, getEndpoint, type KnownServer, type WireParameters } from './endpoint-request.ts'
import type { ClientStage } from './errors.ts'
import { toClientError } from './fetch-failure.ts'
import type { ClientSettings } from './options.ts'
import { type TokenAnswer, validateTokenResponse } from './token-response.ts'
import type { TokenSet } from './token-set.ts'

/** The parameters of a token request: the grant and what it needs. */
export type TokenParameters = WireParameters & { readonly grant_type: string }

/**
 * Asks the token endpoint.
 *
 * @throws ClientError `token_refused`, `token_response_invalid`, `request_failed` …
 * @spec RFC 6749 §3.2
 */
export async function requestToken(
  client: ClientSettings,
  server: KnownServer,
  parameters: TokenParameters,
  stage: ClientStage = 'token',
): Promise<TokenSet> {
  const supported = server.token_endpoint_auth_methods_supported
  const endpoint = getEndpoint(server, 'token_endpoint')
  const request = await buildEndpointRequest(client, server, endpoint, parameters, supported)
  const answer = await fetchTokenResponse(
    withCompliance(client.transport, client.compliance, momentOf(stage)),
    request,
    stage,
  )
  return validateTokenResponse(answer, { stage, endpoint, now: nowInSeconds(client.clock) })
}

async function fetchTokenResponse(
  transport: Transport,
  request: OutgoingRequest,
  stage: ClientStage,
): Promise<TokenAnswer> {
  try {
    return await fetchJson(transport, request)
  } catch (error) {
    throw toClientError(error, { stage, endpoint: request.url, invalid: 'token_response_invalid' })
  }
}

function momentOf(stage: ClientStage): WireMoment {
  return stage === 'refresh' ? 'refreshToken' : 'accessToken'
}
