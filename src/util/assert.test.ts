import { describe, expect, it } from 'vitest'
import { isNonEmptyString, isRecord, isStringArray } from './assert.ts'

describe('assertions', () => {
  it.each([
    [{}, true],
    [Object.create(null), true],
    [[], false],
    [null, false],
    ['a', false],
    [undefined, false],
  ])('isRecord(%j) is %s', (value, expected) => {
    expect(isRecord(value)).toBe(expected)
  })

  it.each([
    ['a', true],
    ['', false],
    [1, false],
  ])('isNonEmptyString(%j) is %s', (value, expected) => {
    expect(isNonEmptyString(value)).toBe(expected)
  })

  it.each([
    [['a', ''], true],
    [[], true],
    [['a', 1], false],
    ['a', false],
  ])('isStringArray(%j) is %s', (value, expected) => {
    expect(isStringArray(value)).toBe(expected)
  })
})
