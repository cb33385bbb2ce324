import { Sealer } from '../crypto/sealed.ts'
import { type Clock, nowInSeconds, type Seconds } from '../util/clock.ts'
import { type Duration, toSeconds } from '../util/duration.ts'
import type { JsonValue } from '../util/json.ts'
import { cookieName, expireCookie, parseCookies, serializeCookie } from './cookies.ts'
import type { HttpRequest } from './request.ts'
import type { Header } from './response.ts'

export interface SealedCookieOptions {
  /** At least 32 bytes. Of several, the first writes and all of them read, so that they can be rotated. */
  readonly secret: string | readonly string[]
  /** How long a value is good for, however much it is used. */
  readonly lifetime: Duration
  /** Whether the site is on https. Default: yes. Only development on localhost has a reason to say no. */
  readonly secure?: boolean
  readonly clock?: Clock
}

/**
 * A value that the browser keeps and only the server can read or write, such as who is signed in. It is as large as a
 * cookie can be, about 3 000 bytes of JSON, and it cannot be taken back before its end: what has to be goes into a store.
 *
 * @typeParam T what is written, and read again as JSON keeps it. A value of another shape, from a former release, should
 * go by another name.
 */
export class SealedCookie<T> {
  readonly #name: string
  readonly #secure: boolean
  readonly #lifetime: Seconds
  readonly #clock: Clock
  readonly #sealer: Sealer

  /**
   * @param name without prefix: on https it gets `__Host-`.
   * @throws ConfigurationError where the secret is too short.
   */
  constructor(name: string, options: SealedCookieOptions) {
    const { secret, lifetime, secure = true, clock = Date.now } = options
    this.#name = name
    this.#secure = secure
    this.#lifetime = toSeconds(lifetime)
    this.#clock = clock
    this.#sealer = new Sealer(secret, { purpose: `cookie ${name}`, clock })
  }

  /** The value, or nothing where there is none, it has expired or somebody else made it. */
  async read(request: Pick<HttpRequest, 'header'>): Promise<T | undefined> {
    const sealed = parseCookies(request.header('cookie')).get(cookieName(this.#name, this.#secure))
    if (sealed === undefined) return undefined
    // What opens under our key is what `write` was given.
    return (await this.#sealer.unseal(sealed)) as T | undefined
  }

  /** The header that has the browser keep a value. @throws TypeError, RangeError where it is too large for a cookie. */
  async write(value: T): Promise<Header> {
    const expiresAt = nowInSeconds(this.#clock) + this.#lifetime
    const sealed = await this.#sealer.seal(value as JsonValue, { expiresAt })
    const options = { secure: this.#secure, maxAge: this.#lifetime }
    return ['set-cookie', serializeCookie(this.#name, sealed, options)]
  }

  /** The header that has the browser forget it. */
  clear(): Header {
    return ['set-cookie', expireCookie(this.#name, { secure: this.#secure })]
  }
}
