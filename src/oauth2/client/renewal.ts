import { sha256Base64url } from '../../crypto/hash.ts'
import type { Awaitable } from '../../util/awaitable.ts'
import { KeyedQueue } from '../../util/keyed-queue.ts'
import { settleWithin } from '../../util/settle-within.ts'
import { ClientError } from './errors.ts'
import type { ClientSettings } from './options.ts'
import { isRefusedGrant, type Refresh, Refreshes } from './refresh.ts'
import { PlaceFailure, type TokenOwner, TokenPlace } from './token-place.ts'
import { isExpired, type TokenSet } from './token-set.ts'
import { TokenSources } from './token-sources.ts'
import type { WayToRenew } from './way-to-renew.ts'

/** How often what somebody else brought may be of no use before it is given up. */
const MAX_TURNS = 5

/** In minutes. More than all that has an end of its own takes together: the server, its keys, a look for what others stored. */
const MAX_FLIGHT = 2

/** What a client lends to the renewal of its tokens. */
export interface RenewalPort {
  readonly settings: ClientSettings
  readonly refresh: Refresh
  /** Checks what came, before it is stored. */
  accept(renewed: TokenSet, previous: TokenSet): Promise<TokenSet>
  /** Who logged in, where that is known. */
  subjectOf(token: TokenSet): string | undefined
  issuer(): Promise<string | undefined>
}

interface Outcome {
  readonly token: TokenSet
  /** It was somebody else's, and has ended as well. */
  readonly isOver: boolean
  /** Where it is the token of before: the one who went to renew it had no place for another. */
  readonly failure?: PlaceFailure
}

/**
 * Renews tokens, each once however many ask. Within the process those who come with one refresh token share one flight, and
 * flights for one person queue behind each other; between processes a lock does the same, where the client has one. Whoever
 * waited looks first whether somebody else has stored a new token by then, and uses that; and so does whoever lost a race
 * that nothing prevented: when the server refuses a refresh token, or the application's store refuses the new token.
 *
 * Results are shared along one family of refresh tokens only: two sessions of one person stay two.
 *
 * @spec RFC 9700 §4.14.2
 */
export class TokenRenewal {
  readonly #port: RenewalPort
  readonly #refreshes: Refreshes
  readonly #sources: TokenSources
  readonly #flights: Map<unknown, Promise<Outcome>> = new Map()
  readonly #queue: KeyedQueue = new KeyedQueue()

  constructor(port: RenewalPort) {
    this.#port = port
    const isOver = (token: TokenSet): boolean => this.#isOver(token)
    this.#refreshes = new Refreshes(port.refresh, isOver, port.settings.clock)
    this.#sources = new TokenSources(isOver)
  }

  /** From now on the token is renewed by asking anew. */
  remember(token: TokenSet, renew: () => Promise<TokenSet>): void {
    this.#sources.remember(token, renew)
  }

  /** The token, or its successor where it has expired. */
  async ensureActive(token: TokenSet, owner: TokenOwner): Promise<TokenSet> {
    return this.#isOver(token) ? this.renew(token, owner) : token
  }

  /** The token that follows this one; a copy for everyone who asks. */
  async renew(token: TokenSet, owner: TokenOwner): Promise<TokenSet> {
    try {
      return { ...(await this.#successorOf(token, new TokenPlace(this.#port, owner))) }
    } catch (error) {
      throw error instanceof PlaceFailure ? error.cause : error
    }
  }

  async #successorOf(token: TokenSet, place: TokenPlace): Promise<TokenSet> {
    let last: Outcome = { token, isOver: true }
    for (let turn = 0; turn < MAX_TURNS; turn++) {
      last = await this.#next(last.token, place)
      if (!last.isOver) return last.token
    }
    throw last.failure ?? conflict()
  }

  async #next(previous: TokenSet, place: TokenPlace): Promise<Outcome> {
    const way = this.#wayOf(previous)
    const known = way.known()
    const flight = known === undefined ? this.#flights.get(way.key) : this.#outcomeOf(known)
    return flight === undefined ? this.#start(way, place) : this.#share(flight, previous, place)
  }

