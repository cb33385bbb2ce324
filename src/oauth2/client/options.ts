import { defaultTransport } from '../../http/default-transport.ts'
import type { Transport } from '../../http/fetch.ts'
import { checkIssuer, isHttpsOrLoopback, parseUrl } from '../../http/url.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import type { Clock, Seconds } from '../../util/clock.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { createLogger, type Logger } from '../../util/logger.ts'
import { isScope, parseScope } from '../scope.ts'
import type { ServerMetadata } from '../server-metadata.ts'
import { createAuthentication, TOKEN_ENDPOINT_AUTH_METHODS, type TokenEndpointAuthMethod } from './auth/choose.ts'
import type { ClientAuthentication, ClientAuthenticationContext, ClientCredentials } from './auth/client-auth.ts'
import type { ComplianceHooks } from './compliance.ts'
import { type Discovery, findDiscovery, type WellKnownName } from './discovery-urls.ts'
import type { RefreshLock } from './refresh-lock.ts'
import { findMetadataProblem } from './server-metadata.ts'
import { DEFAULT_LEEWAY, type TokenSet } from './token-set.ts'

/** A client's own way to say who it is: what to add to a request. */
export type CustomAuthentication = (context: ClientAuthenticationContext) => Awaitable<ClientCredentials>

/** A client, and the authorization server that it is registered at. */
export interface OAuth2ClientOptions {
  clientId: string
  clientSecret?: string
  /**
   * Defaults to what the server supports: `client_secret_basic` with a secret, `none` without. What needs more than a secret is
   * an object (`new PrivateKeyJwt(key)`); a way of your own is one too, or a function.
   */
  tokenEndpointAuthMethod?: TokenEndpointAuthMethod | ClientAuthentication | CustomAuthentication

  /** The authorization server's identifier. Without endpoints it is also where they are discovered. */
  issuer?: string
  /** Where the server describes itself. */
  serverMetadataUrl?: string
  /** The authorization endpoint; stands above what is discovered. */
  authorizeUrl?: string
  /** The token endpoint; stands above what is discovered. */
  accessTokenUrl?: string
  /** What else is known about the server, spelled as on the wire; stands above what is discovered. */
  serverMetadata?: Partial<ServerMetadata>

  /** What relative URLs of `get`, `post` … are relative to. */
  apiBaseUrl?: string
  /** What to ask for: space-separated, or a list. */
  scope?: string | readonly string[]
  redirectUri?: string
  /** `none` gives up the protection of the code and is for servers that refuse the parameter. Default `S256`. */
  codeChallengeMethod?: 'S256' | 'none'
  /** How long before its end a token is renewed; 60 seconds, at most half of its lifetime. */
  leeway?: Seconds
  /**
   * Finds the token of whoever makes this request of the application, for calls that are given a `request` and no token.
   * It is asked again before and after a refresh: somebody else may have renewed the token in the meantime.
   */
  fetchToken?: (request: unknown) => Awaitable<TokenSet | undefined>
  /**
   * Called with a renewed token, before anybody uses it: the place to store it. Of what it returns only `false` is looked at:
   * it was not stored, because another token has taken the place of `previous` already (compare-and-set).
   */
  updateToken?: (token: TokenSet, previous: TokenSet, request?: unknown) => Awaitable<unknown>
  /** Keeps several processes from renewing one token at once, such as `storeLock(store)`. */
  refreshLock?: RefreshLock
  /** Repairs what a provider does against the rules; several in their order. */
  compliance?: ComplianceHooks | readonly ComplianceHooks[]

  transport?: Transport
  clock?: Clock
  logger?: Logger
}

