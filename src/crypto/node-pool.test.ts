import { describe, expect, it } from 'vitest'
import { createNodePool } from './node-pool.ts'

describe('createNodePool', () => {
  it('goes to the pool while it is awake, and no longer', async () => {
    const pool = createNodePool()
    let finish: () => void = () => undefined
    const work = pool.run<string>((done) => {
      finish = () => done(null, 'signature')
    })
    expect(pool.isInline(1)).toBe(false)
    finish()
    expect(await work).toBe('signature')
    expect(pool.isInline(1)).toBe(true)
  })

  it.each([
    ['fails', (done: (error: Error | null, value: string) => void) => done(new Error('no'), '')],
    [
      'cannot begin',
      () => {
        throw new Error('no')
      },
    ],
  ])('is asleep again after work that %s', async (_, start) => {
    const pool = createNodePool()
    await expect(pool.run(start)).rejects.toThrow('no')
    expect(pool.isInline(1)).toBe(true)
  })
})
