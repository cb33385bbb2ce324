import { randomToken } from '../../crypto/random.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { codeChallengeOf, createCodeVerifier } from '../pkce.ts'
import { formatScope } from '../scope.ts'

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
  /** Further parameters, spelled as on the wire; a list repeats the parameter. */
  parameters?: Readonly<Record<string, string | readonly string[] | undefined>>
}

/** The URL to send the browser to, and what has to be kept until it comes back. */
export interface AuthorizationUrl {
  readonly url: string
  readonly state: string
  readonly redirectUri: string
  /** Absent where the client is told to do without PKCE. */
  readonly codeVerifier?: string
}

/** What the client adds to the caller's wishes. */
export interface AuthorizationUrlDefaults {
  readonly clientId: string
  readonly redirectUri?: string | undefined
  readonly scope: readonly string[]
  readonly codeChallengeMethod: 'S256' | 'none'
}

/** Parameters that protect the login, or decide what it is: options set them, `parameters` must not. */
const OWN_PARAMETERS: readonly string[] = [
  'client_id',
  'response_type',
  'redirect_uri',
  'scope',
  'state',
  'response_mode',
  'code_challenge',
  'code_challenge_method',
]

/**
 * Builds the URL of an authorization request. A query that the endpoint already has is kept.
 *
 * @spec RFC 6749 §4.1.1
 * @spec RFC 7636 §4.3
 */
export async function buildAuthorizationUrl(
  endpoint: string,
  client: AuthorizationUrlDefaults,
  options: AuthorizationUrlOptions,
): Promise<AuthorizationUrl> {
  const redirectUri = options.redirectUri ?? client.redirectUri
  if (redirectUri === undefined) {
    throw new ConfigurationError('createAuthorizationUrl', ['"redirectUri" is missing: give it here or to the client'])
  }
  const state = options.state ?? randomToken()
  const codeVerifier =
    client.codeChallengeMethod === 'S256' ? (options.codeVerifier ?? createCodeVerifier()) : undefined
  const url = new URL(endpoint)
  setParameters(url, {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: redirectUri,
    scope: scopeOf(client, options),
    state,
    response_mode: options.responseMode,
    ...(codeVerifier !== undefined && {
      code_challenge: await codeChallengeOf(codeVerifier),
      code_challenge_method: 'S256',
    }),
  })
  setParameters(url, checkFreeParameters(options.parameters ?? {}))
  return { url: url.href, state, redirectUri, ...(codeVerifier !== undefined && { codeVerifier }) }
}

type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>

/** Sets parameters in the query of a URL; a list repeats the parameter (RFC 8707 §2 has such ones). */
export function setParameters(url: URL, parameters: Parameters): void {
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined || value === '') continue
    url.searchParams.delete(name)
    for (const item of typeof value === 'string' ? [value] : value) url.searchParams.append(name, item)
  }
}

function scopeOf(client: AuthorizationUrlDefaults, { scope }: AuthorizationUrlOptions): string {
  return typeof scope === 'string' ? scope : formatScope(scope ?? client.scope)
}

function checkFreeParameters(parameters: Parameters): Parameters {
  const owned = Object.keys(parameters).filter((name) => OWN_PARAMETERS.includes(name))
  if (owned.length === 0) return parameters
  throw new ConfigurationError(
    'createAuthorizationUrl',
    owned.map((name) => `"${name}" cannot be set through "parameters": it has an option of its own or is the client's`),
  )
}
