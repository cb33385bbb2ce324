import type { Seconds } from '../util/clock.ts'
import type { JsonValue } from '../util/json.ts'
import type { KeyValueStore } from '../util/key-value-store.ts'
import type { Sealer } from './sealed.ts'

/** An entry as it was read. */
export interface StoredValue {
  /** What the store holds: a change compares with it. */
  readonly text: string
  /** What was meant; absent where our keys do not open it, or it was sealed for another entry. */
  readonly value?: JsonValue
}

/**
 * Values in a store that whoever reads the store cannot read, and whoever writes to it cannot forge, or swap for those of
 * another entry: the key is sealed in with the value. Sealing the same value twice makes two texts, so that comparing with
 * the text that was read notices every change.
 */
export class SealedStore {
  readonly #store: KeyValueStore
  readonly #sealer: Sealer

  constructor(store: KeyValueStore, sealer: Sealer) {
    this.#store = store
    this.#sealer = sealer
  }

  async get(key: string): Promise<StoredValue | undefined> {
    const text = await this.#store.get(key)
    return text === undefined ? undefined : { text, ...(await this.#open(key, text)) }
  }

  /** The value, for the last time. */
  async take(key: string): Promise<StoredValue | undefined> {
    const text = await this.#store.take(key)
    return text === undefined ? undefined : { text, ...(await this.#open(key, text)) }
  }

  /** Creates or replaces. @returns the text that the store holds now. */
  async set(key: string, value: JsonValue, expiresAt: Seconds): Promise<string> {
    const text = await this.#seal(key, value)
    await this.#store.set(key, text, expiresAt)
    return text
  }

  /**
   * Takes the place of what was read; of nothing, where nothing was.
   *
   * @returns the text that the store holds now, or nothing where it held something else by then.
   */
  async replace(
    key: string,
    expected: string | undefined,
    value: JsonValue,
    expiresAt: Seconds,
  ): Promise<string | undefined> {
    const text = await this.#seal(key, value)
    const isWritten =
      expected === undefined
        ? await this.#store.setIfAbsent(key, text, expiresAt)
        : await this.#store.replace(key, expected, text, expiresAt)
    return isWritten ? text : undefined
  }

  async delete(key: string): Promise<void> {
    await this.#store.delete(key)
  }

  #seal(key: string, value: JsonValue): Promise<string> {
    return this.#sealer.seal([key, value])
  }

  async #open(key: string, text: string): Promise<{ value?: JsonValue }> {
    const opened = await this.#sealer.unseal(text)
    if (!Array.isArray(opened) || opened[0] !== key) return {}
    const [, value] = opened
    return value === undefined ? {} : { value }
  }
}
