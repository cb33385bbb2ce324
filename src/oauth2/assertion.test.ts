import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { Key } from '../jose/jwk/index.ts'
import { type JwtClaims, signJwt } from '../jose/jwt/index.ts'
import { AssertionError, type AssertionRules, verifyAssertion } from './assertion.ts'

const NOW = 1_700_000_000
const CLAIMS: JwtClaims = { iss: 'them', sub: 'subject', aud: 'us', iat: NOW, exp: NOW + 60, jti: 'j' }

let key: Key
beforeAll(async () => {
  key = await Key.generate('ES256')
})

function rules(more: Partial<AssertionRules> = {}): AssertionRules {
  return {
    purpose: 'test',
    keys: key,
    algorithms: ['ES256'],
    issuer: 'them',
    audience: ['us'],
    types: ['special+jwt'],
    maxLifetime: 600,
    leeway: 0,
    now: NOW,
    rememberOnce: false,
    ...more,
  }
}

async function outcome(claims: JwtClaims, more: Partial<AssertionRules> = {}, typ?: string): Promise<string> {
  try {
    await verifyAssertion(await signJwt(claims, key, typ === undefined ? {} : { typ }), rules(more))
    return 'accepted'
  } catch (error) {
    if (error instanceof AssertionError) return error.problem
    throw error
  }
}

describe('RFC 7521 §5.2 the rules of an assertion', () => {
  it('hands out the claims', async () => {
    expect(await verifyAssertion(await signJwt(CLAIMS, key), rules())).toEqual(CLAIMS)
  })

  it.each<[string, Partial<AssertionRules>]>([
    ['sub', { subject: 'other' }],
    ['iss', { issuer: 'other' }],
    ['aud', { audience: [] }],
    ['algorithm', { algorithms: ['RS256'] }],
    ['lifetime', { maxLifetime: 59 }],
    ['expired', { now: NOW + 60 }],
    ['not_yet_valid', { now: NOW - 1 }],
    ['type', { requireType: true }],
    ['claims', { required: ['scope'] }],
    ['replayed', { rememberOnce: () => false }],
  ])('%s', async (problem, more) => {
    expect(await outcome(CLAIMS, more)).toBe(problem)
  })

  it('names what was expected and repeats nothing that was received', async () => {
    const jwt = await signJwt({ ...CLAIMS, aud: ['us', 'CANARY'], iss: 'them' }, key)
    await expect(verifyAssertion(jwt, rules())).rejects.toThrow(
      new AssertionError('aud', '"aud" (Audience) claim mismatch: expected the issuer of this server and nobody else'),
    )
  })

  it('takes the special type where it is required, and no other', async () => {
    expect(await outcome(CLAIMS, { requireType: true }, 'special+jwt')).toBe('accepted')
    expect(await outcome(CLAIMS, { requireType: true }, 'JWT')).toBe('type')
    expect(await outcome(CLAIMS, {}, 'special+jwt')).toBe('accepted')
    expect(await outcome(CLAIMS, {}, 'other+jwt')).toBe('type')
  })

  it('may live for ever only where that was said, and then it can be presented again', async () => {
    const { exp: _, ...endless } = CLAIMS
    expect(await outcome(endless)).toBe('exp')
    expect(await outcome(endless, { maxLifetime: Number.POSITIVE_INFINITY })).toBe('accepted')
    const once = { maxLifetime: Number.POSITIVE_INFINITY, rememberOnce: () => true }
    expect(await outcome(endless, once)).toBe('exp')
  })

  it('remembers an assertion until nobody would accept it, by purpose and issuer, in keys of one length', async () => {
    const remembered: [string, number][] = []
    const rememberOnce = (key: string, expiresAt: number): boolean => remembered.push([key, expiresAt]) > 0
    await outcome({ ...CLAIMS, exp: NOW + 59.5 }, { rememberOnce, leeway: 5 })
    await outcome({ ...CLAIMS, jti: 'x'.repeat(5000) }, { rememberOnce, purpose: 'other' })
    expect(remembered).toEqual([
      [expect.stringMatching(/^test:[\w-]{43}$/), NOW + 66],
      [expect.stringMatching(/^other:[\w-]{43}$/), NOW + 61],
    ])
  })

  it('remembers nothing of what is refused', async () => {
    let calls = 0
    const rememberOnce = (): boolean => ++calls > 0
    for (const changed of [{ aud: ['us', 'them'] }, { iss: 'x' }, { exp: NOW + 601 }, { exp: NOW }, { nbf: NOW + 1 }]) {
      expect(await outcome({ ...CLAIMS, ...changed }, { rememberOnce })).not.toBe('accepted')
    }
    expect(calls).toBe(0)
  })

  it('CVE-2025-27370: accepts an audience only if all of it is ours', async () => {
    const names = fc.constantFrom('us', 'us too', 'them', '', 'US', 'us/')
    await fc.assert(
      fc.asyncProperty(fc.oneof(names, fc.array(names, { maxLength: 4 })), async (aud) => {
        const list = typeof aud === 'string' ? [aud] : aud
        const isOurs = list.length > 0 && list.every((name) => name === 'us' || name === 'us too')
        expect((await outcome({ ...CLAIMS, aud }, { audience: ['us', 'us too'] })) === 'accepted').toBe(isOurs)
      }),
      { numRuns: 60 },
    )
  })
})
