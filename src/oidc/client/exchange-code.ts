import { fetchJson, type Transport } from '../../http/fetch.ts'
import type { Header } from '../../http/header.ts'
import type { ClientAuthentication } from '../../oauth2/client/auth/client-auth.ts'
import { toClientError } from '../../oauth2/client/fetch-failure.ts'
import { validateTokenResponse } from '../../oauth2/client/token-response.ts'
import type { TokenSet } from '../../oauth2/client/token-set.ts'
import { toForm } from '../../oauth2/client/wire-parameters.ts'
import { type Clock, nowInSeconds } from '../../util/clock.ts'

/** A client as the exchange of a code has to know it. */
export interface CodeRedeemer {
  readonly provider: { readonly issuer: string; readonly token_endpoint: string }
  readonly clientId: string
  readonly redirectUri: string
  readonly tokenEndpointAuthMethod: ClientAuthentication
  readonly transport: Transport
  readonly clock: Clock
}

/**
 * Redeems a code, without whatever else a token request may do (other grants, proofs, repairs, defaults of options).
 *
 * @throws ClientError `token_refused`, `token_response_invalid`, `request_failed` …
 * @spec RFC 6749 §4.1.3
 * @spec RFC 7636 §4.5
 */
export async function exchangeCode(client: CodeRedeemer, code: string, codeVerifier: string): Promise<TokenSet> {
  const { provider, clientId, redirectUri, tokenEndpointAuthMethod, transport, clock } = client
  const { issuer, token_endpoint: endpoint } = provider
  const credentials = await tokenEndpointAuthMethod.authenticate({ clientId, endpoint, clock, issuer })
  const headers: Header[] = [
    ['content-type', 'application/x-www-form-urlencoded'],
    ...Object.entries(credentials.headers ?? {}),
  ]
  const body = toForm({
    ...{ grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: codeVerifier },
    ...credentials.parameters,
  })
  try {
    const answer = await fetchJson(transport, { method: 'POST', url: endpoint, headers, body })
    return validateTokenResponse(answer, { stage: 'token', endpoint, now: nowInSeconds(clock) })
  } catch (error) {
    throw toClientError(error, { stage: 'token', endpoint, invalid: 'token_response_invalid' })
  }
}
