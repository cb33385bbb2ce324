import { checkIssuer } from '../../http/url.ts'
import { KeySet } from '../../jose/jwks/index.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import type { Clock } from '../../util/clock.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { toSeconds } from '../../util/duration.ts'
import { createLogger, type Logger } from '../../util/logger.ts'
import { isResourceIndicator } from '../resource-indicator.ts'
import { isScope } from '../scope.ts'
import type { RateLimit } from './attempt.ts'
import type { ErrorPage } from './authorization/error-page.ts'
import { DEFAULT_LIFETIMES, type LifetimeRule, type Lifetimes, type RuledLifetime } from './lifetimes.ts'
import type { AuthorizationServerOptions, CurrentKeys } from './options.ts'
import type { Client } from './records.ts'
import type { AccessTokenFormat, ResourceServer } from './resources.ts'
import type { AccessTokenClaims } from './tokens/claims.ts'
import { findAccessTokenKey } from './tokens/signing-key.ts'
import { DEFAULT_TOKEN_PREFIX, isTokenPrefix } from './tokens/token-format.ts'

/** Lifetimes that are decided one by one. */
export type LifetimeRules = { readonly [Name in RuledLifetime]?: LifetimeRule }

/** The options of a server after they were checked, each with its value. Nothing is checked again per request. */
export interface Settings<out S> {
  readonly issuer: string
  readonly store: S
  readonly keys: CurrentKeys
  /** Whether there are keys to publish, now or some time. */
  readonly hasKeys: boolean
  readonly lifetimes: Lifetimes
  readonly lifetimeRules: LifetimeRules
  readonly scopes: readonly string[] | undefined
  readonly accessTokenFormat: (client: Client) => AccessTokenFormat
  readonly accessTokenClaims: AccessTokenClaims | undefined
  readonly tokenPrefix: string
  readonly audience: readonly string[] | undefined
  readonly findResource: (resource: string, client: Client) => Awaitable<ResourceServer | undefined>
  /** The names of the resources that are written down; those that a function finds are not known beforehand. */
  readonly resourceNames: readonly string[]
  readonly requiresPkce: (client: Client) => boolean
  readonly trustsRedirects: (client: Client) => boolean
  readonly rateLimit: RateLimit | undefined
  readonly paths: Readonly<Record<string, string>>
  readonly errorPage: ErrorPage | undefined
  readonly logger: Logger
  readonly clock: Clock
}

/** Checks the options of a server once. @throws ConfigurationError with every problem at once. */
export function checkOptions<S>(options: AuthorizationServerOptions<S>): Settings<S> {
  const problems: string[] = []
  const lifetimes = checkLifetimes(options.lifetimes ?? {}, problems)
  const format = options.accessTokenFormat ?? 'opaque'
  const keys = currentKeys(options.keys ?? new KeySet([]))
  const issuerProblem = checkIssuer(options.issuer)
  if (issuerProblem !== undefined) problems.push(`"issuer" ${issuerProblem}`)
  checkScopes(options.scopes ?? [], problems)
  checkPaths(options.paths ?? {}, problems)
  checkResources(options.resources ?? [], problems)
  if (options.audience?.length === 0) problems.push('"audience" must name at least one')
  const tokenPrefix = options.tokenPrefix ?? DEFAULT_TOKEN_PREFIX
  if (!isTokenPrefix(tokenPrefix)) problems.push('"tokenPrefix" must be 1 to 20 letters and digits')
  checkKeys(keys.current, format, Array.isArray(options.resources) ? options.resources : [], problems)
  if (problems.length > 0) throw new ConfigurationError('AuthorizationServer', problems)
  return {
    issuer: options.issuer,
    store: options.store,
    keys,
    // Keys that rotate may have none to show yet.
    hasKeys: keys === options.keys || keys.current.keys.length > 0,
    lifetimes,
    lifetimeRules: lifetimeRules(options.lifetimes ?? {}),
    scopes: options.scopes,
    accessTokenFormat: typeof format === 'function' ? format : () => format,
    accessTokenClaims: options.accessTokenClaims,
    tokenPrefix,
    audience: typeof options.audience === 'string' ? [options.audience] : options.audience,
    findResource: resourceFinder(options.resources ?? []),
    resourceNames: typeof options.resources === 'function' ? [] : namesOf(options.resources ?? []),
    requiresPkce: pkceRule(options.pkce ?? 'required'),
    trustsRedirects: options.trustsRedirects ?? (({ client_id_issued_at }) => client_id_issued_at === undefined),
    rateLimit: options.rateLimit,
    paths: options.paths ?? {},
    errorPage: options.errorPage,
    logger: createLogger(options.logger),
    clock: options.clock ?? Date.now,
  }
}

