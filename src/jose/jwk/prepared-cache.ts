import type { Awaitable } from '../../util/awaitable.ts'

/** What a key has prepared, by algorithm. A value that came as a promise is kept as itself from then on. */
export class PreparedCache<T extends object> {
  readonly #prepared: Map<string, Awaitable<T>> = new Map()

  get(name: string): Awaitable<T> | undefined {
    return this.#prepared.get(name)
  }

  make(name: string, prepare: () => Awaitable<T>): Awaitable<T> {
    const made = prepare()
    const kept = 'then' in made ? this.#settle(name, made) : made
    this.#prepared.set(name, kept)
    return kept
  }

  async #settle(name: string, pending: PromiseLike<T>): Promise<T> {
    try {
      const value = await pending
      this.#prepared.set(name, value)
      return value
    } catch (cause) {
      this.#prepared.delete(name)
      throw cause
    }
  }
}
