import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatScope, isScope, isScopeSubset, parseScope } from './scope.ts'

const scopeToken = fc
  .array(
    fc.integer({ min: 0x21, max: 0x7e }).filter((code) => code !== 0x22 && code !== 0x5c),
    { minLength: 1 },
  )
  .map((codes) => String.fromCharCode(...codes))

describe('RFC 6749 §3.3 scope', () => {
  it('is a set of tokens: order is kept, repetition and extra spaces are not', () => {
    expect(parseScope('write  read write ')).toEqual(['write', 'read'])
    expect([parseScope(undefined), parseScope(''), parseScope(' ')]).toEqual([[], [], []])
  })

  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.uniqueArray(scopeToken), (tokens) => {
        expect(isScope(formatScope(tokens))).toBe(true)
        expect(parseScope(formatScope(tokens))).toEqual(tokens)
      }),
    )
  })

  it.each(['a"b', 'a\\b', 'a\tb', 'a\nb', 'é', 'a\u0000'])(
    'must be of printable ASCII without quote and backslash: %j',
    (scope) => {
      expect(isScope(scope)).toBe(false)
    },
  )

  it('may be part of another', () => {
    expect(isScopeSubset(['a'], ['a', 'b'])).toBe(true)
    expect(isScopeSubset([], [])).toBe(true)
    expect(isScopeSubset(['a', 'c'], ['a', 'b'])).toBe(false)
  })
})
