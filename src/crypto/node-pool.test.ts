import { describe, expect, it } from 'vitest'
import { createNodePool } from './node-pool.ts'

describe('createNodePool', () => {
  it('leaves to the pool of one core only what takes long', () => {
    const pool = createNodePool(1)
    for (let round = 0; round < 20; round += 1) expect(pool.isInline(250)).toBe(true)
    expect(pool.isInline(1500)).toBe(false)
  })

  it('leaves to the pool of several what is too much for one turn of the event loop', () => {
    const pool = createNodePool(2)
    const inline = Array.from({ length: 20 }, () => pool.isInline(250))
    expect(inline.filter(Boolean)).toHaveLength(8)
  })

  it('goes to the pool while it is awake, and no longer', async () => {
    const pool = createNodePool(2)
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
    const pool = createNodePool(2)
    await expect(pool.run(start)).rejects.toThrow('no')
    expect(pool.isInline(1)).toBe(true)
  })
})
