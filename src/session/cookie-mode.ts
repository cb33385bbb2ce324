import { randomToken } from '../crypto/random.ts'
import { Carrier } from './carrier.ts'
import type { Keeping, Kept, SessionMode } from './mode.ts'
import type { SessionSettings } from './options.ts'
import type { SessionRecord } from './record.ts'
import { lastEndOf } from './span.ts'

/**
 * All of a session is in the browser. Where two answers to one browser change it, the later one counts. With a store it can
 * be ended for good: without, whoever has copied the cookie may use it until it is over.
 */
export class CookieMode<T> implements SessionMode<T> {
  readonly #settings: SessionSettings
  readonly #carrier: Carrier<T>

  constructor(settings: SessionSettings) {
    this.#settings = settings
    this.#carrier = new Carrier(settings)
  }

  async find(text: string): Promise<Kept<T> | undefined> {
    const record = await this.#carrier.open(text)
    return record === undefined ? undefined : this.reload({ record })
  }

  async reload(kept: Kept<T>): Promise<Kept<T> | undefined> {
    const ended = await this.#settings.store?.get(this.#keyOf(kept.record))
    return ended === undefined ? kept : undefined
  }

  async begin(create: (id: string) => SessionRecord<T>): Promise<Keeping<T>> {
    return this.#carry(create(randomToken()))
  }

  replace(_kept: Kept<T>, record: SessionRecord<T>): Promise<Keeping<T>> {
    return this.#carry(record)
  }

  async remove({ record }: Kept<T>): Promise<void> {
    await this.#settings.store?.set(this.#keyOf(record), 'ended', lastEndOf(record, this.#settings))
  }

  async #carry(record: SessionRecord<T>): Promise<Keeping<T>> {
    return { kept: { record }, cookie: await this.#carrier.seal(record) }
  }

  #keyOf({ id }: SessionRecord<T>): string {
    return `session:${this.#settings.name}:ended:${id}`
  }
}
