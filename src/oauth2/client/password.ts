/** The password grant: an import of its own, so that nobody has it who did not ask for it by name. */

import { formatScope } from '../scope.ts'
import type { OAuth2Client } from './client.ts'
import type { TokenSet } from './token-set.ts'
import type { WireParameters } from './wire-parameters.ts'

export interface PasswordOptions {
  username: string
  password: string
  /** Defaults to the client's `scope`. */
  scope?: string
  /** Further parameters, spelled as on the wire. */
  parameters?: WireParameters
}

/**
 * Gets a token for a person's name and password. Legacy: the program sees the password, and there is neither a second factor
 * nor consent; best current practice forbids it. For servers that offer nothing else.
 *
 * @throws ClientError `token_refused` …
 * @spec RFC 6749 §4.3.2
 * @spec RFC 9700 §2.4
 */
export function exchangePassword(
  client: Pick<OAuth2Client, 'fetchToken' | 'scope'>,
  { username, password, scope = formatScope(client.scope), parameters }: PasswordOptions,
): Promise<TokenSet> {
  const request = { ...parameters, grant_type: 'password', username, password, scope: scope || undefined }
  return client.fetchToken(request, { scope })
}
