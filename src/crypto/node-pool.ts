import type { Callback, NodeProcess } from './node-types.ts'
import { createBurstBudget, createTurnBudget } from './turn-budget.ts'

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

function availableCores(): number {
  const runtime = globalThis as { process?: NodeProcess }
  const os = runtime.process?.getBuiltinModule?.('node:os') as { availableParallelism?(): number } | undefined
  return os?.availableParallelism?.() ?? 2
}

/** The event loop is held up for no longer, in one turn and at one go, by work that the pool could do. */
const [longestTurn, longestBurst] = [2000, 1000] as const

/**
 * To wake the pool and be woken by it takes up to 300 µs of processor time. What costs much less is sent there only where
 * so much is asked for at once that it pays; what costs more, wherever the requests of one turn of the event loop come
 * from.
 */
const worthWaking = 200

/**
 * One thing at a time is done soonest at once. Where many are wanted the pool does what no longer fits, on all cores, and
 * then, being awake, whatever comes while it is at work.
 */
export function createNodePool(cores: number = availableCores()): NodePool {
  const fitsTurn = createTurnBudget(longestTurn)
  const fitsBurst = createBurstBudget(longestBurst)
  let underWay = 0
  const pays = (cost: number): boolean => underWay > 0 || !(cost < worthWaking ? fitsBurst(cost) : fitsTurn(cost))
  return {
    // On one core the pool does nothing sooner; what takes long goes there all the same, for the others who wait.
    isInline: (cost) => (cores === 1 ? cost <= longestBurst : !pays(cost)),
    async run(start) {
      underWay += 1
      try {
        return await pooled(start)
      } finally {
        underWay -= 1
      }
    },
  }
}
