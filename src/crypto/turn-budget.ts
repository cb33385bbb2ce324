/** The little of the event loop that is used here: the core compiles without Node's types. */
type SetImmediate = (callback: () => void) => unknown

/** Whether work of so many microseconds still fits; what does is taken off. */
export type Budget = (microseconds: number) => boolean

/**
 * How much work may be done in one turn of the event loop before it has to be done elsewhere: `true` for work that still
 * fits, then `false` until the loop has come round. Where the loop cannot be heard, always `false`.
 */
export function createTurnBudget(microsecondsPerTurn: number): Budget {
  const { setImmediate } = globalThis as { setImmediate?: SetImmediate }
  return setImmediate === undefined ? () => false : createBudget(microsecondsPerTurn, setImmediate)
}

/**
 * How much work may be done in one go. Whoever awaits one result before asking for the next never uses it up; whoever
 * asks for many at once does.
 */
export function createBurstBudget(microsecondsPerBurst: number): Budget {
  const settled = Promise.resolve()
  return createBudget(microsecondsPerBurst, (renew) => settled.then(renew))
}

function createBudget(limit: number, later: (renew: () => void) => unknown): Budget {
  let spent = 0
  const renew = (): void => {
    spent = 0
  }
  return (microseconds) => {
    if (spent + microseconds > limit) return false
    if (spent === 0) later(renew)
    spent += microseconds
    return true
  }
}