  /** What failed may have been the place of whoever started the flight, such as a response that was sent: ours may be good. */
  async #share(flight: Awaitable<Outcome>, previous: TokenSet, place: TokenPlace): Promise<Outcome> {
    try {
      const outcome = await flight
      await place.bringUpToDate(outcome.token, previous)
      return outcome
    } catch (error) {
      if (!(error instanceof PlaceFailure) || error.place.isSameAs(place)) throw error
      return { token: previous, isOver: true, failure: error }
    }
  }

  #wayOf(token: TokenSet): WayToRenew {
    if (token.refresh_token !== undefined) return this.#refreshes.wayOf(token.refresh_token, token)
    const way = this.#sources.wayOf(token)
    if (way !== undefined) return way
    throw new ClientError('token_expired', 'access token has expired and there is no refresh token to renew it with')
  }

  #start(way: WayToRenew, place: TokenPlace): Promise<Outcome> {
    const turn = this.#inTurn(way.previous, () => settleWithin(MAX_FLIGHT * 60_000, this.#fly(way, place), giveUp))
    const flight = turn.finally(() => this.#flights.delete(way.key))
    this.#flights.set(way.key, flight)
    return flight
  }

  /** Behind those that are under way for the same person here, then behind those in other processes. */
  async #inTurn<T>(previous: TokenSet, work: () => Promise<T>): Promise<T> {
    const { refreshLock } = this.#port.settings
    const subject = this.#port.subjectOf(previous)
    const alone =
      refreshLock === undefined ? work : async () => refreshLock.run(await this.#lockKey(previous, subject), work)
    return subject === undefined ? alone() : this.#queue.run(subject, alone)
  }

  /** By the person where that is known: another process may hold another token of the family. */
  async #lockKey(token: TokenSet, subject: string | undefined): Promise<string> {
    const { clientId } = this.#port.settings
    const issuer = (await this.#port.issuer()) ?? null
    const secret = token.refresh_token ?? token.access_token
    return sha256Base64url(JSON.stringify([issuer, clientId, ...(subject === undefined ? [null, secret] : [subject])]))
  }

  async #fly(way: WayToRenew, place: TokenPlace): Promise<Outcome> {
    const stored = await place.successorOf(way.previous)
    if (stored !== undefined) return this.#yieldTo(stored)
    try {
      return await this.#settle(await way.fetch(), way, place)
    } catch (error) {
      const winner = isRefusedGrant(error) ? await place.awaitSuccessorOf(way.previous) : undefined
      if (winner === undefined) throw error
      return this.#yieldTo(winner)
    }
  }

  async #settle(renewed: TokenSet, way: WayToRenew, place: TokenPlace): Promise<Outcome> {
    const { previous } = way
    const token = await this.#port.accept(renewed, previous)
    if (await place.store(token, previous)) {
      way.settle(token)
      this.#log('token renewed')
      return { token, isOver: false }
    }
    // Where nobody won, the token may have been removed: whoever logged out is told that, and of no conflict.
    const winner = (await place.awaitSuccessorOf(previous)) ?? (await place.successorOf(previous))
    if (winner === undefined) throw new PlaceFailure(place, conflict())
    way.settle(winner)
    return this.#yieldTo(winner)
  }

  #yieldTo(token: TokenSet): Outcome {
    this.#log('token was renewed elsewhere')
    return this.#outcomeOf(token)
  }

  #log(message: string): void {
    const { logger, clientId } = this.#port.settings
    logger.info(message, { client_id: clientId })
  }

  #outcomeOf(token: TokenSet): Outcome {
    return { token, isOver: this.#isOver(token) }
  }

  #isOver(token: TokenSet): boolean {
    return isExpired(token, this.#port.settings)
  }
}

function conflict(): ClientError {
  return new ClientError(
    'token_update_conflict',
    'renewed token was not stored: "updateToken" said that another one has taken the place of the previous token, and "fetchToken" found none that is good',
  )
}

/** Whatever hangs, or waits for what waits for it: those who come later are to have their turn. */
function giveUp(): never {
  throw new ClientError(
    'token_renewal_timeout',
    `token was not renewed within ${MAX_FLIGHT} minutes: "fetchToken", "updateToken" or the transport does not answer, or waits for this renewal itself`,
    { stage: 'refresh' },
  )
}
