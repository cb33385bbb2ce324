import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { frozenCopy } from './frozen-copy.ts'

describe('frozenCopy', () => {
  it('copies plain data as JSON would', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })), (value) => {
        const throughJson: unknown = JSON.parse(JSON.stringify(value))
        expect(JSON.stringify(frozenCopy(value))).toBe(JSON.stringify(throughJson))
      }),
    )
  })

  it('leaves out members that are undefined', () => {
    expect(Object.keys(frozenCopy({ a: 1, b: undefined }))).toEqual(['a'])
  })

  it('freezes at every depth, and leaves the original alone', () => {
    const original = { list: [{ deep: true }] }
    const copy = frozenCopy(original)
    expect(Object.isFrozen(copy) && Object.isFrozen(copy.list) && Object.isFrozen(copy.list[0])).toBe(true)
    expect(Object.isFrozen(original) || Object.isFrozen(original.list)).toBe(false)
    expect(copy.list).not.toBe(original.list)
  })

  it('keeps what nobody can change as it is, also within what is copied', () => {
    const copy = frozenCopy({ list: [{ deep: true }] })
    expect(frozenCopy(copy)).toBe(copy)
    expect(frozenCopy({ inner: copy }).inner).toBe(copy)
  })

  it('copies what is frozen on the outside only', () => {
    const list = ['a']
    const copy = frozenCopy(Object.freeze({ list, none: undefined }))
    list.push('b')
    expect(copy).toStrictEqual({ list: ['a'] })
  })

  it('copies the members of a frozen instance, which may hold more than can be frozen', () => {
    class Counter {
      readonly unit = 'requests'
      #count = 0
      get count(): number {
        return ++this.#count
      }
    }
    expect(frozenCopy<object>(Object.freeze(new Counter()))).toStrictEqual({ unit: 'requests' })
  })

  it('keeps a member named __proto__ a member', () => {
    const copy = frozenCopy<object>(JSON.parse('{"__proto__":{"isAdmin":true}}'))
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
    expect(JSON.stringify(copy)).toBe('{"__proto__":{"isAdmin":true}}')
  })
})
