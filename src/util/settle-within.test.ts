import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { settleWithin } from './settle-within.ts'

describe('settleWithin', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('is what the promise comes to, and leaves no timer behind', async () => {
    const otherwise = vi.fn()
    expect(await settleWithin(1000, Promise.resolve(true), otherwise)).toBe(true)
    await expect(settleWithin(1000, Promise.reject(new Error('failed')), otherwise)).rejects.toThrow('failed')
    expect([vi.getTimerCount(), otherwise.mock.calls]).toEqual([0, []])
  })

  it('is something else where that takes longer, whatever it comes to then', async () => {
    const late = new Promise<string>((_, reject) => setTimeout(() => reject(new Error('late')), 2000))
    const settled = settleWithin(1000, late, () => 'otherwise')
    const refused = expect(
      settleWithin(1000, late, () => {
        throw new Error('too late')
      }),
    ).rejects.toThrow('too late')
    await vi.advanceTimersByTimeAsync(1000)
    expect(await settled).toBe('otherwise')
    await refused
    await vi.advanceTimersByTimeAsync(1000)
  })
})
