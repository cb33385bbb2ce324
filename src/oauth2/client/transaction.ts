import { sha256Base64url } from '../../crypto/hash.ts'
import { Sealer } from '../../crypto/sealed.ts'
import { equalsInConstantTime } from '../../crypto/timing-safe.ts'
import { type CookieOptions, cookieName, expireCookie, parseCookies, serializeCookie } from '../../http/cookies.ts'
import type { HttpRequest } from '../../http/request.ts'
import { parseUrl } from '../../http/url.ts'
import { type Clock, nowInSeconds, type Seconds } from '../../util/clock.ts'
import { ConfigurationError } from '../../util/configuration-error.ts'
import { isJsonObject, type JsonValue } from '../../util/json.ts'
import { LruCache } from '../../util/lru.ts'
import { ClientError } from './errors.ts'

/** How long somebody may take to log in. */
const LIFETIME: Seconds = 600
/** How many attempts one browser may have under way. */
const MAX_PENDING = 8
/** How long the sealed attempts may be together: of a header that is too long, servers read nothing at all. */
const MAX_PENDING_LENGTH = 8192
/** More cookies than this with our name are not ours, and not worth opening. */
const MAX_OPENED = 32
/** How many finished attempts a process remembers; a bound on memory, not on safety (see `consume`). */
const MAX_REMEMBERED = 10_000

/** All that has to be known when a browser that was sent away comes back. */
export type Transaction = {
  readonly provider: string
  readonly issuer?: string
  readonly state: string
  /** Where the browser comes back to. */
  readonly redirectUri: string
  readonly codeVerifier?: string
  readonly nonce?: string
  readonly maxAge?: Seconds
  /** What was asked for, and what for, where it was something else than the client's own. */
  readonly scope?: string
  readonly resource?: string[]
  /** Whether it comes back by a form that another site posts. */
  readonly isPosted?: boolean
  /** A path of the application, checked to be one. */
  readonly returnTo?: string
  /** The application's own, given back to it. */
  readonly data?: JsonValue
  readonly createdAt: Seconds
}

/** What came of looking for a transaction. The cookies are to be set either way. */
export type Consumption =
  | { readonly ok: true; readonly transaction: Transaction; readonly setCookie: readonly string[] }
  | { readonly ok: false; readonly error: ClientError; readonly setCookie: readonly string[] }

export interface TransactionOptions {
  /** What it is that is under way; part of the cookie's name, and what is sealed for one does not open for another. */
  readonly kind: 'login' | 'logout'
  readonly secret: string | readonly string[]
  readonly clock: Clock
}

interface Pending {
  /** The cookie's, without prefix. */
  readonly name: string
  /** The sealed text's. */
  readonly length: number
  readonly transaction: Transaction
}

/**
 * Attempts that are under way, each in a sealed cookie of its own. That binds an attempt to the browser that started it,
 * and its name, made of the state, keeps two tabs apart. Provider, issuer, redirect URI and verifier are inside.
 *
 * @spec RFC 6749 §10.12
 * @spec RFC 9700 §4.7.1
 */
export class Transactions {
  readonly #kind: string
  readonly #sealer: Sealer
  readonly #clock: Clock
  readonly #used: LruCache<string, true>

  constructor({ kind, secret, clock }: TransactionOptions) {
    this.#kind = kind
    this.#sealer = new Sealer(secret, { purpose: `${kind}-transaction`, clock })
    this.#clock = clock
    this.#used = new LruCache({ max: MAX_REMEMBERED, clock })
  }

