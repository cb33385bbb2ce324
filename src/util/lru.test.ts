import { describe, expect, it } from 'vitest'
import { LruCache } from './lru.ts'

describe('LruCache', () => {
  it('drops what was used longest ago', () => {
    const cache = new LruCache<string, number>({ max: 2 })
    cache.set('a', 1)
    cache.set('b', 2)
    cache.get('a')
    cache.set('c', 3)
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, undefined, 3])
  })

  it('makes no room for a key that it has', () => {
    const cache = new LruCache<string, number>({ max: 2 })
    cache.set('a', 1)
    cache.set('b', 2)
    cache.set('b', 3)
    expect([cache.get('a'), cache.get('b')]).toEqual([1, 3])
  })

  it('forgets an entry when its lifetime is over', () => {
    let now = 1000
    const cache = new LruCache<string, number>({ max: 2, clock: () => now })
    cache.set('a', 1, 10)
    now += 9999
    expect(cache.get('a')).toBe(1)
    now += 1
    expect(cache.get('a')).toBeUndefined()
    expect(cache.size).toBe(0)
  })

  it('forgets on request', () => {
    const cache = new LruCache<string, number>({ max: 3 })
    cache.set('a', 1)
    cache.set('b', 2)
    expect(cache.delete('a')).toBe(true)
    expect(cache.delete('a')).toBe(false)
    cache.clear()
    expect(cache.get('b')).toBeUndefined()
  })

  it.each([0, -1, 1.5, Number.NaN])('cannot hold %s entries', (max) => {
    expect(() => new LruCache({ max })).toThrow(new TypeError('"max" must be a whole number above 0'))
  })
})
