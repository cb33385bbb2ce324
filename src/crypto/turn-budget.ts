/** The little of the event loop that is used here: the core compiles without Node's types. */
type SetImmediate = (callback: () => void) => unknown

/**
 * How much work may be done in one turn of the event loop before it has to be done elsewhere: `true` for work that still
 * fits, then `false` until the loop has come round. Where the loop cannot be heard, always `false`.
 */
export function createTurnBudget(microsecondsPerTurn: number): (microseconds: number) => boolean {
  let spent = 0
  return (microseconds) => {
    const { setImmediate } = globalThis as { setImmediate?: SetImmediate }
    if (spent + microseconds > microsecondsPerTurn || setImmediate === undefined) return false
    if (spent === 0) {
      setImmediate(() => {
        spent = 0
      })
    }
    spent += microseconds
    return true
  }
}