  /** The cookies that remember an attempt, and drop those that are too many or too old. */
  async begin(request: HttpRequest, attempt: Omit<Transaction, 'createdAt'>): Promise<readonly string[]> {
    const options = cookieOptions(attempt)
    const sealed = await this.#sealer.seal({ ...attempt, createdAt: nowInSeconds(this.#clock) })
    const dropped = this.#surplus(await this.#readPending(request), MAX_PENDING_LENGTH - sealed.length)
    return [
      ...dropped.map(({ name, transaction }) => expireCookie(name, cookieOptions(transaction))),
      serializeCookie(await this.#nameOf(attempt.state), sealed, { ...options, maxAge: LIFETIME }),
    ]
  }

  /**
   * Takes the attempt that a state belongs to. It is over with that, whatever comes of it: the cookie goes, and this
   * process takes it no second time even where the browser kept it. What another process could still be given is a code
   * that the provider redeems only once.
   */
  async consume(request: HttpRequest, state: string): Promise<Consumption> {
    const name = await this.#nameOf(state)
    const found = findCookie(request, name)
    if (found === undefined) return { ok: false, error: missing(this.#kind), setCookie: [] }
    const transaction = toTransaction(await this.#sealer.unseal(found.value))
    const setCookie = [expireCookie(name, transaction === undefined ? found : cookieOptions(transaction))]
    if (transaction === undefined) return { ok: false, error: unsealable(this.#kind), setCookie }
    const error = this.#findFault(transaction, state, found.secure)
    this.#used.set(transaction.state, true, LIFETIME)
    return error === undefined ? { ok: true, transaction, setCookie } : { ok: false, error, setCookie }
  }

  /** With whom the attempt was started that a state belongs to: a look before `consume`, by which nothing is over. */
  async findProvider(request: HttpRequest, state: string): Promise<string | undefined> {
    const found = findCookie(request, await this.#nameOf(state))
    const transaction = found && toTransaction(await this.#sealer.unseal(found.value))
    return transaction?.state === state ? transaction.provider : undefined
  }

  #findFault(transaction: Transaction, state: string, isHostCookie: boolean): ClientError | undefined {
    const kind = this.#kind
    if (!equalsInConstantTime(transaction.state, state)) {
      return new ClientError(
        'state_mismatch',
        `"state" mismatch: expected the value that this ${kind} was started with`,
      )
    }
    // On https only the cookie that no other host can plant counts.
    if (isHostCookie !== isSecure(transaction.redirectUri)) {
      return new ClientError('transaction_mismatch', `${kind} cookie has another name than the one that was set`)
    }
    if (nowInSeconds(this.#clock) >= transaction.createdAt + LIFETIME) {
      return new ClientError('transaction_expired', `${kind} took longer than ${LIFETIME / 60} minutes: start it again`)
    }
    if (this.#used.get(state) !== undefined) {
      return new ClientError('transaction_used', `${kind} was already finished: start it again`)
    }
    return undefined
  }

  /** Those that have to go so that one more may come: the expired, then the oldest. */
  #surplus(pending: readonly Pending[], room: number): readonly Pending[] {
    const oldest = nowInSeconds(this.#clock) - LIFETIME
    // Browsers send the older cookie first, which settles the order within one second.
    const newestFirst = [...pending].reverse().sort((a, b) => b.transaction.createdAt - a.transaction.createdAt)
    const fresh = newestFirst.filter(({ transaction }) => transaction.createdAt > oldest)
    const kept = takeFitting(fresh.slice(0, MAX_PENDING - 1), room)
    return newestFirst.filter((attempt) => !kept.includes(attempt))
  }

  /** The attempts that this application started in this browser; cookies that do not open belong to somebody else. */
  async #readPending(request: HttpRequest): Promise<Pending[]> {
    const cookies = [...parseCookies(request.header('cookie'))].filter(([name]) =>
      name.replace(/^__Host-/, '').startsWith(this.#prefix),
    )
    const opened = await Promise.all(cookies.slice(0, MAX_OPENED).map(([name, value]) => this.#open(name, value)))
    return opened.filter((attempt) => attempt !== undefined)
  }

  /** Under another name than its own, an attempt was planted: that must not make the real ones go. */
  async #open(cookie: string, sealed: string): Promise<Pending | undefined> {
    const transaction = toTransaction(await this.#sealer.unseal(sealed))
    if (transaction === undefined) return undefined
    const name = await this.#nameOf(transaction.state)
    const isOwn = cookie === cookieName(name, isSecure(transaction.redirectUri))
    return isOwn ? { name, length: sealed.length, transaction } : undefined
  }

  get #prefix(): string {
    return `authwright.${this.#kind}.`
  }

  /** A hash, so that the cookie's name does not give the state away; 96 bits of it tell attempts apart. */
  async #nameOf(state: string): Promise<string> {
    return this.#prefix + (await sha256Base64url(state)).slice(0, 16)
  }
}

/** The first ones, as far as they fit. */
function takeFitting(attempts: readonly Pending[], room: number): readonly Pending[] {
  let length = 0
  return attempts.filter((attempt) => {
    length += attempt.length
    return length <= room
  })
}

function missing(kind: string): ClientError {
  return new ClientError(
    'transaction_missing',
    `${kind} cookie is missing: this browser did not start the ${kind}, finished it before, took longer than ${LIFETIME / 60} minutes, or refuses cookies`,
  )
}

function unsealable(kind: string): ClientError {
  return new ClientError(
    'transaction_mismatch',
    `${kind} cookie does not open: expected one that was sealed with "secret"`,
  )
}

interface FoundCookie extends CookieOptions {
  readonly value: string
}

function findCookie(request: HttpRequest, name: string): FoundCookie | undefined {
  const cookies = parseCookies(request.header('cookie'))
  for (const secure of [true, false]) {
    const value = cookies.get(cookieName(name, secure))
    if (value !== undefined) return { value, secure }
  }
  return undefined
}

/** A form that another site posts brings only cookies that are allowed to come along from everywhere. */
function cookieOptions({ redirectUri, isPosted }: Pick<Transaction, 'redirectUri' | 'isPosted'>): CookieOptions {
  const secure = isSecure(redirectUri)
  if (isPosted !== true) return { secure }
  if (secure) return { secure, sameSite: 'None' }
  throw new ConfigurationError('authorizeRedirect', [
    '"responseMode" form_post needs a redirect URI with https: the answer is posted by another site, and browsers send cookies along with that only over https',
  ])
}

function isSecure(uri: string): boolean {
  return parseUrl(uri)?.protocol === 'https:'
}

/** What was sealed is what was meant to be: only the form is looked at, for seals of an older release. */
function toTransaction(value: JsonValue | undefined): Transaction | undefined {
  return isTransaction(value) ? value : undefined
}

function isTransaction(value: JsonValue | undefined): value is Transaction {
  if (!isJsonObject(value)) return false
  const { provider, state, redirectUri, createdAt } = value
  return [provider, state, redirectUri].every((text) => typeof text === 'string') && typeof createdAt === 'number'
}
