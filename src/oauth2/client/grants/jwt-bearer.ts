import type { OAuth2Client } from '../client.ts'
import type { TokenSet } from '../token-set.ts'
import type { WireParameters } from '../wire-parameters.ts'

const JWT_BEARER_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

export interface ExchangeAssertionOptions {
  /** What to ask for; default: what the server gives for such an assertion. */
  scope?: string
  /** Further parameters, spelled as on the wire (`resource`). */
  parameters?: WireParameters
}

/**
 * Gets a token for an assertion: a JWT by which somebody whom the server trusts says for whom the client may act. How to
 * sign one's own, see `ServiceAccount`.
 *
 * @throws ClientError `token_refused` …
 * @spec RFC 7523 §2.1
 */
export function exchangeAssertion(
  client: Pick<OAuth2Client, 'fetchToken'>,
  assertion: string,
  { scope, parameters }: ExchangeAssertionOptions = {},
): Promise<TokenSet> {
  return client.fetchToken({ ...parameters, scope, assertion, grant_type: JWT_BEARER_GRANT }, { scope: scope ?? '' })
}
