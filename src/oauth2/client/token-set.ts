import { type Clock, nowInSeconds, type Seconds } from '../../util/clock.ts'
import type { TokenResponse } from '../token-response.ts'

/**
 * What the token endpoint granted, spelled as on the wire, and when it ends. Plain JSON: store it as it is.
 *
 * @spec RFC 6749 §5.1
 */
export interface TokenSet extends TokenResponse {
  /** When the access token expires, where the server said for how long it lives. */
  expires_at?: Seconds
}

export interface ExpiryOptions {
  /**
   * How long before its end a token counts as expired, so that it does not expire on its way; 60 seconds. Never more than
   * half of the token's lifetime: one that lives 59 seconds must not be born expired (authlib#716).
   */
  leeway?: Seconds
  clock?: Clock
}

/** How long before its end a token counts as expired, where nothing else is said. */
export const DEFAULT_LEEWAY: Seconds = 60

/**
 * Whether an access token is over, or about to be. One whose end is not known is not.
 *
 * @example
 * if (isExpired(token)) token = await client.refreshToken(token)
 */
export function isExpired(token: TokenSet, options: ExpiryOptions = {}): boolean {
  if (token.expires_at === undefined) return false
  const leeway = options.leeway ?? DEFAULT_LEEWAY
  const capped = token.expires_in === undefined ? leeway : Math.min(leeway, token.expires_in / 2)
  return nowInSeconds(options.clock ?? Date.now) >= token.expires_at - capped
}

/** Whether two token sets hold the same tokens, whatever else is in them. */
export function isSameToken(one: TokenSet, other: TokenSet): boolean {
  return one.access_token === other.access_token && one.refresh_token === other.refresh_token
}
