/** The little of the event loop that is used here: the core compiles without Node's types. */
type SetImmediate = (callback: () => void) => unknown

/**
 * How often something that takes its time may be done in one turn of the event loop before it has to be done elsewhere:
 * `true` so many times, then `false` until the loop has come round. Where the loop cannot be heard, always `false`.
 */
export function createTurnBudget(perTurn: number): () => boolean {
  let spent = 0
  return () => {
    const { setImmediate } = globalThis as { setImmediate?: SetImmediate }
    if (spent >= perTurn || setImmediate === undefined) return false
    if (spent === 0) {
      setImmediate(() => {
        spent = 0
      })
    }
    spent += 1
    return true
  }
}
