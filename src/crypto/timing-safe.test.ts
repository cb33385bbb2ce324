import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { equalsInConstantTime } from './timing-safe.ts'

describe('equalsInConstantTime', () => {
  it.each([
    ['', '', true],
    ['a', 'a', true],
    ['é€😀', 'é€😀', true],
    ['a', 'b', false],
    ['a', '', false],
    ['', 'a', false],
    ['abc', 'abcd', false],
    ['abc', 'abc\0', false],
    ['\0', '', false],
    ['e\u0301', '\u00e9', false],
  ])('%j and %j: %s', (a, b, expected) => {
    expect(equalsInConstantTime(a, b)).toBe(expected)
  })

  it('agrees with ===', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 3 })
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(equalsInConstantTime(a, b)).toBe(a === b)
        expect(equalsInConstantTime(a, a)).toBe(true)
      }),
    )
  })
})
