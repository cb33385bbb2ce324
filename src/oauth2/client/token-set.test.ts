import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isExpired, type TokenSet } from './token-set.ts'

const token = (members: Partial<TokenSet>): TokenSet => ({ access_token: 'a', token_type: 'Bearer', ...members })
const clock = () => 1_000_000

describe('RFC 6749 §5.1 the end of a token', () => {
  it.each([
    ['no end that is known', {}, false],
    ['an end in the past', { expires_at: 999 }, true],
    ['the end now', { expires_at: 1000 }, true],
    ['an end within the leeway', { expires_at: 1059, expires_in: 3600 }, true],
    ['an end beyond the leeway', { expires_at: 1061, expires_in: 3600 }, false],
    ['an end of 0', { expires_at: 0 }, true],
  ])('%s', (_, members, expired) => {
    expect(isExpired(token(members), { clock })).toBe(expired)
  })

  it('takes a leeway', () => {
    expect(isExpired(token({ expires_at: 1061, expires_in: 3600 }), { clock, leeway: 61 })).toBe(true)
    expect(isExpired(token({ expires_at: 1001, expires_in: 3600 }), { clock, leeway: 0 })).toBe(false)
  })

  it('authlib#716: a token that lives shorter than the leeway is not born expired', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 0, max: 10_000 }), (lifetime, leeway) => {
        const fresh = token({ expires_in: lifetime, expires_at: 1000 + lifetime })
        expect(isExpired(fresh, { clock, leeway })).toBe(false)
      }),
    )
  })
})
