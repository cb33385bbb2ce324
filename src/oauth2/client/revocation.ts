import type { OutgoingResponse } from '../../http/fetch.ts'
import { decodeUtf8 } from '../../util/bytes.ts'
import { parseJsonObject } from '../../util/json.ts'
import { buildEndpointRequest, getEndpoint, type KnownServer } from './endpoint-request.ts'
import { ClientError, nameOfRefusal, type ProviderRefusal, readRefusal } from './errors.ts'
import { toClientError } from './fetch-failure.ts'
import type { ClientSettings } from './options.ts'
import type { TokenSet } from './token-set.ts'

export interface RevocationOptions {
  /** Helps the server to find the token. Known by itself where a whole `TokenSet` is given. */
  tokenTypeHint?: 'access_token' | 'refresh_token'
}

/**
 * Tells the server that a token is not needed any more. Of a token set it is the refresh token, with which a server ends
 * the whole grant; where there is none, the access token.
 *
 * @throws ClientError `revocation_refused`, `request_failed` …
 * @spec RFC 7009 §2.1
 */
export async function revokeToken(
  client: ClientSettings,
  server: KnownServer,
  token: TokenSet | string,
  options: RevocationOptions,
): Promise<void> {
  const endpoint = getEndpoint(server, 'revocation_endpoint')
  const parameters = typeof token === 'string' ? { token, token_type_hint: options.tokenTypeHint } : pickToken(token)
  const supported = server.revocation_endpoint_auth_methods_supported ?? server.token_endpoint_auth_methods_supported
  const request = await buildEndpointRequest(client, server, endpoint, parameters, supported)
  requireRevoked(await send(client, request, endpoint), endpoint)
}

function pickToken({ access_token, refresh_token }: TokenSet): { token: string; token_type_hint: string } {
  return refresh_token === undefined
    ? { token: access_token, token_type_hint: 'access_token' }
    : { token: refresh_token, token_type_hint: 'refresh_token' }
}

async function send(
  client: ClientSettings,
  request: Parameters<ClientSettings['transport']>[0],
  endpoint: string,
): Promise<OutgoingResponse> {
  try {
    return await client.transport(request)
  } catch (error) {
    throw toClientError(error, { stage: 'revocation', endpoint, invalid: 'revocation_refused' })
  }
}

/** The answer has no content that matters: 200 says that the token is gone, or never was. @spec RFC 7009 §2.2 */
function requireRevoked(response: OutgoingResponse, endpoint: string): void {
  const { status } = response
  if (status >= 200 && status < 300) return
  const refusal = tryReadRefusal(response)
  const code = status >= 500 ? 'request_failed' : 'revocation_refused'
  const message = `revocation endpoint answered with status ${status}${nameOfRefusal(refusal)}: expected 200`
  throw new ClientError(code, message, { stage: 'revocation', endpoint, status, refusal })
}

function tryReadRefusal({ body }: OutgoingResponse): ProviderRefusal | undefined {
  try {
    const value = parseJsonObject(decodeUtf8(body))
    return readRefusal((name) => value[name])
  } catch {
    return undefined
  }
}
