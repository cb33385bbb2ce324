import type { Seconds } from '../../util/clock.ts'
import type { Duration } from '../../util/duration.ts'
import type { Client } from './records.ts'

/** How long things live. */
export interface Lifetimes {
  /** Authorization codes. Default 60 s. */
  readonly authorizationCode: Seconds
  /** Access tokens. Default 1 hour. */
  readonly accessToken: Seconds
  /** A refresh token that is not used. Default 14 days. */
  readonly refreshToken: Seconds
  /** The absolute life of a grant with all its refresh tokens. Default 365 days. */
  readonly grant: Seconds
  /** Device codes. Default 10 minutes. @spec RFC 8628 §3.2 */
  readonly deviceCode: Seconds
  /** A pushed request, until its browser arrives. Default 90 s. @spec RFC 9126 §2.2 */
  readonly pushedRequest: Seconds
  /** How long a rotated refresh token gets its successor's answer again. Default 15 s. */
  readonly refreshReplay: Seconds
}

/** The lifetimes that may differ from one token to the next. */
export type RuledLifetime = 'accessToken' | 'refreshToken' | 'grant'

/** What a token, or a grant, is for. */
export interface LifetimeContext {
  readonly client: Client
  readonly grantType: string
  /** Who may accept it; empty: nobody was named. */
  readonly audience: readonly string[]
}

/** Nothing: as long as it would be without the rule. */
export type LifetimeRule = (context: LifetimeContext) => Duration | undefined

export const DEFAULT_LIFETIMES: Lifetimes = {
  authorizationCode: 60,
  accessToken: 3600,
  refreshToken: 14 * 86_400,
  grant: 365 * 86_400,
  deviceCode: 600,
  pushedRequest: 90,
  refreshReplay: 15,
}
