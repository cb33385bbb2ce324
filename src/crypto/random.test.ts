import { describe, expect, it, vi } from 'vitest'
import { getDigests } from './digests.ts'
import { randomId, randomToken } from './random.ts'

describe('RFC 6749 §10.10 random tokens', () => {
  it('are 32 bytes in base64url by default', () => {
    expect(randomToken()).toMatch(/^[A-Za-z0-9_-]{43}$/)
  })

  it.each([
    [8, 11],
    [16, 22],
    [33, 44],
    [1024, 1366],
  ])('of %d bytes have %d characters', (bytes, length) => {
    expect(randomToken(bytes)).toHaveLength(length)
  })

  it('never come twice, across many pools and mixed sizes', () => {
    const tokens = Array.from({ length: 2000 }, (_, index) => randomToken(16 + (index % 40)))
    expect(new Set(tokens.map((token) => token.slice(0, 16))).size).toBe(tokens.length)
  })

  it('use each byte of the platform once and leave none behind', () => {
    const digests = getDigests()
    const draw = digests.randomBytes
    const pools: { bytes: Uint8Array; copy: Buffer }[] = []
    const spy = vi.spyOn(digests, 'randomBytes').mockImplementation((length) => {
      const bytes = draw(length)
      pools.push({ bytes, copy: Buffer.from(bytes) })
      return bytes
    })
    // The pool in use is spent first; the token that finds it empty is the first of a fresh one.
    let first = ''
    let draws = 0
    while (pools.length === 0 && draws++ < 8) first = randomToken(1024)
    const tokens = [first, randomToken(1000), randomToken(1000), randomToken(1000)]
    spy.mockRestore()
    const handedOut = Buffer.concat(tokens.map((token) => Buffer.from(token, 'base64url')))
    expect(pools).toHaveLength(1)
    expect(pools[0]?.copy.subarray(0, 4024).equals(handedOut)).toBe(true)
    expect(pools[0]?.bytes.subarray(0, 4024).every((byte) => byte === 0)).toBe(true)
  })

  it.each([0, 7, 1025, -1, 16.5, Number.NaN])('are not made of %s bytes', (bytes) => {
    expect(() => randomToken(bytes)).toThrow(new TypeError('token must be of 8 to 1024 bytes'))
  })

  it('serve as identifiers', () => {
    expect(randomId()).toMatch(/^[A-Za-z0-9_-]{22}$/)
    expect(randomId()).not.toBe(randomId())
  })
})
