/** A value, or a promise of it: stores, hooks and crypto may answer at once. `await` accepts both. */
export type Awaitable<T> = T | PromiseLike<T>

/**
 * Whether a value is still to come. Where every request passes, what is there already is not awaited: an `await` takes
 * some 300 bytes and a turn of the microtask queue, also where there is nothing to wait for.
 *
 * Promises of remote calls are functions, too: taken for an answer, one would be a yes to everything.
 */
export function isPending<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false
  return 'then' in value && typeof value.then === 'function'
}
