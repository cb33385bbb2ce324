import type { OutgoingResponse } from '../../http/fetch.ts'
import { formTransport, getEndpoint, type KnownServer } from './endpoint-request.ts'
import { ClientError, nameOfRefusal } from './errors.ts'
import { toClientError } from './fetch-failure.ts'
import type { ClientSettings } from './options.ts'
import { readRefusalBody } from './refusal-body.ts'
import type { TokenSet } from './token-set.ts'
import type { WireParameters } from './wire-parameters.ts'

export interface RevocationOptions {
  /** Helps the server to find a token that is given alone. Of a whole `TokenSet`, it says which one; default: both. */
  tokenTypeHint?: 'access_token' | 'refresh_token'
}

/** Refusals are JSON; what else comes is not looked at. */
const ACCEPT = ['accept', 'application/json'] as const

/**
 * Tells the server that a token is not needed any more. Of a token set the refresh token goes first: it is the one that
 * makes others. A server that cannot take back access tokens, because APIs know them by their signatures, may say so then.
 *
 * @throws ClientError `revocation_refused`, `request_failed` …
 * @spec RFC 7009 §2.1
 */
export async function revokeToken(
  client: ClientSettings,
  server: KnownServer,
  token: TokenSet | string,
  { tokenTypeHint: hint }: RevocationOptions,
): Promise<void> {
  const endpoint = getEndpoint(server, 'revocation_endpoint')
  const all = typeof token === 'string' ? [{ token, token_type_hint: hint }] : tokensOf(token)
  const meant = all.filter(({ token_type_hint }) => hint === undefined || token_type_hint === hint)
  for (const [index, parameters] of meant.entries()) {
    requireRevoked(await send(client, server, endpoint, parameters), endpoint, index > 0)
  }
}

function tokensOf({ access_token, refresh_token }: TokenSet): { token: string; token_type_hint: string }[] {
  const access = { token: access_token, token_type_hint: 'access_token' }
  return refresh_token === undefined ? [access] : [{ token: refresh_token, token_type_hint: 'refresh_token' }, access]
}

async function send(
  client: ClientSettings,
  server: KnownServer,
  endpoint: string,
  parameters: WireParameters,
): Promise<OutgoingResponse> {
  const { revocationAuthentication: authentication } = client
  const supported = server.revocation_endpoint_auth_methods_supported ?? server.token_endpoint_auth_methods_supported
  const form = { endpoint, parameters, moment: 'revokeToken', supported, authentication } as const
  try {
    return await formTransport(client, server, form)({ method: 'POST', url: endpoint, headers: [ACCEPT] })
  } catch (error) {
    throw toClientError(error, { stage: 'revocation', endpoint, invalid: 'revocation_refused' })
  }
}

/**
 * The answer has no content that matters: 200 says that the token is gone, or never was.
 *
 * @param isSecond whether the token that counts is gone already.
 * @spec RFC 7009 §2.2
 */
function requireRevoked(response: OutgoingResponse, endpoint: string, isSecond: boolean): void {
  const { status } = response
  if (status >= 200 && status < 300) return
  const refusal = readRefusalBody(response)
  if (isSecond && refusal?.error === 'unsupported_token_type') return
  const code = status >= 500 ? 'request_failed' : 'revocation_refused'
  const message = `revocation endpoint answered with status ${status}${nameOfRefusal(refusal)}: expected 200`
  throw new ClientError(code, message, { stage: 'revocation', endpoint, status, refusal })
}
