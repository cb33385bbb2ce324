import type { AlgorithmName } from '../../../jose/jwk/index.ts'
import type { Awaitable } from '../../../util/awaitable.ts'
import type { Seconds } from '../../../util/clock.ts'
import { toSeconds } from '../../../util/duration.ts'
import { OAuth2Error } from '../../errors.ts'
import type { LifetimeContext, RuledLifetime } from '../lifetimes.ts'
import type { AccessTokenFormat, ResourceServer } from '../resources.ts'
import type { Settings } from '../settings.ts'

/** How an access token has to be for those who are to accept it. */
export interface TokenShape {
  readonly format: AccessTokenFormat
  readonly lifetime: Seconds
  /** What it is signed with, if it is a JWT. Absent: as the keys say. */
  readonly algorithm: AlgorithmName | undefined
}

/**
 * Finds out what the resources of a token want. The rule of the options knows client, grant and audience: it comes first.
 *
 * @throws OAuth2Error `invalid_target` where no one token is right for all of them.
 * @spec RFC 9068 §3
 */
export function findShape(settings: Settings<unknown>, context: LifetimeContext): Awaitable<TokenShape> {
  // Most tokens are for nobody in particular, and there is nobody to ask.
  if (context.audience.length > 0) {
    return findResources(settings, context).then((resources) => shapeFor(settings, context, resources))
  }
  return {
    format: settings.accessTokenFormat(context.client),
    lifetime: lifetimeOf(settings, 'accessToken', context),
    algorithm: undefined,
  }
}

function shapeFor(
  settings: Settings<unknown>,
  context: LifetimeContext,
  resources: readonly ResourceServer[],
): TokenShape {
  const format = formatFor(resources) ?? settings.accessTokenFormat(context.client)
  return {
    format,
    lifetime: lifetimeFor(settings, context, resources),
    algorithm: format === 'jwt' ? algorithmFor(resources) : undefined,
  }
}

/**
 * How long an access token lives, a refresh token that is not used, or a grant: by the rule, by resource, or as usual. Also
 * for resources that no one token is right for: what was agreed to may be asked for one by one.
 */
export async function findLifetime(
  settings: Settings<unknown>,
  name: RuledLifetime,
  context: LifetimeContext,
): Promise<Seconds> {
  if (name !== 'accessToken') return lifetimeOf(settings, name, context)
  return lifetimeFor(settings, context, await findResources(settings, context))
}

function lifetimeFor(
  settings: Settings<unknown>,
  context: LifetimeContext,
  resources: readonly ResourceServer[],
): Seconds {
  return ruledLifetime(settings, 'accessToken', context) ?? shortest(resources) ?? settings.lifetimes.accessToken
}

/** As the rule says, or as long as all others. */
export function lifetimeOf(settings: Settings<unknown>, name: RuledLifetime, context: LifetimeContext): Seconds {
  return ruledLifetime(settings, name, context) ?? settings.lifetimes[name]
}

function ruledLifetime(
  { lifetimeRules }: Settings<unknown>,
  name: RuledLifetime,
  context: LifetimeContext,
): Seconds | undefined {
  const lifetime = lifetimeRules[name]?.(context)
  return lifetime === undefined ? undefined : toSeconds(lifetime)
}

async function findResources(
  { findResource }: Settings<unknown>,
  { client, audience }: LifetimeContext,
): Promise<readonly ResourceServer[]> {
  const found = await Promise.all(audience.map((resource) => findResource(resource, client)))
  return found.filter((resource) => resource !== undefined)
}

/** Who wants a JWT cannot do with less; who does not, can ask what it is worth. */
function formatFor(resources: readonly ResourceServer[]): AccessTokenFormat | undefined {
  const formats = resources.map(({ accessTokenFormat }) => accessTokenFormat)
  return formats.find((format) => format === 'jwt') ?? formats.find((format) => format !== undefined)
}

function shortest(resources: readonly ResourceServer[]): Seconds | undefined {
  const lifetimes = resources.flatMap(({ accessTokenLifetime: lifetime }) => (lifetime === undefined ? [] : [lifetime]))
  return lifetimes.length === 0 ? undefined : Math.min(...lifetimes.map((lifetime) => toSeconds(lifetime)))
}

function algorithmFor(resources: readonly ResourceServer[]): AlgorithmName | undefined {
  const [first, ...others] = resources.flatMap(({ signingAlgorithm: name }) => (name === undefined ? [] : [name]))
  if (others.every((name) => name === first)) return first
  throw new OAuth2Error(
    'invalid_target',
    'resources that want different signatures need tokens of their own: ask for one at a time',
    { reason: 'token_algorithms_conflict' },
  )
}
