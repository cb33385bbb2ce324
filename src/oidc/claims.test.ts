import { describe, expect, it } from 'vitest'
import { CLAIMS_OF_SCOPE, type StandardClaims } from './claims.ts'

/** The table of the specification, each claim with the scope that asks for it. The type refuses a claim too many or too few. */
const STANDARD: Readonly<Record<keyof StandardClaims, keyof typeof CLAIMS_OF_SCOPE>> = {
  sub: 'openid',
  name: 'profile',
  given_name: 'profile',
  family_name: 'profile',
  middle_name: 'profile',
  nickname: 'profile',
  preferred_username: 'profile',
  profile: 'profile',
  picture: 'profile',
  website: 'profile',
  email: 'email',
  email_verified: 'email',
  gender: 'profile',
  birthdate: 'profile',
  zoneinfo: 'profile',
  locale: 'profile',
  phone_number: 'phone',
  phone_number_verified: 'phone',
  address: 'address',
  updated_at: 'profile',
}

describe('OIDC Core §5.1, §5.4 the standard claims', () => {
  it('are each asked for by one scope', () => {
    const claims = Object.entries(CLAIMS_OF_SCOPE).flatMap(([scope, names]) => names.map((name) => [name, scope]))
    expect(claims.sort()).toEqual(Object.entries(STANDARD).sort())
  })
})
