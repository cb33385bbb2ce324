import { defaultTransport } from '../../http/default-transport.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { createLogger } from '../../util/logger.ts'
import { parseScope } from '../scope.ts'
import type { ServerMetadata } from '../server-metadata.ts'
import { findAuthentication } from './auth/choose.ts'
import type { ClientAuthentication } from './auth/client-auth.ts'
import { type Discovery, findDiscovery, type WellKnownName } from './discovery-urls.ts'
import { findOptionProblems } from './option-problems.ts'
import type { AuthMethodChoice, ClientSettings, OAuth2ClientOptions } from './options.ts'
import { DEFAULT_LEEWAY } from './token-set.ts'
import { withUserAgent } from './user-agent.ts'

/**
 * Checks the options and fills in the defaults.
 *
 * @param wellKnown the names of the documents to look for, in order.
 * @throws ConfigurationError with every problem at once.
 */
export function checkOptions(options: OAuth2ClientOptions, wellKnown: readonly WellKnownName[]): ClientSettings {
  const problems = findOptionProblems(options)
  if (problems.length > 0) throw new ConfigurationError('OAuth2Client', problems)
  const discovery = findDiscovery(options, wellKnown)
  if (typeof discovery === 'string') throw new ConfigurationError('OAuth2Client', [discovery])
  const settings = toSettings(options, discovery)
  warnOfWeakness(settings)
  return settings
}

/** What is taken as it is, where it is there. */
const UNCHANGED = [
  'clientSecret',
  'refreshTokenUrl',
  'apiBaseUrl',
  'redirectUri',
  'authorizationDetails',
  'requestObjects',
  'dpop',
  'fetchToken',
  'updateToken',
  'refreshLock',
  'acceptIssuer',
  'metadataStore',
] as const

function toSettings(options: OAuth2ClientOptions, discovery: Discovery | undefined): ClientSettings {
  const authentication = toAuthentication(options.tokenEndpointAuthMethod, options)
  const revocationAuthentication = toAuthentication(options.revocationEndpointAuthMethod, options)
  return {
    ...pickGiven(options, UNCHANGED),
    clientId: options.clientId,
    clientAuthMethods: options.clientAuthMethods ?? [],
    serverMetadata: toServerMetadata(options),
    scope: typeof options.scope === 'string' ? parseScope(options.scope) : (options.scope ?? []),
    codeChallengeMethod: options.codeChallengeMethod ?? 'S256',
    resource: [options.resource ?? []].flat(),
    authorizeParams: options.authorizeParams ?? {},
    accessTokenParams: options.accessTokenParams ?? {},
    refreshTokenParams: options.refreshTokenParams ?? {},
    pushedAuthorizationRequests: options.pushedAuthorizationRequests ?? 'auto',
    tokenPlacement: options.tokenPlacement ?? 'header',
    leeway: options.leeway ?? DEFAULT_LEEWAY,
    compliance: [options.compliance ?? []].flat(),
    transport: withUserAgent(options.transport ?? defaultTransport(), options.userAgent),
    clock: options.clock ?? Date.now,
    logger: createLogger(options.logger),
    ...(authentication !== undefined && { authentication }),
    ...(revocationAuthentication !== undefined && { revocationAuthentication }),
    ...(discovery !== undefined && { discovery }),
  }
}

function pickGiven<T extends object, K extends keyof T>(from: T, names: readonly K[]): Partial<Pick<T, K>> {
  const given: Partial<Pick<T, K>> = {}
  for (const name of names) if (from[name] !== undefined) given[name] = from[name]
  return given
}

function toAuthentication(
  choice: AuthMethodChoice | undefined,
  { clientSecret = '', clientAuthMethods = [] }: OAuth2ClientOptions,
): ClientAuthentication | undefined {
  if (typeof choice === 'function') return { method: 'custom', authenticate: choice }
  return typeof choice === 'string' ? findAuthentication(choice, clientSecret, clientAuthMethods) : choice
}

function toServerMetadata(options: OAuth2ClientOptions): Partial<ServerMetadata> {
  return {
    ...options.serverMetadata,
    ...(options.issuer !== undefined && { issuer: options.issuer }),
    ...(options.authorizeUrl !== undefined && { authorization_endpoint: options.authorizeUrl }),
    ...(options.accessTokenUrl !== undefined && { token_endpoint: options.accessTokenUrl }),
  }
}

/** What the options give up is said once, where somebody may read it. */
function warnOfWeakness({ codeChallengeMethod, tokenPlacement, logger }: ClientSettings): void {
  if (codeChallengeMethod === 'none') logger.warn('PKCE is off: codes of this client are not bound to a verifier')
  if (tokenPlacement === 'query') logger.warn('access tokens go into URLs, which logs and histories keep')
  if (tokenPlacement === 'body') logger.warn('access tokens go into forms, which APIs may log')
}
