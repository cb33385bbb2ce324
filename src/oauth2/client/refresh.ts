import type { Clock, Seconds } from '../../util/clock.ts'
import { LruCache } from '../../util/lru.ts'
import type { TokenSet } from './token-set.ts'

/** For how long the successor of a rotated refresh token is remembered. */
const MEMORY: Seconds = 30
const MAX_REMEMBERED = 1000

/** The two halves of a refresh. */
export interface Renewal {
  /** Asks the server for the token that follows. */
  fetch(refreshToken: string, previous: TokenSet): Promise<TokenSet>
  /** Checks and stores what came, before anybody gets it. */
  accept(renewed: TokenSet, previous: TokenSet): Promise<TokenSet>
}

/**
 * One refresh at a time for each refresh token. Whoever asks meanwhile waits for the same answer; whoever comes a little
 * late, with the token that was just rotated away, gets it too. To send a rotated token again would look like theft, and
 * a good server would end the session for it. For the same reason an answer that could not be stored, or not be checked
 * because the server's keys were out of reach, is not lost: the next one who asks goes on with it.
 *
 * It works within one process and one client object, which the registry therefore keeps.
 *
 * @spec RFC 9700 §4.14.2
 */
export class RefreshFlights {
  readonly #renewal: Renewal
  readonly #pending: Map<string, Promise<TokenSet>> = new Map()
  /** What the server answered in exchange for a token that it takes no second time, and nobody has yet. */
  readonly #unaccepted: LruCache<string, TokenSet>
  readonly #successors: LruCache<string, TokenSet>

  constructor(renewal: Renewal, clock: Clock) {
    this.#renewal = renewal
    this.#unaccepted = new LruCache({ max: MAX_REMEMBERED, clock })
    this.#successors = new LruCache({ max: MAX_REMEMBERED, clock })
  }

  /** The token that follows this one; a copy for everyone who asks. */
  async refresh(refreshToken: string, previous: TokenSet): Promise<TokenSet> {
    const known = this.#successors.get(refreshToken) ?? this.#pending.get(refreshToken)
    return { ...(await (known ?? this.#start(refreshToken, previous))) }
  }

  #start(refreshToken: string, previous: TokenSet): Promise<TokenSet> {
    const flight = this.#fly(refreshToken, previous).finally(() => this.#pending.delete(refreshToken))
    this.#pending.set(refreshToken, flight)
    return flight
  }

  async #fly(refreshToken: string, previous: TokenSet): Promise<TokenSet> {
    const renewed = this.#unaccepted.get(refreshToken) ?? (await this.#renewal.fetch(refreshToken, previous))
    const isRotated = renewed.refresh_token !== refreshToken
    if (isRotated) this.#unaccepted.set(refreshToken, renewed)
    const token = await this.#renewal.accept(renewed, previous)
    this.#unaccepted.delete(refreshToken)
    if (isRotated) this.#successors.set(refreshToken, token, MEMORY)
    return token
  }
}

/**
 * What the answer of a refresh leaves out stays as it was: a server that does not rotate sends no refresh token, and one
 * that grants what it granted before sends no scope (simple-oauth2#58).
 *
 * @spec RFC 6749 §6
 */
export function withUnchanged(renewed: TokenSet, refreshToken: string, previous: TokenSet): TokenSet {
  return {
    ...(previous.scope !== undefined && { scope: previous.scope }),
    refresh_token: refreshToken,
    ...renewed,
  }
}
