import { describe, expect, it } from 'vitest'
import { isAuthorizationDetails } from './authorization-details.ts'

describe('RFC 9396 §2 authorization_details', () => {
  it.each([
    [[]],
    [[{ type: 'payment_initiation', locations: ['https://example.com/payments'], instructedAmount: { amount: '5' } }]],
    [[{ type: 'a' }, { type: 'a', identifier: 'x' }]],
  ])('%j is a list of objects that say their type', (value) => {
    expect(isAuthorizationDetails(value)).toBe(true)
  })

  it.each([undefined, null, 'x', {}, { type: 'a' }, [[]], [null], ['a'], [{}], [{ type: '' }], [{ type: 7 }]])(
    '%j is none',
    (value) => {
      expect(isAuthorizationDetails(value)).toBe(false)
    },
  )
})
