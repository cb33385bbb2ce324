import { cookieName, expireCookie, parseCookies, serializeCookie } from '../http/cookies.ts'
import type { Header } from '../http/header.ts'
import type { HttpRequest } from '../http/request.ts'
import { nowInSeconds, type Seconds } from '../util/clock.ts'
import { MAX_COOKIES, type SessionSettings } from './options.ts'

/** The only part of a request that sessions read. */
export type CookieRequest = Pick<HttpRequest, 'header'>

/** Browsers keep 4096 bytes of name and value, and some count the attributes too. */
const MAX_PAIR_LENGTH = 4000

/**
 * A text that may be longer than a browser's cookie can be, over several. The first one says how many there are, so that
 * what an older and longer text has left behind is not taken for a part of it.
 */
export class ChunkedCookie {
  readonly #settings: SessionSettings
  /** How much of the text goes into one cookie. */
  readonly #size: number

  constructor(settings: SessionSettings) {
    this.#settings = settings
    const longest = cookieName(`${settings.name}.${MAX_COOKIES}`, settings.secure)
    this.#size = MAX_PAIR_LENGTH - longest.length - '=4.'.length
  }

  /** The longest text that fits. */
  get capacity(): number {
    return this.#size * this.#settings.maxCookies
  }

  /** The text, or nothing where any part of it is missing. */
  read(request: CookieRequest): string | undefined {
    const cookies = parseCookies(request.header('cookie'))
    const { secure } = this.#settings
    const [, count = '', first = ''] =
      /^([1-4])\.(.*)$/.exec(cookies.get(cookieName(this.#nameOf(0), secure)) ?? '') ?? []
    if (count === '') return undefined
    const rest = range(1, Number(count)).map((index) => cookies.get(cookieName(this.#nameOf(index), secure)))
    return rest.includes(undefined) ? undefined : [first, ...rest].join('')
  }

  /**
   * The headers that have the browser keep a text, and forget the parts of a longer one.
   *
   * @param former how many cookies this response has set before.
   */
  write(text: string, expiresAt: Seconds, request: CookieRequest, former = 0): readonly Header[] {
    const { secure, sameSite, clock } = this.#settings
    const count = Math.max(1, Math.ceil(text.length / this.#size))
    const options = { secure, sameSite, maxAge: expiresAt - nowInSeconds(clock) }
    const parts = range(0, count).map((index) => {
      const part = text.slice(index * this.#size, (index + 1) * this.#size)
      return serializeCookie(this.#nameOf(index), index === 0 ? `${count}.${part}` : part, options)
    })
    return [...parts.map(toHeader), ...this.#drop(count, request, former)]
  }

  /** The headers that have the browser forget it. */
  clear(request: CookieRequest, former = 0): readonly Header[] {
    return [this.#expire(0), ...this.#drop(1, request, former)]
  }

  /** Forgets the parts from one on, as far as the browser may have them. */
  #drop(from: number, request: CookieRequest, former: number): readonly Header[] {
    const cookies = parseCookies(request.header('cookie'))
    const isThere = (index: number): boolean =>
      index < former || cookies.has(cookieName(this.#nameOf(index), this.#settings.secure))
    return range(from, MAX_COOKIES)
      .filter(isThere)
      .map((index) => this.#expire(index))
  }

  #expire(index: number): Header {
    const { secure, sameSite } = this.#settings
    return toHeader(expireCookie(this.#nameOf(index), { secure, sameSite }))
  }

  #nameOf(index: number): string {
    return index === 0 ? this.#settings.name : `${this.#settings.name}.${index}`
  }
}

function toHeader(cookie: string): Header {
  return ['set-cookie', cookie]
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index)
}
