import { describe, expect, it } from 'vitest'
import { completeLimits, wholeNumber } from './whole-number.ts'

const notNumbers = [Number.NaN, -1, 1.5, Number.POSITIVE_INFINITY, 2 ** 53, '5', undefined, null]

describe('a whole number', () => {
  it.each(notNumbers)('is not %o', (value) => {
    expect(() => wholeNumber('max', value)).toThrow(
      new TypeError('"max" option invalid: expected a whole number from 0'),
    )
  })

  it('is within its bounds', () => {
    expect([wholeNumber('max', 0), wholeNumber('max', 3, 3, 4), wholeNumber('max', 4, 3, 4)]).toEqual([0, 3, 4])
    const refused = new TypeError('"max" option invalid: expected a whole number from 3 to 4')
    expect(() => wholeNumber('max', 2, 3, 4)).toThrow(refused)
    expect(() => wholeNumber('max', 5, 3, 4)).toThrow(refused)
  })
})

describe('limits', () => {
  it('are those that are given, and the defaults', () => {
    expect(completeLimits({ a: 1, b: 2 }, { b: 0 })).toEqual({ a: 1, b: 0 })
  })

  it.each(notNumbers)('are never %o', (value) => {
    expect(() => completeLimits({ a: 1, b: 2 }, { b: value as number })).toThrow(
      new TypeError('"limits.b" option invalid: expected a whole number from 0'),
    )
  })
})
