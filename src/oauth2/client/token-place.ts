import { ClientError } from './errors.ts'
import type { ClientSettings } from './options.ts'
import { isExpired, isSameToken, type TokenSet } from './token-set.ts'

/**
 * How long to wait before each look for what another process is about to store: it has the server's answer already, and
 * writes it down. In milliseconds; half a second in all.
 */
const PAUSES = [0, 50, 150, 300]

/** The token that a call is about: whose it is, and whether the application's `fetchToken` is where it was found. */
export interface TokenOwner {
  readonly request?: unknown
  readonly isFound: boolean
}

/** What is needed to find tokens and to tell them apart. */
export interface TokenPlacePort {
  readonly settings: Pick<ClientSettings, 'fetchToken' | 'updateToken' | 'clock' | 'leeway'>
  subjectOf(token: TokenSet): string | undefined
}

/** What went wrong at the place of one request. Others who wait for the same token have places of their own. */
export class PlaceFailure extends Error {
  readonly place: TokenPlace

  constructor(place: TokenPlace, cause: unknown) {
    super('the place of a token failed', { cause })
    this.place = place
  }
}

/** Where the application keeps a token: shows what somebody else has stored there meanwhile, and takes what follows. */
export class TokenPlace {
  readonly #port: TokenPlacePort
  readonly #owner: TokenOwner

  constructor(port: TokenPlacePort, owner: TokenOwner) {
    this.#port = port
    this.#owner = owner
  }

  /** Whether it is the place of the same request of the application. */
  isSameAs(other: TokenPlace): boolean {
    return this.#owner.request === other.#owner.request
  }

  /**
   * What somebody else has stored in place of a token.
   *
   * @throws PlaceFailure with `missing_token` where it was taken away: whoever logged out meanwhile gets no new token.
   */
  async successorOf(token: TokenSet): Promise<TokenSet | undefined> {
    const stored = await this.#readFor(token)
    if (stored === undefined && this.#owner.isFound) throw new PlaceFailure(this, removed())
    return this.#pickNewer(stored, token)
  }

  /** The same, where there has to be one that may not be written down yet. */
  async awaitSuccessorOf(token: TokenSet): Promise<TokenSet | undefined> {
    if (!this.#isReadable) return undefined
    for (const pause of PAUSES) {
      await new Promise((resolve) => setTimeout(resolve, pause))
      const successor = this.#pickNewer(await this.#readFor(token), token)
      if (successor !== undefined) return successor
    }
    return undefined
  }

  /** False where another token has taken the place of the previous one. */
  async store(token: TokenSet, previous: TokenSet): Promise<boolean> {
    const { updateToken } = this.#port.settings
    const answer = await this.#ask(async () => updateToken?.(token, previous, this.#owner.request))
    return answer !== false
  }

  /** Stores what somebody else has renewed where it is not yet: each request may have a place of its own, such as a cookie. */
  async bringUpToDate(token: TokenSet, previous: TokenSet): Promise<void> {
    const stored = await this.#read()
    if (stored !== undefined && isSameToken(stored, previous)) await this.store(token, previous)
  }

  /** For a token that was handed over without a request nobody can say where it is kept. */
  get #isReadable(): boolean {
    return this.#owner.isFound || this.#owner.request !== undefined
  }

  async #read(): Promise<TokenSet | undefined> {
    const { fetchToken } = this.#port.settings
    return this.#isReadable ? this.#ask(async () => fetchToken?.(this.#owner.request)) : undefined
  }

  async #ask<T>(answer: () => Promise<T>): Promise<T> {
    try {
      return await answer()
    } catch (error) {
      throw new PlaceFailure(this, error)
    }
  }

  /** Somebody else may have logged in meanwhile, in the same browser: their token is none for what was begun before. */
  async #readFor(token: TokenSet): Promise<TokenSet | undefined> {
    const stored = await this.#read()
    if (stored === undefined) return undefined
    const [before, now] = [this.#port.subjectOf(token), this.#port.subjectOf(stored)]
    return before !== undefined && now !== undefined && before !== now ? undefined : stored
  }

  /** A store that is behind may show a predecessor: to present its refresh token would look like theft. */
  #pickNewer(stored: TokenSet | undefined, token: TokenSet): TokenSet | undefined {
    if (stored === undefined || isSameToken(stored, token)) return undefined
    const isNewer = (stored.expires_at ?? 0) > (token.expires_at ?? 0)
    return isNewer || !isExpired(stored, this.#port.settings) ? stored : undefined
  }
}

function removed(): ClientError {
  const message = '"token" is not stored any more: it was removed before it could be renewed'
  return new ClientError('missing_token', message, { stage: 'refresh' })
}
