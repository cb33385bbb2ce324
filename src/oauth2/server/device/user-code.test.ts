import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { randomText } from '../../../crypto/random.ts'
import { createToken } from '../tokens/token-format.ts'
import { createDeviceCode, saysItExpired } from './device-code.ts'
import { createUserCode, formatUserCode, normalizeUserCode, userCodeId } from './user-code.ts'

describe('RFC 8628 §6.1 user codes', () => {
  it.each([
    ['letters', /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/],
    ['digits', /^\d{3}-\d{3}-\d{3}$/],
  ] as const)('of %s come in groups', (kind, form) => {
    for (let round = 0; round < 50; round += 1) expect(formatUserCode(createUserCode(kind))).toMatch(form)
  })

  it.each([
    ['WDJB-MJHT', 'WDJBMJHT'],
    ['wdjb mjht', 'WDJBMJHT'],
    [' w.d_j–b/m\tjht\n', 'WDJBMJHT'],
    ['ＷＤＪＢ－ＭＪＨＴ', 'WDJBMJHT'],
    ['019 450 730', '019450730'],
  ])('%j is read as %s', (typed, code) => {
    expect(normalizeUserCode(typed)).toBe(code)
  })

  it.each([
    '',
    'WDJB-MJH',
    'WDJB-MJHTT',
    'ADJB-MJHT',
    'WDJB-MJH0',
    '01945073',
    'WDJBMJHT\u0000',
    'WDJB+MJHT',
    `WDJBMJHT${' '.repeat(64)}`,
  ])('%j is none', (typed) => {
    expect(normalizeUserCode(typed)).toBeUndefined()
  })

  it('survive being shown and typed', () => {
    fc.assert(
      fc.property(fc.constantFrom('letters', 'digits'), fc.constantFrom('-', '', ' ', '--'), (kind, dash) => {
        const code = createUserCode(kind)
        return normalizeUserCode(formatUserCode(code).toLowerCase().replaceAll('-', dash)) === code
      }),
    )
  })

  it('are kept as hashes, apart from those of other things', async () => {
    expect(await userCodeId('WDJBMJHT')).toMatch(/^[\w-]{43}$/)
    expect(await userCodeId('WDJBMJHT')).not.toBe(await userCodeId('WDJBMJHS'))
  })
})

describe('random texts', () => {
  it('use the whole alphabet, evenly', () => {
    const counts = new Map<string, number>()
    for (const character of randomText('abc', 30_000)) counts.set(character, (counts.get(character) ?? 0) + 1)
    expect([...counts.keys()].sort()).toEqual(['a', 'b', 'c'])
    // Six standard deviations: a chance of one in a billion.
    for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(490)
  })

  it('have the length that was asked for', () => {
    fc.assert(fc.property(fc.nat(200), (length) => randomText('0123456789', length).length === length))
  })
})

describe('a device code', () => {
  const code = createDeviceCode({ createToken: (kind) => createToken('aw', kind) }, 1_700_000_600)

  it.each([
    [1_700_000_599, false],
    [1_700_000_600, true],
  ])('at %d: over %s', (now, over) => {
    expect(saysItExpired(code, now)).toBe(over)
  })

  it.each(['', 'x', 'x.1', `${code}.1`, `x${code}`, code.replace(/\..*/, '.'), code.replace(/\..*/, '.-1')])(
    '%j says nothing',
    (text) => {
      expect(saysItExpired(text, Number.MAX_SAFE_INTEGER)).toBe(false)
    },
  )
})
