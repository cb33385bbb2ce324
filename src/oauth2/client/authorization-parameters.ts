import { randomToken } from '../../crypto/random.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import type { AuthorizationDetail } from '../authorization-details.ts'
import { codeChallengeOf, createCodeVerifier } from '../pkce.ts'
import { formatScope } from '../scope.ts'
import type { ClientSettings } from './options.ts'
import { type WireParameters, withDefaults } from './wire-parameters.ts'

export interface AuthorizationUrlOptions {
  /** Where the browser comes back to. Defaults to the client's `redirectUri`. */
  redirectUri?: string
  /** Defaults to the client's `scope`. */
  scope?: string | readonly string[]
  /** Defaults to 256 random bits; a value of your own must be as hard to guess. */
  state?: string
  /** Defaults to a fresh one. @spec RFC 7636 §4.1 */
  codeVerifier?: string
  /** How the answer travels; the server's default is the query. */
  responseMode?: 'query' | 'form_post'
  /** The resources that the token is for. Defaults to the client's. @spec RFC 8707 §2.1 */
  resource?: string | readonly string[]
  /** What to ask for in detail. Defaults to the client's. @spec RFC 9396 §5 */
  authorizationDetails?: readonly AuthorizationDetail[]
  /** Further parameters, spelled as on the wire; a list repeats the parameter. */
  parameters?: WireParameters
}

/** What an authorization request says, and what has to be kept until it is answered. */
export interface AuthorizationAttempt {
  readonly parameters: WireParameters
  readonly kept: KeptAttempt
}

/** What has to be kept until the browser comes back. */
export interface KeptAttempt {
  readonly state: string
  readonly redirectUri: string
  /** Absent where the client is told to do without PKCE. */
  readonly codeVerifier?: string
  /** The resources, where they are others than the client's: `fetchToken` wants to know them. */
  readonly resource?: readonly string[]
}

/** Parameters that protect the login, or decide what it is: options set them, `parameters` must not. */
export const PROTECTED_PARAMETERS: readonly string[] = [
  'client_id',
  'response_type',
  'redirect_uri',
  'scope',
  'state',
  'response_mode',
  'code_challenge',
  'code_challenge_method',
  'dpop_jkt',
  'request',
  'request_uri',
]

/**
 * The parameters of an authorization request.
 *
 * @spec RFC 6749 §4.1.1
 * @spec RFC 7636 §4.3
 * @spec RFC 9449 §10
 */
export async function buildAuthorizationParameters(
  client: ClientSettings,
  options: AuthorizationUrlOptions,
): Promise<AuthorizationAttempt> {
  const kept = toKept(client, options)
  const details = options.authorizationDetails ?? client.authorizationDetails
  const own: WireParameters = {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: kept.redirectUri,
    scope: scopeOf(client, options) || undefined,
    state: kept.state,
    response_mode: options.responseMode,
    resource: kept.resource ?? client.resource,
    authorization_details: details && JSON.stringify(details),
    ...(kept.codeVerifier !== undefined && {
      code_challenge: await codeChallengeOf(kept.codeVerifier),
      code_challenge_method: 'S256',
    }),
    dpop_jkt: await client.dpop?.thumbprint(),
  }
  const settled = withDefaults(client.authorizeParams, own)
  return { parameters: withDefaults(settled, checkFreeParameters(options.parameters ?? {})), kept }
}

function toKept(client: ClientSettings, options: AuthorizationUrlOptions): KeptAttempt {
  const redirectUri = options.redirectUri ?? client.redirectUri
  if (redirectUri === undefined) {
    throw new ConfigurationError('createAuthorizationUrl', ['"redirectUri" is missing: give it here or to the client'])
  }
  return {
    state: options.state ?? randomToken(),
    redirectUri,
    ...(client.codeChallengeMethod === 'S256' && { codeVerifier: options.codeVerifier ?? createCodeVerifier() }),
    ...(options.resource !== undefined && { resource: [options.resource].flat() }),
  }
}

function scopeOf(client: ClientSettings, { scope }: AuthorizationUrlOptions): string {
  return typeof scope === 'string' ? scope : formatScope(scope ?? client.scope)
}

function checkFreeParameters(parameters: WireParameters): WireParameters {
  const owned = Object.keys(parameters).filter((name) => PROTECTED_PARAMETERS.includes(name))
  if (owned.length === 0) return parameters
  throw new ConfigurationError(
    'createAuthorizationUrl',
    owned.map((name) => `"${name}" cannot be set through "parameters": it has an option of its own or is the client's`),
  )
}
