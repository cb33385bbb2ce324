import { describe, expect, it } from 'vitest'
import { codeChallengeOf, createCodeVerifier, isCodeChallenge, isCodeVerifier } from './pkce.ts'

describe('RFC 7636 §4.1 the code verifier', () => {
  it('is fresh and well-formed', () => {
    const [first, second] = [createCodeVerifier(), createCodeVerifier()]
    expect(first).not.toBe(second)
    expect(isCodeVerifier(first)).toBe(true)
  })

  it.each([
    ['a'.repeat(43), true],
    ['-._~'.repeat(32), true],
    ['a'.repeat(42), false],
    ['a'.repeat(129), false],
    [`${'a'.repeat(43)}+`, false],
    [`${'a'.repeat(43)}\n`, false],
  ])('%j: %s', (verifier, expected) => {
    expect(isCodeVerifier(verifier)).toBe(expected)
  })
})

describe('RFC 7636 §4.2 the code challenge', () => {
  it('is the one of Appendix B', async () => {
    expect(await codeChallengeOf('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toBe(
      'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    )
  })

  it.each([
    ['E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', true],
    ['E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM=', false],
    ['E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM', false],
    ['short', false],
  ])('%s: %s', (challenge, expected) => {
    expect(isCodeChallenge(challenge)).toBe(expected)
  })
})
