import type { CookieOptions } from '../http/cookies.ts'
import type { Clock, Seconds } from '../util/clock.ts'
import { ConfigurationError } from '../util/configuration-error.ts'
import { type Duration, isDuration, toSeconds } from '../util/duration.ts'
import type { KeyValueStore } from '../util/key-value-store.ts'

/** The most cookies that any session spreads over: more than 16 kB of headers not even Node reads. */
export const MAX_COOKIES = 4

interface CommonOptions {
  /** At least 32 bytes, and the same in every process. Of several, the first writes and all of them read: so they rotate. */
  readonly secret: string | readonly string[]
  /**
   * The cookie's name, without prefix: on https it gets `__Host-`. Default `authwright.session`. Apps on one host have different ones;
   * on localhost, ports do not tell apps apart.
   */
  readonly name?: string
  /** For how long a session lives that nobody uses. Default one day. */
  readonly idle?: Duration
  /** For how long a session lives, however much it is used. Default seven days. */
  readonly lifetime?: Duration
  /** Whether the site is on https. Default: yes. Only development on localhost has a reason to say no. */
  readonly secure?: boolean
  /** Default `Lax`: it comes along when another site sends the browser here, not with its forms and scripts. */
  readonly sameSite?: CookieOptions['sameSite']
  /**
   * Over how many cookies of 4 kB a large session may spread, at most 4. Default 2: many servers refuse requests whose
   * cookies are longer than 8 kB, and the browser is shut out then.
   */
  readonly maxCookies?: number
  readonly clock?: Clock
}

/** All of it is in the browser, sealed. With a store, a session can be ended before its time. */
interface CookieModeOptions extends CommonOptions {
  readonly mode?: 'cookie'
  readonly store?: KeyValueStore
}

/** `store`: an id in the browser, the session in the store. `split`: who it is in the browser, the tokens in the store. */
interface StoreModeOptions extends CommonOptions {
  readonly mode: 'store' | 'split'
  readonly store: KeyValueStore
}

export type SessionsOptions = CookieModeOptions | StoreModeOptions

/** The options after they were checked, with every default in its place. */
export interface SessionSettings {
  readonly secret: string | readonly string[]
  readonly name: string
  readonly mode: 'cookie' | 'store' | 'split'
  readonly store?: KeyValueStore
  readonly idle: Seconds
  readonly lifetime: Seconds
  readonly secure: boolean
  readonly sameSite: NonNullable<CookieOptions['sameSite']>
  readonly maxCookies: number
  readonly clock: Clock
}

/** @throws ConfigurationError with every problem at once. */
export function checkSessionOptions(options: SessionsOptions): SessionSettings {
  const { secret, name = 'authwright.session', mode = 'cookie', store, idle = '1d', lifetime = '7d' } = options
  const { secure = true, sameSite = 'Lax', maxCookies = 2, clock = Date.now } = options
  const problems = [
    ...findNameProblems(name),
    ...findModeProblems(mode, store),
    ...findSpanProblems({ idle, lifetime }),
    ...findCookieProblems({ secure, sameSite, maxCookies }),
  ]
  if (problems.length > 0) throw new ConfigurationError('Sessions', problems)
  const spans = { idle: toSeconds(idle), lifetime: toSeconds(lifetime) }
  return { secret, name, mode, ...(store && { store }), ...spans, secure, sameSite, maxCookies, clock }
}

/** A number behind a dot is what the second and third cookie of a large session have in their names. */
function findNameProblems(name: string): string[] {
  if (/^[A-Za-z][\w-]*(?:\.[A-Za-z][\w-]*)*$/.test(name)) return []
  return ['"name" must be letters, digits, "_" and "-", in parts that begin with a letter and are separated by dots']
}

function findModeProblems(mode: SessionSettings['mode'], store: KeyValueStore | undefined): string[] {
  if (!['cookie', 'store', 'split'].includes(mode)) return ['"mode" is unknown: expected cookie, store or split']
  if (mode === 'cookie' || store !== undefined) return []
  return [`"store" is missing: "mode" ${mode} keeps ${mode === 'store' ? 'sessions' : 'tokens'} there`]
}

function findSpanProblems(spans: Readonly<Record<string, Duration>>): string[] {
  return Object.entries(spans)
    .filter(([, span]) => !isDuration(span) || toSeconds(span) === 0)
    .map(([name]) => `"${name}" must be a span of time above 0, such as "12h"`)
}

function findCookieProblems({
  secure,
  sameSite,
  maxCookies,
}: Pick<SessionSettings, 'secure' | 'sameSite' | 'maxCookies'>): string[] {
  const problems: string[] = []
  if (!['Strict', 'Lax', 'None'].includes(sameSite)) problems.push('"sameSite" must be Strict, Lax or None')
  if (sameSite === 'None' && !secure) problems.push('"sameSite" None needs https: browsers keep no such cookie without')
  if (!Number.isInteger(maxCookies) || maxCookies < 1 || maxCookies > MAX_COOKIES)
    problems.push(`"maxCookies" must be a whole number from 1 to ${MAX_COOKIES}`)
  return problems
}
