import type { Clock, Seconds } from '../../util/clock.ts'
import { LruCache } from '../../util/lru.ts'
import { ClientError } from './errors.ts'
import type { TokenSet } from './token-set.ts'
import type { WayToRenew } from './way-to-renew.ts'

/** For how long the successor of a rotated refresh token is remembered. */
const MEMORY: Seconds = 30
const MAX_REMEMBERED = 1000

/** Asks the server for the token that follows. */
export type Refresh = (refreshToken: string) => Promise<TokenSet>

/**
 * Renewing by refresh tokens. Whoever comes a little late, with the token that was just rotated away, gets its successor:
 * to send a rotated token again would look like theft, and a good server would end the session for it. For the same reason
 * an answer that could not be stored, or not be checked because the server's keys were out of reach, is not lost: the next
 * one who asks goes on with it.
 *
 * @spec RFC 9700 §4.14.2
 */
export class Refreshes {
  readonly #refresh: Refresh
  readonly #isExpired: (token: TokenSet) => boolean
  /** What the server answered in exchange for a token that it takes no second time, and nobody has yet. */
  readonly #unaccepted: LruCache<string, TokenSet>
  readonly #successors: LruCache<string, TokenSet>

  constructor(refresh: Refresh, isExpired: (token: TokenSet) => boolean, clock: Clock) {
    this.#refresh = refresh
    this.#isExpired = isExpired
    this.#unaccepted = new LruCache({ max: MAX_REMEMBERED, clock })
    this.#successors = new LruCache({ max: MAX_REMEMBERED, clock })
  }

  /** @spec RFC 6749 §6 */
  wayOf(refreshToken: string, previous: TokenSet): WayToRenew {
    return {
      key: refreshToken,
      previous,
      known: () => this.#successors.get(refreshToken),
      fetch: () => this.#fetch(refreshToken, previous),
      settle: (token) => this.#settle(refreshToken, token),
    }
  }

  async #fetch(refreshToken: string, previous: TokenSet): Promise<TokenSet> {
    const kept = this.#unaccepted.get(refreshToken)
    if (kept !== undefined && !this.#isExpired(kept)) return kept
    // What was kept for too long has ended too: it goes on from there.
    const latest = kept ?? previous
    const presented = latest.refresh_token ?? refreshToken
    const renewed = withUnchanged(await this.#refresh(presented), presented, latest)
    if (renewed.refresh_token !== refreshToken) this.#unaccepted.set(refreshToken, renewed)
    return renewed
  }

  #settle(refreshToken: string, token: TokenSet): void {
    this.#unaccepted.delete(refreshToken)
    if (token.refresh_token !== refreshToken) this.#successors.set(refreshToken, token, MEMORY)
  }
}

/**
 * What the answer of a refresh leaves out stays as it was: a server that does not rotate sends no refresh token, and one
 * that grants what it granted before sends no scope (simple-oauth2#58).
 *
 * @spec RFC 6749 §6
 */
function withUnchanged(renewed: TokenSet, refreshToken: string, previous: TokenSet): TokenSet {
  return {
    ...(previous.scope !== undefined && { scope: previous.scope }),
    refresh_token: refreshToken,
    ...renewed,
  }
}

/** Whether the server does not take the refresh token, or not any more. @spec RFC 6749 §5.2 */
export function isRefusedGrant(error: unknown): boolean {
  return error instanceof ClientError && error.code === 'token_refused' && error.refusal?.error === 'invalid_grant'
}
