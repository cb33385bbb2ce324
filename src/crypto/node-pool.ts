import type { Callback } from './node-types.ts'
import { createTurnBudget } from './turn-budget.ts'

/** Runs a callback-style operation of the thread pool. */
export function pooled<T>(start: (done: Callback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, value) => (error ? reject(error) : resolve(value)))
  })
}

/** Decides where work is done that takes some time, but not much: at once, or on the thread pool. */
export interface NodePool {
  /** Whether work of so many microseconds is to be done at once. */
  isInline(microseconds: number): boolean
  /** Has the pool do it. */
  run<T>(start: (done: Callback<T>) => void): Promise<T>
}

/** No turn of the event loop is held up for longer by work that the pool could do. */
const microsecondsPerTurn = 2000

/**
 * One thing at a time is done soonest at once: the way to the pool and back costs some twenty microseconds here, and
 * more until it is back. Where many are wanted in one turn of the event loop the pool does the rest, on all cores, and
 * all that comes while it is at work: whoever waits for each result before asking for the next is never sent there twice
 * in a row.
 */
export function createNodePool(): NodePool {
  const mayHoldUp = createTurnBudget(microsecondsPerTurn)
  let underWay = 0
  return {
    isInline: (microseconds) => underWay === 0 && mayHoldUp(microseconds),
    run(start) {
      underWay += 1
      return pooled((done) => {
        start((error, value) => {
          underWay -= 1
          done(error, value)
        })
      })
    },
  }
}
