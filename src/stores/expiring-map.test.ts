import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ExpiringMap } from './expiring-map.ts'

describe('ExpiringMap', () => {
  it('hides an entry from its expiry on', () => {
    const map = new ExpiringMap<string>()
    map.set('key', 'value', 10, 0)
    expect(map.get('key', 9)).toBe('value')
    expect(map.get('key', 10)).toBeUndefined()
  })

  it('deletes only what is live', () => {
    const map = new ExpiringMap<string>()
    map.set('key', 'value', 10, 0)
    expect(map.delete('key', 10)).toBe(false)
    expect(map.delete('key', 9)).toBe(true)
    expect(map.delete('key', 9)).toBe(false)
  })

  it('sweeps every expired entry in batches, wherever its cursor stands', () => {
    const map = new ExpiringMap<number>()
    for (let index = 0; index < 101; index++) map.set(String(index), index, index % 2 === 0 ? 10 : 20, 0)
    const batches = [map.sweep(10, 20), map.sweep(10, 20), map.sweep(10, 20), map.sweep(10, 0)]
    expect(batches).toEqual([20, 20, 11, 0])
    expect(map.size).toBe(50)
  })

  it('stays in proportion to what is live without a sweep', () => {
    const map = new ExpiringMap<number>()
    for (let now = 0; now < 10_000; now++) map.set(String(now), now, now + 50, now)
    expect(map.size).toBeLessThan(150)
  })

  it('stays in proportion when an entry that lives long comes first', () => {
    const map = new ExpiringMap<number>()
    map.set('long', 0, 1_000_000, 0)
    for (let now = 0; now < 10_000; now++) map.set(String(now), now, now + 50, now)
    expect(map.size).toBeLessThan(150)
    expect(map.get('long', 10_000)).toBe(0)
  })

  it('gives back the room of all that has expired, whatever was written, replaced and swept before', () => {
    const step = fc.record({ key: fc.nat(9), lifetime: fc.nat(9), elapsed: fc.nat(4), limit: fc.nat(3) })
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const map = new ExpiringMap<number>()
        const expiries = new Map<string, number>()
        let now = 0
        for (const { key, lifetime, elapsed, limit } of steps) {
          now += elapsed
          map.set(String(key), now, now + lifetime, now)
          expiries.set(String(key), now + lifetime)
          map.sweep(now, limit)
        }
        map.sweep(now, Number.POSITIVE_INFINITY)
        expect(map.size).toBe([...expiries.values()].filter((expiry) => expiry > now).length)
      }),
    )
  })

  it('answers like a map whose entries are filtered by their expiry', () => {
    const step = fc.record({
      key: fc.constantFrom('a', 'b', 'c'),
      lifetime: fc.nat(5),
      elapsed: fc.nat(3),
      verb: fc.nat(2),
    })
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const map = new ExpiringMap<number>()
        const model = new Map<string, { value: number; expiresAt: number }>()
        let now = 0
        for (const { key, lifetime, elapsed, verb } of steps) {
          now += elapsed
          if (verb === 0) {
            map.set(key, now, now + lifetime, now)
            model.set(key, { value: now, expiresAt: now + lifetime })
          } else if (verb === 1) {
            map.sweep(now, lifetime)
          } else {
            const entry = model.get(key)
            const isLive = entry !== undefined && entry.expiresAt > now
            expect(map.get(key, now)).toBe(isLive ? entry.value : undefined)
            expect(map.delete(key, now)).toBe(isLive)
            if (isLive) model.delete(key)
          }
        }
      }),
    )
  })
})
