import { describe, expect, it } from 'vitest'
import { concatBytes, decodeUtf8, encodeUtf8, equalBytes } from './bytes.ts'

describe('bytes', () => {
  it('are joined in order', () => {
    expect([...concatBytes(Uint8Array.of(1), new Uint8Array(), Uint8Array.of(2, 3))]).toEqual([1, 2, 3])
  })

  it.each([
    [[1, 2], [1, 2], true],
    [[], [], true],
    [[1, 2], [1, 3], false],
    [[1, 2], [1, 2, 3], false],
    [[1, 2, 3], [1, 2], false],
  ])('%j and %j: equal is %s', (a, b, expected) => {
    expect(equalBytes(Uint8Array.from(a), Uint8Array.from(b))).toBe(expected)
  })

  it('keep a byte order mark as a character', () => {
    expect(decodeUtf8(encodeUtf8('\ufeffa'))).toBe('\ufeffa')
  })

  it.each([
    ['a lone continuation byte', [0x80]],
    ['an overlong form', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a cut-off sequence', [0xe2, 0x82]],
  ])('are no UTF-8 with %s', (_, bytes) => {
    expect(() => decodeUtf8(Uint8Array.from(bytes))).toThrow(TypeError)
  })
})
