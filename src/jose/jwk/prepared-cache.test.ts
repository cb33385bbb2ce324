import { describe, expect, it } from 'vitest'
import { PreparedCache } from './prepared-cache.ts'

const [a, b] = [{}, {}]

describe('PreparedCache', () => {
  it('keeps what was made, as itself once a promise has settled', async () => {
    const cache = new PreparedCache<{ n: number }>()
    const value = { n: 1 }
    const pending = cache.make(a, async () => value)
    expect(cache.get(a)).toBe(pending)
    expect(await pending).toBe(value)
    expect(cache.get(a)).toBe(value)
  })

  it('forgets what failed, so that the next caller tries again', async () => {
    const cache = new PreparedCache<object>()
    const failing = (): Promise<object> => Promise.reject(new Error('no'))
    await expect(cache.make(a, failing)).rejects.toThrow('no')
    expect(cache.get(a)).toBeUndefined()
    const broken = (): object => {
      throw new Error('at once')
    }
    expect(() => cache.make(b, broken)).toThrow('at once')
    expect(cache.get(b)).toBeUndefined()
  })
})
