import { afterEach, describe, expect, it, vi } from 'vitest'
import { createBurstBudget, createTurnBudget } from './turn-budget.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

afterEach(() => vi.unstubAllGlobals())

describe('a budget for each turn of the event loop', () => {
  it('is spent, however many promises are awaited', async () => {
    const may = createTurnBudget(500)
    const answers: boolean[] = []
    for (let index = 0; index < 4; index++) answers.push(await Promise.resolve(may(250)))
    expect(answers).toEqual([true, true, false, false])
  })

  it('is full again when the loop has come round, each time', async () => {
    const may = createTurnBudget(300)
    for (let round = 0; round < 3; round++) {
      expect([may(200), may(200), may(100)]).toEqual([true, false, true])
      await turn()
    }
  })

  it('never has room for what takes longer than a turn may', () => {
    expect(createTurnBudget(400)(Number.POSITIVE_INFINITY)).toBe(false)
  })

  it('is nothing where the loop cannot be heard', () => {
    vi.stubGlobal('setImmediate', undefined)
    expect(createTurnBudget(400)(1)).toBe(false)
  })
})

describe('a budget for what is asked for at once', () => {
  it('is spent by a burst, and full again behind it', async () => {
    const may = createBurstBudget(300)
    for (let round = 0; round < 3; round++) {
      expect([may(200), may(200), may(100)]).toEqual([true, false, true])
      await undefined
    }
  })
})
