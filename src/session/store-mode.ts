import { sha256Base64url } from '../crypto/hash.ts'
import { randomToken } from '../crypto/random.ts'
import type { SealedStore } from '../crypto/sealed-store.ts'
import type { JsonValue } from '../util/json.ts'
import type { Keeping, Kept, SessionMode } from './mode.ts'
import type { SessionSettings } from './options.ts'
import { readRecord, type SessionRecord } from './record.ts'
import { endOf, lastEndOf } from './span.ts'

/** A session in the store, under the hash of the 256 random bits that the browser has: the store opens no session. */
export class StoreMode<T> implements SessionMode<T> {
  readonly #settings: SessionSettings
  readonly #values: SealedStore

  constructor(settings: SessionSettings, values: SealedStore) {
    this.#settings = settings
    this.#values = values
  }

  async find(text: string): Promise<Kept<T> | undefined> {
    return this.#read(await sha256Base64url(text))
  }

  reload({ record }: Kept<T>): Promise<Kept<T> | undefined> {
    return this.#read(record.id)
  }

  async begin(create: (id: string) => SessionRecord<T>): Promise<Keeping<T>> {
    const text = randomToken()
    const record = create(await sha256Base64url(text))
    const stored = await this.#values.set(this.#keyOf(record.id), toJson(record), endOf(record, this.#settings))
    return { kept: { record, stored }, cookie: { text, expiresAt: lastEndOf(record, this.#settings) } }
  }

  async replace(kept: Kept<T>, record: SessionRecord<T>): Promise<Keeping<T> | undefined> {
    const end = endOf(record, this.#settings)
    const stored = await this.#values.replace(this.#keyOf(record.id), kept.stored, toJson(record), end)
    return stored === undefined ? undefined : { kept: { record, stored } }
  }

  async remove({ record }: Kept<T>): Promise<void> {
    await this.#values.delete(this.#keyOf(record.id))
  }

  async #read(id: string): Promise<Kept<T> | undefined> {
    const found = await this.#values.get(this.#keyOf(id))
    const record = readRecord<T>(found?.value)
    return record === undefined ? undefined : { record, stored: found?.text }
  }

  #keyOf(id: string): string {
    return `session:${this.#settings.name}:${id}`
  }
}

function toJson(record: SessionRecord<unknown>): JsonValue {
  return record as unknown as JsonValue
}
