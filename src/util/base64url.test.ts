import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { decodeBase64url, encodeBase64url } from './base64url.ts'

const MESSAGE = 'text invalid: expected base64url without padding'

describe.each(['native', 'table'])('RFC 4648 §5, RFC 7515 §2 base64url, %s path', (path) => {
  beforeEach(() => {
    if (path === 'table') vi.stubGlobal('Buffer', undefined)
  })
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  it.each([
    ['', ''],
    ['f', 'Zg'],
    ['fo', 'Zm8'],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg'],
    ['fooba', 'Zm9vYmE'],
    ['foobar', 'Zm9vYmFy'],
  ])('RFC 4648 §10: %j is %j', (text, encoded) => {
    expect(encodeBase64url(text)).toBe(encoded)
    expect(new TextDecoder().decode(decodeBase64url(encoded))).toBe(text)
  })

  it('RFC 7515 §C: writes the alphabet that is safe in URLs', () => {
    expect(encodeBase64url(Uint8Array.of(3, 236, 255, 224, 193))).toBe('A-z_4ME')
    expect([...decodeBase64url('A-z_4ME')]).toEqual([3, 236, 255, 224, 193])
  })

  it('takes text as UTF-8', () => {
    expect(encodeBase64url('£€😀')).toBe('wqPigqzwn5iA')
  })

  it('encodes the bytes of a view, not of what it is a view of', () => {
    expect(encodeBase64url(Uint8Array.of(1, 2, 3, 4, 5).subarray(1, 4))).toBe('AgME')
  })

  it.each([
    ['padding', 'Zg=='],
    ['the other alphabet', 'A+z/4ME'],
    ['white space', 'Zm9v\n'],
    ['a foreign character', 'Zm9v!A'],
    ['a character beyond ASCII', 'Zm9é'],
    ['a single last character', 'Zm9vY'],
    ['spare bits behind one byte', 'Zh'],
    ['spare bits behind two bytes', 'Zm9'],
    ['a NUL', 'Zm\0v'],
  ])('RFC 4648 §3.5: refuses %s', (_, text) => {
    expect(() => decodeBase64url(text)).toThrow(new SyntaxError(MESSAGE))
  })

  it('gives back any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect([...decodeBase64url(encodeBase64url(bytes))]).toEqual([...bytes])
      }),
    )
  })

  it('has one spelling for each sequence of bytes', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), (text) => {
        let bytes: Uint8Array
        try {
          bytes = decodeBase64url(text)
        } catch {
          return
        }
        expect(encodeBase64url(bytes)).toBe(text)
      }),
    )
  })
})

describe('the two paths', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  it('agree', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
        const native = encodeBase64url(bytes)
        vi.stubGlobal('Buffer', undefined)
        expect(encodeBase64url(bytes)).toBe(native)
        vi.unstubAllGlobals()
      }),
    )
  })
})
