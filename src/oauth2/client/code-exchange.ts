import { ConfigurationError } from '../../util/configuration-error.ts'
import type { AuthorizationDetail } from '../authorization-details.ts'
import type { AuthorizationCallback } from './callback.ts'
import type { ClientSettings } from './options.ts'
import type { TokenParameters } from './token-request.ts'

/** What goes with a code when it is redeemed. */
export interface CodeExchange {
  /** The one that `createAuthorizationUrl` returned. */
  readonly codeVerifier?: string | undefined
  /** The one that the request had. Defaults to the client's `redirectUri`. */
  readonly redirectUri?: string | undefined
  /** What was asked for, where it was another `scope` than the client's. */
  readonly scope?: string | readonly string[] | undefined
  /** The resources that this access token is for. Defaults to the client's. @spec RFC 8707 §2.2 */
  readonly resource?: string | readonly string[] | undefined
  /** Of what was granted, what this access token is for; the server's default is all of it. @spec RFC 9396 §6 */
  readonly authorizationDetails?: readonly AuthorizationDetail[] | undefined
}

/**
 * What is asked for with a code. One that came for another client, or from another server, stays where it is.
 *
 * @throws ConfigurationError
 * @spec RFC 6749 §4.1.3
 */
export function toCodeParameters(
  client: ClientSettings,
  issuer: string | undefined,
  callback: AuthorizationCallback,
  exchange: CodeExchange,
): TokenParameters {
  if (callback.clientId !== client.clientId || callback.issuer !== issuer) {
    throw new ConfigurationError('fetchToken', ['the callback was validated by the client of another server'])
  }
  if (exchange.codeVerifier === undefined && client.codeChallengeMethod === 'S256') {
    throw new ConfigurationError('fetchToken', [
      '"codeVerifier" is missing: expected the one of createAuthorizationUrl',
    ])
  }
  return {
    grant_type: 'authorization_code',
    code: callback.code,
    redirect_uri: exchange.redirectUri ?? client.redirectUri,
    code_verifier: exchange.codeVerifier,
    resource: exchange.resource ?? client.resource,
    authorization_details: exchange.authorizationDetails && JSON.stringify(exchange.authorizationDetails),
  }
}
