import { randomToken } from '../crypto/random.ts'
import type { SealedStore, StoredValue } from '../crypto/sealed-store.ts'
import { isJsonObject, type JsonValue } from '../util/json.ts'
import { Carrier } from './carrier.ts'
import type { Keeping, Kept, SessionMode } from './mode.ts'
import type { SessionSettings } from './options.ts'
import type { SessionRecord, Tokens } from './record.ts'
import { lastEndOf } from './span.ts'

/** What the store holds in place of the tokens of a session that was ended: its cookie may be about still. */
const ENDED = 'ended'

/**
 * Who it is travels with the browser; the tokens, which are large and change under way, are in the store under the
 * session's id. Of two answers to one browser that change `data` the later one counts; tokens are never lost that way.
 */
export class SplitMode<T> implements SessionMode<T> {
  readonly #settings: SessionSettings
  readonly #carrier: Carrier<T>
  readonly #values: SealedStore

  constructor(settings: SessionSettings, values: SealedStore) {
    this.#settings = settings
    this.#carrier = new Carrier(settings)
    this.#values = values
  }

  async find(text: string): Promise<Kept<T> | undefined> {
    const record = await this.#carrier.open(text)
    return record === undefined ? undefined : this.reload({ record })
  }

  async reload({ record }: Kept<T>): Promise<Kept<T> | undefined> {
    const found = await this.#values.get(this.#keyOf(record))
    if (found?.value === ENDED) return undefined
    return { record: { ...record, tokens: tokensIn(found) }, stored: found?.text }
  }

  async begin(create: (id: string) => SessionRecord<T>): Promise<Keeping<T>> {
    const record = create(randomToken())
    const cookie = await this.#seal(record)
    const stored = await this.#values.set(this.#keyOf(record), toJson(record.tokens), this.#endOf(record))
    return { kept: { record, stored }, cookie }
  }

  async replace(kept: Kept<T>, record: SessionRecord<T>): Promise<Keeping<T> | undefined> {
    const isCarried = record.data !== kept.record.data || record.usedAt !== kept.record.usedAt
    // Sealed first: what is too large is refused before anything has changed.
    const cookie = isCarried ? await this.#seal(record) : undefined
    const stored = record.tokens === kept.record.tokens ? kept.stored : await this.#replaceTokens(kept, record)
    if (stored === undefined && record.tokens !== kept.record.tokens) return undefined
    return { kept: { record, stored }, ...(cookie && { cookie }) }
  }

  async remove({ record }: Kept<T>): Promise<void> {
    await this.#values.set(this.#keyOf(record), ENDED, this.#endOf(record))
  }

  #replaceTokens(kept: Kept<T>, record: SessionRecord<T>): Promise<string | undefined> {
    return this.#values.replace(this.#keyOf(record), kept.stored, toJson(record.tokens), this.#endOf(record))
  }

  #seal(record: SessionRecord<T>): ReturnType<Carrier<T>['seal']> {
    return this.#carrier.seal({ ...record, tokens: {} })
  }

  /** The tokens stay as long as the session can live: whoever uses it does not write to the store for that. */
  #endOf(record: SessionRecord<T>): number {
    return lastEndOf(record, this.#settings)
  }

  #keyOf({ id }: SessionRecord<T>): string {
    return `session:${this.#settings.name}:tokens:${id}`
  }
}

/** What a store has lost, or what was sealed with a secret that is gone, is as if there had been no tokens. */
function tokensIn(found: StoredValue | undefined): Tokens {
  return isJsonObject(found?.value) ? (found.value as unknown as Tokens) : {}
}

function toJson(tokens: Tokens): JsonValue {
  return tokens as unknown as JsonValue
}
