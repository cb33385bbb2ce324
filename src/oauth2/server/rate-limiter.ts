import { sha256Base64url } from '../../crypto/hash.ts'
import { networkOf } from '../../http/ip-address.ts'
import type { Seconds } from '../../util/clock.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { type Duration, isDuration, toSeconds } from '../../util/duration.ts'
import type { Attempt, AttemptKind, RateLimit, RateLimitRefusal } from './attempt.ts'
import type { CounterStore } from './store.ts'

/** What attempts have in common that are counted together. */
export type RateLimitKey = 'address' | 'clientId' | 'account'

/** How often something may be done. */
export interface RateLimitRule {
  readonly kind: AttemptKind
  /** At this endpoint only, such as `token`. */
  readonly endpoint?: string
  /**
   * Attempts count together that agree in all of these. One that lacks any of them does not count: without a known
   * address there is no limit by address. An address of IPv6 counts as its first 64 bits.
   */
  readonly by: readonly RateLimitKey[]
  readonly max: number
  /** The time in which they count. */
  readonly within: Duration
}

/**
 * The limits of `createRateLimiter`, unless it is given others. Limits by address are for crowds behind one address, those
 * by account and address for somebody who mistypes; what has no address in it bounds attackers who have many, and is high
 * enough that it takes effort to keep somebody else out. User codes have a budget of their own in `DeviceVerification`.
 */
export const DEFAULT_RATE_LIMITS: readonly RateLimitRule[] = [
  { kind: 'request', endpoint: 'token', by: ['address'], max: 1200, within: '1m' },
  // Each leaves a record in the store and a user code that could be guessed.
  { kind: 'request', endpoint: 'device_authorization', by: ['address'], max: 300, within: '10m' },
  { kind: 'client', endpoint: 'device_authorization', by: ['clientId', 'address'], max: 60, within: '10m' },
  { kind: 'client', endpoint: 'device_authorization', by: ['clientId'], max: 6000, within: '10m' },
  { kind: 'client-secret', by: ['address'], max: 100, within: '10m' },
  { kind: 'client-secret', by: ['clientId', 'address'], max: 20, within: '10m' },
  { kind: 'client-secret', by: ['clientId'], max: 200, within: '10m' },
  { kind: 'login', by: ['address'], max: 100, within: '10m' },
  { kind: 'login', by: ['account', 'address'], max: 10, within: '10m' },
  { kind: 'login', by: ['account'], max: 100, within: '1h' },
]

export interface RateLimiterOptions {
  /** Where it counts. Instances that share it share the limits. */
  readonly store: CounterStore
  /** In place of `DEFAULT_RATE_LIMITS`. */
  readonly limits?: readonly RateLimitRule[]
}

/** A rule that was checked. */
interface Limit extends Omit<RateLimitRule, 'within'> {
  readonly within: Seconds
  /** What tells its counters from those of others. */
  readonly name: string
}

/**
 * A rate limit that counts in a store, in windows of fixed length: simple, one step of the store for each count, and at
 * worst twice the limit around the turn from one window to the next. Rules are gone through in their order; the first
 * that is exceeded ends it, so that narrower ones are not filled by somebody who is refused already.
 *
 * @example
 * const server = new AuthorizationServer({ issuer, store, rateLimit: createRateLimiter({ store }) })
 * @throws ConfigurationError with every problem at once.
 */
export function createRateLimiter({ store, limits = DEFAULT_RATE_LIMITS }: RateLimiterOptions): RateLimit {
  const problems = limits.flatMap(findProblems)
  if (problems.length > 0) throw new ConfigurationError('createRateLimiter', problems)
  const checked = limits.map(toLimit)
  return async (attempt) => {
    for (const limit of checked) {
      const refusal = applies(limit, attempt) ? await count(store, limit, attempt) : undefined
      if (refusal !== undefined) return refusal
    }
    return undefined
  }
}

function applies(limit: Limit, attempt: Attempt): boolean {
  if (limit.kind !== attempt.kind) return false
  if (limit.endpoint !== undefined && limit.endpoint !== attempt.endpoint) return false
  return limit.by.every((key) => attempt[key] !== undefined)
}

/** Counts before it compares, in one step of the store: attempts at the same time are all counted. */
async function count(store: CounterStore, limit: Limit, attempt: Attempt): Promise<RateLimitRefusal | undefined> {
  const window = Math.floor(attempt.at / limit.within)
  const end = (window + 1) * limit.within
  const values = limit.by.map((key) => normalize(key, attempt[key] ?? ''))
  // A hash: what strangers send may be long, and addresses and names need not stand in the store.
  const subject = await sha256Base64url(JSON.stringify([limit.name, window, ...values]))
  const sum = await store.incrementCounter(`rate:${subject}`, end)
  return sum <= limit.max ? undefined : { retryAfter: end - attempt.at }
}

/** However it is written, it is the same: else each spelling had a budget of its own. */
function normalize(key: RateLimitKey, value: string): string {
  if (key === 'address') return networkOf(value)
  return key === 'account' ? value.normalize('NFKC').trim().toLowerCase() : value
}

function toLimit(rule: RateLimitRule): Limit {
  const within = toSeconds(rule.within)
  return { ...rule, within, name: JSON.stringify([rule.kind, rule.endpoint ?? '', rule.by, within]) }
}

function findProblems({ max, within, by }: RateLimitRule, index: number): string[] {
  const problems: string[] = []
  if (!Number.isSafeInteger(max) || max < 1) problems.push(`"limits[${index}].max" must be a whole number above zero`)
  if (!isDuration(within) || toSeconds(within) === 0) {
    problems.push(`"limits[${index}].within" must be a duration such as "10m"`)
  }
  if (by.length === 0) problems.push(`"limits[${index}].by" must name at least one of address, clientId and account`)
  return problems
}
