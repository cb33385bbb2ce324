import { Sealer } from '../../crypto/sealed.ts'
import { SealedStore } from '../../crypto/sealed-store.ts'
import { equalsInConstantTime } from '../../crypto/timing-safe.ts'
import { expireCookie, serializeCookie } from '../../http/cookies.ts'
import type { HttpRequest } from '../../http/request.ts'
import { type Clock, nowInSeconds } from '../../util/clock.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import type { KeyValueStore } from '../../util/key-value-store.ts'
import { LruCache } from '../../util/lru.ts'
import { ClientError } from './errors.ts'
import { findSurplus, readPending } from './pending-transactions.ts'
import {
  type CarriedTransaction,
  packTransaction,
  readTransaction,
  TRANSACTION_LIFETIME,
  type Transaction,
  type TransactionKind,
} from './transaction.ts'
import { findTransactionCookie, isSecure, transactionCookieOptions, transactionName } from './transaction-cookie.ts'
import { TransactionVault } from './transaction-vault.ts'

/** How many finished attempts a process remembers; a bound on memory, not on safety (see `consume`). */
const MAX_REMEMBERED = 10_000
/** More is no value of a cookie: its name and `=` take 49 characters of 4096. */
const MAX_SEALED_LENGTH = 4000

/** What came of looking for a transaction. The cookies are to be set either way. */
export type Consumption =
  | { readonly ok: true; readonly transaction: Transaction; readonly setCookie: readonly string[] }
  | { readonly ok: false; readonly error: ClientError; readonly setCookie: readonly string[] }

export interface TransactionOptions {
  /** Part of the cookie's name, and what is sealed for one kind does not open for another. */
  readonly kind: TransactionKind
  readonly secret: string | readonly string[]
  readonly clock: Clock
  /** Keeps the attempts; the browser then carries what finds them. */
  readonly store?: KeyValueStore | undefined
}

/**
 * Attempts that are under way, each in a sealed cookie of its own. That binds an attempt to the browser that started it,
 * and its name, made of the state, keeps two tabs apart. Provider, issuer, redirect URI and verifier are inside, or in the
 * store where there is one.
 *
 * @spec RFC 6749 §10.12
 * @spec RFC 9700 §4.7.1
 */
export class Transactions {
  readonly #kind: TransactionKind
  readonly #sealer: Sealer
  readonly #clock: Clock
  readonly #vault: TransactionVault | undefined
  readonly #used: LruCache<string, true>

  constructor({ kind, secret, clock, store }: TransactionOptions) {
    this.#kind = kind
    this.#sealer = new Sealer(secret, { purpose: `${kind}-transaction`, clock })
    this.#clock = clock
    this.#used = new LruCache({ max: MAX_REMEMBERED, clock })
    if (store === undefined) return
    const sealer = new Sealer(secret, { purpose: `${kind}-transaction-store`, clock })
    this.#vault = new TransactionVault(kind, new SealedStore(store, sealer))
  }

