/** A value, or a promise of it: stores, hooks and crypto may answer at once. `await` accepts both. */
export type Awaitable<T> = T | PromiseLike<T>

/**
 * Whether a value is still to come. Where every request passes, what is there already is not awaited: an `await` takes
 * some 300 bytes and a turn of the microtask queue, also where there is nothing to wait for.
 */
export function isPending<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
