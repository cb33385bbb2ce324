import { describe, expect, it } from 'vitest'
import type { JwtClaims } from '../../jose/jwt/index.ts'
import { toAccessToken } from './access-token.ts'

const claims = { sub: 'u1', client_id: 'app', scope: 'read', exp: 2e9 }

describe('RFC 9068 §2.2 what a token says', () => {
  it('RFC 9068 §2.2.1: how and when the person was authenticated', () => {
    const said = { ...claims, acr: 'mfa', auth_time: 1.8e9 }
    expect(toAccessToken(said)).toMatchObject({ acr: 'mfa', authTime: 1.8e9 })
  })

  it.each([{ acr: 1 }, { auth_time: '1800000000' }])('%j is as good as nothing', (said) => {
    const { acr, authTime } = toAccessToken({ ...claims, ...said })
    expect([acr, authTime]).toEqual([undefined, undefined])
  })

  it.each<[unknown, readonly string[] | undefined]>([
    [undefined, undefined],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    ['a', ['a']],
    [
      [{ value: 'a', display: 'A' }, 'b'],
      ['a', 'b'],
    ],
    [[7, null, {}, '', ['a'], { value: 1 }], []],
  ])('§2.2.3.1, RFC 7643 §4.1.2: of %j the names', (value, names) => {
    const token = toAccessToken({ ...claims, groups: value, roles: value, entitlements: value })
    expect([token.groups, token.roles, token.entitlements]).toEqual([names, names, names])
  })

  it('RFC 8693 §4.1, RFC 7800 §3.1: who acts, and what it is bound to', () => {
    const said = { ...claims, act: { sub: 'admin' }, cnf: { jkt: 'x' } }
    expect(toAccessToken(said)).toMatchObject({ act: { sub: 'admin' }, cnf: { jkt: 'x' } })
  })

  it('RFC 9068 §3: a token without a subject is the client’s own', () => {
    expect(toAccessToken({ client_id: 'app' })).toEqual({
      subject: 'app',
      clientId: 'app',
      scopes: [],
      claims: { client_id: 'app' },
    })
  })

  it.each<[string, JwtClaims]>([
    ["'cnf' (Confirmation) claim invalid: expected an object", { cnf: 'jkt' }],
    ["'cnf' (Confirmation) claim invalid: expected an object", { cnf: null }],
    ["'client_id' (Client Identifier) claim invalid: expected a string", { client_id: '' }],
    ["'scope' (Scope) claim invalid: expected a string", { scope: ['read'] }],
  ])('refuses: %s', (description, changes) => {
    expect(() => toAccessToken({ ...claims, ...changes })).toThrow(description)
  })
})
