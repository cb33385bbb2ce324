import { isNonEmptyString } from '../../../util/assert.ts'
import type { OAuth2Client } from '../client.ts'
import { ClientError } from '../errors.ts'
import type { TokenSet } from '../token-set.ts'
import type { WireParameters } from '../wire-parameters.ts'

const TOKEN_EXCHANGE_GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange'

/** What a token is, for `subjectTokenType` and its like. @spec RFC 8693 §3 */
export const TOKEN_TYPES: Readonly<
  Record<'accessToken' | 'refreshToken' | 'idToken' | 'jwt' | 'saml1' | 'saml2', string>
> = {
  accessToken: 'urn:ietf:params:oauth:token-type:access_token',
  refreshToken: 'urn:ietf:params:oauth:token-type:refresh_token',
  idToken: 'urn:ietf:params:oauth:token-type:id_token',
  jwt: 'urn:ietf:params:oauth:token-type:jwt',
  saml1: 'urn:ietf:params:oauth:token-type:saml1',
  saml2: 'urn:ietf:params:oauth:token-type:saml2',
}

export interface ExchangeTokenOptions {
  /** About whom the new token is to be. */
  subjectToken: string
  /** Default: an access token. */
  subjectTokenType?: string
  /** Who acts for that one, where the new token is to say it. */
  actorToken?: string
  /** Default: an access token. */
  actorTokenType?: string
  /** What to get; the server's default is an access token. */
  requestedTokenType?: string
  /** For whom the new token is: names that the server knows, */
  audience?: string | readonly string[]
  /** or addresses. */
  resource?: string | readonly string[]
  scope?: string
  /** Further parameters, spelled as on the wire. */
  parameters?: WireParameters
}

/**
 * What was issued. It stands in `access_token`, whatever it is: `token_type` is `N_A` where it does not open an API.
 *
 * @spec RFC 8693 §2.2.1
 */
export interface ExchangedTokenSet extends TokenSet {
  issued_token_type: string
}

/**
 * Gets a token for another service in exchange for one that is at hand.
 *
 * @example
 * const token = await exchangeToken(client, { subjectToken: incoming, audience: 'inventory' })
 * await client.get('https://inventory.example/items', { token })
 * @throws ClientError `token_refused`, `token_response_invalid` …
 * @spec RFC 8693 §2.1
 */
export async function exchangeToken(
  client: Pick<OAuth2Client, 'fetchToken'>,
  options: ExchangeTokenOptions,
): Promise<ExchangedTokenSet> {
  const { actorToken, actorTokenType = TOKEN_TYPES.accessToken, scope } = options
  const token = await client.fetchToken(
    {
      ...options.parameters,
      grant_type: TOKEN_EXCHANGE_GRANT,
      subject_token: options.subjectToken,
      subject_token_type: options.subjectTokenType ?? TOKEN_TYPES.accessToken,
      actor_token: actorToken,
      // Without an actor token there must be no type of one.
      actor_token_type: actorToken === undefined ? undefined : actorTokenType,
      requested_token_type: options.requestedTokenType,
      audience: options.audience,
      resource: options.resource,
      scope,
    },
    { scope: scope ?? '' },
  )
  return { ...token, issued_token_type: issuedType(token, options.requestedTokenType) }
}

/** A token that is something else than what was asked for is good for something else. @spec RFC 8693 §2.2.1 */
function issuedType({ issued_token_type: issued }: TokenSet, requested: string | undefined): string {
  if (isNonEmptyString(issued) && (requested === undefined || issued === requested)) return issued
  const expected = requested === undefined ? 'a token type' : 'the one that was requested'
  const message = `"issued_token_type" in the token response is missing or another: expected ${expected}`
  throw new ClientError('token_response_invalid', message, { parameter: 'issued_token_type' })
}