function checkLifetimes(
  given: NonNullable<AuthorizationServerOptions<unknown>['lifetimes']>,
  problems: string[],
): Lifetimes {
  const lifetimes = { ...DEFAULT_LIFETIMES }
  for (const name of Object.keys(lifetimes) as (keyof Lifetimes)[]) {
    try {
      const lifetime = given[name] ?? DEFAULT_LIFETIMES[name]
      lifetimes[name] = toSeconds(typeof lifetime === 'function' ? DEFAULT_LIFETIMES[name] : lifetime)
    } catch {
      problems.push(`"lifetimes.${name}" must be a whole number of seconds or a text such as "10m"`)
    }
  }
  return lifetimes
}

function lifetimeRules({
  accessToken,
  refreshToken,
  grant,
}: NonNullable<AuthorizationServerOptions<unknown>['lifetimes']>): LifetimeRules {
  return {
    ...(typeof accessToken === 'function' && { accessToken }),
    ...(typeof refreshToken === 'function' && { refreshToken }),
    ...(typeof grant === 'function' && { grant }),
  }
}

/** What is asked for at set-up has to be there at set-up. @spec RFC 9068 §2.1 */
function checkKeys(
  keys: KeySet,
  format: AuthorizationServerOptions<unknown>['accessTokenFormat'],
  resources: readonly ResourceServer[],
  problems: string[],
): void {
  const isJwt = format === 'jwt' || resources.some(({ accessTokenFormat }) => accessTokenFormat === 'jwt')
  if (isJwt && findAccessTokenKey(keys) === undefined) {
    problems.push('"keys" must hold a private asymmetric key to sign JWT access tokens with')
  }
  const named = resources.map(({ signingAlgorithm }) => signingAlgorithm).filter((alg) => alg !== undefined)
  if (!named.every((alg) => findAccessTokenKey(keys, alg) !== undefined)) {
    problems.push('"resources" must name a "signingAlgorithm" that a private asymmetric key of the server is for')
  }
}

function checkScopes(scopes: readonly string[], problems: string[]): void {
  if (!scopes.every((scope) => scope !== '' && !scope.includes(' ') && isScope(scope))) {
    problems.push('"scopes" must be a list of scope tokens: printable ASCII without space, quote and backslash')
  }
}

/** @spec RFC 8707 §2 */
function checkResources(
  resources: NonNullable<AuthorizationServerOptions<unknown>['resources']>,
  problems: string[],
): void {
  if (typeof resources !== 'function' && !resources.every(({ resource }) => isResourceIndicator(resource))) {
    problems.push('each "resource" of "resources" must be an absolute URI without fragment')
  }
}

function checkPaths(paths: Readonly<Record<string, string>>, problems: string[]): void {
  for (const [name, path] of Object.entries(paths)) {
    if (!/^(?:\/[A-Za-z0-9\-._~]+)+$/.test(path)) problems.push(`"paths.${name}" must be a path such as "/oauth/token"`)
  }
}

function currentKeys(keys: KeySet | CurrentKeys): CurrentKeys {
  return 'current' in keys ? keys : { current: keys }
}

function resourceFinder(
  resources: NonNullable<AuthorizationServerOptions<unknown>['resources']>,
): Settings<unknown>['findResource'] {
  if (typeof resources === 'function') return resources
  const known = new Map(resources.map((entry) => [entry.resource, entry]))
  return (resource) => known.get(resource)
}

function namesOf(resources: readonly ResourceServer[]): readonly string[] {
  return resources.map(({ resource }) => resource)
}

/** A public client cannot prove itself: the challenge is all that binds a code to it. @spec RFC 9700 §2.1.1 */
function pkceRule(pkce: NonNullable<AuthorizationServerOptions<unknown>['pkce']>): (client: Client) => boolean {
  if (pkce === 'required') return () => true
  return (client) => client.token_endpoint_auth_method === 'none' || pkce(client) !== 'optional'
}
