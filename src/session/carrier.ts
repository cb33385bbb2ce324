import { Sealer } from '../crypto/sealed.ts'
import type { JsonValue } from '../util/json.ts'
import { ChunkedCookie } from './chunked-cookie.ts'
import { SessionError } from './errors.ts'
import type { CookieText } from './mode.ts'
import type { SessionSettings } from './options.ts'
import { readRecord, type SessionRecord } from './record.ts'
import { endOf } from './span.ts'

/** Seals what travels with the browser. */
export class Carrier<T> {
  readonly #settings: SessionSettings
  readonly #sealer: Sealer
  readonly #capacity: number

  constructor(settings: SessionSettings) {
    const { secret, name, mode, clock } = settings
    this.#settings = settings
    this.#sealer = new Sealer(secret, { purpose: `session ${mode} cookie ${name}`, clock })
    this.#capacity = new ChunkedCookie(settings).capacity
  }

  async open(text: string): Promise<SessionRecord<T> | undefined> {
    return readRecord<T>(await this.#sealer.unseal(text))
  }

  /** @throws SessionError where it does not fit into the browser. */
  async seal(record: SessionRecord<T>): Promise<CookieText> {
    const text = await this.#sealer.seal(record as unknown as JsonValue)
    if (text.length <= this.#capacity) return { text, expiresAt: endOf(record, this.#settings) }
    const { maxCookies, mode } = this.#settings
    const remedy =
      mode === 'cookie'
        ? 'keep the tokens in a store with "mode" split, or all of it with store'
        : 'keep it in the store with "mode" store'
    throw new SessionError('session_too_large', `session is too large for ${maxCookies} cookies: ${remedy}`)
  }
}
