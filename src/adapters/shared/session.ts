import type { ServerResponse } from 'node:http'
import { SealedCookie, type SealedCookieOptions } from '../../http/index.ts'
import type { NodeRequest } from './node-body.ts'
import { fromNode } from './node-request.ts'
import { writeHeaders } from './node-response.ts'

/**
 * A session that the browser keeps, sealed: who is signed in, for apps without a session store.
 *
 * @example
 * const session = new CookieSession<{ name: string }>('app', { secret, lifetime: '8h' })
 * await session.write(res, { name: 'Ada' })
 * const person = await session.read(req)
 * @typeParam T what is kept, as JSON.
 */
export class CookieSession<T> {
  readonly #cookie: SealedCookie<T>

  /** @param name of the cookie, without prefix. */
  constructor(name: string, options: SealedCookieOptions) {
    this.#cookie = new SealedCookie(name, options)
  }

  /** What was kept, or nothing where there is no session or it is over. */
  read(request: NodeRequest): Promise<T | undefined> {
    return this.#cookie.read(fromNode(request))
  }

  /** Starts a session or replaces it. @throws TypeError where the value is too large for a cookie. */
  async write(response: ServerResponse, value: T): Promise<void> {
    writeHeaders([await this.#cookie.write(value)], response)
  }

  clear(response: ServerResponse): void {
    writeHeaders([this.#cookie.clear()], response)
  }
}
