import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createToken, isIntactToken, isSpoiltToken, isTokenPrefix } from './token-format.ts'

const KINDS = ['access_token', 'refresh_token', 'registration_token', 'device_code'] as const

describe('RFC 6749 §10.10 createToken', () => {
  it.each([
    ['access_token', /^aw_at_[\w-]{49}$/],
    ['refresh_token', /^aw_rt_[\w-]{49}$/],
    ['registration_token', /^aw_rat_[\w-]{49}$/],
    ['device_code', /^aw_dc_[\w-]{49}$/],
  ] as const)('makes a new %s each time, which a scanner can recognise', (kind, form) => {
    const token = createToken('aw', kind)
    expect(token).toMatch(form)
    expect(createToken('aw', kind)).not.toBe(token)
  })
})

describe('isIntactToken', () => {
  it('takes tokens of its kind, whatever their prefix, and of no other', () => {
    for (const kind of KINDS)
      for (const other of KINDS) expect(isIntactToken(kind, createToken('Acme1', other))).toBe(kind === other)
  })

  it('notices each character that was changed, left out or added', () => {
    const token = createToken('aw', 'access_token')
    const change = fc.tuple(fc.nat(token.length - 1), fc.constantFrom('', 'A', 'b', '7', '_', '-', 'AA'))
    fc.assert(
      fc.property(change, ([index, put]) => {
        const changed = token.slice(0, index) + put + token.slice(index + 1)
        expect(isIntactToken('access_token', changed)).toBe(changed === token)
      }),
    )
  })

  it.each(['', 'a.b.c', 'aw_at_', `aw_at_${'A'.repeat(49)}`, `_at_${'A'.repeat(49)}`, `aw_at_${'A'.repeat(48)}\n`])(
    'refuses %j',
    (text) => {
      expect(isIntactToken('access_token', text)).toBe(false)
    },
  )
})

describe('isSpoiltToken', () => {
  it('takes none of its kind, and each of another, for spoilt, whatever their prefix', () => {
    for (const kind of KINDS)
      for (const other of KINDS) expect(isSpoiltToken(kind, createToken('Acme1', other))).toBe(kind !== other)
  })

  it('notices each character behind the kind that was changed', () => {
    const token = createToken('aw', 'access_token')
    for (let index = 'aw_at_'.length; index < token.length; index += 1) {
      const changed = `${token.slice(0, index)}${token[index] === 'A' ? 'B' : 'A'}${token.slice(index + 1)}`
      expect(isSpoiltToken('access_token', changed)).toBe(true)
    }
  })

  it.each([
    '',
    'x',
    'a.b.c',
    'aw_at_',
    `aw_at_${'A'.repeat(48)}`,
    `aw_xx_${'A'.repeat(49)}`,
    `_at_${'A'.repeat(49)}`,
    'A'.repeat(43),
  ])('does not judge %j, which is of no form of ours', (text) => {
    expect(isSpoiltToken('access_token', text)).toBe(false)
  })
})

describe('isTokenPrefix', () => {
  it('takes letters and digits', () => {
    expect(['aw', 'Acme1', 'a'.repeat(20)].every(isTokenPrefix)).toBe(true)
    expect(['', 'a_b', 'a.b', 'a b', 'é', 'a'.repeat(21)].some(isTokenPrefix)).toBe(false)
  })
})
