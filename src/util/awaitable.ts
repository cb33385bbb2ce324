/** A value, or a promise of it: stores, hooks and crypto may answer at once. `await` accepts both. */
export type Awaitable<T> = T | PromiseLike<T>
