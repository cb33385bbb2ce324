/** Runs one after the other what goes by one key, in the order in which it came; different keys go side by side. */
export class KeyedQueue {
  readonly #last: Map<string, Promise<unknown>> = new Map()

  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve()
    // Whatever came of the one before.
    const turn = before.then(
      () => work(),
      () => work(),
    )
    this.#last.set(key, turn)
    const forget = (): void => {
      if (this.#last.get(key) === turn) this.#last.delete(key)
    }
    turn.then(forget, forget)
    return turn
  }
}