/** The options after they were checked, with every default in its place. */
export interface ClientSettings {
  readonly clientId: string
  readonly clientSecret?: string
  /** Absent: chosen when the server's metadata are known. */
  readonly authentication?: ClientAuthentication
  readonly discovery?: Discovery
  /** What the developer said about the server. */
  readonly serverMetadata: Partial<ServerMetadata>
  readonly apiBaseUrl?: string
  readonly scope: readonly string[]
  readonly redirectUri?: string
  readonly codeChallengeMethod: 'S256' | 'none'
  readonly leeway: Seconds
  readonly fetchToken?: NonNullable<OAuth2ClientOptions['fetchToken']>
  readonly updateToken?: NonNullable<OAuth2ClientOptions['updateToken']>
  readonly refreshLock?: RefreshLock
  readonly compliance: readonly ComplianceHooks[]
  readonly transport: Transport
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Checks the options and fills in the defaults.
 *
 * @param wellKnown the names of the documents to look for, in order.
 * @throws ConfigurationError with every problem at once.
 */
export function checkOptions(options: OAuth2ClientOptions, wellKnown: readonly WellKnownName[]): ClientSettings {
  const problems = [
    ...findAuthenticationProblems(options),
    ...findAddressProblems(options),
    ...findServerProblems(options),
    ...findScopeProblems(options),
    ...findSpanProblems({ leeway: options.leeway }),
  ]
  if (problems.length > 0) throw new ConfigurationError('OAuth2Client', problems)
  const discovery = findDiscovery(options, wellKnown)
  if (typeof discovery === 'string') throw new ConfigurationError('OAuth2Client', [discovery])
  return toSettings(options, discovery)
}

function toSettings(options: OAuth2ClientOptions, discovery: Discovery | undefined): ClientSettings {
  const { clientSecret, redirectUri, apiBaseUrl, fetchToken, updateToken, refreshLock } = options
  const authentication = toAuthentication(options)
  return {
    clientId: options.clientId,
    serverMetadata: toServerMetadata(options),
    scope: typeof options.scope === 'string' ? parseScope(options.scope) : (options.scope ?? []),
    codeChallengeMethod: options.codeChallengeMethod ?? 'S256',
    leeway: options.leeway ?? DEFAULT_LEEWAY,
    compliance: [options.compliance ?? []].flat(),
    transport: options.transport ?? defaultTransport(),
    clock: options.clock ?? Date.now,
    logger: createLogger(options.logger),
    ...(clientSecret !== undefined && { clientSecret }),
    ...(authentication !== undefined && { authentication }),
    ...(discovery !== undefined && { discovery }),
    ...(redirectUri !== undefined && { redirectUri }),
    ...(apiBaseUrl !== undefined && { apiBaseUrl }),
    ...(fetchToken !== undefined && { fetchToken }),
    ...(updateToken !== undefined && { updateToken }),
    ...(refreshLock !== undefined && { refreshLock }),
  }
}

function toAuthentication(options: OAuth2ClientOptions): ClientAuthentication | undefined {
  const { tokenEndpointAuthMethod: method, clientSecret = '' } = options
  if (typeof method === 'function') return { method: 'custom', authenticate: method }
  return typeof method === 'string' ? createAuthentication(method, clientSecret) : method
}

function toServerMetadata(options: OAuth2ClientOptions): Partial<ServerMetadata> {
  return {
    ...options.serverMetadata,
    ...(options.issuer !== undefined && { issuer: options.issuer }),
    ...(options.authorizeUrl !== undefined && { authorization_endpoint: options.authorizeUrl }),
    ...(options.accessTokenUrl !== undefined && { token_endpoint: options.accessTokenUrl }),
  }
}

function findAuthenticationProblems(options: OAuth2ClientOptions): string[] {
  const { clientId, clientSecret, tokenEndpointAuthMethod: method } = options
  const problems: string[] = []
  if (typeof clientId !== 'string' || clientId === '')
    problems.push('"clientId" is missing: expected the identifier given by the provider')
  if (Object.hasOwn(options, 'clientSecret') && !clientSecret) {
    // Most likely an environment variable that is not set. Going on as a public client would only fail later.
    problems.push('"clientSecret" is there but empty: expected the secret, or nothing at all for a public client')
  }
  if (typeof method !== 'string') return problems
  if (!TOKEN_ENDPOINT_AUTH_METHODS.includes(method)) {
    problems.push(
      `"tokenEndpointAuthMethod" is unknown: expected one of ${TOKEN_ENDPOINT_AUTH_METHODS.join(', ')}, or an object`,
    )
  } else if (method === 'none' && clientSecret !== undefined) {
    problems.push('"tokenEndpointAuthMethod" is none, which sends no secret: leave "clientSecret" out')
  } else if (method !== 'none' && clientSecret === undefined) {
    problems.push(`"clientSecret" is missing: "tokenEndpointAuthMethod" is ${method}`)
  }
  return problems
}

const ADDRESSES = ['serverMetadataUrl', 'authorizeUrl', 'accessTokenUrl', 'apiBaseUrl'] as const

/** Nothing secret goes over plain http to another machine. @spec RFC 9700 §2.6 */
function findAddressProblems(options: OAuth2ClientOptions): string[] {
  return ADDRESSES.filter((name) => options[name] !== undefined)
    .filter((name) => !isSecureUrl(options[name] ?? ''))
    .map((name) => `"${name}" must be an absolute URL with https, or http on a loopback host`)
}

function isSecureUrl(text: string): boolean {
  const url = parseUrl(text)
  return url !== undefined && isHttpsOrLoopback(url) && url.username === '' && url.password === ''
}

function findServerProblems(options: OAuth2ClientOptions): string[] {
  const { issuer, serverMetadataUrl, authorizeUrl, accessTokenUrl, serverMetadata } = options
  const isKnown = [issuer, serverMetadataUrl, authorizeUrl, accessTokenUrl, serverMetadata].some(
    (it) => it !== undefined,
  )
  if (!isKnown)
    return ['the authorization server is not named: expected "serverMetadataUrl", "issuer" or "accessTokenUrl"']
  const claimed = serverMetadata?.issuer ?? issuer
  if (issuer !== undefined && claimed !== issuer) return ['"serverMetadata" names another issuer than "issuer"']
  const problem = claimed === undefined ? undefined : checkIssuer(claimed)
  const member = findMetadataProblem(serverMetadata ?? {})
  return [
    ...(problem === undefined ? [] : [`"issuer" ${problem}`]),
    ...(member === undefined
      ? []
      : [`"${member.name}" in "serverMetadata" is invalid: expected ${member.expectation}`]),
  ]
}

/** A span that is no number (`Number(process.env.LEEWAY)`) compares with nothing, so that what it loosens is never true. */
export function findSpanProblems(spans: Readonly<Record<string, Seconds | undefined>>): string[] {
  return Object.entries(spans)
    .filter(([, span]) => span !== undefined && !(Number.isSafeInteger(span) && span >= 0))
    .map(([name]) => `"${name}" must be a whole number of seconds`)
}

/** @spec RFC 6749 §3.3 */
function findScopeProblems({ scope, redirectUri }: OAuth2ClientOptions): string[] {
  const problems: string[] = []
  const text = typeof scope === 'string' ? scope : (scope ?? []).join(' ')
  if (!isScope(text)) problems.push('"scope" must be names without quotes or backslashes, separated by spaces')
  if (redirectUri !== undefined && parseUrl(redirectUri) === undefined)
    problems.push('"redirectUri" must be an absolute URI')
  return problems
}
