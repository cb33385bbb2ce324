import { checkIssuer } from '../../http/url.ts'
import { KeySet } from '../../jose/jwks/index.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import type { Clock } from '../../util/clock.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { toSeconds } from '../../util/duration.ts'
import { createLogger, type Logger } from '../../util/logger.ts'
import { isScope } from '../scope.ts'
import type { ErrorPage } from './authorization/error-page.ts'
import { DEFAULT_LIFETIMES, type Lifetimes } from './lifetimes.ts'
import type { AccessTokenFormat, AuthorizationServerOptions, CurrentKeys } from './options.ts'
import type { Client } from './records.ts'
import type { ResourceServer } from './resources.ts'
import { findAccessTokenKey } from './tokens/jwt.ts'

/** The options of a server after they were checked, each with its value. Nothing is checked again per request. */
export interface Settings<out S> {
  readonly issuer: string
  readonly store: S
  readonly keys: CurrentKeys
  readonly lifetimes: Lifetimes
  readonly scopes: readonly string[] | undefined
  readonly accessTokenFormat: (client: Client) => AccessTokenFormat
  readonly audience: readonly string[] | undefined
  readonly findResource: (resource: string, client: Client) => Awaitable<ResourceServer | undefined>
  /** The names of the resources that are written down; those that a function finds are not known beforehand. */
  readonly resourceNames: readonly string[]
  readonly requiresPkce: (client: Client) => boolean
  readonly trustsRedirects: (client: Client) => boolean
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
  if (options.audience?.length === 0) problems.push('"audience" must name at least one')
  if (format === 'jwt' && findAccessTokenKey(keys.current) === undefined) {
    problems.push('"keys" must hold a private asymmetric key to sign JWT access tokens with')
  }
  if (problems.length > 0) throw new ConfigurationError('AuthorizationServer', problems)
  return {
    issuer: options.issuer,
    store: options.store,
    keys,
    lifetimes,
    scopes: options.scopes,
    accessTokenFormat: typeof format === 'function' ? format : () => format,
    audience: typeof options.audience === 'string' ? [options.audience] : options.audience,
    findResource: resourceFinder(options.resources ?? []),
    resourceNames: typeof options.resources === 'function' ? [] : namesOf(options.resources ?? []),
    requiresPkce: pkceRule(options.pkce ?? 'required'),
    trustsRedirects: options.trustsRedirects ?? (({ client_id_issued_at }) => client_id_issued_at === undefined),
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
      lifetimes[name] = toSeconds(given[name] ?? DEFAULT_LIFETIMES[name])
    } catch {
      problems.push(`"lifetimes.${name}" must be a whole number of seconds or a text such as "10m"`)
    }
  }
  return lifetimes
}

function checkScopes(scopes: readonly string[], problems: string[]): void {
  if (!scopes.every((scope) => scope !== '' && !scope.includes(' ') && isScope(scope))) {
    problems.push('"scopes" must be a list of scope tokens: printable ASCII without space, quote and backslash')
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
