import type { Awaitable } from '../../util/awaitable.ts'

/**
 * What a key has prepared, by algorithm. A value that came as a promise is kept as itself from then on.
 *
 * The rows themselves are the names: two registries may have different algorithms under one.
 */
export class PreparedCache<T extends object> {
  readonly #prepared: Map<object, Awaitable<T>> = new Map()
  /** Nearly every key serves one algorithm, which is then found without looking for it. */
  #latest: readonly [algorithm: object, prepared: Awaitable<T>] | undefined

  get(algorithm: object): Awaitable<T> | undefined {
    const latest = this.#latest
    return latest?.[0] === algorithm ? latest[1] : this.#prepared.get(algorithm)
  }

  make(algorithm: object, prepare: () => Awaitable<T>): Awaitable<T> {
    const made = prepare()
    const kept = 'then' in made ? this.#settle(algorithm, made) : made
    this.#keep(algorithm, kept)
    return kept
  }

  async #settle(algorithm: object, pending: PromiseLike<T>): Promise<T> {
    try {
      const value = await pending
      this.#keep(algorithm, value)
      return value
    } catch (cause) {
      this.#prepared.delete(algorithm)
      this.#latest = undefined
      throw cause
    }
  }

  #keep(algorithm: object, prepared: Awaitable<T>): void {
    this.#prepared.set(algorithm, prepared)
    this.#latest = [algorithm, prepared]
  }
}
