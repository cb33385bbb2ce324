import type { Awaitable } from './awaitable.ts'
import type { Logger } from './logger.ts'

/** Is told of an event. Its answer is not used; what it throws is logged. */
export type Listener<P> = (payload: P) => Awaitable<void>

/**
 * Tells listeners what happened. They cannot change what happens: nobody waits for them, and one that throws (or whose
 * promise rejects) is reported to the logger while the others are told as usual.
 *
 * @typeParam Events event names and the payload of each.
 */
export class Emitter<Events extends object> {
  readonly #logger: Logger
  readonly #listeners: Map<keyof Events, Set<Listener<never>>> = new Map()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** Adds a listener. The function that comes back removes it. */
  on<E extends keyof Events>(event: E, listener: Listener<Events[E]>): () => void {
    const listeners = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, listeners.add(listener))
    return () => {
      listeners.delete(listener)
    }
  }

  /** Whether anybody listens: what nobody is told need not be made. */
  hasListeners(event: keyof Events): boolean {
    const listeners = this.#listeners.get(event)
    return listeners !== undefined && listeners.size > 0
  }

  emit<E extends keyof Events>(event: E, payload: Events[E]): void {
    const listeners = this.#listeners.get(event)
    if (listeners === undefined) return
    // A copy: a listener may add or remove listeners while they are being told.
    for (const listener of [...listeners]) this.#tell(event, listener as Listener<Events[E]>, payload)
  }

  #tell<E extends keyof Events>(event: E, listener: Listener<Events[E]>, payload: Events[E]): void {
    const report = (error: unknown): void => {
      this.#logger.error('event listener failed', { event: String(event), error })
    }
    try {
      Promise.resolve(listener(payload)).catch(report)
    } catch (error) {
      report(error)
    }
  }
}