  /**
   * The cookies that remember an attempt, and drop those that are too many or too old.
   *
   * @throws ConfigurationError where it is too large.
   */
  async begin(request: HttpRequest, attempt: Omit<Transaction, 'createdAt'>): Promise<readonly string[]> {
    const options = transactionCookieOptions(attempt)
    const now = nowInSeconds(this.#clock)
    const sealed = await this.#seal({ ...attempt, createdAt: now })
    const pending = await readPending(request, this.#kind, this.#sealer)
    const dropped = findSurplus(pending, sealed.length, now)
    await Promise.all(dropped.map(({ transaction }) => this.#discard(transaction)))
    return [
      ...dropped.map(({ name, transaction }) => expireCookie(name, transactionCookieOptions(transaction))),
      serializeCookie(await this.#nameOf(attempt.state), sealed, { ...options, maxAge: TRANSACTION_LIFETIME }),
    ]
  }

  /**
   * Takes the attempt that a state belongs to. It is over with that, whatever comes of it: the cookie goes, and this
   * process takes it no second time even where the browser kept it. With a store no other process does either; without one,
   * what it could still be given is a code that the provider redeems only once.
   */
  async consume(request: HttpRequest, state: string): Promise<Consumption> {
    const name = await this.#nameOf(state)
    const found = findTransactionCookie(request, name)
    if (found === undefined) return { ok: false, error: missing(this.#kind), setCookie: [] }
    const carried = readTransaction(await this.#sealer.unseal(found.value))
    const setCookie = [expireCookie(name, carried === undefined ? found : transactionCookieOptions(carried))]
    if (carried === undefined) return { ok: false, error: unsealable(this.#kind), setCookie }
    const transaction = await this.#withdraw(carried)
    const error = this.#findFault(carried, state, found.secure)
    if (error !== undefined) return { ok: false, error, setCookie }
    if (transaction === undefined) return { ok: false, error: used(this.#kind), setCookie }
    return { ok: true, transaction, setCookie }
  }

  /** With whom the attempt was started that a state belongs to: a look before `consume`, by which nothing is over. */
  async findProvider(request: HttpRequest, state: string): Promise<string | undefined> {
    const found = findTransactionCookie(request, await this.#nameOf(state))
    const carried = found && readTransaction(await this.#sealer.unseal(found.value))
    return carried?.state === state ? carried.provider : undefined
  }

  async #seal(attempt: Transaction): Promise<string> {
    const carried = (await this.#vault?.deposit(attempt).catch(refuseTooLarge)) ?? attempt
    const sealed = await this.#sealer.seal(packTransaction(carried)).catch(refuseTooLarge)
    if (sealed.length > MAX_SEALED_LENGTH) refuseTooLarge(new RangeError('cookie'))
    return sealed
  }

  /** The attempt, for the last time: from the store by the browser's ticket, or as it came along. */
  async #withdraw(carried: CarriedTransaction): Promise<Transaction | undefined> {
    if (carried.ticket !== undefined) return this.#vault?.withdraw(carried.ticket)
    if (this.#used.get(carried.state) !== undefined) return undefined
    this.#used.set(carried.state, true, TRANSACTION_LIFETIME)
    return carried
  }

  async #discard({ ticket }: CarriedTransaction): Promise<void> {
    if (ticket !== undefined) await this.#vault?.discard(ticket)
  }

  #findFault(attempt: CarriedTransaction, state: string, isHostCookie: boolean): ClientError | undefined {
    const kind = this.#kind
    if (!equalsInConstantTime(attempt.state, state)) {
      return new ClientError(
        'state_mismatch',
        `"state" mismatch: expected the value that this ${kind} was started with`,
      )
    }
    // On https only the cookie that no other host can plant counts.
    if (isHostCookie !== isSecure(attempt.redirectUri)) {
      return new ClientError('transaction_mismatch', `${kind} cookie has another name than the one that was set`)
    }
    if (nowInSeconds(this.#clock) >= attempt.createdAt + TRANSACTION_LIFETIME) {
      const minutes = TRANSACTION_LIFETIME / 60
      return new ClientError('transaction_expired', `${kind} took longer than ${minutes} minutes: start it again`)
    }
    return undefined
  }

  #nameOf(state: string): Promise<string> {
    return transactionName(this.#kind, state)
  }
}

function missing(kind: TransactionKind): ClientError {
  return new ClientError(
    'transaction_missing',
    `${kind} cookie is missing: this browser did not start the ${kind}, finished it before, took longer than ${TRANSACTION_LIFETIME / 60} minutes, or refuses cookies`,
  )
}

function unsealable(kind: TransactionKind): ClientError {
  return new ClientError(
    'transaction_mismatch',
    `${kind} cookie does not open: expected one that was sealed with "secret"`,
  )
}

function used(kind: TransactionKind): ClientError {
  return new ClientError('transaction_used', `${kind} was already finished: start it again`)
}

function refuseTooLarge(error: unknown): never {
  if (!(error instanceof RangeError)) throw error
  throw new ConfigurationError(
    'OAuth',
    ['"data" of the attempt is too large: a cookie takes some 2 kB of it, a store ("transactions") 40 kB'],
    { cause: error },
  )
}
